#include "threats/evasion/masking.h"

#include <gtest/gtest.h>

#include "threats/evasion/toy_targets.h"

namespace duolex::threats::evasion {
namespace {

using toy::Linear;

struct Signs {
  std::vector<Sign> signs;
  [[nodiscard]] const Sign& operator[](const std::string& id) const {
    for (const Sign& s : signs)
      if (s.id == id) return s;
    std::abort();
  }
};

Signs run(const Target& target) {
  std::vector<std::vector<float>> xs;
  for (int i = 0; i < 6; ++i) xs.push_back({0.7f, 0.3f + 0.05f * static_cast<float>(i), 0.5f, 0.4f});
  std::vector<Sample> samples;
  const auto oracle = target.oracle();
  for (std::size_t i = 0; i < xs.size(); ++i) {
    std::vector<float> z(4);
    oracle->scores(xs[i].data(), 1, z.data());
    samples.push_back({i, xs[i], {Task::classes, static_cast<double>(std::max_element(z.begin(), z.end()) - z.begin()), 0}});
  }
  const Effort effort{.set = AttackSet::standard, .iterations = 30, .targets = 3, .queries = 300};
  const Ball ball{Norm::linf, 0.05};
  std::vector<SampleResult> results;
  for (const auto& r : attack_all(target, ball, samples, effort, 1, 2)) results.push_back(*r);
  return {masking_signs(target, effort, Norm::linf, Task::classes, results, try_masking(target, ball, samples, effort, 1, 2))};
}

const std::vector<std::vector<float>> weights{{2, 0, 0, 0}, {0, 2, 0, 0}, {0, 0, 2, 0}, {0, 0, 0, 2}};

TEST(Masking, AnHonestModelShowsNoSign) {
  for (const Sign& s : run(Linear(weights, {0, 0, 0, 0}, {1, 2, 2})).signs) {
    EXPECT_TRUE(s.tested) << s.id;
    EXPECT_FALSE(s.present) << s.id << ": " << s.meaning;
  }
}

TEST(Masking, ARoundedInputIsFoundOut) {
  const Signs r = run(Linear(weights, {0, 0, 0, 0}, {1, 2, 2}, Linear::Spoilt::rounded));
  EXPECT_TRUE(r["zero_gradient"].present);
  EXPECT_TRUE(r["non_differentiable_operators"].present);
}

TEST(Masking, ASearchWithoutGradientsThatFindsMoreIsSaid) {
  // Rounding to halves flips within 0.05 of a quarter: only Square sees it.
  class Edge : public Linear {
   public:
    Edge() : Linear(weights, {0, 0.4f, 0, 0}, {1, 2, 2}, Spoilt::rounded) {}
  };
  const Edge edge;
  std::vector<float> x{0.77f, 0.3f, 0.5f, 0.4f};
  const std::vector<Sample> samples{{0, x, {Task::classes, 0, 0}}};
  const Effort effort{.set = AttackSet::standard, .iterations = 5, .targets = 3, .queries = 300};
  std::vector<SampleResult> results;
  for (const auto& r : attack_all(edge, {Norm::linf, 0.05}, samples, effort, 1, 1)) results.push_back(*r);
  const auto signs = masking_signs(edge, effort, Norm::linf, Task::classes, results, {});
  EXPECT_EQ(results.front().broken_by == "square", signs[1].present);
  EXPECT_FALSE(results.front().broken_by.empty());
}

TEST(Masking, ARandomOutputIsSeen) {
  class Noisy : public Target {
   public:
    Form form() const override { return {1, 2, 2}; }
    std::size_t outputs() const override { return 4; }
    bool has_gradient() const override { return false; }
    std::vector<std::string> flat_operators() const override { return {}; }
    std::unique_ptr<Oracle> oracle() const override {
      class Reader : public Oracle {
        void scores(const float*, std::size_t n, float* out) override {
          for (std::size_t i = 0; i < n * 4; ++i) out[i] = static_cast<float>((i * 7 + ++calls_) % 5);
        }
        void exact_scores(const float*, std::size_t n, double* out) override { std::fill(out, out + n * 4, 0.0); }
        void gradients(const float*, std::size_t, float*, const Cotangent&, float*) override {}
        std::size_t calls_ = 0;
      };
      return std::make_unique<Reader>();
    }
  };
  const Noisy noisy;
  const std::vector<float> x(4, 0.5f);
  const MaskingTrial trial = try_masking(noisy, {Norm::linf, 0.1}, {{0, x, {}}}, {}, 1, 1);
  EXPECT_EQ(trial.changing, 1u);
}

}  // namespace
}  // namespace duolex::threats::evasion
