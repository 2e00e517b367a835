#include "consistency/explorer.h"

#include <algorithm>

namespace duolex::consistency {

using namespace rules;

Explorer::Explorer(Session& session, const RuleBase& base, Encoding& encoding)
    : s_(session), base_(base), encoding_(encoding) {
  // The day on which the legal state was last checked is the rule base's own idea of the present.
  Day present = first_day;
  for (const State& state : base.states)
    for (const StateEntry& entry : state.entries) present = std::max(present, entry.checked);
  if (present != first_day) days_.push_back(present);
  for (const Day day : base.turning_days()) days_.push_back(day);
}

bool Explorer::try_with(const Term& literal) {
  if (s_.is_true(literal)) {
    fixed_.push_back(literal);
    return true;
  }
  fixed_.push_back(literal);
  const Session::Answer answer = s_.possible(fixed_);
  if (answer == Session::Answer::yes) return true;
  gave_up_ = answer == Session::Answer::undecided;
  fixed_.pop_back();
  return false;
}

Day Explorer::choose_day() {
  const auto as_term = [&](Day day) { return s_.number(day.number - first_day.number, Session::day_bits); };
  const auto is_day = [&](Day day) { return s_.literal(encoding_.as_of() == as_term(day)); };
  for (const Day day : days_)
    if (!gave_up_ && try_with(is_day(day))) return day;
  const Day day{static_cast<std::int32_t>(s_.value(encoding_.as_of()) + first_day.number)};
  fixed_.push_back(is_day(day));
  return day;
}

std::vector<Value> Explorer::plain(Index index, Day as_of) const {
  const Fact& fact = base_.facts[index];
  std::vector<Value> values;
  if (fact.overrides_state != no_index) return {unknown_value, 0};
  if (fact.usual) values.push_back(*fact.usual);
  if (fact.assumed) values.push_back(*fact.assumed);
  if (fact.type.kind != Kind::date) {
    values.push_back(0);
    return values;
  }
  if (fact.type.allows_never) values.push_back(never_value);
  values.push_back(as_of.number);
  for (const Day day : days_) values.push_back(day.number);
  return values;
}

Value Explorer::choose_value(Index index, Day as_of) {
  const Type& type = base_.facts[index].type;
  const Sym& sym = encoding_.fact(index);
  if (type.kind == Kind::set_of) return choose_members(index);
  for (const Value value : plain(index, as_of)) {
    if (gave_up_) break;
    if (try_with(s_.literal(encoding_.is(type, sym, value)))) return value;
  }
  const Value value = encoding_.value(type, sym);
  fixed_.push_back(s_.literal(encoding_.is(type, sym, value)));
  return value;
}

Value Explorer::choose_members(Index index) {
  std::uint64_t members = 0;
  const std::vector<Term>& bits = encoding_.fact(index).bits;
  for (std::size_t m = 0; m < bits.size(); ++m) {
    if (gave_up_ || try_with(s_.negate(bits[m]))) continue;
    fixed_.push_back(bits[m]);
    members |= std::uint64_t{1} << m;
  }
  return static_cast<Value>(members);
}

std::optional<Witness> Explorer::witness(const Term& goal) {
  fixed_ = {goal};
  gave_up_ = s_.possible(fixed_) != Session::Answer::yes;
  if (gave_up_) return std::nullopt;
  Witness result;
  result.as_of = choose_day();
  std::vector<Term> chosen;
  for (Index f = 0; f < base_.facts.size(); ++f) {
    result.facts.push_back(choose_value(f, result.as_of));
    chosen.push_back(s_.literal(encoding_.is(base_.facts[f].type, encoding_.fact(f), result.facts.back())));
  }
  if (gave_up_) return std::nullopt;
  result.because = because(goal, chosen);
  if (s_.possible(fixed_) != Session::Answer::yes) return std::nullopt;
  return result;
}

// Facts of the product from which the goal follows on that day, none of which can be spared.
std::vector<Index> Explorer::because(const Term& goal, const std::vector<Term>& chosen) {
  const Term day = fixed_[1];
  const Term against = s_.literal(s_.negate(goal));
  std::vector<Index> kept;
  for (Index f = 0; f < chosen.size(); ++f) kept.push_back(f);
  const auto needed = [&](const std::vector<Index>& facts) {
    std::vector<Term> asked{against, day};
    for (const Index f : facts) asked.push_back(chosen[f]);
    if (s_.possible(asked) != Session::Answer::no) return std::optional<std::vector<Index>>();
    std::vector<Index> result;
    for (const std::size_t i : s_.core(asked))
      if (i >= 2) result.push_back(facts[i - 2]);
    return std::optional(std::move(result));
  };
  auto smaller = needed(kept);
  if (!smaller) return {};  // the goal asks for more than this product alone
  kept = std::move(*smaller);
  for (std::size_t i = kept.size(); i-- > 0;) {
    if (i >= kept.size()) continue;
    std::vector<Index> without = kept;
    without.erase(without.begin() + static_cast<std::ptrdiff_t>(i));
    if (auto fewer = needed(without)) kept = std::move(*fewer);
  }
  std::sort(kept.begin(), kept.end());
  return kept;
}

}  // namespace duolex::consistency
