// Arithmetic of dates and numbers that are still to be computed from facts. Internal to src/rules.
#pragma once

#include <algorithm>
#include <vector>

#include "base/day.h"
#include "rules/diagram.h"
#include "rules/rule_base.h"

namespace duolex::rules {

// get(part) gives the value of a part's fact (a part without a fact is a constant, low = high).
// Monotone in every fact, so bounds of the facts give bounds of the result.
template <class Get>
Value evaluate(const Computed& c, const Get& get) {
  if (c.op == Computed::Op::fact) {
    if (c.periods.empty()) return get(c);
    Day day{static_cast<std::int32_t>(get(c))};
    for (const auto& [months, days] : c.periods) day = plus_days(plus_months(day, months), days);
    return day.number;
  }
  Value result = evaluate(c.parts[0], get);
  for (const Computed& part : c.parts) {
    const Value v = evaluate(part, get);
    result = c.op == Computed::Op::later_of ? std::max(result, v) : std::min(result, v);
  }
  return result;
}

// The parts that name a fact, each fact once.
inline void facts_of(const Computed& c, std::vector<const Computed*>& out) {
  if (c.op == Computed::Op::fact && c.fact != no_index &&
      std::none_of(out.begin(), out.end(), [&](auto* o) { return o->fact == c.fact; }))
    out.push_back(&c);
  for (const Computed& part : c.parts) facts_of(part, out);
}

// Drops the parts of a later-of or earlier-of that can never decide it, such as the day itself beside
// the day plus a week, or a part that bounds place beyond another, so that equal functions mostly have equal forms. A single part takes its place.
void prune(Computed& c);

}  // namespace duolex::rules
