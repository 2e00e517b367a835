#include "threats/extraction/surrogate.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>

#include "threats/evasion/random.h"

namespace duolex::threats::extraction {
namespace {

std::vector<float> rows(std::size_t n, std::size_t width, std::uint64_t seed) {
  evasion::Random random(seed, 0, 1);
  std::vector<float> out(n * width);
  for (float& v : out) v = static_cast<float>(random.normal());
  return out;
}

// Class 1 where the sum of two squares is large: no plane tells it.
void ring(std::span<const float> x, std::span<float> p) {
  const float z = 2 * (x[0] * x[0] + x[1] * x[1] - 2);
  p[1] = 1 / (1 + std::exp(-z));
  p[0] = 1 - p[1];
}

TEST(Surrogate, MoreQuestionsMakeABetterCopy) {
  const auto x = rows(1200, 4, 1);
  const Result r = copy_model(ring, x, 4, 2, {.budgets = {20, 600}, .seed = 3});
  ASSERT_TRUE(r.complete);
  EXPECT_EQ(r.compared, 600u);
  ASSERT_EQ(r.copies.size(), 2u);
  EXPECT_GT(r.copies[1].agree, r.copies[0].agree);
  EXPECT_GT(r.copies[1].agree, 555u);
  EXPECT_GT(r.copies[1].agree, r.constant + 100);
  EXPECT_LT(r.copies[1].interval.low, static_cast<double>(r.copies[1].agree) / 600);
  const Result again = copy_model(ring, x, 4, 2, {.budgets = {20, 600}, .seed = 3});
  EXPECT_EQ(again.copies[1].agree, r.copies[1].agree);
}

TEST(Surrogate, WhatAnswersAtRandomCannotBeCopied) {
  const auto x = rows(400, 3, 2);
  // A hash of the input: the same input, the same answer, and nothing to be learnt.
  const Ask ask = [](std::span<const float> v, std::span<float> p) {
    const auto h = evasion::philox({std::bit_cast<std::uint32_t>(v[0]), std::bit_cast<std::uint32_t>(v[1]), 0, 0}, {1, 2});
    p[0] = (h[0] & 1) != 0 ? 1.0f : 0.0f;
    p[1] = 1 - p[0];
  };
  const Result r = copy_model(ask, x, 3, 2, {.budgets = {500}, .seed = 1});
  EXPECT_LT(r.copies[0].agree, 125u);
  EXPECT_FALSE(copy_model(ask, rows(30, 3, 2), 3, 2, {}).complete) << "too few rows";
}

TEST(Surrogate, NumbersAreCopiedToWithinTheTolerance) {
  const auto x = rows(1200, 4, 5);
  const Ask ask = [](std::span<const float> v, std::span<float> z) { z[0] = 100 + 20 * v[0] - 10 * v[1] + 15 * std::max(0.0f, v[2]); };
  const Result r = copy_model(ask, x, 4, 1, {.budgets = {20, 600}, .seed = 3, .tolerance = 2});
  ASSERT_TRUE(r.complete);
  EXPECT_EQ(r.compared, 600u);
  EXPECT_GT(r.copies[1].agree, 540u);
  EXPECT_GT(r.copies[1].agree, r.copies[0].agree + 100);
  EXPECT_GT(r.copies[1].explained, 0.99);
  EXPECT_LT(r.constant, 100u);
  // Nothing to be learnt: a constant is as near.
  const Ask noise = [](std::span<const float> v, std::span<float> z) {
    const auto h = evasion::philox({std::bit_cast<std::uint32_t>(v[0]), std::bit_cast<std::uint32_t>(v[1]), 0, 0}, {1, 2});
    z[0] = static_cast<float>(h[0] % 1000);
  };
  const Result none = copy_model(noise, x, 4, 1, {.budgets = {600}, .seed = 3, .tolerance = 50});
  EXPECT_LT(none.copies[0].explained, 0.05);
  EXPECT_LT(none.copies[0].agree, 100u);
}

TEST(Surrogate, ARareClassIsToldApartFromWhatACountShows) {
  // One row in twenty or so is of class 1: a constant agrees with nearly all, and has copied nothing.
  const auto x = rows(1600, 4, 6);
  const Ask ask = [](std::span<const float> v, std::span<float> p) {
    p[1] = 1 / (1 + std::exp(-4 * (v[0] + v[1] - 2.3f)));
    p[0] = 1 - p[1];
  };
  const Result r = copy_model(ask, x, 4, 2, {.budgets = {15, 800}, .seed = 3});
  ASSERT_TRUE(r.complete);
  EXPECT_GT(r.constant, 720u);
  const Copy& many = r.copies[1];
  ASSERT_EQ(many.classes.size(), 2u);
  EXPECT_EQ(many.classes[0].of + many.classes[1].of, 800u);
  EXPECT_EQ(many.classes[0].agree + many.classes[1].agree, many.agree);
  EXPECT_LT(many.classes[1].of, 80u);
  EXPECT_GT(many.balanced, 0.9);
  EXPECT_GT(many.balanced, r.copies[0].balanced);
  EXPECT_LT(many.balanced_low, many.balanced);
  EXPECT_GT(many.balanced_low, 0.7);
}

TEST(Surrogate, MissingValuesAreAskedAboutAndLearntAround) {
  auto x = rows(400, 2, 4);
  for (std::size_t i = 0; i < x.size(); i += 7) x[i] = std::nanf("");
  const Ask ask = [](std::span<const float> v, std::span<float> p) {
    p[1] = std::isnan(v[0]) || v[0] > 0 ? 0.9f : 0.1f;
    p[0] = 1 - p[1];
  };
  const Result r = copy_model(ask, x, 2, 2, {.budgets = {200}, .seed = 1});
  EXPECT_GT(r.copies[0].agree, 160u);
}

}  // namespace
}  // namespace duolex::threats::extraction
