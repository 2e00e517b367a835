#include "text/figures.h"

#include <gtest/gtest.h>

#include <limits>

namespace duolex::text {
namespace {

TEST(Figures, HaveTheDigitsThatWereAskedFor) {
  EXPECT_EQ(figure(8.0 / 255), "0.03137");
  EXPECT_EQ(figure(0.5), "0.5");
  EXPECT_EQ(figure(1234567.0, 3), "1.23e+06");
  EXPECT_EQ(figure(0.1, 99), "0.10000000000000001");
  EXPECT_EQ(figure(std::numeric_limits<double>::infinity()), "inf");
}

TEST(Figures, SharesAreOfAHundred) {
  EXPECT_EQ(percent(0.8124), "81.2 %");
  EXPECT_EQ(percent(1), "100.0 %");
  EXPECT_EQ(percent(std::numeric_limits<double>::max() / 100).substr(0, 4), "1797");
}

}  // namespace
}  // namespace duolex::text
