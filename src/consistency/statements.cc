// Invariants and contested readings.
#include <algorithm>

#include "consistency/checks.h"
#include "rules/walk.h"

namespace duolex::consistency {

using namespace rules;

void Checker::invariants() {
  for (const Invariant& invariant : base_.invariants) {
    bool holds = true;
    const auto hold_in = [&](std::size_t reading) {
      const Term violated = s_.literal(e_.condition(invariant.violated, reading, true));
      const std::size_t before = report_.findings.size();
      if (possible(violated, invariant.span, "'" + invariant.title + "' holds")) {
        Finding& f = find(Check::invariant, invariant.span, "'" + invariant.title + "' does not hold" + in_reading(reading));
        show(f, violated);
      }
      holds = holds && report_.findings.size() == before;
    };
    hold_in(Encoding::usual);
    for (std::size_t r = 0; invariant.in_every_reading && holds && r < e_.readings().size(); ++r) hold_in(r);
    report_.proven.invariants += holds;
  }
}

void Checker::ambiguities() {
  for (Index a = 0; a < base_.ambiguities.size(); ++a) report_.proven.ambiguities += ambiguity(a);
}

bool Checker::ambiguity(Index index) {
  const Ambiguity& a = base_.ambiguities[index];
  const std::size_t before = report_.findings.size();
  if (!possible(e_.live(index), a.span, "the ambiguity '" + a.id + "' is ever live")) {
    find(Check::ambiguity, a.span, "the ambiguity '" + a.id + "' is never live");
    return false;
  }
  std::vector<Term> changed(a.touches.size(), s_.no());
  for (std::size_t r = 0; r < e_.readings().size(); ++r) {
    if (e_.readings()[r].ambiguity != index) continue;
    Term any = s_.no();
    for (std::size_t t = 0; t < a.touches.size(); ++t) {
      const Term other = s_.negate(e_.equal(e_.answer(a.touches[t], r), e_.answer(a.touches[t])));
      any = s_.either(any, other);
      changed[t] = s_.either(changed[t], other);
    }
    const std::string& name = a.readings[e_.readings()[r].reading].id;
    if (!possible(s_.literal(any), a.span, "the reading '" + name + "' of '" + a.id + "' changes anything"))
      find(Check::ambiguity, a.span, "the reading '" + name + "' of '" + a.id + "' changes no conclusion that it touches");
    // What follows from the reading without being touched keeps the default: the writer should know.
    const std::vector<Index> touched = base_.touched(index);
    for (const Index c : base_.conclusions) {
      if (!e_.readings()[r].rules.contains(c) || std::binary_search(touched.begin(), touched.end(), c)) continue;
      const Term would = s_.literal(s_.negate(e_.equal(e_.rule(c, r).value, e_.rule(c).value)));
      if (!possible(would, a.span, "'" + base_.rules[c].id + "' would change")) continue;
      Finding& f = find(Check::ambiguity, a.span, "the reading '" + name + "' of '" + a.id + "' would also change '" +
                                                      base_.rules[c].id + "', which it does not touch");
      f.failure = false;
      show(f, would);
    }
  }
  for (std::size_t t = 0; t < a.touches.size(); ++t)
    if (!possible(s_.literal(changed[t]), a.span, "'" + a.id + "' changes '" + base_.rules[a.touches[t]].id + "'"))
      find(Check::ambiguity, a.span, "no reading of '" + a.id + "' changes '" + base_.rules[a.touches[t]].id + "', which it touches");
  return std::none_of(report_.findings.begin() + static_cast<std::ptrdiff_t>(before), report_.findings.end(),
                      [](const Finding& f) { return f.failure; });
}

void Checker::meetings() {
  for (Index a = 0; a < base_.ambiguities.size(); ++a) {
    const std::vector<Index> mine = base_.touched(a);
    for (Index b = a + 1; b < base_.ambiguities.size(); ++b) {
      std::vector<Index> common;
      const std::vector<Index> theirs = base_.touched(b);
      std::set_intersection(mine.begin(), mine.end(), theirs.begin(), theirs.end(), std::back_inserter(common));
      if (common.empty()) continue;
      const Term meet = s_.literal(s_.both(e_.live(a), e_.live(b)));
      const Ambiguity &first = base_.ambiguities[a], &second = base_.ambiguities[b];
      if (!possible(meet, second.span, "'" + first.id + "' and '" + second.id + "' meet")) continue;
      std::string on;
      for (const Index c : common) on += (on.empty() ? "'" : "', '") + base_.rules[c].id;
      Finding& f = find(Check::meeting, second.span, "'" + first.id + "' and '" + second.id + "' can both be live on " + on + "'");
      f.failure = false;
      f.related.push_back({first.span, "the other ambiguity", ""});
      show(f, meet);
    }
  }
}

}  // namespace duolex::consistency
