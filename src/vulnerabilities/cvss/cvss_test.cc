#include "vulnerabilities/cvss/cvss.h"

#include <gtest/gtest.h>

namespace duolex::vulnerabilities::cvss {
namespace {

// Vectors with the scores that FIRST and its calculators publish for them.
TEST(Cvss, ScoresOfFourAsPublished) {
  const std::pair<const char*, const char*> known[] = {
      {"AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H", "10.0"},                   // CVE-2021-44228
      {"AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:N/VA:N/SC:N/SI:N/SA:N", "8.7"},                    // CVE-2014-0160
      {"AV:L/AC:L/AT:P/PR:L/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", "7.3"},                    // CVE-2022-41741
      {"AV:N/AC:L/AT:P/PR:N/UI:P/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", "7.7"},                    // CVE-2020-3549
      {"AV:L/AC:L/AT:N/PR:N/UI:A/VC:L/VI:N/VA:N/SC:N/SI:N/SA:N", "4.6"},                    // CVE-2021-44714
      {"AV:N/AC:L/AT:N/PR:N/UI:N/VC:L/VI:L/VA:N/SC:N/SI:N/SA:N", "6.9"},                    // CVE-2022-22186
      {"AV:N/AC:L/AT:N/PR:N/UI:N/VC:L/VI:H/VA:L/SC:N/SI:H/SA:L", "9.2"},
      {"AV:N/AC:L/AT:P/PR:N/UI:N/VC:N/VI:L/VA:H/SC:N/SI:H/SA:N", "9.0"},
      {"AV:N/AC:H/AT:N/PR:N/UI:P/VC:L/VI:L/VA:N/SC:N/SI:H/SA:L", "5.1"},
      {"AV:A/AC:L/AT:N/PR:L/UI:N/VC:N/VI:L/VA:L/SC:N/SI:H/SA:N", "6.1"},
      {"AV:A/AC:H/AT:N/PR:H/UI:N/VC:H/VI:N/VA:L/SC:N/SI:N/SA:N", "5.8"},
      {"AV:L/AC:H/AT:N/PR:L/UI:N/VC:H/VI:L/VA:H/SC:N/SI:H/SA:N", "7.0"},
      {"AV:L/AC:H/AT:P/PR:L/UI:P/VC:N/VI:H/VA:N/SC:L/SI:L/SA:H", "5.8"},
      {"AV:P/AC:L/AT:N/PR:H/UI:N/VC:L/VI:L/VA:H/SC:N/SI:H/SA:N", "6.8"},
      {"AV:P/AC:L/AT:P/PR:H/UI:N/VC:N/VI:L/VA:L/SC:L/SI:N/SA:L", "1.0"},
      {"AV:P/AC:H/AT:N/PR:H/UI:P/VC:L/VI:N/VA:N/SC:H/SI:H/SA:H", "2.4"},
      {"AV:P/AC:H/AT:P/PR:H/UI:A/VC:H/VI:N/VA:L/SC:N/SI:N/SA:N", "4.3"},
      {"AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:N/SC:N/SI:N/SA:N", "0.0"},
  };
  for (const auto& [vector, score] : known) {
    const auto rating = rate("CVSS:4.0/" + std::string(vector));
    ASSERT_TRUE(rating) << vector;
    EXPECT_EQ(shown(rating->base), score) << vector;
  }
}

TEST(Cvss, ThreatAndEnvironmentOfFour) {
  const std::string base = "CVSS:4.0/AV:P/AC:H/AT:P/PR:H/UI:A/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H";
  const auto all = [&](const std::string& more) { return score(Edition::v40, parse(Edition::v40, base + more).value()); };
  EXPECT_EQ(shown(all("/E:A").temporal), "7.3");
  EXPECT_EQ(shown(all("/E:P").temporal), "5.9");
  EXPECT_EQ(shown(all("/E:U").temporal), "4.1");
  EXPECT_EQ(shown(all("/E:U").base), "7.3");
  EXPECT_EQ(shown(all("/CR:H/IR:M/AR:L").environmental), "7.1");
  EXPECT_EQ(shown(all("/CR:M/IR:L/AR:M").environmental), "5.5");
  EXPECT_EQ(shown(all("/S:P/AU:N/R:A/V:D/RE:M/U:Amber").environmental), "7.3");  // says nothing about the score
  EXPECT_EQ(shown(all("/MVC:N/MVI:N/MVA:N/MSC:N/MSI:N/MSA:N").environmental), "0.0");
}

TEST(Cvss, OtherEditionsAsPublished) {
  for (const auto& [vector, score, word] : {std::tuple{"CVSS:3.1/AV:L/AC:L/PR:N/UI:R/S:U/C:H/I:H/A:H", "7.8", "HIGH"}, {"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:N/A:H", "10.0", "CRITICAL"},
                                            {"CVSS:3.1/AV:N/AC:H/PR:L/UI:R/S:C/C:N/I:H/A:N", "5.8", "MEDIUM"}, {"CVSS:3.1/AV:P/AC:H/PR:H/UI:N/S:C/C:N/I:L/A:L", "3.3", "LOW"},
                                            {"CVSS:3.0/AV:A/AC:H/PR:N/UI:N/S:U/C:H/I:N/A:L", "5.9", "MEDIUM"}, {"AV:A/AC:M/Au:S/C:P/I:C/A:N", "5.8", "MEDIUM"}, {"(AV:N/AC:L/Au:N/C:C/I:C/A:N)", "9.4", "HIGH"},
                                            {"AV:L/AC:H/Au:M/C:N/I:C/A:N", "3.7", "LOW"}}) {
    const auto rating = rate(vector);
    ASSERT_TRUE(rating) << vector;
    EXPECT_EQ(shown(rating->base), score) << vector;
    EXPECT_STREQ(rating->severity, word) << vector;
  }
}

TEST(Cvss, WhatIsNoVectorHasNoScore) {
  for (const char* text : {"", "medium", "7.8", "CVSS:4.0/AV:N", "CVSS:4.1/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H", "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:S/SA:H",
                           "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H/", "CVSS:3.1/AV:L/AC:L/PR:N/UI:R/S:U/C:H/I:H", "(AV:N)"})
    EXPECT_FALSE(rate(text)) << text;
}

// Every set of letters has a score, however the groups meet: 0 only where nothing is harmed.
TEST(Cvss, EveryBaseVectorOfFourHasAScore) {
  std::size_t count = 0;
  for (const char av : {'N', 'A', 'L', 'P'})
    for (const char ac : {'L', 'H'})
      for (const char at : {'N', 'P'})
        for (const char pr : {'N', 'L', 'H'})
          for (const char ui : {'N', 'P', 'A'})
            for (int impacts = 0; impacts < 729; ++impacts) {
              std::map<std::string, std::string> v = {{"AV", {av}}, {"AC", {ac}}, {"AT", {at}}, {"PR", {pr}}, {"UI", {ui}}};
              int rest = impacts;
              for (const char* metric : {"VC", "VI", "VA", "SC", "SI", "SA"}) {
                v[metric] = std::string(1, "HLN"[rest % 3]);
                rest /= 3;
              }
              const double s = score(Edition::v40, v).base;
              EXPECT_TRUE(s >= 0 && s <= 10);
              EXPECT_EQ(s == 0, impacts == 728);
              ++count;
            }
  EXPECT_EQ(count, 104976U);
}

// The vectors of base metrics alone are read where they stand; all 5,184 of them.
TEST(Cvss, PlainVectorsAreRatedAsTheOthers) {
  std::size_t count = 0;
  std::vector<std::string> open = {""};
  for (const auto& [key, letters] : {std::pair{"AV", "NALP"}, {"AC", "HL"}, {"PR", "NLH"}, {"UI", "NR"}, {"S", "UC"}, {"C", "HLN"}, {"I", "HLN"}, {"A", "HLN"}}) {
    std::vector<std::string> longer;
    for (const std::string& begin : open)
      for (const char* c = letters; *c != '\0'; ++c) longer.push_back(begin + "/" + key + ":" + *c);
    open = std::move(longer);
  }
  for (const auto& [edition, begin] : {std::pair{Edition::v30, "CVSS:3.0"}, {Edition::v31, "CVSS:3.1"}})
    for (const std::string& rest : open) {
      const std::string vector = begin + rest;
      const auto rating = rate(vector);
      ASSERT_TRUE(rating) << vector;
      EXPECT_EQ(rating->edition, edition);
      EXPECT_EQ(rating->base, score(edition, *parse(edition, vector)).base) << vector;
      ++count;
    }
  EXPECT_EQ(count, 5184U);
}

}  // namespace
}  // namespace duolex::vulnerabilities::cvss
