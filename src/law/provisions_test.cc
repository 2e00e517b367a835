#include "law/provisions.h"

#include <gtest/gtest.h>

#include "base/hash.h"

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

}  // namespace
}  // namespace duolex::law
