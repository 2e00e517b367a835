#include "tensor/bounds/property.h"

#include <gtest/gtest.h>

namespace duolex::tensor::bounds {
namespace {

const std::string head = "(declare-const X_0 Real)\n(declare-const Y_0 Real)\n(declare-const Y_1 Real)\n";
const std::string box = "(assert (<= X_0 1.0))\n(assert (>= X_0 -0.5))\n";

std::string refused(const std::string& text) {
  const auto property = read_vnnlib("p.vnnlib", text);
  return property ? "" : render(property.error());
}

TEST(Property, IsReadAsCases) {
  const auto p = read_vnnlib("p.vnnlib", head + box + "(assert (or (and (<= Y_0 Y_1)) (and (>= Y_0 3.5))))\n");
  ASSERT_TRUE(p) << render(p.error());
  EXPECT_EQ(p->inputs, 1u);
  EXPECT_EQ(p->outputs, 2u);
  ASSERT_EQ(p->cases.size(), 2u);
  EXPECT_EQ(p->cases[0].lower, std::vector<double>{-0.5});
  EXPECT_EQ(p->cases[0].upper, std::vector<double>{1.0});
  ASSERT_EQ(p->cases[1].outputs.size(), 1u);
  EXPECT_EQ(p->cases[1].outputs[0].most, -3.5);
}

TEST(Property, HoldsThroughoutOnlyWhatHoldsEverywhere) {
  const auto p = read_vnnlib("p.vnnlib", head + box + "(assert (<= Y_0 Y_1))\n");
  ASSERT_TRUE(p);
  EXPECT_TRUE(holds_throughout(p->cases[0], {0.0, 2.0}, {1.0, 3.0}));
  EXPECT_FALSE(holds_throughout(p->cases[0], {0.0, 0.5}, {1.0, 3.0}));
}

TEST(Property, SaysWhereItIsWrong) {
  EXPECT_NE(refused(head + box + "(assert (<= Y_7 0.0))\n").find("p.vnnlib:6:"), std::string::npos);
  EXPECT_NE(refused(head + "(assert (<= X_0 1.0))\n").find("p.vnnlib"), std::string::npos) << "an input without a lower bound";
  EXPECT_NE(refused(head + box + "(assert (<= Y_0 abc))\n").find("p.vnnlib:6:"), std::string::npos);
  EXPECT_NE(refused(head + box + "(assert (<= Y_0 0.0)\n"), "");
}

TEST(Property, BoundsWhatItTakes) {
  EXPECT_NE(refused(head + box + "(assert " + std::string(100'000, '(') + "\n"), "");
  EXPECT_NE(refused(std::string(1'000'000, '(')), "");
}

}  // namespace
}  // namespace duolex::tensor::bounds
