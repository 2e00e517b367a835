#include "evidence/import.h"

#include <gtest/gtest.h>

#include "evidence/dsse.h"

namespace duolex::evidence {
namespace {

const std::string now = "2026-11-27T08:00:00Z";

Result<Imported> read(const std::string& bytes) { return import_evidence("f", bytes, now); }

EvidenceRecord one(const std::string& bytes) {
  const auto imported = read(bytes);
  EXPECT_TRUE(imported) << (imported ? "" : render(imported.error()));
  if (!imported || imported->records.empty()) return {};
  EXPECT_EQ(imported->records.size(), 1u);
  EXPECT_TRUE(read_record_leaf("leaf", to_leaf(imported->records[0])));
  return imported->records[0];
}

std::string sarif(const std::string& results, const std::string& more = "") {
  return R"({"version":"2.1.0","runs":[{"tool":{"driver":{"name":"scan","semanticVersion":"1.2.3"}},"results":)" + results + more + "}]}";
}

TEST(Sarif, OutcomesFollowLevelsAndKinds) {
  EXPECT_EQ(one(sarif("[]")).outcome, "passed");
  EXPECT_EQ(one(sarif(R"([{"level":"error"}])")).outcome, "failed");
  EXPECT_EQ(one(sarif(R"([{}])")).outcome, "failed");  // a result is a failure and a warning unless it says otherwise
  EXPECT_EQ(one(sarif(R"([{"level":"note"}])")).outcome, "passed");
  EXPECT_EQ(one(sarif(R"([{"kind":"pass"}])")).outcome, "passed");
  EXPECT_EQ(one(sarif(R"([{"level":"error","suppressions":[{"kind":"external"}]}])")).outcome, "passed");
  EXPECT_EQ(one(R"({"version":"2.1.0","runs":[{"tool":{"driver":{"name":"scan"}}}]})").outcome, "inconclusive");
  EXPECT_EQ(one(sarif("[]", R"(,"invocations":[{"executionSuccessful":false}])")).outcome, "inconclusive");
}

TEST(Sarif, ToolVersionAndTime) {
  const EvidenceRecord r = one(sarif("[]", R"(,"invocations":[{"executionSuccessful":true,"endTimeUtc":"2026-11-20T10:00:00.123Z"}])"));
  EXPECT_EQ(r.tool, "scan");
  EXPECT_EQ(r.tool_version, "1.2.3");
  EXPECT_EQ(r.at, "2026-11-20T10:00:00Z");
  EXPECT_EQ(one(sarif("[]")).at, now);
}

TEST(Junit, CountsCases) {
  const EvidenceRecord r = one("<?xml version=\"1.0\"?><testsuites><testsuite name=\"s\"><testcase name=\"a\"/><testcase name=\"b\"><failure/></testcase>"
                               "<testcase name=\"c\"><skipped/></testcase></testsuite></testsuites>");
  EXPECT_EQ(r.outcome, "failed");
  EXPECT_EQ(r.detail, "3 tests, 1 failed, 0 with errors, 1 not run");
}

TEST(Junit, NothingRunIsNothingShown) {
  EXPECT_EQ(one("<testsuite/>").outcome, "inconclusive");
  EXPECT_EQ(one("<testsuite><testcase><skipped/></testcase></testsuite>").outcome, "inconclusive");
  EXPECT_EQ(one("<testsuite><testcase/></testsuite>").outcome, "passed");
  EXPECT_EQ(one("<testsuite><testsuite><testcase><error/></testcase></testsuite></testsuite>").outcome, "failed");
}

TEST(Junit, EntitiesAndOtherXmlAreRefused) {
  EXPECT_FALSE(read("<!DOCTYPE a [<!ENTITY b \"c\">]><testsuite/>"));
  EXPECT_FALSE(read("<project/>"));
  EXPECT_FALSE(read("<testsuite>"));
  std::string deep;
  for (int i = 0; i < 100; ++i) deep += "<testsuite>";
  EXPECT_FALSE(read(deep));
}

const std::string subject = R"("subject":[{"name":"app","digest":{"sha256":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}}])";

TEST(InToto, StatementsBareAndInAnEnvelope) {
  const std::string statement = R"({"_type":"https://in-toto.io/Statement/v1",)" + subject +
                                R"(,"predicateType":"https://in-toto.io/attestation/test-result/v0.1","predicate":{"result":"FAILED","failedTests":["x"]}})";
  const EvidenceRecord bare = one(statement);
  EXPECT_EQ(bare.outcome, "failed");
  ASSERT_EQ(bare.artefacts.size(), 1u);
  EXPECT_EQ(bare.artefacts[0].path, "app");
  const EvidenceRecord wrapped = one(write_envelope({statement, "application/vnd.in-toto+json", {{"k", "sig"}}}));
  EXPECT_EQ(wrapped.outcome, "failed");
  EXPECT_NE(wrapped.detail.find("1 signatures, not checked"), std::string::npos);
  EXPECT_FALSE(read(write_envelope({statement, "text/plain", {{"k", "sig"}}})));
}

TEST(InToto, AStatementWithoutAResultIsOnlyStated) {
  EXPECT_EQ(one(R"({"_type":"https://in-toto.io/Statement/v1",)" + subject + R"(,"predicateType":"https://slsa.dev/provenance/v1","predicate":{}})").outcome, "stated");
  EXPECT_FALSE(read(R"({"_type":"https://in-toto.io/Statement/v1",)" + subject + "}"));
}

TEST(CycloneDx, AttestationsAreStatedAndGapsCounted) {
  const EvidenceRecord r = one(R"({"bomFormat":"CycloneDX","specVersion":"1.6","metadata":{"timestamp":"2026-11-01T00:00:00Z"},"declarations":{"attestations":[
    {"summary":"Access control","map":[{"requirement":"req-1","claims":["c1"]},{"requirement":"req-2"}]}]}})");
  EXPECT_EQ(r.outcome, "stated");
  EXPECT_EQ(r.answers, (std::vector<std::string>{"req-1", "req-2"}));
  EXPECT_NE(r.detail.find("1 requirements without a claim"), std::string::npos) << r.detail;
  EXPECT_FALSE(read(R"({"bomFormat":"CycloneDX","components":[]})"));
}

TEST(OwnResults, WhatWasDemandedAndWhetherItWasMet) {
  const auto result = [](const std::string& verdict) {
    return R"({"results":[{"id":"llm.garak","goal":"How often attacks break the model","criterion":"None does","verdict":")" + verdict +
           R"(","because":"3 of 9 did","not_tested":["a"],"inputs":[{"name":"model","sha256":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}],"provisions":["AIA/art/15/5"]}]})";
  };
  const EvidenceRecord r = one(result("not_met"));
  EXPECT_EQ(r.outcome, "failed");
  EXPECT_EQ(r.detail, "llm.garak: 3 of 9 did; 1 things were not tested");
  EXPECT_EQ(r.provisions, std::vector<std::string>{"AIA/art/15/5"});
  ASSERT_EQ(r.inputs.size(), 1u);
  EXPECT_EQ(one(result("met")).outcome, "passed");
  EXPECT_EQ(one(result("inconclusive")).outcome, "inconclusive");
  EXPECT_EQ(one(result("not_tested")).outcome, "inconclusive");
}

TEST(Import, WhatIsNoneOfTheseIsRefused) {
  for (const char* bytes : {"", "{}", "[]", "text", "{\"version\":\"2.0.0\",\"runs\":[{}]}", "{\"version\":\"2.1.0\",\"runs\":[]}", "\xff\xfe"}) EXPECT_FALSE(read(bytes)) << bytes;
}

}  // namespace
}  // namespace duolex::evidence
