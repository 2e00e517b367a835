// The analysis' table of routes (8 classes of the CRA by 7 routes of the AI Act) against the cases in
// law/cases/joint/routes.yaml. The vocabulary decides where the two differ (A7, A12); docs/decisions/routes.md names
// the other differences, and each stands here.
#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include <filesystem>
#include <map>
#include <set>

#include "case_file.h"

namespace duolex::cases {
namespace {

using namespace rules;

const std::map<std::string, std::string> classes = {
    {"default", "cra_default"},        {"I-full", "cra_class_i_full"}, {"I-partial", "cra_class_i_partial"},
    {"I-foss", "cra_class_i_open"},    {"II", "cra_class_ii"},         {"II-foss", "cra_class_ii_open"},
    {"crit-cert", "cra_critical_certificate"}, {"crit-none", "cra_critical"}};
const std::map<std::string, std::string> routes = {
    {"none", "ai_not_high_risk"},   {"III1-VI", "annex_iii_1_internal"}, {"III1-VII", "annex_iii_1_body"},
    {"III2-8", "annex_iii_other"},  {"A-third", "section_a_body"},       {"A-self", "section_a_self"},
    {"B", "section_b"}};

class Routes : public testing::Test {
 protected:
  void SetUp() override {
    const std::filesystem::path table = std::filesystem::path(DUOLEX_SHARED) / "design/law-routes.json";
    if (!std::filesystem::exists(table)) GTEST_SKIP() << "no table of routes beside the project: not compared";
    rows_ = YAML::LoadFile(table.string())["rows"];
    const std::filesystem::path law = std::filesystem::path(DUOLEX_SOURCE_DIR) / "law";
    auto loaded = load_rule_base(read_law(law));
    ASSERT_TRUE(loaded) << render(loaded.error());
    base_ = std::move(*loaded);
    std::vector<std::string> errors;
    for (Case& c : read_cases(law / "cases/joint/routes.yaml", base_, errors)) {
      const auto key = c.like;
      EXPECT_TRUE(cases_.emplace(key, std::move(c)).second);
    }
    ASSERT_TRUE(errors.empty()) << errors.front();
  }

  const Outcome& outcome(const std::vector<Outcome>& all, const std::string& id) const {
    const auto at = std::find(base_.conclusions.begin(), base_.conclusions.end(), base_.rule(id));
    return all.at(static_cast<std::size_t>(at - base_.conclusions.begin()));
  }
  std::string text(const std::vector<Outcome>& all, const std::string& id) const {
    return to_text(base_.rules[base_.rule(id)].type, outcome(all, id).value);
  }
  // The ambiguities whose other reading changes something of the route.
  std::set<std::string> contested_by(const std::vector<Outcome>& all) const {
    std::set<std::string> ids;
    for (std::size_t i = 0; i < all.size(); ++i)
      for (const ReadingOutcome& r : all[i].readings)
        if (r.value != all[i].value) ids.insert(base_.ambiguities[r.ambiguity].id);
    return ids;
  }

  YAML::Node rows_;
  RuleBase base_;
  std::map<std::vector<std::string>, Case> cases_;
};

std::set<std::string> words(const YAML::Node& list) {
  std::set<std::string> out;
  for (const YAML::Node& item : list) out.insert(item.Scalar());
  return out;
}

// The menu in a row's words: "… : A | B+C | H | scheme 27(9)".
std::set<std::string> menu(std::string side) {
  std::set<std::string> out;
  side = side.substr(std::min(side.size(), side.rfind("CRA")));
  if (side.find(" A |") != std::string::npos) out.insert("module_a");
  if (side.find("B+C") != std::string::npos) out.insert("module_b_c");
  if (side.find("H |") != std::string::npos) out.insert("module_h");
  if (side.find("27(9)") != std::string::npos) out.insert("certificate_27_9");
  if (side.find("scheme 8(1)") != std::string::npos) out.insert("certificate_8_1");
  return out;
}

TEST_F(Routes, AreThoseOfTheTable) {
  ASSERT_EQ(rows_.size(), 56U);
  ASSERT_EQ(cases_.size(), 56U);
  for (const YAML::Node& row : rows_) {
    const std::string cra = row["cra_class"].Scalar(), ai = row["ai_route"].Scalar();
    SCOPED_TRACE(cra + " with " + ai);
    ASSERT_TRUE(classes.contains(cra) && routes.contains(ai));
    const auto found = cases_.find({classes.at(cra), routes.at(ai)});
    ASSERT_NE(found, cases_.end());
    FactValues facts = found->second.facts;
    auto law = CompiledLaw::compile_for(base_, found->second.as_of, facts);
    ASSERT_TRUE(law) << render(law.error());
    Decider decider(*law);
    const std::vector<Outcome> all = decider.decide(facts);
    const std::set<std::string> named = words(row["ambiguities"]);
    std::set<std::string> live = contested_by(all);

    const Outcome& derogation = outcome(all, "joint.derogation_12_3");
    const std::string by = text(all, "joint.cra_assessed_by");
    const bool one = by == "annex_vi" || by == "annex_vii" || by == "sectoral";
    if (named.contains("A7")) {
      // The row has the wording, the vocabulary the purpose of recital 51.
      EXPECT_EQ(row["derogation_12_3"].as<bool>(), false);
      EXPECT_EQ(text(all, "joint.derogation_12_3"), "yes");
      EXPECT_EQ(derogation.status, Status::contested);
      EXPECT_EQ(by, "cra_procedures");
    } else if (row["derogation_12_3"].IsNull()) {
      // The row leaves open what the vocabulary settles by default (A12).
      EXPECT_TRUE(named.contains("A12"));
      EXPECT_EQ(text(all, "joint.derogation_12_3"), "no");
      EXPECT_EQ(derogation.status, Status::contested);
      EXPECT_EQ(by, "annex_vi");
    } else {
      EXPECT_EQ(text(all, "joint.derogation_12_3"), row["derogation_12_3"].as<bool>() ? "yes" : "no");
      EXPECT_EQ(one, row["one_procedure_for_both"].as<bool>());
    }

    // Nothing is contested that the row does not name, and what it names and the vocabulary holds for live is.
    for (const std::string& id : live) EXPECT_TRUE(named.contains(id)) << id;
    for (const std::string& id : named) {
      const bool ever_live = std::any_of(base_.ambiguities.begin(), base_.ambiguities.end(),
                                         [&](const Ambiguity& a) { return a.id == id; });
      const bool needs_full_standards = id == "A4" && cra == "I-partial";
      const bool needs_annex_vi = id == "A12" && ai == "A-self";
      if (ever_live) {
        EXPECT_EQ(live.contains(id), !needs_full_standards && !needs_annex_vi) << id;
      }
    }

    // The menu, wherever the row names one; with a scheme under 27(9), which the rows suppose.
    const std::string side = row["cra_side"].Scalar();
    if (by == "cra_procedures") {
      facts[base_.fact("assume.cra_27_9_scheme")] = 1;
      auto with_scheme = CompiledLaw::compile_for(base_, found->second.as_of, facts);
      ASSERT_TRUE(with_scheme) << render(with_scheme.error());
      Decider other(*with_scheme);
      const std::vector<Outcome> supposed = other.decide(facts);
      const Outcome& procedures = outcome(supposed, "cra.procedures");
      std::set<std::string> have;
      const Type& type = base_.rules[base_.rule("cra.procedures")].type;
      for (std::size_t v = 0; v < type.values.size(); ++v)
        if ((static_cast<std::uint64_t>(procedures.value) >> v & 1U) != 0) have.insert(type.values[v]);
      EXPECT_EQ(have, menu(side)) << side;
    }
  }
}

}  // namespace
}  // namespace duolex::cases
