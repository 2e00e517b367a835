#include "rules/computed.h"

#include <limits>

namespace duolex::rules {
namespace {

using Periods = std::vector<std::pair<std::int32_t, std::int32_t>>;

struct Reach {
  std::int64_t least = 0, most = 0;  // days by which a date is moved
};

// Over a whole cycle of the calendar; the first and last day of each month are the extremes.
Reach reach_of_months(std::int32_t months) {
  if (months == 0) return {};
  Reach reach{std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::min()};
  Day first = *parse_day("2000-01-01");
  for (int i = 0; i < 4800; ++i) {
    const Day next = plus_months(first, 1);
    for (const Day day : {first, plus_days(next, -1), plus_days(first, 27)}) {
      const std::int64_t moved = plus_months(day, months).number - day.number;
      reach.least = std::min(reach.least, moved);
      reach.most = std::max(reach.most, moved);
    }
    first = next;
  }
  return reach;
}

Reach reach_of(const Periods& periods) {
  Reach total;
  for (const auto& [months, days] : periods) {
    const Reach r = reach_of_months(months);
    total.least += r.least + days;
    total.most += r.most + days;
  }
  return total;
}

// Whether moving by `a` never comes out before moving by `b`.
bool at_least(const Periods& a, const Periods& b) {
  bool each = true;
  for (std::size_t i = 0; i < std::max(a.size(), b.size()); ++i) {
    const auto x = i < a.size() ? a[i] : std::pair<std::int32_t, std::int32_t>{};
    const auto y = i < b.size() ? b[i] : std::pair<std::int32_t, std::int32_t>{};
    each = each && x.first >= y.first && x.second >= y.second;
  }
  return each || reach_of(a).least >= reach_of(b).most;
}

Value bound(const Computed& c, bool high) {
  return evaluate(c, [&](const Computed& part) { return high ? part.high : part.low; });
}

// Whether `a` is never before `b`, as far as bounds, periods and the parts of either tell.
bool never_before(const Computed& a, const Computed& b) {
  using Op = Computed::Op;
  const auto a_after = [&](const Computed& part) { return never_before(a, part); };
  const auto b_before = [&](const Computed& part) { return never_before(part, b); };
  if (bound(a, false) >= bound(b, true)) return true;
  if (a.op == Op::fact && b.op == Op::fact)
    return a.fact == b.fact && a.fact != no_index && at_least(a.periods, b.periods);
  if (b.op == Op::later_of) return std::all_of(b.parts.begin(), b.parts.end(), a_after);
  if (a.op == Op::earlier_of) return std::all_of(a.parts.begin(), a.parts.end(), b_before);
  return (b.op == Op::earlier_of && std::any_of(b.parts.begin(), b.parts.end(), a_after)) ||
         (a.op == Op::later_of && std::any_of(a.parts.begin(), a.parts.end(), b_before));
}

}  // namespace

void prune(Computed& c) {
  const bool later = c.op == Computed::Op::later_of;
  for (std::size_t i = 0; i < c.parts.size(); ++i) {
    const Computed& part = c.parts[i];
    const bool idle = std::any_of(c.parts.begin(), c.parts.end(), [&](const Computed& other) {
      return &other != &part && (later ? never_before(other, part) : never_before(part, other));
    });
    if (idle) c.parts.erase(c.parts.begin() + static_cast<std::ptrdiff_t>(i--));
  }
  if (c.parts.size() == 1) c = Computed(c.parts[0]);
}

}  // namespace duolex::rules
