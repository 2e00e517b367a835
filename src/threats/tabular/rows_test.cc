#include "threats/tabular/rows.h"

#include <gtest/gtest.h>

#include <cmath>

#include "threats/array.h"

namespace duolex::threats::tabular {
namespace {

TEST(Rows, CsvGivesTheNumbersThatStandThere) {
  const auto t = read_table("t.csv", "a;b;c\n0.1;;3\r\n-1e-3;NA;4\n");
  ASSERT_TRUE(t) << render(t.error());
  EXPECT_EQ(t->names, (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_EQ(t->rows, 2u);
  EXPECT_EQ(t->row(0)[0], 0.1);
  EXPECT_TRUE(std::isnan(t->row(0)[1]));
  EXPECT_EQ(t->row(1)[0], -1e-3);
}

TEST(Rows, SayWhereTheyAreNoNumbers) {
  const auto at = [](const std::string& text) { return render(read_table("t.csv", text).error()); };
  EXPECT_NE(at("a,b\n1,2\n3,x\n").find("t.csv:3:3"), std::string::npos);
  EXPECT_NE(at("1,2\n3\n").find("t.csv:2:1"), std::string::npos);
  EXPECT_NE(at("1,inf\n1,inf\n").find("t.csv:2"), std::string::npos);
  EXPECT_NE(at("a,b\n").find("holds no rows"), std::string::npos);
}

TEST(Rows, NpyKeepsDoubles) {
  const auto t = read_table("t.npy", to_npy(array_of({2, 3}, std::vector<float>{1, 2, 3, 4, 5, 6})));
  ASSERT_TRUE(t);
  EXPECT_EQ(t->columns, 3u);
  EXPECT_EQ(t->row(1)[2], 6);
}

}  // namespace
}  // namespace duolex::threats::tabular
