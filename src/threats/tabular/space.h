// The rows that an adversary can make of one row: within a distance, and as the constraints allow.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "threats/evasion/ball.h"
#include "threats/tabular/constraints.h"

namespace duolex::threats::tabular {

// How far apart two rows are. Under budgets each change is divided by the feature's budget and the largest counts; a
// feature without one does not change.
struct Metric {
  evasion::Norm norm = evasion::Norm::linf;
  std::vector<double> budgets{};  // one a feature, with Norm::budgets

  [[nodiscard]] double step(std::size_t feature, double from, double to) const;
  // A value that is missing in both counts as unchanged, in one of them as infinitely far.
  [[nodiscard]] double distance(std::span<const double> a, std::span<const double> b) const;
  [[nodiscard]] bool sums() const { return norm == evasion::Norm::l1 || norm == evasion::Norm::l2; }
  // Distances are sums of such terms, or their maximum.
  [[nodiscard]] double term(std::size_t feature, double from, double to) const;
  [[nodiscard]] double from_terms(double sum) const;
};

class Space {
 public:
  // All by reference. `single`: numbers are f32. A missing value stays missing.
  Space(const Applied& applied, const Metric& metric, double radius, bool single, std::span<const double> x);

  [[nodiscard]] std::span<const double> x() const { return x_; }
  [[nodiscard]] const Metric& metric() const { return metric_; }
  [[nodiscard]] double radius() const { return radius_; }
  [[nodiscard]] Space within(double radius) const { return {applied_, metric_, radius, single_, x_}; }
  [[nodiscard]] const Applied& applied() const { return applied_; }
  // The ends of what the feature can become; x itself always belongs, even where it lies outside of them.
  [[nodiscard]] double low(std::size_t feature) const { return low_[feature]; }
  [[nodiscard]] double high(std::size_t feature) const { return high_[feature]; }
  [[nodiscard]] bool can_change(std::size_t feature) const { return low_[feature] < high_[feature]; }

  // The allowed number in [from, end) that is nearest to x's.
  [[nodiscard]] std::optional<double> nearest(std::size_t feature, double from, double end) const;

  // Whether a row is one of them: what every counter-example is held against.
  [[nodiscard]] bool holds(std::span<const double> row) const;
  // Moves a row's numbers one by one to the nearest that are allowed, groups to x's; for L1 and L2 it may then still be too far.
  void pull_in(std::span<double> row) const;

 private:
  const Applied& applied_;
  const Metric& metric_;
  double radius_;
  bool single_;
  std::span<const double> x_;
  std::vector<double> low_, high_;
};

// What can be made of `row` on the way to a mixture of it with `other`: `mixture` comes back as a row that the constraints
// allow, however far it is from `row`; of a group, the other's choice where the mixture has more of that.
void admit(const Applied& applied, bool single, std::span<const float> row, std::span<const float> other, std::span<float> mixture);

// Says which group of a row has not exactly one 1 and else 0s.
[[nodiscard]] std::optional<std::size_t> broken_group(const Applied& applied, std::span<const double> row);

}  // namespace duolex::threats::tabular
