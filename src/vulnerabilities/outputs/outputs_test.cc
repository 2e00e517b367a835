#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>

#include "vulnerabilities/csaf/check.h"
#include "vulnerabilities/feeds/record_reader.h"
#include "vulnerabilities/index/layout.h"
#include "vulnerabilities/outputs/output.h"
#include "vulnerabilities/vex/read.h"

namespace duolex::vulnerabilities {
namespace {

const std::string bill_text = R"({"bomFormat":"CycloneDX","specVersion":"1.6","serialNumber":"urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79","version":1,
"metadata":{"component":{"type":"application","name":"app","version":"1.0","bom-ref":"r"}},
"components":[{"type":"library","name":"a","version":"1.0.0","bom-ref":"a","purl":"pkg:npm/a@1.0.0"},{"type":"library","name":"b","version":"1.0.0","bom-ref":"b","purl":"pkg:npm/b@1.0.0"},
{"type":"library","name":"c","version":"1.0.0","bom-ref":"c","purl":"pkg:npm/c@1.0.0"},{"type":"library","name":"d<&\"","version":"latest","bom-ref":"d","purl":"pkg:npm/d@latest"}]})";

std::string advisory(const std::string& id, const std::string& package, const std::string& more = "") {
  return R"({"id":")" + id + R"(","modified":"2024-01-02T03:04:05Z")" + more + R"(,"affected":[{"package":{"ecosystem":"npm","name":")" + package +
         R"("},"ranges":[{"type":"SEMVER","events":[{"introduced":"0"},{"fixed":"2.0.0"}]}]}]})";
}

struct Scanned {
  sbom::Sbom bill;
  Scan scan;
};

// The four components against an advisory each, with what is stated.
std::unique_ptr<Scanned> scanned(const std::vector<std::string>& documents, bool advisories = true) {
  index::BuildReport report;
  std::vector<index::Compiled> records;
  RecordReader reader;
  for (std::string record : {advisory("GHSA-a", "a", R"(,"aliases":["CVE-2024-0001"],"summary":"A & <b>\u0001","severity":[{"type":"CVSS_V3","score":"CVSS:3.1/AV:L/AC:L/PR:N/UI:R/S:U/C:H/I:H/A:H"}])"),
                             advisory("GHSA-b", "b", R"(,"severity":[{"type":"CVSS_V4","score":"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:N/VA:N/SC:N/SI:N/SA:N"}])"), advisory("GHSA-c", "c"), advisory("GHSA-d", "d")}) {
    const std::size_t size = record.size();
    record.append(RecordReader::padding, '\0');
    const auto read = reader.read("record.json", 0, {record.data(), size});
    EXPECT_TRUE(read);
    if (advisories) records.push_back(index::compile(read->advisories.front()));
  }
  const std::string bytes = index::lay_out(std::move(records), {}, {}, report);
  auto opened = index::Index::over("test", bytes);
  auto bill = sbom::read_sbom("bom.json", bill_text);
  EXPECT_TRUE(opened && bill);
  auto out = std::make_unique<Scanned>();
  out->bill = std::move(*bill);
  auto matches = match(out->bill, *opened);
  EXPECT_TRUE(matches);
  out->scan.bill = &out->bill;
  out->scan.checked = true;
  out->scan.index_meta = opened->meta();
  out->scan.matches = std::move(*matches);
  vex::Statements statements;
  for (const std::string& document : documents) {
    const auto read = vex::read_document("vex.json", document, statements);
    EXPECT_TRUE(read) << render(read.error()) << document;
  }
  apply_vex(out->scan.matches, std::move(statements), out->bill, {});
  return out;
}

const std::string stated = R"({"@context":"https://openvex.dev/ns/v0.2.0","@id":"x","author":"Maker","timestamp":"2026-01-01T00:00:00Z","version":1,"statements":[
{"vulnerability":{"name":"GHSA-b"},"products":[{"@id":"pkg:npm/b@1.0.0"}],"status":"not_affected","justification":"vulnerable_code_cannot_be_controlled_by_adversary"},
{"vulnerability":{"name":"GHSA-c"},"products":[{"@id":"pkg:npm/c@1.0.0"}],"status":"fixed"}]})";

const Frame frame{"2026-11-27T00:00:00Z", "0.1.0", "Example GmbH", "https://example.org"};

std::map<std::string, std::string> claims(const Scan& scan) {
  std::map<std::string, std::string> out;
  for (const Finding& f : scan.matches.findings)
    out[f.advisory] = f.vex.any() ? vex::name_of(scan.matches.vex.statements[f.vex.holding.front().statement].claim) : "";
  return out;
}

TEST(Outputs, TheSameScanGivesTheSameBytes) {
  const auto one = scanned({stated}), other = scanned({stated});
  for (const std::string& format : output_formats()) {
    const auto a = write_output(format, one->scan, frame), b = write_output(format, other->scan, frame);
    ASSERT_TRUE(a && b) << format;
    EXPECT_EQ(*a, *b) << format;
    EXPECT_NE(a->find("GHSA-d"), std::string::npos) << format;
  }
}

TEST(Outputs, WhatWeStateWeRead) {
  const auto first = scanned({stated});
  for (const char* format : {"openvex", "csaf-vex", "cyclonedx-vex"}) {
    const auto written = write_output(format, first->scan, frame);
    ASSERT_TRUE(written);
    const auto again = scanned({*written});
    // Nobody has said anything of a and d, and no document makes it up.
    EXPECT_EQ(claims(again->scan), (std::map<std::string, std::string>{{"GHSA-a", "under_investigation"}, {"GHSA-b", "not_affected"}, {"GHSA-c", "fixed"}, {"GHSA-d", "under_investigation"}})) << format;
    EXPECT_TRUE(again->scan.matches.vex_left.empty()) << format;
    EXPECT_TRUE(again->scan.matches.vex.remarks.empty()) << format << again->scan.matches.vex.remarks.front().text;
    for (const Status status : {Status::affected, Status::unknown, Status::not_affected})
      EXPECT_EQ(count(again->scan.matches, status), count(first->scan.matches, status)) << format;
  }
}

TEST(Outputs, OurCsafBreaksNoMandatoryTest) {
  for (const auto& s : {scanned({stated}), scanned({}), scanned({}, false)})
    for (const char* format : {"csaf", "csaf-vex"}) {
      const auto written = write_output(format, s->scan, frame);
      ASSERT_TRUE(written);
      const auto faults = csaf::check("our.json", *written);
      ASSERT_TRUE(faults);
      EXPECT_TRUE(faults->empty()) << render(csaf::shown(*faults)) << *written;
    }
}

TEST(Outputs, ADisclosureTellsVersionsApartFromStatements) {
  const auto s = scanned({stated});
  const auto csaf = nlohmann::json::parse(*write_output("csaf", s->scan, frame));
  std::map<std::string, nlohmann::json> status;
  for (const auto& v : csaf["vulnerabilities"]) status[v.contains("cve") ? v["cve"].get<std::string>() : v["ids"][0]["text"].get<std::string>()] = v["product_status"];
  EXPECT_TRUE(status["CVE-2024-0001"].contains("known_affected"));
  EXPECT_TRUE(status["GHSA-b"].contains("known_not_affected"));
  EXPECT_TRUE(status["GHSA-c"].contains("fixed"));
  EXPECT_TRUE(status["GHSA-d"].contains("under_investigation"));
  const auto vdr = nlohmann::json::parse(*write_output("cyclonedx-vdr", s->scan, frame));
  for (const auto& v : vdr["vulnerabilities"]) EXPECT_EQ(v.contains("analysis"), v["id"] == "GHSA-b" || v["id"] == "GHSA-c") << v;
}

TEST(Outputs, ScoresStandWhereEachFormatHasThem) {
  const auto s = scanned({});
  const auto csaf = nlohmann::json::parse(*write_output("csaf", s->scan, frame)), vdr = nlohmann::json::parse(*write_output("cyclonedx-vdr", s->scan, frame)),
             sarif = nlohmann::json::parse(*write_output("sarif", s->scan, frame));
  for (const auto& v : csaf["vulnerabilities"]) EXPECT_EQ(v.contains("scores"), v.value("cve", "") == "CVE-2024-0001") << v;  // it has no place for 4.0
  EXPECT_EQ(csaf["vulnerabilities"][0]["scores"][0]["cvss_v3"]["baseScore"], 7.8);
  EXPECT_EQ(vdr["vulnerabilities"][0]["ratings"][0]["score"], 7.8);
  EXPECT_EQ(vdr["vulnerabilities"][0]["ratings"][0]["severity"], "high");
  EXPECT_EQ(vdr["vulnerabilities"][1]["ratings"][0]["method"], "CVSSv4");
  EXPECT_EQ(vdr["vulnerabilities"][1]["ratings"][0]["score"], 8.7);
  EXPECT_FALSE(vdr["vulnerabilities"][2].contains("ratings"));
  for (const auto& rule : sarif["runs"][0]["tool"]["driver"]["rules"]) EXPECT_EQ(rule["properties"].value("security-severity", ""), rule["id"] == "GHSA-a" ? "7.8" : rule["id"] == "GHSA-b" ? "8.7" : "");
}

TEST(Outputs, SarifSuppressesWhatIsClosedAndKeepsIt) {
  const auto log = nlohmann::json::parse(*write_output("sarif", scanned({stated})->scan, frame));
  std::map<std::string, std::string> levels;
  for (const auto& result : log["runs"][0]["results"]) {
    levels[result["ruleId"]] = result["level"];
    EXPECT_EQ(result.contains("suppressions"), result["level"] == "note");
  }
  EXPECT_EQ(levels, (std::map<std::string, std::string>{{"GHSA-a", "error"}, {"GHSA-b", "note"}, {"GHSA-c", "note"}, {"GHSA-d", "warning"}}));
}

TEST(Outputs, JunitEscapesAndCounts) {
  const std::string xml = *write_output("junit", scanned({stated})->scan, frame);
  EXPECT_NE(xml.find("tests=\"5\" failures=\"1\" errors=\"1\""), std::string::npos);
  EXPECT_EQ(xml.find("d<&"), std::string::npos);
  const auto nothing = scanned({}, false);
  EXPECT_NE(write_output("junit", nothing->scan, frame)->find("type=\"unchecked\""), std::string::npos);
}

TEST(Outputs, WithoutFindings) {
  const auto s = scanned({}, false);
  EXPECT_EQ(nlohmann::json::parse(*write_output("csaf", s->scan, frame))["document"]["category"], "csaf_base");
  EXPECT_TRUE(nlohmann::json::parse(*write_output("cyclonedx-vdr", s->scan, frame))["vulnerabilities"].empty());
  EXPECT_FALSE(write_output("openvex", s->scan, frame));
}

TEST(Outputs, APublisherIsNotMadeUp) {
  const auto s = scanned({});
  for (const char* format : {"csaf", "csaf-vex", "openvex"}) EXPECT_FALSE(write_output(format, s->scan, {frame.now, "0.1.0", "", ""})) << format;
  EXPECT_FALSE(write_output("csaf", s->scan, {frame.now, "0.1.0", "Example GmbH", "example"}));
  EXPECT_TRUE(write_output("cyclonedx-vdr", s->scan, {frame.now, "0.1.0", "", ""}));
}

}  // namespace
}  // namespace duolex::vulnerabilities
