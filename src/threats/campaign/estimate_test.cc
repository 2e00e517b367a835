// What is told before a run, against what the run then costs: counted on a clock that only passes through the model move.
#include "threats/campaign/estimate.h"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>

#include "threats/array.h"
#include "threats/evasion/toy_targets.h"

namespace duolex::threats::campaign {
namespace {

using evasion::Norm;

// As a large network has it: a call costs by the full batch, its gradient three times that, double precision twice.
class Costly final : public evasion::Target {
 public:
  explicit Costly(std::vector<std::vector<float>> w) : inner_(std::move(w), {0, 0, 0, 0, 0}, {1, 1, 8}) {}
  evasion::Form form() const override { return inner_.form(); }
  std::size_t outputs() const override { return inner_.outputs(); }
  bool has_gradient() const override { return true; }
  std::vector<std::string> flat_operators() const override { return {}; }
  std::size_t lanes() const override { return 16; }
  std::unique_ptr<evasion::Oracle> oracle() const override { return std::make_unique<Reader>(*this, inner_.oracle()); }
  double now() const { return static_cast<double>(spent_) / 1000; }

 private:
  class Reader final : public evasion::Oracle {
   public:
    Reader(const Costly& of, std::unique_ptr<evasion::Oracle> inner) : of_(of), inner_(std::move(inner)) {}
    void scores(const float* x, std::size_t n, float* out) override {
      of_.spend(n, 1);
      inner_->scores(x, n, out);
    }
    void gradients(const float* x, std::size_t n, float* out, const evasion::Cotangent& cotangent, float* by_x) override {
      of_.spend(n, 3);
      inner_->gradients(x, n, out, cotangent, by_x);
    }
    void exact_scores(const float* x, std::size_t n, double* out) override {
      of_.spend(n, 2);
      inner_->exact_scores(x, n, out);
    }

   private:
    const Costly& of_;
    std::unique_ptr<evasion::Oracle> inner_;
  };
  void spend(std::size_t n, std::uint64_t each) const { spent_ += (n + 15) / 16 * each; }

  evasion::toy::Linear inner_;
  mutable std::atomic<std::uint64_t> spent_{0};
};

// Each of five classes has a number of its own in the row; the label is that of the largest.
struct Case {
  Plan plan;
  Files files;
  std::shared_ptr<Costly> target;
};
Case made(std::size_t n, double epsilon, evasion::AttackSet set) {
  Case c;
  c.plan.model = "m";
  c.plan.inputs = "x";
  c.plan.labels = "y";
  c.plan.norm = Norm::linf;
  c.plan.epsilon = epsilon;
  c.plan.effort = {set, 30, 9, 200};
  c.plan.seed = 1;
  std::vector<float> x(n * 8, 0.5F);
  std::vector<std::int64_t> y(n);
  for (std::size_t i = 0; i < n; ++i) {
    y[i] = static_cast<std::int64_t>(i % 5);
    x[i * 8 + i % 5] = 0.9F;
  }
  c.files.inputs = to_npy(array_of({n, 8}, x));
  c.files.labels = to_npy(array_of({n}, y));
  std::vector<std::vector<float>> w(5, std::vector<float>(8, 0));
  for (std::size_t k = 0; k < 5; ++k) w[k][k] = 1;
  c.target = std::make_shared<Costly>(std::move(w));
  return c;
}

struct Told {
  Estimate estimate;
  double spent = 0;
  std::uint64_t forward = 0, gradient = 0;
};
Told run_and_count(const Case& c) {
  Told told;
  double begun = 0;
  Hooks hooks;
  hooks.seconds = [&] { return c.target->now(); };
  hooks.estimated = [&](const Estimate& e) {
    told.estimate = e;
    begun = c.target->now();
  };
  const auto found = run(c.plan, c.files, 1, hooks, {}, c.target);
  EXPECT_TRUE(found) << (found ? "" : render(found.error()));
  if (!found) return told;
  told.spent = c.target->now() - begun;
  for (const evasion::SampleResult& r : found->results) {
    told.forward += r.forward_calls;
    told.gradient += r.gradient_calls;
  }
  return told;
}

TEST(Estimate, OfTimeIsWithinAFactorOfTwoWhereNothingBreaks) {
  for (const auto set : {evasion::AttackSet::standard, evasion::AttackSet::apgd_ce})
    for (const std::size_t n : {1, 3, 16, 17, 40, 100}) {
      const Told told = run_and_count(made(n, 0.05, set));
      ASSERT_GT(told.spent, 0) << n;
      EXPECT_GT(told.estimate.seconds / told.spent, 0.5) << n << " samples";
      EXPECT_LT(told.estimate.seconds / told.spent, 2) << n << " samples";
    }
}

TEST(Estimate, OfPassesIsNeverExceededAndNearlyReached) {
  const Told held = run_and_count(made(17, 0.05, evasion::AttackSet::standard));
  EXPECT_LE(static_cast<double>(held.gradient), held.estimate.gradient_passes);
  EXPECT_GE(static_cast<double>(held.gradient), held.estimate.gradient_passes / 2);
  EXPECT_EQ(static_cast<double>(held.forward), held.estimate.forward_passes);
  const Told broken = run_and_count(made(17, 0.4, evasion::AttackSet::standard));
  EXPECT_LT(static_cast<double>(broken.gradient), held.estimate.gradient_passes / 10) << "who breaks early costs less, which nobody knows before";
  EXPECT_LT(broken.spent, broken.estimate.seconds);
}

TEST(Estimate, ACurveIsCountedAndASizeOfZeroIsNot) {
  Case c = made(17, 0.05, evasion::AttackSet::standard);
  const double once = run_and_count(c).estimate.gradient_passes;
  c.plan.curve = {0, 0.01, 0.02};
  const Told told = run_and_count(c);
  EXPECT_EQ(told.estimate.gradient_passes, 3 * once);
  EXPECT_GT(told.estimate.seconds / told.spent, 0.5);
  EXPECT_LT(told.estimate.seconds / told.spent, 2);
}

}  // namespace
}  // namespace duolex::threats::campaign
