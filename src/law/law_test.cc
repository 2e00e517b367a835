#include "law/law.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include "base/hash.h"
#include "law/citations.h"

namespace duolex::law {
namespace {

namespace fs = std::filesystem;

class LawFolder : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::path(testing::TempDir()) / ("law-" + std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
    fs::remove_all(folder_);
    fs::create_directories(folder_ / "provisions");
    const std::string hash = sha256_hex("words");
    put("provisions/ACT.txt", "ACT/art/1 " + hash + "\nACT/art/2/a " + hash + "\nACT/art/9 " + hash + "\nACT/rec/1 " + hash + "\n");
    put("provisions/OLD.txt", "OLD/art/1 " + hash + "\nOLD/art/3 " + hash + "\n");
  }
  void TearDown() override { fs::remove_all(folder_); }
  void put(const std::string& name, const std::string& text) { std::ofstream(folder_ / name, std::ios::binary) << text; }

  // The messages of check_citations for a rule with these lines below its head.
  std::vector<std::string> messages(const std::string& lines) {
    put("a.law",
        "text ACT \"An act\" from 2026-01-01\n"
        "text OLD \"An act, first text\" from 2024-01-01 until 2025-12-31 earlier version of ACT\n"
        "fact f : yes/no\n"
        "conclude c : yes/no\n" + lines + "  no otherwise\n");
    const auto law = load(folder_);
    EXPECT_TRUE(law) << render(law.error());
    std::vector<std::string> result;
    if (law)
      for (const Diagnostic& d : check_citations(**law))
        result.push_back(std::to_string(d.span.line) + ": " + d.message + (d.hint.empty() ? "" : " (" + d.hint + ")"));
    return result;
  }

  fs::path folder_;
};

TEST_F(LawFolder, ACitationThatResolvesNowhereNamesTheNearest) {
  EXPECT_EQ(messages("  cite ACT/art/1\n  yes when f cite ACT/art/2/b\n"),
            (std::vector<std::string>{"6: there is no provision 'ACT/art/2/b' (did you mean 'ACT/art/2/a'?)"}));
}

TEST_F(LawFolder, MistakesNameTheFileInTheFolderAsItWasGiven) {
  put("a.law", "conclud x\n");
  put("provisions/BAD.txt", "BAD/art/1 nohash\n");
  put("version.txt", "\n");
  const auto law = load(folder_);
  ASSERT_FALSE(law);
  std::vector<std::string> files;
  for (const Diagnostic& d : law.error()) files.push_back(d.span.file);
  std::sort(files.begin(), files.end());
  EXPECT_EQ(files, (std::vector<std::string>{(folder_ / "a.law").string(), (folder_ / "provisions/BAD.txt").string(), (folder_ / "version.txt").string()}));
  // A second place lies in the same folder.
  fs::remove(folder_ / "provisions/BAD.txt");
  fs::remove(folder_ / "version.txt");
  put("a.law", "fact f : yes/no\nfact f : yes/no\n");
  const auto twice = load(folder_);
  ASSERT_FALSE(twice);
  ASSERT_FALSE(twice.error()[0].related.empty());
  EXPECT_EQ(twice.error()[0].related[0].span.file, (folder_ / "a.law").string());
}

TEST(BuiltInLaw, HasTheFilesThatAFolderIsReadFor) {
  std::size_t lists = 0, rules = 0;
  bool version = false;
  for (const rules::SourceFile& f : built_in_law()) {
    lists += f.path.starts_with("provisions/");
    rules += f.path.ends_with(".law");
    version = version || f.path == "version.txt";
  }
  const auto law = *load();
  EXPECT_EQ(rules + 1, law->files.size());  // and coverage.txt
  EXPECT_GT(lists, 5u);
  EXPECT_TRUE(version);
}

TEST_F(LawFolder, WhatHoldsInOneVersionCitesThatVersion) {
  EXPECT_EQ(messages("  yes when f in OLD cite ACT/art/1, ACT/rec/1, OLD/art/3\n"), std::vector<std::string>{});
  EXPECT_EQ(messages("  yes when f in OLD cite ACT/art/9\n"),
            (std::vector<std::string>{"5: this holds in OLD only, which has no 'art/9' (did you mean 'OLD/art/1'?)"}));
  EXPECT_EQ(messages("  yes when f in ACT cite OLD/art/3\n"),
            (std::vector<std::string>{"5: this holds in ACT only, and 'OLD/art/3' is a provision of OLD"}));
  // An exception holds at most where its parent does.
  EXPECT_EQ(messages("  yes when f in ACT\n    except no when always cite OLD/art/1\n").size(), 1u);
}

TEST_F(LawFolder, IdsAreShownInTheVersionInForce) {
  ASSERT_EQ(messages("  yes when f\n"), std::vector<std::string>{});
  const auto law = load(folder_);
  ASSERT_TRUE(law);
  const Day before = *parse_day("2025-12-31"), after = *parse_day("2026-01-01");
  EXPECT_EQ((*law)->shown_id("ACT/art/1", before), "OLD/art/1");
  EXPECT_EQ((*law)->shown_id("ACT/art/1", after), "ACT/art/1");
  EXPECT_EQ((*law)->shown_id("ACT/art/9", before), "ACT/art/9");
  EXPECT_EQ((*law)->shown_id("ACT/rec/1", before), "ACT/rec/1");
}

TEST(BuiltInLaw, LoadsAndEveryCitationResolves) {
  const auto law = load();
  ASSERT_TRUE(law) << render(law.error());
  EXPECT_GT(citations((*law)->base).size(), 1000u);
  EXPECT_EQ(render(check_citations(**law)), "");
  for (const char* text : {"AIA", "AIA2024", "CRA", "CRA1535", "CRA2392", "CRA881", "GDPR", "OMN"})
    EXPECT_TRUE((*law)->provisions.has_text(text)) << text;
}

TEST(BuiltInLaw, IsTheLawOfTheFolder) {
  const auto built_in = load();
  const auto read = load(fs::path(DUOLEX_SOURCE_DIR) / "law");
  ASSERT_TRUE(built_in);
  ASSERT_TRUE(read);
  EXPECT_EQ((*built_in)->base.sha256, (*read)->base.sha256);
  EXPECT_EQ((*built_in)->provisions.size(), (*read)->provisions.size());
}

}  // namespace
}  // namespace duolex::law
