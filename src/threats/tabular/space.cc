#include "threats/tabular/space.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>

namespace duolex::threats::tabular {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

double next_above(double v, bool single) {
  if (!single) return std::nextafter(v, infinity);
  const float f = static_cast<float>(v);
  return static_cast<double>(f) > v ? static_cast<double>(f) : static_cast<double>(std::nextafterf(f, std::numeric_limits<float>::infinity()));
}

double next_below(double v, bool single) { return -next_above(-v, single); }

// The nearest numbers of the kind at or above, at or below.
double at_or_above(double v, bool single) { return single && static_cast<double>(static_cast<float>(v)) != v ? next_above(v, true) : v; }
double at_or_below(double v, bool single) { return -at_or_above(-v, single); }

// Numbers in their order as whole ones, and back.
std::int64_t rank(double v, bool single) {
  if (single) {
    const std::int32_t bits = std::bit_cast<std::int32_t>(static_cast<float>(v));
    return bits >= 0 ? bits : -static_cast<std::int64_t>(bits & 0x7fffffff);
  }
  const std::int64_t bits = std::bit_cast<std::int64_t>(v);
  return bits >= 0 ? bits : -(bits & std::numeric_limits<std::int64_t>::max());
}
double ranked(std::int64_t r, bool single) {
  const std::int64_t size = r < 0 ? -r : r;
  const double v = single ? static_cast<double>(std::bit_cast<float>(static_cast<std::int32_t>(size))) : std::bit_cast<double>(size);
  return r < 0 ? -v : v;
}

// The number farthest from x on the way to `end` that is still within; x is.
template <class Within>
double farthest(double x, double end, bool single, Within within) {
  if (within(end)) return end;
  std::int64_t in = rank(x, single), out = rank(end, single);
  while (true) {
    const std::int64_t middle = std::midpoint(in, out);
    if (middle == in || middle == out) break;
    (within(ranked(middle, single)) ? in : out) = middle;
  }
  return ranked(in, single);
}

}  // namespace

double Metric::step(std::size_t feature, double from, double to) const {
  if (from == to) return 0;
  const double d = std::abs(to - from);
  if (norm != evasion::Norm::budgets) return d;
  return budgets[feature] > 0 ? d / budgets[feature] : infinity;
}

double Metric::term(std::size_t feature, double from, double to) const {
  const double d = step(feature, from, to);
  return norm == evasion::Norm::l2 ? d * d : d;
}

double Metric::from_terms(double sum) const { return norm == evasion::Norm::l2 ? std::sqrt(sum) : sum; }

double Metric::distance(std::span<const double> a, std::span<const double> b) const {
  double out = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (std::isnan(a[i]) || std::isnan(b[i])) {
      if (std::isnan(a[i]) != std::isnan(b[i])) return infinity;
      continue;
    }
    const double t = term(i, a[i], b[i]);
    out = sums() ? out + t : std::max(out, t);
  }
  return from_terms(out);
}

Space::Space(const Applied& applied, const Metric& metric, double radius, bool single, std::span<const double> x)
    : applied_(applied), metric_(metric), radius_(radius), single_(single), x_(x), low_(x.begin(), x.end()), high_(x.begin(), x.end()) {
  std::vector<bool> in_group(x.size()), stays(x.size());
  for (const Applied::Group& g : applied.groups)
    for (const std::size_t f : g.members) {
      in_group[f] = true;
      stays[f] = g.fixed;
    }
  for (std::size_t f = 0; f < x.size(); ++f) {
    const Rule& r = applied.features[f];
    const bool no_budget = metric.norm == evasion::Norm::budgets && !(metric.budgets[f] > 0);
    if (r.fixed || stays[f] || no_budget || std::isnan(x[f])) continue;
    double low = in_group[f] ? 0 : r.low.value_or(-infinity), high = in_group[f] ? 1 : r.high.value_or(infinity);
    if (r.direction == Direction::up) low = std::max(low, x[f]);
    if (r.direction == Direction::down) high = std::min(high, x[f]);
    // No single change is longer than the radius, under any of the norms.
    const auto within = [&](double v) { return metric.step(f, x[f], v) <= radius; };
    const double nearest_low = farthest(x[f], -infinity, single, within), farthest_high = farthest(x[f], infinity, single, within);
    low = std::max(at_or_above(low, single), nearest_low);
    high = std::min(at_or_below(high, single), farthest_high);
    if (low > high) continue;
    low_[f] = low;
    high_[f] = high;
  }
}

std::optional<double> Space::nearest(std::size_t f, double from, double end) const {
  const double v = x_[f];
  if (std::isnan(v)) return v;
  if (v >= from && v < end) return v;
  const bool whole = applied_.features[f].integer;
  const double low = std::max(from, low_[f]), last = next_below(end, single_), high = std::min(last, high_[f]);
  if (!(low <= high)) return std::nullopt;
  double out = v < low ? at_or_above(low, single_) : at_or_below(high, single_);
  if (whole) out = v < low ? std::ceil(out) : std::floor(out);
  if (single_) out = v < low ? at_or_above(out, true) : at_or_below(out, true);
  if (!(out >= low && out <= high) || (whole && out != std::floor(out))) return std::nullopt;
  return out;
}

bool Space::holds(std::span<const double> row) const {
  if (row.size() != x_.size()) return false;
  for (std::size_t f = 0; f < row.size(); ++f) {
    const double v = row[f];
    if (std::isnan(v) || std::isnan(x_[f])) {
      if (std::isnan(v) != std::isnan(x_[f])) return false;
      continue;
    }
    if (v == x_[f]) continue;
    if (single_ && static_cast<double>(static_cast<float>(v)) != v) return false;
    const Rule& r = applied_.features[f];
    if (r.fixed || (r.integer && v != std::floor(v))) return false;
    if ((r.low && v < *r.low) || (r.high && v > *r.high)) return false;
    if ((r.direction == Direction::up && v < x_[f]) || (r.direction == Direction::down && v > x_[f])) return false;
  }
  for (const Applied::Group& g : applied_.groups) {
    std::size_t ones = 0;
    bool same = true;
    for (const std::size_t f : g.members) {
      ones += row[f] == 1;
      same = same && row[f] == x_[f];
      if (row[f] != 0 && row[f] != 1) return false;
    }
    if (ones != 1 || (g.fixed && !same)) return false;
  }
  return metric_.distance(x_, row) <= radius_;
}

void Space::pull_in(std::span<double> row) const {
  for (std::size_t f = 0; f < row.size(); ++f) {
    if (std::isnan(x_[f]) || std::isnan(row[f]) || row[f] == x_[f]) {
      row[f] = x_[f];
      continue;
    }
    double v = std::clamp(row[f], low_[f], high_[f]);
    if (applied_.features[f].integer) v = v < x_[f] ? std::ceil(v) : std::floor(v);
    if (single_) v = v < x_[f] ? at_or_above(v, true) : at_or_below(v, true);
    row[f] = v >= low_[f] && v <= high_[f] ? v : x_[f];
  }
  for (const Applied::Group& g : applied_.groups)
    for (const std::size_t f : g.members) row[f] = x_[f];
}

void admit(const Applied& applied, bool single, std::span<const float> from, std::span<const float> other, std::span<float> mixture) {
  const std::vector<double> x(from.begin(), from.end());
  std::vector<double> row(mixture.begin(), mixture.end());
  const Metric any{evasion::Norm::linf, {}};
  const Space space(applied, any, infinity, single, x);
  space.pull_in(row);
  for (const Applied::Group& g : applied.groups) {
    const bool stays = g.fixed || std::any_of(g.members.begin(), g.members.end(), [&](std::size_t f) { return from[f] == 1 && !(mixture[f] < 0.5f); });
    for (const std::size_t f : g.members) row[f] = stays ? x[f] : static_cast<double>(other[f]);
  }
  if (!space.holds(row)) row = x;
  std::transform(row.begin(), row.end(), mixture.begin(), [](double v) { return static_cast<float>(v); });
}

std::optional<std::size_t> broken_group(const Applied& applied, std::span<const double> row) {
  for (std::size_t i = 0; i < applied.groups.size(); ++i) {
    std::size_t ones = 0, others = 0;
    for (const std::size_t f : applied.groups[i].members) {
      ones += row[f] == 1;
      others += row[f] != 0 && row[f] != 1;
    }
    if (ones != 1 || others != 0) return i;
  }
  return std::nullopt;
}

}  // namespace duolex::threats::tabular
