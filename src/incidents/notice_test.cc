#include "incidents/notice.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace duolex::incidents {
namespace {

const std::string head = "format: 1\nid: INC-1\ntitle: Crafted image\nsummary: It runs code.\ntime_zone: Europe/Berlin\nversions: [\"1.0\", \"1.1\"]\n";
const ProductWords product{"Example GmbH", "Reader", {"DE"}};
const std::string publisher = "format: 1\norganisation: Example GmbH\nwebsite: https://example.org\n";

Result<Notice> notice(const std::string& record, const std::string& from = publisher) {
  const auto r = read_record("r.yaml", record);
  const auto d = read_disclosure("d.yaml", from);
  EXPECT_TRUE(r && d);
  return user_notice(*r, *d, product, Moment{1793000000}, "0.1.0");
}

TEST(Notice, AnExploitedVulnerabilityIsASecurityAdvisory) {
  const auto n = notice(head + "cra: {kind: vulnerability, actively_exploited: true}\nfields: {cve_id: CVE-2023-4863, measures_for_users: Switch it off.}\n");
  ASSERT_TRUE(n);
  const auto j = nlohmann::json::parse(n->json);
  EXPECT_EQ(j["document"]["category"], "csaf_security_advisory");
  EXPECT_EQ(j["document"]["tracking"]["status"], "interim");
  EXPECT_EQ(j["vulnerabilities"][0]["cve"], "CVE-2023-4863");
  EXPECT_EQ(j["vulnerabilities"][0]["product_status"]["known_affected"], (std::vector<std::string>{"P1", "P2"}));
  EXPECT_EQ(j["vulnerabilities"][0]["threats"][0]["category"], "exploit_status");
  EXPECT_EQ(j["vulnerabilities"][0]["remediations"][0]["details"], "Switch it off.");
}

TEST(Notice, WithoutAMeasureItSaysSo) {
  const auto n = notice(head + "cra: {kind: vulnerability}\n");
  ASSERT_TRUE(n);
  const auto j = nlohmann::json::parse(n->json);
  EXPECT_EQ(j["vulnerabilities"][0]["remediations"][0]["category"], "none_available");
  EXPECT_FALSE(j["vulnerabilities"][0].contains("threats"));
}

TEST(Notice, AnIncidentIsAnIncidentResponseWithAReference) {
  const auto n = notice(head + "cra: {kind: incident, severe: true}\nevents:\n  - {what: measure_available, at: 2026-11-02, by: x}\n");
  ASSERT_TRUE(n);
  const auto j = nlohmann::json::parse(n->json);
  EXPECT_EQ(j["document"]["category"], "csaf_security_incident_response");
  EXPECT_EQ(j["document"]["references"][0]["category"], "external");
  EXPECT_EQ(j["document"]["tracking"]["status"], "final");
  EXPECT_FALSE(j.contains("vulnerabilities"));
}

TEST(Notice, IssuedAgainItHasAHistory) {
  const std::string sent = "submissions:\n  - {act: cra, stage: user_notice, at: 2026-10-20T10:00Z, by: x, note: First word, reference: N-1}\n"
                           "  - {act: cra, stage: user_notice, at: 2026-10-21T10:00Z, by: x}\n  - {act: cra, stage: early_warning, at: 2026-10-19T10:00Z, by: x}\n";
  const auto tracking = [&](const std::string& more) {
    const auto n = notice(head + "cra: {kind: vulnerability}\n" + sent + more);
    EXPECT_TRUE(n);
    return nlohmann::json::parse(n->json)["document"]["tracking"];
  };
  const auto t = tracking("");
  EXPECT_EQ(t["version"], "3");
  EXPECT_EQ(t["initial_release_date"], "2026-10-20T10:00:00Z");
  ASSERT_EQ(t["revision_history"].size(), 3u);
  EXPECT_EQ(t["revision_history"][0]["summary"], "First word (N-1)");
  EXPECT_EQ(t["revision_history"][1]["summary"], "Issued again");
  EXPECT_EQ(t["revision_history"][2]["date"], t["current_release_date"]);
  EXPECT_EQ(t["revision_history"][2]["summary"], "What is known was brought up to date");
  EXPECT_EQ(tracking("events:\n  - {what: measure_available, at: 2026-10-22T10:00Z, by: x}\n")["revision_history"][2]["summary"], "A corrective or mitigating measure is available");
  EXPECT_EQ(tracking("events:\n  - {what: measure_available, at: 2026-10-20T12:00Z, by: x}\n")["revision_history"][2]["summary"], "What is known was brought up to date");
}

TEST(Notice, WhatIsMissingIsListedAndNothingIsWritten) {
  const auto n = notice("format: 1\nid: a\ntitle: t\ntime_zone: Europe/Berlin\ncra: {kind: incident}\n", "format: 1\norganisation: E\n");
  ASSERT_TRUE(n);
  EXPECT_TRUE(n->json.empty());
  EXPECT_EQ(n->missing, (std::vector<std::string>{"record summary", "disclosure.yaml website", "record versions"}));
}

TEST(Notice, RefusesRangesAndFalseIds) {
  for (const char* version : {"<2.0", "before 2.0", "1.x versions", "2.0 and earlier"}) {
    EXPECT_FALSE(notice("format: 1\nid: a\ntitle: t\nsummary: s\ntime_zone: Europe/Berlin\nversions: [\"" + std::string(version) + "\"]\ncra: {kind: incident}\n")) << version;
  }
  EXPECT_FALSE(notice(head + "cra: {kind: vulnerability}\nfields: {cve_id: CVE-23-1}\n"));
  EXPECT_FALSE(notice(head));
}

}  // namespace
}  // namespace duolex::incidents
