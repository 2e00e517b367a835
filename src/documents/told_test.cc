#include "documents/told.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <ctime>
#include <set>

#include "documents/tongue.h"

namespace duolex::documents {
namespace {

const Tongue german("de", {{"{n} of {m} judged attempts broke the model", "{n} von {m} beurteilten Versuchen brachen das Modell"},
                           {"none of {m} judged attempts broke the model", "keiner von {m} beurteilten Versuchen brach das Modell"},
                           {"{what}; {why}", "{what}; {why}"},
                           {"the run was interrupted", "der Lauf wurde unterbrochen"},
                           {"suspected, target {list}", "verdächtig, Ziel {list}"}});

TEST(Told, APatternFitsWithItsNamesAndNothingElse) {
  EXPECT_EQ(german(told("3 of 40 judged attempts broke the model")), "3 von 40 beurteilten Versuchen brachen das Modell");
  EXPECT_EQ(german(told("none of 40 judged attempts broke the model")), "keiner von 40 beurteilten Versuchen brach das Modell") << "the pattern with more text of its own";
  EXPECT_EQ(german(told("many of 40 judged attempts broke the model")), "many of 40 judged attempts broke the model") << "figures only stand for figures";
  EXPECT_EQ(german(told("3 of 40 judged attempts broke the model!")), "3 of 40 judged attempts broke the model!");
  EXPECT_EQ(german(told("suspected, target 1, 7")), "verdächtig, Ziel 1, 7");
}

TEST(Told, ASentenceWithinASentenceIsTakenApartInTurn) {
  EXPECT_EQ(german(told("3 of 40 judged attempts broke the model; the run was interrupted")), "3 von 40 beurteilten Versuchen brachen das Modell; der Lauf wurde unterbrochen");
}

TEST(Told, WhatNoPatternFitsIsEnglishAndMarkedSo) {
  const auto pieces = german.pieces(told("the run was interrupted; nobody knows why"));
  ASSERT_EQ(pieces.size(), 2u);
  EXPECT_FALSE(pieces[0].english);
  EXPECT_TRUE(pieces[1].english);
  EXPECT_EQ(pieces[1].text, "nobody knows why");
  EXPECT_FALSE(german.pieces(told("cra.class"))[0].english) << "an identifier is the same in every language";
  EXPECT_FALSE(german.pieces(told("CVE-2024-3094"))[0].english);
  std::vector<std::string> lacking;
  german.lacking(told("the run was interrupted; nobody knows why"), lacking);
  EXPECT_TRUE(lacking.empty()) << "the own words of a record are no sentence of a catalogue";
  EXPECT_EQ(Tongue()(told("nobody {knows} why")), "nobody {knows} why") << "braces of a told text are no names";
}

TEST(Told, ALongTextIsNotTakenApartAndCostsLittle) {
  const std::string hostile(1u << 20, ';');
  const std::clock_t begin = std::clock();
  EXPECT_EQ(german(told(hostile)), hostile);
  std::string many;
  for (int i = 0; i < 600; ++i) many += "a; ";
  EXPECT_EQ(german(told(many)), many);
  EXPECT_LT(static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC, 1.0);
}

TEST(Told, EveryPatternIsWellFormedAndStandsOnce) {
  std::set<std::string> seen;
  for (const std::string& p : told_patterns()) {
    EXPECT_TRUE(names_in(p).well_formed) << p;
    EXPECT_TRUE(seen.insert(p).second) << p;
    for (const auto& names = names_in(p).names; const std::string& n : names) EXPECT_EQ(std::count(names.begin(), names.end(), n), 1) << p;
  }
}

}  // namespace
}  // namespace duolex::documents
