#include "incidents/support.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/file.h"

namespace duolex::incidents {
namespace {

Day day(const char* text) { return *parse_day(text); }

SupportFile support(const std::string& more = "") {
  const auto read = read_support("s.yaml", "format: 1\n" + more);
  EXPECT_TRUE(read) << render(read.error());
  return *read;
}

Endings endings(const char* placed, const char* end, const SupportFile& file) {
  return endings_of({{"1.0", parse_day(placed), parse_day(end)}}, file, built_in_retention());
}

std::string until(const Endings& e, const std::string& cite) {
  for (const Ending& x : e.list) {
    if (!x.cite.empty() && x.cite[0] == cite) return x.until ? to_string(*x.until) : "unknown: " + x.open;
  }
  return "none";
}

TEST(Support, AtLeastFiveYears) {
  EXPECT_TRUE(endings("2028-01-10", "2033-01-10", support()).shortfalls.empty());
  const Endings short_one = endings("2028-01-10", "2033-01-09", support());
  ASSERT_EQ(short_one.shortfalls.size(), 1u);
  EXPECT_EQ(short_one.shortfalls[0].cite[0], "CRA/art/13/8/#2");
  EXPECT_TRUE(endings("2028-02-29", "2033-02-28", support()).shortfalls.empty());  // the anniversary of a leap day
}

TEST(Support, AShorterUseNeedsAReason) {
  EXPECT_EQ(endings("2028-01-10", "2030-01-10", support("expected_use_years: 2\n")).shortfalls.size(), 1u);
  EXPECT_TRUE(endings("2028-01-10", "2030-01-10", support("expected_use_years: 2\njustification: seasonal\n")).shortfalls.empty());
  EXPECT_EQ(endings("2028-01-10", "2030-01-09", support("expected_use_years: 2\njustification: seasonal\n")).shortfalls.size(), 1u);
}

TEST(Support, ALongerUseMustBeReflected) {
  const Endings e = endings("2028-01-10", "2033-01-10", support("expected_use_years: 8\n"));
  ASSERT_EQ(e.shortfalls.size(), 1u);
  EXPECT_EQ(e.shortfalls[0].cite[0], "CRA/art/13/8/#1");
}

TEST(Support, PapersAreKeptTenYearsOrForTheSupportPeriod) {
  EXPECT_EQ(until(endings("2028-01-10", "2033-01-10", support()), "CRA/art/13/13"), "2038-01-10");
  EXPECT_EQ(until(endings("2028-01-10", "2043-01-10", support()), "CRA/art/13/13"), "2043-01-10");
  EXPECT_EQ(until(endings("2028-01-10", "", support()), "CRA/art/13/13"), "unknown: support_period_end");
  EXPECT_EQ(until(endings("", "2033-01-10", support()), "CRA/art/13/13"), "unknown: placed_on_market_on");
  EXPECT_EQ(until(endings("2028-01-10", "2043-01-10", support()), "AIA/art/18/1"), "none");
  EXPECT_EQ(until(endings("2028-01-10", "2043-01-10", support("high_risk_ai: true\n")), "AIA/art/18/1"), "2038-01-10");
}

TEST(Support, UpdatesStayTenYearsOrForTheSupportPeriod) {
  const SupportFile file = support("updates:\n  - {id: 1.0.1, release: \"1.0\", issued_on: 2030-05-31}\n");
  EXPECT_EQ(until(endings("2028-01-10", "2033-01-10", file), "CRA/art/13/9"), "2040-05-31");
  EXPECT_EQ(until(endings("2028-01-10", "2048-01-10", file), "CRA/art/13/9"), "2048-01-10");
  const SupportFile astray = support("updates:\n  - {id: 1.0.1, release: \"9\", issued_on: 2030-05-31}\n");
  EXPECT_EQ(until(endings("2028-01-10", "2033-01-10", astray), "CRA/art/13/9"), "unknown: a release 9");
}

TEST(Support, TheSoonestStandsFirst) {
  const Endings e = endings("2028-01-10", "2033-01-10", support("other:\n  - {what: Certificate, until: 2029-01-01}\n"));
  EXPECT_EQ(e.list.front().what, "Certificate");
  EXPECT_NE(endings_text(e, day("2028-12-30"), 90).find("SOON  Certificate"), std::string::npos);
  EXPECT_NE(endings_text(e, day("2029-01-02"), 90).find("ended Certificate"), std::string::npos);
  EXPECT_NE(endings_json(e, day("2028-12-30")).find("\"days_left\": 2"), std::string::npos);
}

TEST(Support, MistakesAreNamed) {
  for (const char* line : {"expected_use_years: 0", "expected_use_years: many", "updates: x", "updates: [{id: a}]", "other: [{what: a, until: never}]", "extra: 1"}) {
    EXPECT_FALSE(read_support("s.yaml", std::string("format: 1\n") + line + "\n")) << line;
  }
}

TEST(Retention, TheFileReadsAndCitesProvisionsThatExist) {
  const std::string root = DUOLEX_SOURCE_DIR;
  const auto rules = read_retention("retention.yaml", *read_file(root + "/law/incidents/retention.yaml"));
  ASSERT_TRUE(rules) << render(rules.error());
  const std::string known = *read_file(root + "/law/provisions/CRA.txt") + *read_file(root + "/law/provisions/AIA.txt");
  for (const KeepRule& rule : rules->keep) {
    for (const std::string& id : rule.cite) EXPECT_NE(known.find("\n" + id + " "), std::string::npos) << id;
  }
  for (const char* id : {"CRA/art/13/8/#1", "CRA/art/13/8/#2", "CRA/art/13/8/#4"}) EXPECT_NE(known.find(std::string("\n") + id + " "), std::string::npos);
}

TEST(Support, WhatImportersAndRepresentativesKeepWhereThereAreSome) {
  const SupportFile high_risk = support("high_risk_ai: true\n");
  const ReleaseDates release{"1.0", parse_day("2028-01-10"), parse_day("2040-01-10")};
  const auto count = [&](const SupportFile& file, const std::set<std::string>& roles) {
    const Endings e = endings_of({release}, file, built_in_retention(), roles);
    return std::count_if(e.list.begin(), e.list.end(), [](const Ending& x) { return !x.by.empty(); });
  };
  EXPECT_EQ(count(high_risk, {"manufacturer", "distributor"}), 0);  // CRA Art. 20 has no period
  EXPECT_EQ(count(support(), {"importer"}), 1);
  EXPECT_EQ(count(high_risk, {"importer", "authorised_representative"}), 4);
  const Endings e = endings_of({release}, high_risk, built_in_retention(), {"importer", "authorised_representative"});
  EXPECT_EQ(until(e, "CRA/art/19/6"), "2040-01-10");  // the support period is the longer one
  EXPECT_EQ(until(e, "CRA/art/18/3/a"), "2040-01-10");
  EXPECT_EQ(until(e, "AIA/art/22/3/b"), "2038-01-10");
  EXPECT_EQ(until(e, "AIA/art/23/5"), "2038-01-10");
  EXPECT_NE(endings_text(e, day("2038-01-01"), 90).find("SOON  Copies of the certificate, the instructions for use and the EU declaration of a high-risk AI system, release 1.0 (by the importer)  [AIA/art/23/5]"), std::string::npos)
      << endings_text(e, day("2038-01-01"), 90);
}

}  // namespace
}  // namespace duolex::incidents
