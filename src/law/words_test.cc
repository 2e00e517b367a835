#include "law/words.h"

#include <gtest/gtest.h>

#include <fstream>

#include "base/hash.h"
#include "law/law.h"

namespace duolex::law {
namespace {

namespace fs = std::filesystem;

class WordsFolder : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::path(testing::TempDir()) / ("words-" + std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
    fs::remove_all(folder_);
    fs::create_directories(folder_);
    const auto list = read_provisions("ACT.txt", "ACT/art/1 " + sha256_hex("First.\nSecond.") + "\nACT/art/1/#1 " +
                                                     sha256_hex("First.") + "\nACT/art/1/a " + sha256_hex("Second.") + "\n");
    provisions_.add(*list);
  }
  void TearDown() override { fs::remove_all(folder_); }

  Result<Words> read(const std::string& json) {
    std::ofstream(folder_ / "act.json", std::ios::binary) << json;
    return Words::read(folder_, provisions_);
  }
  std::string complaint(const std::string& json) {
    const auto words = read(json);
    return words ? "" : words.error().front().message;
  }

  fs::path folder_;
  Provisions provisions_;
};

std::string act(const std::string& second, const std::string& more = "") {
  return R"~({"meta": {"act": "ACT"}, "units": [{"id": "ACT/art/1", "title": "Subject", "provisions": [
{"id": "ACT/art/1/#1", "label": null, "text": "First."},
{"id": "ACT/art/1/a", "label": "(a)", "text": ")~" + second + "\"}" + more + "]}]}";
}

TEST_F(WordsFolder, GivesTheWordsOfProvisionsAndUnits) {
  const auto words = read(act("Second."));
  ASSERT_TRUE(words) << render(words.error());
  EXPECT_EQ(*words->of("ACT/art/1/a"), "Second.");
  EXPECT_EQ(*words->of("ACT/art/1"), "First.\n(a) Second.");
  EXPECT_EQ(words->title_of("ACT/art/1"), "Subject");
  EXPECT_EQ(words->of("ACT/art/2"), nullptr);
}

TEST_F(WordsFolder, RefusesOtherWordsAndNamesTheProvision) {
  const auto words = read(act("Secondly."));
  ASSERT_FALSE(words);
  EXPECT_EQ(words.error().front().message, "'ACT/art/1/a' has other words than the rules were written from");
  EXPECT_EQ(words.error().front().span.line, 3u);
}

TEST_F(WordsFolder, RefusesMissingAndAddedProvisions) {
  EXPECT_EQ(complaint(act("Second.", R"(, {"id": "ACT/art/1/b", "label": null, "text": "x"})")),
            "the list of provisions of ACT has no 'ACT/art/1/b'");
  EXPECT_EQ(complaint(R"({"meta": {"act": "ACT"}, "units": []})"), "'ACT/art/1' is missing from this text of ACT");
  EXPECT_EQ(complaint(R"({"meta": {"act": "OTHER"}, "units": []})"), "there is no list of provisions of 'OTHER'");
}

TEST_F(WordsFolder, RefusesWhatIsNoText) {
  EXPECT_NE(complaint("{"), "");
  EXPECT_EQ(complaint(R"({"meta": {"act": "ACT"}, "units": [{"id": 3}]})"), "a unit has an 'id' and a list 'provisions'");
  EXPECT_NE(complaint(std::string(100'000, '[')), "");
  EXPECT_NE(complaint(R"({"fields": []})").find("holds no text of an act"), std::string::npos);
  EXPECT_FALSE(Words::read(folder_ / "nowhere", provisions_));
}

TEST(Words, OfTheActsAreThoseTheRulesWereWrittenFrom) {
  const fs::path folder = fs::path(DUOLEX_SOURCE_DIR) / ".." / "shared" / "law";
  if (!fs::is_directory(folder)) GTEST_SKIP() << "../shared/law is not there: the texts of the acts are not part of the project";
  const auto law = load();
  ASSERT_TRUE(law) << render(law.error());
  const auto words = Words::read(folder, (*law)->provisions);
  ASSERT_TRUE(words) << render(words.error());
  EXPECT_EQ(words->size(), (*law)->provisions.size());
  ASSERT_NE(words->of("CRA/art/12/3"), nullptr);
}

}  // namespace
}  // namespace duolex::law
