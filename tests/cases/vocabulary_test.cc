// The public ids, types, value lists and defaults. Others' programs call them: they may be added to, never renamed,
// removed or reordered. vocabulary.txt holds what they were when this was last said to be intended; run with
// DUOLEX_UPDATE_GOLDEN=1 to say so again. The interface vocabulary itself is compared when it stands beside the project.
#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "case_file.h"

namespace duolex::cases {
namespace {

using namespace rules;

const RuleBase& base() {
  static const RuleBase loaded = [] {
    auto result = load_rule_base(read_law(std::filesystem::path(DUOLEX_SOURCE_DIR) / "law"));
    if (!result) throw std::runtime_error(render(result.error()));
    return std::move(*result);
  }();
  return loaded;
}

std::string type_text(const Type& type) {
  std::string text;
  switch (type.kind) {
    case Kind::yes_no: return "yes/no";
    case Kind::one_of: text = "one of"; break;
    case Kind::set_of: text = "set of"; break;
    case Kind::date: return type.allows_never ? "date or never" : type.allows_null ? "date or null" : "date";
    case Kind::whole: return "whole number";
  }
  for (const std::string& value : type.values) text += " " + value;
  return text;
}

std::string default_text(const Fact& fact) {
  if (fact.overrides_state != no_index) return "legal_state";
  return fact.assumed ? (*fact.assumed == 0 ? "false" : "true") : "unknown";
}

// "fact ID : TYPE = DEFAULT" and "conclusion ID : TYPE", sorted.
std::vector<std::string> lines_of_the_rule_base() {
  std::vector<std::string> lines;
  for (const Fact& fact : base().facts)
    lines.push_back("fact " + fact.id + " : " + type_text(fact.type) + " = " + default_text(fact));
  for (const Index c : base().conclusions)
    lines.push_back("conclusion " + base().rules[c].id + " : " + type_text(base().rules[c].type));
  std::sort(lines.begin(), lines.end());
  return lines;
}

TEST(Vocabulary, IsWhatItWas) {
  const std::filesystem::path golden = std::filesystem::path(DUOLEX_SOURCE_DIR) / "tests/cases/vocabulary.txt";
  const std::vector<std::string> now = lines_of_the_rule_base();
  if (const char* update = std::getenv("DUOLEX_UPDATE_GOLDEN"); update != nullptr && *update == '1') {
    std::ofstream out(golden);
    for (const std::string& line : now) out << line << "\n";
  }
  std::ifstream in(golden);
  std::vector<std::string> before;
  for (std::string line; std::getline(in, line);) before.push_back(line);
  EXPECT_EQ(before, now);
}

std::string vocabulary_type(const YAML::Node& entry) {
  const std::string type = entry["type"].Scalar();
  if (type == "bool") return "yes/no";
  if (type == "whole number") return type;
  if (type == "date")
    return entry["never"] && entry["never"].as<bool>() ? "date or never"
           : entry["nullable"] && entry["nullable"].as<bool>() ? "date or null"
                                                               : "date";
  std::string text = type == "enum" ? "one of" : "set of";
  for (const YAML::Node& value : entry["values"]) text += " " + value.Scalar();
  return text;
}

TEST(Vocabulary, IsTheInterfaceVocabulary) {
  const std::filesystem::path twin = std::filesystem::path(DUOLEX_SHARED) / "design/vocabulary.json";
  if (!std::filesystem::exists(twin)) GTEST_SKIP() << "no interface vocabulary beside the project: not compared";
  const YAML::Node root = YAML::LoadFile(twin.string());
  std::size_t facts = 0, conclusions = 0;
  for (const YAML::Node& entry : root["facts"]) {
    const std::string id = entry["id"].Scalar();
    const Index f = base().fact(id);
    if (f == no_index) {
      ADD_FAILURE() << "no fact " << id;
      continue;
    }
    ++facts;
    EXPECT_EQ(type_text(base().facts[f].type), vocabulary_type(entry)) << id;
    EXPECT_EQ(default_text(base().facts[f]), entry["default"].Scalar()) << id;
  }
  for (const YAML::Node& entry : root["conclusions"]) {
    const std::string id = entry["id"].Scalar();
    const Index r = base().rule(id);
    if (r == no_index || !base().rules[r].is_conclusion) {
      ADD_FAILURE() << "no conclusion " << id;
      continue;
    }
    ++conclusions;
    EXPECT_EQ(type_text(base().rules[r].type), vocabulary_type(entry)) << id;
  }
  EXPECT_EQ(facts, root["facts"].size());
  EXPECT_EQ(conclusions, root["conclusions"].size());
  EXPECT_GE(facts, 116U);
  EXPECT_GE(conclusions, 52U);
}

// The conclusions that each live ambiguity may make contested, as the vocabulary's table names them.
TEST(Vocabulary, ReadingsTouchWhatTheyMay) {
  const std::map<std::string, std::vector<std::string>> table = {
      {"A3", {"joint.bodies", "joint.cra_assessed_by", "joint.derogation_12_3", "joint.nb_competence", "joint.nb_needs_art39"}},
      {"A4", {"joint.cra_assessed_by", "joint.derogation_12_3"}},
      {"A7", {"joint.bodies", "joint.cra_assessed_by", "joint.derogation_12_3"}},
      {"A9", {"joint.art12_applies", "joint.bodies", "joint.cra_assessed_by"}},
      {"A12", {"joint.cra_assessed_by", "joint.derogation_12_3"}},
      {"A21", {"cra.fines_apply"}},
      {"A22", {"joint.bodies", "joint.certificate_8_1_needed"}},
      {"A23", {"ai.notified_body", "joint.bodies", "joint.nb_competence", "joint.nb_needs_art39"}},
      {"A25", {"ai.art6_3_derogation", "ai.high_risk"}},
  };
  EXPECT_EQ(base().ambiguities.size(), table.size());
  for (const Ambiguity& a : base().ambiguities) {
    ASSERT_TRUE(table.contains(a.id)) << a.id;
    std::vector<std::string> touches;
    for (const Index r : a.touches) touches.push_back(base().rules[r].id);
    std::sort(touches.begin(), touches.end());
    EXPECT_EQ(touches, table.at(a.id)) << a.id;
    EXPECT_EQ(a.and_what_follows, a.id == "A25") << a.id;
    EXPECT_EQ(a.readings.size(), 2U) << a.id;
  }
}

// The ambiguities that a recital or the plain wording decides well enough are shown as notes.
TEST(Vocabulary, OtherAmbiguitiesAreNotes) {
  for (int number = 1; number <= 26; ++number) {
    const std::string id = "A" + std::to_string(number);
    const bool live = std::any_of(base().ambiguities.begin(), base().ambiguities.end(),
                                  [&](const Ambiguity& a) { return a.id == id; });
    const bool noted = std::any_of(base().notes.begin(), base().notes.end(), [&](const Note& n) { return n.id == id; });
    EXPECT_TRUE(live != noted) << id << (live ? " is a reading and a note" : " is neither a reading nor a note");
  }
}

}  // namespace
}  // namespace duolex::cases
