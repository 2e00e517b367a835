#include "vulnerabilities/csaf/check.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <ctime>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "vulnerabilities/csaf/checker.h"
#include "vulnerabilities/cvss/cvss.h"

namespace duolex::vulnerabilities::csaf {
namespace {

namespace fs = std::filesystem;

std::set<std::string> tests_of(const std::vector<Fault>& faults) {
  std::set<std::string> out;
  for (const Fault& f : faults) out.insert(f.test);
  return out;
}

std::string listed(const std::set<std::string>& tests) {
  std::string out;
  for (const std::string& t : tests) out += t + " ";
  return out;
}

// A document fails the test that it is made to fail (several break others by the same fault); a valid one fails none.
TEST(CsafSuite, EveryVerdictOfTheMandatoryTests) {
  const fs::path suite = fs::path(DUOLEX_SHARED) / "suites/csaf/csaf_2.0/test/validator/data";
  if (!fs::exists(suite)) GTEST_SKIP() << "not checked: ../shared/suites/csaf is not there";
  const auto cases = nlohmann::json::parse(*read_file(suite / "testcases.json"));
  std::size_t verdicts = 0, agreed = 0;
  for (const auto& test : cases["tests"]) {
    if (test["group"] != "mandatory") continue;
    const std::string id = test["id"];
    for (const char* kind : {"failures", "valid"})
      for (const auto& one : test.value(kind, nlohmann::json::array())) {
        const std::string name = one["name"];
        const auto faults = check(name, *read_file(suite / name));
        ASSERT_TRUE(faults) << name;
        const std::set<std::string> failed = tests_of(*faults);
        const bool must_fail = std::string(kind) == "failures";
        ++verdicts;
        agreed += failed.contains(id) == must_fail && failed.empty() == one["valid"].get<bool>();
        EXPECT_EQ(failed.contains(id), must_fail) << id << " " << name << " failed: " << listed(failed);
        EXPECT_EQ(failed.empty(), one["valid"].get<bool>()) << name << " failed: " << listed(failed);
        for (const Fault& f : *faults) EXPECT_GT(f.span.line, 0u) << name;
      }
  }
  EXPECT_EQ(verdicts, 147u);
  EXPECT_EQ(agreed, 147u);
}

// The optional and informative tests are about documents that are valid as far as the mandatory ones go.
TEST(CsafSuite, DocumentsOfTheOtherTestsAreValid) {
  const fs::path suite = fs::path(DUOLEX_SHARED) / "suites/csaf/csaf_2.0/test/validator/data";
  if (!fs::exists(suite)) GTEST_SKIP() << "not checked: ../shared/suites/csaf is not there";
  std::size_t seen = 0;
  for (const char* folder : {"optional", "informative"})
    for (const auto& entry : fs::directory_iterator(suite / folder)) {
      const auto faults = check(entry.path().filename(), *read_file(entry.path()));
      ASSERT_TRUE(faults);
      // Two of them, about weak hash algorithms, use one twice for a file.
      const bool twice = entry.path().stem().string().ends_with("6-2-08-02") || entry.path().stem().string().ends_with("6-2-09-02");
      EXPECT_EQ(listed(tests_of(*faults)), twice ? "6.1.25 " : "") << entry.path().filename() << (faults->empty() ? "" : faults->front().message);
      ++seen;
    }
  EXPECT_GT(seen, 80u);
}

TEST(Csaf, ScoresOfTheStandards) {
  using cvss::Edition;
  const auto of = [](Edition edition, const char* vector) {
    const auto parsed = cvss::parse(edition, vector);
    EXPECT_TRUE(parsed) << vector;
    return parsed ? cvss::score(edition, *parsed) : cvss::Scores{};
  };
  EXPECT_DOUBLE_EQ(of(Edition::v31, "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H").base, 9.8);
  EXPECT_DOUBLE_EQ(of(Edition::v31, "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H").base, 10.0);
  EXPECT_DOUBLE_EQ(of(Edition::v31, "CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N").base, 6.1);
  EXPECT_DOUBLE_EQ(of(Edition::v31, "CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:N/I:N/A:N").base, 0.0);
  // CVE-2014-3566 and CVE-2002-0392 as the guides of 3.0 and of 2.0 score them.
  EXPECT_DOUBLE_EQ(of(Edition::v30, "CVSS:3.0/AV:N/AC:H/PR:N/UI:R/S:U/C:L/I:N/A:N").base, 3.1);
  const cvss::Scores two = of(Edition::v2, "AV:N/AC:L/Au:N/C:N/I:N/A:C/E:F/RL:OF/RC:C/CDP:H/TD:H/CR:M/IR:M/AR:H");
  EXPECT_DOUBLE_EQ(two.base, 7.8);
  EXPECT_DOUBLE_EQ(two.temporal, 6.4);
  EXPECT_DOUBLE_EQ(two.environmental, 9.2);
  for (const char* bad : {"", "AV:N", "AV:N/AC:L/Au:N/C:N/I:N/A:C/", "AV:N/AV:N/AC:L/Au:N/C:N/I:N/A:C", "AV:X/AC:L/Au:N/C:N/I:N/A:C"}) EXPECT_FALSE(cvss::parse(Edition::v2, bad)) << bad;
}

TEST(Csaf, Languages) {
  for (const char* good : {"en", "de-AT", "zh-Hant-TW", "sl-rozaj-biske", "i-default", "x-own", "qaa", "es-419", "zh-cmn", "de-CH-1901", "en-a-bbb-x-ccc", "DE-at"}) EXPECT_TRUE(known_language(good)) << good;
  for (const char* bad : {"", "ez", "e", "en-", "en-ZZ9", "en-a", "en-x", "en-AT-DE", "en-Nope", "toolonglang"}) EXPECT_FALSE(known_language(bad)) << bad;
}

TEST(Csaf, HostileDocuments) {
  const auto quick = [](const std::string& bytes) {
    const std::clock_t begin = std::clock();
    const auto faults = check("x.json", bytes);
    EXPECT_LT(static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC, 5.0);
    return faults.has_value();
  };
  EXPECT_FALSE(quick(std::string(1'000'000, '[')));
  EXPECT_FALSE(quick("[]"));
  // A hundred thousand products, each made of the one before.
  std::string relations, history;
  for (int i = 0; i < 100'000; ++i)
    relations += (i == 0 ? "" : ",") + std::string(R"({"full_product_name":{"name":"n","product_id":"P)") + std::to_string(i + 1) + R"("},"product_reference":"P)" + std::to_string(i) + R"("})";
  EXPECT_TRUE(quick(R"({"product_tree":{"relationships":[)" + relations + "]}}"));
  EXPECT_TRUE(quick(R"({"document":{"tracking":{"version":")" + std::string(1'000'000, '9') + R"(","revision_history":[{"date":"2026-01-01T00:00:00Z","number":"1-)" + std::string(1'000'000, 'a') + R"("}]}}})"));
}

}  // namespace
}  // namespace duolex::vulnerabilities::csaf
