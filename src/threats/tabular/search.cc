#include "threats/tabular/search.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <queue>

namespace duolex::threats::tabular {
namespace {

using evasion::Task;
using trees::Box;
using trees::Division;
using trees::Range;
using trees::Regions;

constexpr double infinity = std::numeric_limits<double>::infinity();

struct Part {
  double distance = 0, least = 0;
  std::uint64_t number = 0;
  std::vector<std::pair<std::uint32_t, Range>> narrowed{};  // against the first box, ascending by feature
  Division division{};
};

// The nearest first; of these the most promising; then the oldest, so that the order is always the same.
struct Later {
  bool operator()(const Part& a, const Part& b) const {
    if (a.distance != b.distance) return a.distance > b.distance;
    if (a.least != b.least) return a.least > b.least;
    return a.number > b.number;
  }
};

// The row of a box that is nearest to x; nothing when the box holds no allowed row.
class Nearest {
 public:
  Nearest(const Regions& regions, const Space& space) : regions_(regions), space_(space), grouped_(space.x().size()) {
    for (const Applied::Group& g : space.applied().groups)
      for (const std::size_t f : g.members) grouped_[f] = true;
  }

  bool operator()(const Box& box, const std::vector<std::pair<std::uint32_t, Range>>& narrowed, std::vector<double>& row) const {
    row.assign(space_.x().begin(), space_.x().end());
    for (const auto& [feature, range] : narrowed) {
      if (grouped_[feature]) continue;
      const auto v = space_.nearest(feature, regions_.low_of(feature, range.low), regions_.end_of(feature, range.high));
      if (!v) return false;
      row[feature] = *v;
    }
    for (const Applied::Group& g : space_.applied().groups)
      if (!choose(box, g, row)) return false;
    return true;
  }

 private:
  [[nodiscard]] bool allows(const Box& box, std::size_t f, double v) const {
    const std::uint32_t cell = regions_.cell_of(f, v);
    return cell >= box.ranges[f].low && cell <= box.ranges[f].high && (v == space_.x()[f] || (v >= space_.low(f) && v <= space_.high(f)));
  }
  bool choose(const Box& box, const Applied::Group& g, std::vector<double>& row) const {
    double best = infinity;
    std::optional<std::size_t> one;
    for (const std::size_t candidate : g.members) {
      double cost = 0;
      bool fits = true;
      for (const std::size_t f : g.members) {
        const double v = f == candidate ? 1 : 0;
        fits = fits && allows(box, f, v);
        const double t = space_.metric().term(f, space_.x()[f], v);
        cost = space_.metric().sums() ? cost + t : std::max(cost, t);
      }
      if (fits && (!one || cost < best)) {
        best = cost;
        one = candidate;
      }
    }
    if (!one) return false;
    for (const std::size_t f : g.members) row[f] = f == *one ? 1 : 0;
    return true;
  }

  const Regions& regions_;
  const Space& space_;
  std::vector<bool> grouped_;
};

}  // namespace

Judge::Judge(const Regions& regions, const evasion::Goal& goal) : regions_(regions), e_(regions.ensemble()), goal_(goal), slack_(rounding(e_)) {}

double Judge::after_link(double raw) const {
  trees::apply_link(e_, std::span(&raw, 1));
  return raw;
}

Margins Judge::margins(std::span<const double> row) const {
  std::vector<double> raw(e_.outputs), scores(scores_of(e_));
  raw_scores(e_, row, raw);
  to_scores(e_, raw, scores);
  return {goal_.margin(std::span<const double>(scores)), exact_margin(row)};
}

double Judge::exact_margin(std::span<const double> row) const {
  std::vector<double> raw(e_.outputs), scores(scores_of(e_));
  exact_scores(e_, row, raw);
  to_scores(e_, raw, scores);
  return goal_.margin(std::span<const double>(scores));
}

std::vector<double> Judge::choices(const Space& space, std::size_t f) const {
  std::vector<double> values;
  if (!space.can_change(f) || std::isnan(space.x()[f])) return values;
  const std::uint32_t here = regions_.cell_of(f, space.x()[f]);
  const std::uint32_t low = std::min(here, regions_.cell_of(f, space.low(f))), high = std::max(here, regions_.cell_of(f, space.high(f)));
  if (low == high) return values;
  for (std::uint32_t c = low; c <= high; ++c)
    if (const auto v = space.nearest(f, regions_.low_of(f, c), regions_.end_of(f, c))) values.push_back(*v);
  return values;
}

Judge::Bound Judge::bound(const Box& box) const {
  if (goal_.task == Task::classes && e_.outputs > 1) {
    const std::size_t y = static_cast<std::size_t>(goal_.label);
    Bound out{infinity, {}};
    for (std::size_t k = 0; k < e_.outputs; ++k) {
      if (k == y) continue;
      const Regions::Bound b = regions_.bound(box, {y, k, 1});
      const double least = b.least / e_.divisor + (e_.base[y] - e_.base[k]) - 2 * (slack_[y] + slack_[k]);
      if (least < out.least) out = {least, b.division};
    }
    return out;
  }
  const Regions::Bound b = regions_.bound(box, {0, {}, 1});
  return {against(b), b.division};
}

// The least margin when the one output lies within the bound.
double Judge::against(const Regions::Bound& b) const {
  const auto total = [&](double sum) { return sum / e_.divisor + e_.base[0]; };
  const double slack = 2 * slack_[0], least = total(b.least) - slack, most = total(b.most) + slack;
  if (goal_.task == Task::classes) return goal_.label > 0.5 ? least - e_.level : e_.level - most;
  // The link rises; its own rounding is far below this.
  const double fine = 1e-12, low = after_link(least), high = after_link(most);
  if (goal_.task == Task::threshold) return goal_.label > 0.5 ? low - std::abs(low) * fine - goal_.level : goal_.level - high - std::abs(high) * fine;
  return goal_.level - std::max(high + std::abs(high) * fine - goal_.label, goal_.label - low + std::abs(low) * fine);
}

bool Judge::holds_by_cliques(const Box& box, const trees::CliqueLimits& limits) const {
  if (goal_.task == Task::classes && e_.outputs > 1) {
    const std::size_t y = static_cast<std::size_t>(goal_.label);
    for (std::size_t k = 0; k < e_.outputs; ++k) {
      if (k == y) continue;
      const auto enough = [&](double least) { return least / e_.divisor + (e_.base[y] - e_.base[k]) - 2 * (slack_[y] + slack_[k]) >= 0; };
      if (!enough(regions_.bound(box, {y, k, 1}).least) && !enough(clique_bound(regions_, box, {y, k, 1}, limits).least)) return false;
    }
    return true;
  }
  // Each end by itself, where it matters.
  Regions::Bound b = regions_.bound(box, {0, {}, 1});
  if (goal_.task == Task::deviation || goal_.label > 0.5) b.least = std::max(b.least, clique_bound(regions_, box, {0, {}, 1}, limits).least);
  if (goal_.task == Task::deviation || !(goal_.label > 0.5)) b.most = std::min(b.most, -clique_bound(regions_, box, {0, {}, -1}, limits).least);
  return against(b) >= 0;
}

Box box_of(const Regions& regions, const Space& space) {
  const std::size_t n = space.x().size();
  Box box{std::vector<Range>(n), std::vector<bool>(n)};
  for (std::size_t f = 0; f < n; ++f) {
    box.missing[f] = std::isnan(space.x()[f]);
    if (box.missing[f]) continue;
    const std::uint32_t here = regions.cell_of(f, space.x()[f]);
    box.ranges[f] = {std::min(here, regions.cell_of(f, space.low(f))), std::max(here, regions.cell_of(f, space.high(f)))};
  }
  return box;
}

bool holds_at_once(const Judge& judge, const Space& space) {
  const Box box = box_of(judge.regions(), space);
  return judge.bound(box).least >= 0 || judge.holds_by_cliques(box, {});
}

SearchResult nearest_example(const Judge& judge, const Space& space, std::optional<Example> known, const SearchLimits& limits) {
  SearchResult out;
  out.nearest = std::move(known);
  const Box whole = box_of(judge.regions(), space);
  const Nearest nearest(judge.regions(), space);
  std::priority_queue<Part, std::vector<Part>, Later> open;
  double unresolved = infinity;  // distance of the nearest box that rounding leaves open
  std::uint64_t number = 0;
  std::vector<double> row;
  const auto reach = [&] { return out.nearest ? out.nearest->distance : infinity; };
  const auto look = [&](const Box& box, std::vector<std::pair<std::uint32_t, Range>> narrowed) {
    ++out.parts;
    if (!nearest(box, narrowed, row)) return;
    const double distance = space.metric().distance(space.x(), row);
    if (distance > space.radius() || distance >= reach()) return;
    const Judge::Bound bound = judge.bound(box);
    if (bound.least >= 0) return;
    const Margins there = judge.margins(row);
    if (there.wrong() && space.holds(row)) {
      out.nearest = Example{row, distance};
      return;
    }
    if (!bound.division) {
      // Every tree is decided, so that the whole box answers as this row does.
      if (!there.right()) unresolved = std::min(unresolved, distance);
      return;
    }
    open.push({distance, bound.least, number++, std::move(narrowed), *bound.division});
  };
  look(whole, {});
  Box box = whole;
  while (!open.empty()) {
    if (open.top().distance >= std::min(reach(), unresolved)) break;
    if (out.parts >= limits.parts || (limits.out_of_time && out.parts % 16 == 0 && limits.out_of_time())) {
      out.ended = false;
      break;
    }
    const Part part = open.top();
    open.pop();
    for (const auto& [feature, range] : part.narrowed) box.ranges[feature] = range;
    const Range now = box.ranges[part.division.feature];
    for (const Range half : {Range{now.low, part.division.cell - 1}, Range{part.division.cell, now.high}}) {
      auto narrowed = part.narrowed;
      const auto at = std::lower_bound(narrowed.begin(), narrowed.end(), part.division.feature, [](const auto& a, std::uint32_t f) { return a.first < f; });
      if (at != narrowed.end() && at->first == part.division.feature) at->second = half;
      else narrowed.insert(at, {part.division.feature, half});
      box.ranges[part.division.feature] = half;
      look(box, std::move(narrowed));
    }
    for (const auto& [feature, range] : part.narrowed) box.ranges[feature] = whole.ranges[feature];
    box.ranges[part.division.feature] = whole.ranges[part.division.feature];
  }
  out.none_below = std::min({reach(), unresolved, out.ended || open.empty() ? infinity : open.top().distance});
  if (unresolved < reach()) out.ended = false;
  // Where the boxes ran out, one bound over everything within a radius may reach farther than they did. (For each box on
  // the way it costs more than it saves: trees_benchmark.)
  if (!out.ended && limits.clique_pieces != 0 && out.none_below < space.radius()) {
    const auto holds = [&](double radius) { return judge.holds_by_cliques(box_of(judge.regions(), space.within(radius)), {limits.clique_pieces, 200'000}); };
    double far = std::min(space.radius(), reach());
    for (int i = 0; i < 8 && far > out.none_below; ++i) {
      const double radius = i == 0 ? far : (out.none_below + far) / 2;
      if (!holds(radius)) {
        far = radius;
        continue;
      }
      // Proven up to and with the radius; all of it when that is the space's own.
      out.none_below = radius >= space.radius() ? infinity : std::nextafter(radius, infinity);
      if (i == 0) break;
    }
  }
  return out;
}

}  // namespace duolex::threats::tabular
