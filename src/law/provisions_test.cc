#include "law/provisions.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "base/hash.h"
#include "law/built_in.h"

namespace duolex::law {
namespace {

TEST(Provisions, AListIsReadAndAsked) {
  const std::string hash = sha256_hex("words");
  const auto list = read_provisions("CRA.txt", "# CRA · CELEX 32024R2847\nCRA/art/12 " + hash + "\nCRA/art/12/3 " + hash + "\n");
  ASSERT_TRUE(list) << render(list.error());
  Provisions provisions;
  provisions.add(*list);
  EXPECT_TRUE(provisions.has_text("CRA"));
  EXPECT_TRUE(provisions.exists("CRA/art/12/3"));
  EXPECT_FALSE(provisions.exists("CRA/art/12/4"));
  EXPECT_FALSE(provisions.exists("AIA/art/12"));
  EXPECT_EQ(provisions.hash("CRA/art/12"), hash);
  EXPECT_EQ(provisions.nearest("CRA/art/12/33"), "CRA/art/12/3");
  EXPECT_EQ(provisions.ids("CRA"), (std::vector<std::string>{"CRA/art/12", "CRA/art/12/3"}));
}

TEST(Provisions, EveryBadLineIsNamed) {
  const std::string hash = sha256_hex("words");
  const auto list = read_provisions("CRA.txt", "CRA/art/1 " + hash + "\nCRA/art/2 0123\nAIA/art/1 " + hash +
                                                   "\nCRA/art/1 " + hash + "\nnonsense\n");
  ASSERT_FALSE(list);
  ASSERT_EQ(list.error().size(), 4u);
  for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(list.error()[i].span.line, i + 2);
}

// Those built in are read when they are first asked for, and nobody could then be told of a mistake.
TEST(Provisions, EveryBuiltInListIsWellFormedAndBearsItsTextsName) {
  std::size_t lists = 0;
  Provisions unread;
  for (const BuiltInFile& file : built_in_files()) {
    if (!file.path.starts_with("provisions/")) continue;
    ++lists;
    const std::string text = std::filesystem::path(file.path).stem().string();
    const auto list = read_provisions(std::string(file.path), std::string(file.text));
    ASSERT_TRUE(list) << render(list.error());
    EXPECT_EQ(list->text, text);
    unread.add_unread(text, file.text);
    const std::vector<std::string> ids = unread.ids(text);
    ASSERT_EQ(ids.size(), list->hashes.size());
    for (const std::string& id : ids) EXPECT_EQ(unread.hash(id), list->hashes.at(id)) << id;
  }
  EXPECT_GE(lists, 4u);
}

}  // namespace
}  // namespace duolex::law
