#include "consistency/explorer.h"

#include <algorithm>
#include <numeric>

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

Term Explorer::is(Index fact, Value value) {
  const Type& type = base_.facts[fact].type;
  const Sym& sym = encoding_.fact(fact);
  if (type.kind == Kind::one_of) return sym.bits[static_cast<std::size_t>(value)];  // a fact has exactly one
  const auto known = literals_.find({fact, value});
  if (known != literals_.end()) return known->second;
  return literals_.emplace(std::pair{fact, value}, s_.literal(encoding_.is(type, sym, value))).first->second;
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
  for (const Day day : days_)
    if (!gave_up_ && try_with(is(day))) return day;
  const Day day{static_cast<std::int32_t>(s_.value(encoding_.as_of()) + first_day.number)};
  fixed_.push_back(is(day));
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
  if (type.kind == Kind::set_of) return choose_members(index);
  for (const Value value : plain(index, as_of)) {
    if (gave_up_) break;
    if (try_with(is(index, value))) return value;
  }
  const Value value = encoding_.value(type, encoding_.fact(index));
  fixed_.push_back(is(index, value));
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

std::vector<Term> Explorer::facts_of(const Witness& witness) {
  std::vector<Term> facts;
  for (Index f = 0; f < base_.facts.size(); ++f)
    facts.push_back(is(f, witness.facts[f]));
  return facts;
}

Term Explorer::is(Day as_of) {
  const auto known = day_literals_.find(as_of.number);
  if (known != day_literals_.end()) return known->second;
  const Term day = s_.number(as_of.number - first_day.number, Session::day_bits);
  return day_literals_.emplace(as_of.number, s_.literal(encoding_.as_of() == day)).first->second;
}

std::optional<Witness> Explorer::witness(const Term& goal) {
  fixed_ = {goal};
  gave_up_ = s_.possible(fixed_) != Session::Answer::yes;
  if (gave_up_) return std::nullopt;
  Witness result;
  result.as_of = choose_day();
  for (Index f = 0; f < base_.facts.size(); ++f) result.facts.push_back(choose_value(f, result.as_of));
  if (gave_up_ || s_.possible(fixed_) != Session::Answer::yes) return std::nullopt;
  result.because = because(goal, result);
  return result;
}

std::optional<Witness> Explorer::also(const Term& goal, const Witness& witness) {
  std::vector<Term> asked = facts_of(witness);
  asked.push_back(is(witness.as_of));
  asked.push_back(goal);
  if (s_.possible(asked) != Session::Answer::yes) return std::nullopt;
  Witness result = witness;
  result.because = because(goal, witness);
  return result;
}

// Facts of the product from which the goal follows on that day, none of which can be spared.
std::vector<Index> Explorer::because(const Term& goal, const Witness& witness) {
  const std::vector<Term> facts = facts_of(witness);
  const Term day = is(witness.as_of), against = s_.literal(s_.negate(goal));
  const auto enough = [&](const std::vector<Index>& among) {
    std::vector<Term> asked{against, day};
    for (const Index f : among) asked.push_back(facts[f]);
    if (!s_.impossible(asked)) return std::optional<std::vector<Index>>();
    std::vector<Index> core;
    for (const std::size_t i : s_.core(asked))
      if (i >= 2) core.push_back(among[i - 2]);
    return std::optional(std::move(core));
  };
  std::vector<Index> all(facts.size());
  std::iota(all.begin(), all.end(), Index{0});
  auto kept = enough(all);
  if (!kept) return {};  // the goal asks for more than this product alone
  for (std::size_t i = kept->size(); i-- > 0;) {
    if (i >= kept->size()) continue;
    std::vector<Index> without = *kept;
    without.erase(without.begin() + static_cast<std::ptrdiff_t>(i));
    if (auto fewer = enough(without)) kept = std::move(fewer);
  }
  std::sort(kept->begin(), kept->end());
  return std::move(*kept);
}

}  // namespace duolex::consistency
