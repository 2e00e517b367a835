#include "plan/words.h"

#include <gtest/gtest.h>

namespace duolex::plan {
namespace {

TEST(Words, ValuesOfTheVocabularyAreSpoken) {
  EXPECT_EQ(in_words(std::string("important_1")), "important, class I");
  EXPECT_EQ(in_words(std::string("some_new_value")), "some new value");
  EXPECT_EQ(in_words(std::string("{module_b_c, module_h}")), "modules B and C, module H");
  EXPECT_EQ(in_words(std::string("{}")), "none");
}

TEST(Words, ValuesByKind) {
  findings::Value v;
  EXPECT_EQ(in_words(v), "none");
  v.kind = findings::Value::Kind::date;
  v.word = "2027-12-02";
  EXPECT_EQ(in_words(v), "2 December 2027");
  v.word = "never";
  EXPECT_EQ(in_words(v), "never");
  v.kind = findings::Value::Kind::yes_no;
  v.yes = true;
  EXPECT_EQ(in_words(v), "yes");
  v.kind = findings::Value::Kind::words;
  EXPECT_EQ(in_words(v), "none");
  v.words = {"annex_iii", "annex_i_section_a"};
  EXPECT_EQ(in_words(v), "Annex III, Annex I Section A");
}

TEST(Words, AnUndecidedFindingHasNoValue) {
  findings::Finding f;
  f.status = rules::Status::unknown;
  f.value.kind = findings::Value::Kind::word;
  f.value.word = "default";
  EXPECT_EQ(in_words(f), "undecided");
  f.status = rules::Status::contested;
  EXPECT_EQ(in_words(f), "default (no listed category)");
}

TEST(Words, DaysAreWrittenInFull) {
  EXPECT_EQ(in_words(*parse_day("2028-08-02")), "2 August 2028");
  EXPECT_EQ(in_words(*parse_day("0001-01-01")), "1 January 0001");
  EXPECT_EQ(in_words(*parse_day("2024-12-31")), "31 December 2024");
}

}  // namespace
}  // namespace duolex::plan
