#include "vulnerabilities/vex/read.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "base/file.h"
#include "vulnerabilities/csaf/structure.h"

namespace duolex::vulnerabilities::vex {
namespace {

std::string openvex(const std::string& statement) {
  return R"({"@context":"https://openvex.dev/ns/v0.2.0","@id":"https://example.org/1","author":"A","role":"maker","timestamp":"2026-01-01T00:00:00Z","version":1,
"statements":[)" + statement + "]}";
}

Statements read(const std::string& bytes, const char* file = "v.json") {
  Statements out;
  const auto result = read_document(file, bytes, out);
  EXPECT_TRUE(result) << render(result.error());
  return out;
}

std::string refusal(const std::string& bytes) {
  Statements out;
  const auto result = read_document("v.json", bytes, out);
  return result ? "" : render(result.error());
}

TEST(ReadVex, OpenVex) {
  const Statements all = read(openvex(R"({"vulnerability":{"name":"CVE-2026-1","aliases":["GHSA-x"]},"status":"not_affected","justification":"component_not_present",
"last_updated":"2026-02-01T00:00:00+01:00","products":[{"@id":"pkg:npm/app@1.0","hashes":{"sha-256":"00ff"},"subcomponents":[{"@id":"pkg:npm/%40s/x@2"}]}]})"));
  ASSERT_EQ(all.statements.size(), 1u);
  const Statement& s = all.statements[0];
  EXPECT_EQ(s.vulnerabilities, (std::vector<std::string>{"CVE-2026-1", "GHSA-x"}));
  EXPECT_EQ(s.claim, Claim::not_affected);
  EXPECT_EQ(s.place.line, 2u);
  EXPECT_EQ(s.time.written, "2026-02-01T00:00:00+01:00");
  EXPECT_EQ(all.documents[0].author, "A (maker)");
  ASSERT_EQ(s.subjects.size(), 1u);
  EXPECT_EQ(s.subjects[0].product.purl->version, "1.0");
  EXPECT_EQ(s.subjects[0].product.hashes[0].algorithm, "SHA-256");
  EXPECT_EQ(s.subjects[0].parts[0].purl->full_name(), "@s/x");
  EXPECT_TRUE(all.remarks.empty());
}

TEST(ReadVex, AReasonThatIsMissingIsRemarked) {
  const Statements all = read(openvex(R"({"vulnerability":{"name":"CVE-2026-1"},"status":"not_affected","products":[{"@id":"pkg:npm/app@1.0"}]})"));
  ASSERT_EQ(all.remarks.size(), 1u);
  EXPECT_NE(all.remarks[0].text.find("without a justification"), std::string::npos);
}

TEST(ReadVex, EveryBreachOfTheStructureHasRuleAndPlace) {
  const std::string product = R"("products":[{"@id":"pkg:npm/app@1.0"}])";
  EXPECT_NE(refusal(openvex(R"({"vulnerability":{"name":"C"},"status":"fine",)" + product + "}")).find("v.json:2:54: error: openvex.words"), std::string::npos);
  EXPECT_NE(refusal(openvex(R"({"status":"fixed",)" + product + "}")).find("openvex.required"), std::string::npos);
  EXPECT_NE(refusal(openvex(R"({"vulnerability":"CVE-1","status":"fixed",)" + product + "}")).find("openvex.type"), std::string::npos);
  EXPECT_NE(refusal(openvex(R"({"vulnerability":{"name":"C"},"status":"fixed","sttus":1})")).find("openvex.unknown-field"), std::string::npos);
  EXPECT_NE(refusal(openvex(R"({"vulnerability":{"name":"C"},"status":"fixed","timestamp":"yesterday"})")).find("openvex.form"), std::string::npos);
  EXPECT_NE(refusal(openvex(R"({"vulnerability":{"name":"C"},"status":"fixed","status":"affected"})")).find("openvex.twice"), std::string::npos);
  EXPECT_NE(refusal("{\"@context\":\"https://example.org\",\"@id\":\"x\",\"author\":\"A\",\"timestamp\":\"2026-01-01T00:00:00Z\",\"version\":1,\"statements\":[{\"vulnerability\":{\"name\":\"C\"},\"status\":\"fixed\"}]}").find("openvex.context"), std::string::npos);
  EXPECT_NE(refusal("{}").find("no VEX document"), std::string::npos);
  EXPECT_NE(refusal("[").find("v.json:1:"), std::string::npos);
  EXPECT_NE(refusal(R"({"document":{"category":"csaf_vex"}})").find("csaf.required"), std::string::npos);
  EXPECT_NE(refusal(R"({"bomFormat":"CycloneDX","specVersion":"1.6","vulnerabilities":[{"analysis":{"state":"fine"}}]})").find("cyclonedx.words"), std::string::npos);
}

TEST(ReadVex, Csaf) {
  const Statements all = read(R"({"document":{"category":"csaf_vex","csaf_version":"2.0","publisher":{"category":"vendor","name":"V","namespace":"https://example.org"},"title":"t",
"tracking":{"current_release_date":"2026-01-02T00:00:00Z","id":"X-1","initial_release_date":"2026-01-01T00:00:00Z","revision_history":[{"date":"2026-01-01T00:00:00Z","number":"1","summary":"s"}],"status":"final","version":"1"}},
"product_tree":{"branches":[{"category":"vendor","name":"V","branches":[{"category":"product_name","name":"app","branches":[
 {"category":"product_version","name":"1.0","product":{"name":"app 1.0","product_id":"P1"}},
 {"category":"product_version_range","name":"vers:npm/<1.0.0","product":{"name":"app old","product_id":"P2"}}]}]}],
 "full_product_names":[{"name":"x","product_id":"C1","product_identification_helper":{"purl":"pkg:npm/x@2","hashes":[{"filename":"f","file_hashes":[{"algorithm":"sha256","value":"00112233445566778899aabbccddeeff"}]}]}}],
 "relationships":[{"category":"default_component_of","full_product_name":{"name":"x in app","product_id":"R1"},"product_reference":"C1","relates_to_product_reference":"P1"}],
 "product_groups":[{"group_id":"G1","product_ids":["P2","R1"]}]},
"vulnerabilities":[{"cve":"CVE-2026-0001","ids":[{"system_name":"GitHub","text":"GHSA-x"}],"product_status":{"known_not_affected":["R1","P2"],"under_investigation":["P1"],"fixed":["Q"]},
 "flags":[{"label":"component_not_present","group_ids":["G1"]}]}]})");
  ASSERT_EQ(all.statements.size(), 2u);
  EXPECT_EQ(all.documents[0].author, "V");
  const Statement& s = all.statements[0];
  EXPECT_EQ(s.vulnerabilities, (std::vector<std::string>{"CVE-2026-0001", "GHSA-x"}));
  ASSERT_EQ(s.subjects.size(), 2u);
  EXPECT_EQ(s.subjects[0].product.name, "app");
  EXPECT_EQ(s.subjects[0].product.version, "1.0");
  EXPECT_EQ(s.subjects[0].parts[0].hashes[0].algorithm, "SHA-256");
  EXPECT_EQ(s.subjects[0].justification, "component_not_present");
  ASSERT_TRUE(s.subjects[1].product.range);
  EXPECT_EQ(s.subjects[1].product.range->type, "npm");
  EXPECT_EQ(s.subjects[1].product.version, "");
  EXPECT_EQ(all.statements[1].claim, Claim::under_investigation);
  ASSERT_EQ(all.remarks.size(), 1u);  // 'Q' is not defined
}

TEST(ReadVex, ADraftSaysNothing) {
  std::string draft = R"({"document":{"category":"csaf_vex","csaf_version":"2.0","publisher":{"category":"vendor","name":"V","namespace":"https://example.org"},"title":"t",
"tracking":{"current_release_date":"2026-01-02T00:00:00Z","id":"X-1","initial_release_date":"2026-01-01T00:00:00Z","revision_history":[{"date":"2026-01-01T00:00:00Z","number":"1","summary":"s"}],"status":"draft","version":"1"}},
"product_tree":{"full_product_names":[{"name":"x","product_id":"C1"}]},"vulnerabilities":[{"cve":"CVE-2026-0001","product_status":{"fixed":["C1"]}}]})";
  EXPECT_TRUE(read(draft).statements.empty());
  EXPECT_EQ(read(draft).remarks.size(), 1u);
}

TEST(ReadVex, CycloneDxInBothForms) {
  const Statements json = read(R"({"bomFormat":"CycloneDX","specVersion":"1.5","serialNumber":"urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79","version":1,
"metadata":{"timestamp":"2026-01-01T00:00:00Z","supplier":{"name":"S"}},
"components":[{"type":"library","name":"x","version":"2","bom-ref":"c","purl":"pkg:npm/x@2"}],
"vulnerabilities":[{"id":"CVE-2026-0001","references":[{"id":"GHSA-x","source":{"name":"G"}}],"analysis":{"state":"false_positive","detail":"never called"},"affects":[{"ref":"c"}]}]})");
  const Statements xml = read(R"(<?xml version="1.0"?><bom xmlns="http://cyclonedx.org/schema/bom/1.5" serialNumber="urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79" version="1">
<metadata><timestamp>2026-01-01T00:00:00Z</timestamp><supplier><name>S</name></supplier></metadata>
<components><component type="library" bom-ref="c"><name>x</name><version>2</version><purl>pkg:npm/x@2</purl></component></components>
<vulnerabilities><vulnerability><id>CVE-2026-0001</id><references><reference><id>GHSA-x</id><source><name>G</name></source></reference></references>
<analysis><state>false_positive</state><detail>never called</detail></analysis><affects><target><ref>c</ref></target></affects></vulnerability></vulnerabilities></bom>)");
  for (const Statements* all : {&json, &xml}) {
    ASSERT_EQ(all->statements.size(), 1u);
    const Statement& s = all->statements[0];
    EXPECT_EQ(s.vulnerabilities, (std::vector<std::string>{"CVE-2026-0001", "GHSA-x"}));
    EXPECT_EQ(s.claim, Claim::not_affected);
    EXPECT_EQ(s.subjects[0].impact, "never called");
    EXPECT_EQ(s.subjects[0].product.purl->version, "2");
    EXPECT_EQ(s.time.written, "2026-01-01T00:00:00Z");
    EXPECT_EQ(all->documents[0].author, "S");
  }
}

TEST(ReadVex, EveryDocumentOfTheSuitesIsRead) {
  namespace fs = std::filesystem;
  const fs::path shared = DUOLEX_SHARED;
  if (!fs::exists(shared / "suites/csaf")) GTEST_SKIP() << "not checked: ../shared/suites is not there";
  std::size_t csaf = 0, cyclonedx = 0, statements = 0;
  for (const auto& entry : fs::recursive_directory_iterator(shared / "suites/csaf/csaf_2.0/examples/csaf")) {
    if (entry.path().extension() != ".json") continue;
    Statements out;
    const auto bytes = read_file(entry.path());
    ASSERT_TRUE(bytes);
    const auto result = read_document(entry.path().filename(), *bytes, out);
    EXPECT_TRUE(result) << entry.path() << "\n" << render(result.error());
    statements += out.statements.size();
    ++csaf;
  }
  for (const auto& entry : fs::recursive_directory_iterator(shared / "suites/cyclonedx/tools")) {
    const std::string name = entry.path().filename();
    if (!name.starts_with("valid-vulnerability") || (entry.path().extension() != ".json" && entry.path().extension() != ".xml")) continue;
    Statements out;
    const auto bytes = read_file(entry.path());
    ASSERT_TRUE(bytes);
    const auto result = read_document(name, *bytes, out);
    EXPECT_TRUE(result) << entry.path() << "\n" << render(result.error());
    EXPECT_EQ(out.statements.size(), 1u) << name;
    ++cyclonedx;
  }
  EXPECT_GT(csaf, 10u);
  EXPECT_EQ(cyclonedx, 8u);
  EXPECT_GT(statements, 20u);
}

}  // namespace
}  // namespace duolex::vulnerabilities::vex
