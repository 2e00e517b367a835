// What counts as a changed map or sequence, and whether what attacks push at leads there.
#include "threats/evasion/criterion.h"

#include <gtest/gtest.h>

#include <cmath>

#include "threats/evasion/goal.h"

namespace duolex::threats::evasion {
namespace {

double margin(const Reference& r, const std::vector<double>& z) { return margin_of(r, std::span<const double>(z)); }

TEST(Criterion, OfAMapCountsPlacesThatAreDecidedOtherwise) {
  const std::vector<double> clean{0.9, 0.8, 0.2, 0.1, 0.3, 0.7, 0.6, 0.4};  // four above a half
  const Reference r = refer_to({Measure::changed, 0.25, 0}, 0.5, 0, clean);
  EXPECT_GE(margin(r, clean), 0);
  EXPECT_GE(margin(r, {0.1, 0.1, 0.2, 0.1, 0.3, 0.7, 0.6, 0.4}), 0) << "a quarter is allowed";
  EXPECT_LT(margin(r, {0.1, 0.1, 0.9, 0.1, 0.3, 0.7, 0.6, 0.4}), 0) << "three of eight are not";
  EXPECT_TRUE(std::isnan(margin(r, {0.1, 0.1, 0.2, 0.1, 0.3, 0.7, 0.6, std::nan("")})));
}

TEST(Criterion, OfAMapComparesWhatLiesAbove) {
  const std::vector<double> clean{0.9, 0.8, 0.2, 0.1, 0.3, 0.7, 0.6, 0.4};
  const Reference r = refer_to({Measure::overlap, 0.5, 0}, 0.5, 0, clean);
  EXPECT_DOUBLE_EQ(margin(r, clean), 0.5);
  EXPECT_DOUBLE_EQ(margin(r, {0.1, 0.1, 0.2, 0.1, 0.3, 0.7, 0.6, 0.4}), 0) << "two of four: not below";
  EXPECT_LT(margin(r, {0.1, 0.1, 0.2, 0.1, 0.3, 0.7, 0.6, 0.6}), 0) << "two of five";
  const Reference empty = refer_to({Measure::overlap, 0.5, 0}, 0.5, 0, std::vector<double>(8, 0.1));
  EXPECT_GT(margin(empty, std::vector<double>(8, 0.2)), 0) << "nothing against nothing is the same";
  EXPECT_LT(margin(empty, clean), 0);
}

// Steps by symbol; the blank is 0.
std::vector<double> steps(const std::vector<std::size_t>& symbols, std::size_t of = 4) {
  std::vector<double> z(symbols.size() * of);
  for (std::size_t i = 0; i < z.size(); ++i) z[i] = 0.06 + 0.02 * static_cast<double>(i % of);
  for (std::size_t t = 0; t < symbols.size(); ++t) z[t * of + symbols[t]] = 0.7;
  return z;
}

TEST(Criterion, OfASequenceReadsAsCtcDoes) {
  const Reference r = refer_to({Measure::edits, 1, 0}, 0, 4, steps({1, 1, 0, 1, 2, 0, 3}));
  EXPECT_EQ(r.text, (std::vector<std::uint32_t>{1, 1, 2, 3}));
  EXPECT_GE(margin(r, steps({1, 1, 0, 1, 2, 0, 3})), 0);
  EXPECT_GE(margin(r, steps({1, 0, 0, 1, 2, 3, 3})), 0) << "other steps, the same text";
  EXPECT_LT(margin(r, steps({1, 1, 1, 1, 2, 0, 3})), 0) << "two ones have become one";
  EXPECT_LT(margin(r, steps({1, 1, 0, 1, 2, 0, 2})), 0) << "another symbol";
  const Reference two = refer_to({Measure::edits, 2, 0}, 0, 4, steps({1, 1, 0, 1, 2, 0, 3}));
  EXPECT_GE(margin(two, steps({1, 1, 0, 1, 2, 0, 2})), 0) << "one edit of two";
  EXPECT_LT(margin(two, steps({3, 1, 0, 1, 2, 0, 2})), 0) << "an insertion and a replacement";
  EXPECT_LT(margin(two, steps({0, 0, 0, 0, 0, 0, 0})), -2) << "four deletions";
}

// Steps along the derivative of what is pushed bring each kind of answer to where its criterion says it has changed.
TEST(Criterion, WhatIsPushedLeadsToAChange) {
  const std::vector<double> map{0.9, 0.99, 0.01, 0.2, 0.3, 0.7}, text = steps({1, 0, 2, 2, 0, 3});
  for (const auto& [criterion, clean] : {std::pair{Criterion{Measure::changed, 0.5, 0}, map}, {Criterion{Measure::overlap, 0.4, 0}, map}, {Criterion{Measure::edits, 2, 0}, text}}) {
    Goal goal;
    goal.task = criterion.measure == Measure::edits ? Task::sequence : Task::map;
    goal.reference = std::make_shared<const Reference>(refer_to(criterion, 0.5, 4, clean));
    EXPECT_TRUE(goal.reference->shares);
    std::vector<float> z(clean.begin(), clean.end()), by(z.size());
    const Loss loss{Loss::Kind::margin, 0};
    double before = -INFINITY;
    for (int step = 0; step < 400 && !goal.wrong(std::span<const float>(z)); ++step) {
      const double value = loss.at(goal, z, by);
      EXPECT_GE(value, before - 1e-3);
      before = value;
      // As the score's own derivative has it: nearly none where the model is sure.
      for (std::size_t i = 0; i < z.size(); ++i) z[i] = std::clamp(z[i] + 0.05F * by[i] * z[i] * (1 - z[i]), 0.001F, 0.999F);
    }
    EXPECT_TRUE(goal.wrong(std::span<const float>(z))) << static_cast<int>(criterion.measure);
    // And the derivative is one: against differences.
    std::vector<float> at(clean.begin(), clean.end()), moved = at, ignored(at.size());
    (void)loss.at(goal, at, by);
    for (std::size_t i = 0; i < at.size(); ++i) {
      const double up = [&] { moved[i] = at[i] + 1e-3F; return loss.at(goal, moved, ignored); }(), down = [&] { moved[i] = at[i] - 1e-3F; return loss.at(goal, moved, ignored); }();
      moved[i] = at[i];
      EXPECT_NEAR(by[i], (up - down) / 2e-3, 0.05 * (1 + std::abs(by[i]))) << static_cast<int>(criterion.measure) << ", " << i;
    }
  }
}

}  // namespace
}  // namespace duolex::threats::evasion
