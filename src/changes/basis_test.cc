// What a declaration records and what is read back, for every fact of the law as it is; and what is refused, with its place.
#include "changes/basis.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <random>

#include "base/hash.h"
#include "law/law.h"

namespace duolex::changes {
namespace {

const rules::RuleBase& base() {
  static const auto law = *law::load();
  return law->base;
}

rules::Value any_value(const rules::Type& type, std::mt19937& random) {
  switch (type.kind) {
    case rules::Kind::yes_no: return static_cast<rules::Value>(random() % 2);
    case rules::Kind::one_of: return static_cast<rules::Value>(random() % type.values.size());
    case rules::Kind::set_of: return static_cast<rules::Value>(random() & ((std::uint64_t{1} << std::min<std::size_t>(type.values.size(), 31)) - 1));
    case rules::Kind::date: return parse_day("2027-01-01")->number + static_cast<rules::Value>(random() % 2000);
    case rules::Kind::whole: return static_cast<rules::Value>(random() % 30);
  }
  return rules::unknown_value;
}

std::string declaration(const nlohmann::ordered_json& basis) { return nlohmann::ordered_json{{"release", "1.0"}, {"basis", basis}}.dump(1); }

TEST(Basis, IsReadBackAsItWasRecorded) {
  std::mt19937 random(7);
  for (int round = 0; round < 50; ++round) {
    rules::FactValues facts(base().facts.size(), rules::unknown_value);
    for (rules::Index f = 0; f < facts.size(); ++f)
      if (random() % 3 != 0) facts[f] = any_value(base().facts[f].type, random);
    dossier::Dossier d;
    d.intended_purpose = "Sorts \"applications\"\nfor jobs.";
    d.standards = {{"EN 1", "a title", "OJ L, 2027/1", parse_day("2027-05-01"), true}, {"EN 2", "", "", {}, false}};
    d.controls = {{"control.a", "done", "owner", "why", {}, {}, {}}, {"cra.b", "in_progress", "", "", {}, {}, {}}};
    d.items = {{"file.a", "words", {}, "", {}}, {"file.b", "", dossier::Artefact{"b.md", "document", sha256_hex("b"), {}}, "", {}}, {"file.c", "", {}, "no user interface", {}}};
    d.risks = {{"r", "threat", {"security", "health_safety"}, {"AML.T0043"}, "possible", "minor", "reduce", "measures", {}, {}, "low", "", "", {}, {}}};
    dossier::Release r;
    r.version = "1.0";
    r.artefacts = {{"a.cdx.json", "sbom", sha256_hex("a"), {}, ""}, {"p", "predictions", sha256_hex("p"), {}, "accuracy"}, {"x", "declaration", sha256_hex("x"), {}, ""}};
    r.operation = {{{"accept", "0.60"}}, {"yes", "no"}, {"usb"}, {"applications of 2026"}};
    r.foreseen_changes = {{"retraining", {"model_weights", "data"}, "accuracy", 0.85, {}}, {"more data", {"data"}, "", 0, {}}};
    d.releases = {r};
    const auto read = read_basis("declaration.json", declaration(basis_json(d, base(), facts)), base());
    ASSERT_TRUE(read && *read) << (read ? "nothing" : render(read.error()));
    const Basis& b = **read;
    EXPECT_EQ(b.release.version, "1.0");
    ASSERT_EQ(b.release.artefacts.size(), 2U) << "a declaration does not record itself";
    EXPECT_EQ(b.release.artefacts[1].path + b.release.artefacts[1].kind + b.release.artefacts[1].metric, "ppredictionsaccuracy");
    EXPECT_EQ(b.release.artefacts[0].sha256, sha256_hex("a"));
    EXPECT_EQ(std::tie(b.release.operation.thresholds, b.release.operation.labels, b.release.operation.interfaces, b.release.operation.data_sources),
              std::tie(r.operation.thresholds, r.operation.labels, r.operation.interfaces, r.operation.data_sources));
    ASSERT_EQ(b.release.foreseen_changes.size(), 2U);
    EXPECT_EQ(std::tie(b.release.foreseen_changes[0].id, b.release.foreseen_changes[0].of, b.release.foreseen_changes[0].metric, b.release.foreseen_changes[0].at_least),
              std::tie(r.foreseen_changes[0].id, r.foreseen_changes[0].of, r.foreseen_changes[0].metric, r.foreseen_changes[0].at_least));
    EXPECT_EQ(b.facts, facts);
    EXPECT_TRUE(b.strange.empty());
    EXPECT_EQ(b.stated.intended_purpose, d.intended_purpose);
    ASSERT_EQ(b.stated.standards.size(), 2U);
    EXPECT_EQ(b.stated.standards[0].reference + b.stated.standards[0].official_journal, "EN 1OJ L, 2027/1");
    EXPECT_TRUE(b.stated.standards[0].in_full && !b.stated.standards[1].in_full);
    ASSERT_EQ(b.stated.controls.size(), 2U);
    EXPECT_EQ(b.stated.controls[1].id + b.stated.controls[1].status, "cra.bin_progress");
    ASSERT_EQ(b.stated.items.size(), 3U);
    for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(content_sha256(b.stated.items[i]), content_sha256(d.items[i])) << i;
    ASSERT_EQ(b.stated.risks.size(), 1U);
    const dossier::Risk &was = d.risks[0], &is = b.stated.risks[0];
    EXPECT_EQ(std::tie(is.id, is.threat, is.protects, is.likelihood, is.impact, is.treatment, is.measures, is.residual),
              std::tie(was.id, was.threat, was.protects, was.likelihood, was.impact, was.treatment, was.measures, was.residual));
  }
}

TEST(Basis, WordsAndTheirDenialAreNotTheSameContent) {
  EXPECT_NE(content_sha256({"a", "none", {}, "", {}}), content_sha256({"a", "", {}, "none", {}}));
  EXPECT_EQ(content_sha256({"a", "the same", {}, "", {}}), content_sha256({"a", "", dossier::Artefact{"a.md", "document", sha256_hex("the same"), {}}, "", {}}));
}

TEST(Basis, IsNoneWhereNothingIsRecorded) {
  for (const char* bytes : {"", "%PDF-1.7\n{", "{}", "{\"release\": \"1.0\"}", "<html>"}) {
    const auto read = read_basis("declaration", bytes, base());
    ASSERT_TRUE(read) << bytes;
    EXPECT_FALSE(*read) << bytes;
  }
}

TEST(Basis, OfAnotherLawKeepsWhatThatAskedFor) {
  nlohmann::ordered_json basis = basis_json({}, base(), rules::FactValues(base().facts.size(), rules::unknown_value));
  basis["facts"]["ai.of_an_older_law"] = true;
  basis["facts"]["cra.core_function"] = "none";
  const auto read = read_basis("declaration.json", declaration(basis), base());
  ASSERT_TRUE(read && *read);
  EXPECT_EQ((*read)->strange, (std::vector<std::pair<std::string, std::string>>{{"ai.of_an_older_law", "true"}}));
  EXPECT_NE((*read)->facts[base().fact("cra.core_function")], rules::unknown_value);
}

TEST(Basis, IsRefusedWithThePlaceOfEveryFault) {
  const nlohmann::ordered_json good = basis_json({}, base(), rules::FactValues(base().facts.size(), rules::unknown_value));
  const auto refused = [&](const char* part, nlohmann::ordered_json with) {
    nlohmann::ordered_json basis = good;
    basis[part] = std::move(with);
    const auto read = read_basis("declaration.json", declaration(basis), base());
    return read ? std::string("read") : render(read.error());
  };
  const auto has = [](const std::string& text, const char* part) { return text.find(part) != std::string::npos; };
  EXPECT_EQ(refused("facts", nlohmann::ordered_json::object()), "read");
  for (const auto& [part, with, said] : {std::tuple("facts", nlohmann::ordered_json::parse(R"({"cra.core_function": "nothing of this kind"})"), "'cra.core_function' cannot be 'nothing of this kind'"),
                                         {"facts", nlohmann::ordered_json::array(), "expected"},
                                         {"intended_purpose", nlohmann::ordered_json(3), "where a text is expected"},
                                         {"standards", nlohmann::ordered_json::parse(R"([{"reference": "EN 1", "in_full": "yes"}])"), "where true or false is expected"},
                                         {"controls", nlohmann::ordered_json::parse(R"({"a": "finished"})"), "is no status of a control"},
                                         {"items", nlohmann::ordered_json::parse(R"({"a": "abc"})"), "is no SHA-256"},
                                         {"artefacts", nlohmann::ordered_json::parse(R"([{"path": "a", "kind": "sbom", "metric": "", "sha256": "12"}])"), "is no SHA-256"},
                                         {"operation", nlohmann::ordered_json::parse(R"({"thresholds": {"a": 1}, "labels": [], "interfaces": [], "data_sources": []})"), "where a text is expected"},
                                         {"foreseen_changes", nlohmann::ordered_json::parse(R"([{"id": "a", "of": [], "metric": "m", "at_least": "2"}])"), "no share between 0 and 1"},
                                         {"risks", nlohmann::ordered_json::parse(R"({"a": {}})"), "'threat' is missing"}}) {
    const std::string error = refused(part, with);
    EXPECT_TRUE(has(error, said)) << error;
    EXPECT_TRUE(has(error, "declaration.json:")) << error;
  }
  const auto broken = read_basis("declaration.json", "{\"basis\":\n [", base());
  ASSERT_FALSE(broken);
  EXPECT_TRUE(has(render(broken.error()), "declaration.json:2:")) << render(broken.error());
  EXPECT_FALSE(read_basis("declaration.json", "{\"basis\": []}", base()));
}

}  // namespace
}  // namespace duolex::changes
