#include <gtest/gtest.h>

#include <cmath>

#include "threats/evasion/apgd.h"
#include "threats/evasion/fab.h"
#include "threats/evasion/parallel.h"
#include "threats/evasion/square.h"
#include "threats/evasion/suite.h"
#include "threats/evasion/toy_targets.h"

namespace duolex::threats::evasion {
namespace {

// Five classes over 24 inputs (2 channels of 3 by 4); weights by counter, the same everywhere.
toy::Linear five_classes(toy::Linear::Spoilt spoilt = toy::Linear::Spoilt::no) {
  Random random(7, 0, 0);
  std::vector<std::vector<float>> w(5, std::vector<float>(24));
  for (auto& row : w)
    for (float& f : row) f = static_cast<float>(random.normal());
  return {w, {0.1f, 0, -0.1f, 0.2f, 0}, {2, 3, 4}, spoilt};
}

std::vector<float> middle(std::size_t n, std::uint64_t which) {
  Random random(11, which, 0);
  std::vector<float> x(n);
  for (float& f : x) f = static_cast<float>(0.4 + 0.2 * random.uniform());
  return x;
}

std::size_t predicted(const Target& t, std::span<const float> x) {
  std::vector<double> z(t.outputs());
  t.oracle()->exact_scores(x.data(), 1, z.data());
  return static_cast<std::size_t>(std::max_element(z.begin(), z.end()) - z.begin());
}

// The smallest epsilon at which a linear model is not robust, away from the walls: margin over the dual norm. For L1
// the walls do matter, as one input takes most of the step.
double true_radius(const toy::Linear& t, std::span<const float> x, std::size_t y, Norm norm) {
  const auto oracle = t.oracle();
  std::vector<float> z(t.outputs()), g(x.size());
  double least = 1e9;
  for (std::size_t k = 0; k < t.outputs(); ++k) {
    if (k == y) continue;
    oracle->gradients(x.data(), 1, z.data(), [&](std::size_t, auto, std::span<float> d) { d[y] = 1, d[k] = -1; }, g.data());
    if (norm == Norm::l1) {
      std::vector<float> step(x.size());
      double plane = static_cast<double>(z[k]) - static_cast<double>(z[y]);
      for (std::size_t j = 0; j < x.size(); ++j) plane += static_cast<double>(g[j]) * static_cast<double>(x[j]);
      least = std::min(least, step_to_plane(norm, x, g, plane, step));
      continue;
    }
    const Norm dual = norm == Norm::linf ? Norm::l1 : Norm::l2;
    least = std::min(least, (static_cast<double>(z[y]) - static_cast<double>(z[k])) / length(dual, g));
  }
  return least;
}

SampleResult attacked(const Target& t, const Ball& ball, const Sample& sample, const Effort& effort) {
  return *attack_all(t, ball, {sample}, effort, 1, 1).front();
}

Effort small() { return {.set = AttackSet::standard, .iterations = 40, .targets = 4, .queries = 400}; }

class EachNorm : public testing::TestWithParam<Norm> {};
INSTANTIATE_TEST_SUITE_P(Norms, EachNorm, testing::Values(Norm::linf, Norm::l2, Norm::l1), [](const auto& i) { return name_of(i.param); });

TEST_P(EachNorm, BreaksJustBeyondTheTrueRadiusAndNotBefore) {
  const toy::Linear t = five_classes();
  const auto oracle = t.oracle();
  std::size_t tried = 0;
  for (std::uint64_t s = 0; s < 12; ++s) {
    const std::vector<float> x = middle(24, s);
    const std::size_t y = predicted(t, x);
    const double radius = true_radius(t, x, y, GetParam());
    if (GetParam() != Norm::l1 && radius > 0.35) continue;  // the walls of the box would matter
    ++tried;
    const Sample sample{s, x, {Task::classes, static_cast<double>(y), 0}};
    const SampleResult beyond = attacked(t, {GetParam(), radius * 1.06}, sample, small());
    EXPECT_FALSE(beyond.broken_by.empty()) << "sample " << s << " radius " << radius;
    EXPECT_TRUE(beyond.broken_by.empty() || verify(*oracle, 5, {GetParam(), radius * 1.06}, sample, beyond.example));
    const SampleResult within = attacked(t, {GetParam(), radius * 0.999}, sample, small());
    EXPECT_TRUE(within.clean_correct);
    EXPECT_EQ(within.broken_by, "") << "sample " << s;
  }
  EXPECT_GE(tried, 5u);
}

TEST_P(EachNorm, ProjectionStaysInsideToTheLastBit) {
  Random random(3, 0, 0);
  for (int round = 0; round < 200; ++round) {
    std::vector<float> x(17), p(17);
    for (float& f : x) f = random.below(4) == 0 ? static_cast<float>(random.below(2)) : static_cast<float>(random.uniform());
    for (float& f : p) f = static_cast<float>(3 * random.normal());
    const Ball ball{GetParam(), round % 2 == 0 ? 0.3 : 2.0 / 255};
    ball.project(x, p);
    EXPECT_TRUE(ball.holds(x, p));
    EXPECT_NEAR(distance(GetParam(), x, p), ball.epsilon, 1e-3);
  }
}

TEST_P(EachNorm, TheStepToAPlaneLandsOnItAndIsNoLongerThanAnother) {
  Random random(5, 0, 0);
  for (int round = 0; round < 100; ++round) {
    std::vector<float> t(9), w(9), d(9), other(9);
    for (float& f : t) f = static_cast<float>(random.uniform());
    for (float& f : w) f = static_cast<float>(random.normal());
    // A plane through a point of the box: it can be reached.
    double b = 0;
    for (std::size_t i = 0; i < 9; ++i) {
      const float p = static_cast<float>(random.uniform());
      other[i] = p - t[i];
      b += static_cast<double>(w[i]) * static_cast<double>(p);
    }
    const double size = step_to_plane(GetParam(), t, w, b, d);
    double at = 0;
    for (std::size_t i = 0; i < 9; ++i) {
      at += static_cast<double>(w[i]) * (static_cast<double>(t[i]) + static_cast<double>(d[i]));
      EXPECT_GE(t[i] + d[i], -1e-6f);
      EXPECT_LE(t[i] + d[i], 1 + 1e-6f);
    }
    EXPECT_NEAR(at, b, 1e-4);
    EXPECT_LE(size, length(GetParam(), other) + 1e-4);
  }
}

TEST(Attacks, EachOfTheSetBreaksByItself) {
  const toy::Linear t = five_classes();
  const auto oracle = t.oracle();
  const std::vector<float> x = middle(24, 1);
  const std::size_t y = predicted(t, x);
  const double radius = true_radius(t, x, y, Norm::linf);
  const Goal goal{Task::classes, static_cast<double>(y), 0};
  std::vector<float> clean(5);
  oracle->scores(x.data(), 1, clean.data());
  const std::vector<std::size_t> others = rivals(clean, y);
  ASSERT_EQ(others.size(), 4u);
  using Attack = std::function<Search<bool>(Hunt&)>;
  const auto breaks = [&](double epsilon, const Attack& attack) {
    bool broken = false;
    std::optional<Hunt> hunt;
    run_crowd(t, 1, 1, [&](Place place, std::size_t) {
      hunt.emplace(place.desk, place.oracle, t.form(), 5, Ball{Norm::linf, epsilon}, goal, x, 1, 0);
      return attack(*hunt);
    });
    broken = hunt->found();
    return broken;
  };
  EXPECT_TRUE(breaks(radius * 1.05, [](Hunt& h) -> Search<bool> {
    co_await apgd(h, {Loss::Kind::cross_entropy, 0}, 40, h.random(1));
    co_return true;
  }));
  EXPECT_TRUE(breaks(radius * 1.05, [&others](Hunt& h) -> Search<bool> {
    for (const std::size_t r : others) co_await apgd(h, {Loss::Kind::ratio_towards, r}, 40, h.random(2));
    co_return true;
  }));
  EXPECT_TRUE(breaks(radius * 1.1, [&others](Hunt& h) -> Search<bool> {
    for (const std::size_t r : others) co_await fab(h, r, 40);
    co_return true;
  }));
  EXPECT_TRUE(breaks(radius * 3, [](Hunt& h) -> Search<bool> {
    co_await square(h, 2000, h.random(3));
    co_return true;
  }));
}

TEST(Ball, BoundsAreTheOutermostFloatsAlsoBesideZeroAndAtOnce) {
  Random random(17, 0, 0);
  const auto any = [&] { return static_cast<float>(std::ldexp(random.uniform(), -static_cast<int>(random.below(149)))); };
  for (int round = 0; round < 20000; ++round) {
    const std::vector<float> x = {random.below(8) == 0 ? 0.0f : random.below(8) == 0 ? 1.0f : any()};
    const double epsilon = round % 3 == 0 ? static_cast<double>(any()) * (1 + 1e-16 * random.below(9)) : std::ldexp(random.uniform(), -static_cast<int>(random.below(1070)));
    const Bounds b = bounds_of(x, epsilon);
    const Ball ball{Norm::linf, epsilon};
    for (const float end : {b.low[0], b.high[0]}) EXPECT_TRUE(ball.holds(x, std::vector{end})) << x[0] << " " << epsilon;
    const float beyond[] = {std::nextafter(b.low[0], -1.0f), std::nextafter(b.high[0], 2.0f)};
    for (const float end : beyond) EXPECT_FALSE(ball.holds(x, std::vector{end})) << x[0] << " " << epsilon;
  }
}

class SquareBySums : public testing::TestWithParam<Norm> {};
INSTANTIATE_TEST_SUITE_P(Norms, SquareBySums, testing::Values(Norm::l2, Norm::l1), [](const auto& i) { return name_of(i.param); });

TEST_P(SquareBySums, BreaksAndGetsNearerWithMoreQueries) {
  // Two classes over a picture of 8 by 8: the true distance is that to the plane.
  const Norm norm = GetParam();
  Random random(21, 0, 0);
  std::vector<std::vector<float>> w(2, std::vector<float>(64));
  for (float& v : w[0]) v = static_cast<float>(random.normal());
  const toy::Linear t(w, {0.0f, 0.0f}, {1, 8, 8});
  const auto oracle = t.oracle();
  std::vector<float> x(64, 0.5f), scores(2);
  oracle->scores(x.data(), 1, scores.data());
  const double radius = true_radius(t, x, scores[0] > 0 ? 0 : 1, norm);
  const Goal goal{Task::classes, scores[0] > 0 ? 0.0 : 1.0, 0};
  const auto reached = [&](double epsilon, int queries) {
    SquareResult result;
    std::optional<Hunt> hunt;
    run_crowd(t, 1, 1, [&](Place place, std::size_t) {
      hunt.emplace(place.desk, place.oracle, t.form(), 2, Ball{norm, epsilon}, goal, x, 1, 0);
      return [](Hunt& h, int n, SquareResult& out) -> Search<bool> {
        out = co_await square(h, n, h.random(3));
        co_return true;
      }(*hunt, queries, result);
    });
    if (hunt->found()) {
      EXPECT_LE(distance(norm, x, hunt->example()), epsilon);
    }
    return std::pair(hunt->found(), result.margin);
  };
  EXPECT_FALSE(reached(radius * 0.99, 2000).first) << "there is nothing to be found";
  EXPECT_TRUE(reached(radius * (norm == Norm::l2 ? 1.6 : 3), 3000).first);
  const double lead = std::abs(static_cast<double>(scores[0])), few = reached(radius * 0.9, 30).second, many = reached(radius * 0.9, 3000).second;
  EXPECT_LT(many, few);
  EXPECT_LT(many, 0.5 * lead) << "of the nine tenths that can be taken off";
}

TEST(Attacks, DerivativesOfLossesAreThoseOfDifferences) {
  const Goal goal{Task::classes, 2, 0};
  const std::vector<float> z{0.3f, -1.2f, 1.5f, 0.9f, 0.1f, -0.4f};
  for (const Loss loss : {Loss{Loss::Kind::cross_entropy, 0}, Loss{Loss::Kind::margin, 0}, Loss{Loss::Kind::towards, 4}, Loss{Loss::Kind::ratio_towards, 4},
                          Loss{Loss::Kind::ratio_towards, 3}}) {
    std::vector<float> d(6), ignored(6);
    (void)loss.at(goal, z, d);
    for (std::size_t i = 0; i < 6; ++i) {
      std::vector<float> up = z, down = z;
      up[i] += 1e-2f;
      down[i] -= 1e-2f;
      const double slope = (loss.at(goal, up, ignored) - loss.at(goal, down, ignored)) / (static_cast<double>(up[i]) - static_cast<double>(down[i]));
      EXPECT_NEAR(static_cast<double>(d[i]), slope, 2e-3) << "kind " << static_cast<int>(loss.kind) << " score " << i;
    }
  }
}

TEST(Attacks, TwoClassesAThresholdAndANumberAreAttackedByTheirMargin) {
  const toy::Linear two({{1, 0, 0, 0}, {0, 1, 0, 0}}, {0, 0}, {1, 1, 4});
  const toy::Linear one({{1, -1, 0.5f, 0}}, {0}, {1, 1, 4});
  const std::vector<float> x{0.6f, 0.5f, 0.5f, 0.5f};
  const auto broken = [&](const Target& t, Goal goal, double epsilon) {
    return attacked(t, {Norm::linf, epsilon}, {0, x, goal}, small()).broken_by;
  };
  EXPECT_EQ(broken(two, {Task::classes, 0, 0}, 0.04), "");
  EXPECT_NE(broken(two, {Task::classes, 0, 0}, 0.06), "");
  // 0.35 with a threshold of 0.3: a change of 0.02 in each of three inputs moves it by 0.05.
  EXPECT_EQ(broken(one, {Task::threshold, 1, 0.3}, 0.019), "");
  EXPECT_NE(broken(one, {Task::threshold, 1, 0.3}, 0.021), "");
  EXPECT_EQ(broken(one, {Task::deviation, 0.35, 0.1}, 0.039), "");
  EXPECT_NE(broken(one, {Task::deviation, 0.35, 0.1}, 0.042), "");
}

TEST(Attacks, ThreadsDoNotChangeAResult) {
  const toy::Linear t = five_classes();
  std::vector<std::vector<float>> xs;
  std::vector<Sample> samples;
  for (std::size_t i = 0; i < 16; ++i) {
    xs.push_back(middle(24, i));
    samples.push_back({i, {}, {Task::classes, static_cast<double>(predicted(t, xs.back())), 0}});
  }
  for (std::size_t i = 0; i < 16; ++i) samples[i].x = xs[i];
  const auto all = [&](unsigned threads) {
    std::vector<SampleResult> results;
    for (auto& r : attack_all(t, {Norm::linf, 0.05}, samples, small(), 9, threads)) results.push_back(*r);
    return results;
  };
  const auto one = all(1), three = all(3);
  for (std::size_t i = 0; i < 16; ++i) {
    EXPECT_EQ(one[i].broken_by, three[i].broken_by);
    EXPECT_EQ(one[i].example, three[i].example);
  }
}

TEST(Attacks, ZeroGradientsAreSeen) {
  const toy::Linear t = five_classes(toy::Linear::Spoilt::rounded);
  const std::vector<float> x = middle(24, 2);
  const SampleResult r = attacked(t, {Norm::linf, 0.1}, {0, x, {Task::classes, static_cast<double>(predicted(t, x)), 0}}, small());
  EXPECT_TRUE(r.zero_gradient);
}

TEST(Philox, KnowsThePublishedVectors) {
  EXPECT_EQ(philox({0, 0, 0, 0}, {0, 0}), (std::array<std::uint32_t, 4>{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  EXPECT_EQ(philox({0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}, {0xffffffff, 0xffffffff}),
            (std::array<std::uint32_t, 4>{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
}

TEST(Philox, NumbersBelowALimitAreEven) {
  Random random(1, 2, 3);
  int seen[5] = {};
  for (int i = 0; i < 50000; ++i) ++seen[random.below(5)];
  for (const int s : seen) EXPECT_NEAR(s, 10000, 400);
}

}  // namespace
}  // namespace duolex::threats::evasion
