#include "reference.h"

#include <algorithm>

namespace duolex::reference {
namespace {

using namespace rules;

constexpr Value no_value = unknown_value;

bool compares(Compare compare, Value a, Value b) {
  switch (compare) {
    case Compare::before: return a < b;
    case Compare::on_or_before: return a <= b;
    case Compare::after: return a > b;
    case Compare::on_or_after: return a >= b;
    case Compare::on: return a == b;
  }
  return false;
}

struct World {
  const RuleBase& base;
  Day as_of;
  const FactValues& facts;
  ReadingTaken reading;

  Value operand(const Operand& o) const {
    if (o.source == Source::fact) return facts[o.index];
    if (o.source == Source::rule) return rule(o.index);
    const State& state = base.states[o.index];
    if (state.assumed_by != no_index && facts[state.assumed_by] != no_value) return facts[state.assumed_by];
    return base.state_at(o.index, as_of);
  }

  bool condition(const Condition& c) const {
    switch (c.op) {
      case Condition::Op::always: return true;
      case Condition::Op::never: return false;
      case Condition::Op::all_of:
        for (const Condition& child : c.children)
          if (!condition(child)) return false;
        return true;
      case Condition::Op::any_of:
        for (const Condition& child : c.children)
          if (condition(child)) return true;
        return false;
      case Condition::Op::negation: return !condition(c.children[0]);
      case Condition::Op::is_in: return (c.mask >> operand(c.operand) & 1) != 0;
      case Condition::Op::has_any: return (c.mask & static_cast<std::uint64_t>(operand(c.operand))) != 0;
      case Condition::Op::is_a_day: {
        const Value v = operand(c.operand);
        return v != never_value && v != null_value;
      }
      case Condition::Op::day_test: {
        const Value v = operand(c.operand);
        return v != never_value && compares(c.compare, v, base.day_at(c.day, as_of).number);
      }
      case Condition::Op::as_of_test: return compares(c.compare, as_of.number, base.day_at(c.day, as_of).number);
      case Condition::Op::number_test: return compares(c.compare, operand(c.operand), c.number);
      case Condition::Op::text_in_force: return base.in_force(c.text, as_of);
    }
    return false;
  }

  Value expression(const Expression& e) const {
    switch (e.op) {
      case Expression::Op::constant: return e.constant;
      case Expression::Op::day: return base.day_at(e.day, as_of).number;
      case Expression::Op::operand: {
        const Value v = operand(e.operand);
        return v == never_value ? null_value : v;
      }
      case Expression::Op::plus: {
        const Value v = expression(e.children[0]);
        if (v == null_value) return v;
        return plus_days(plus_months(Day{static_cast<std::int32_t>(v)}, e.months), e.days).number;
      }
      case Expression::Op::later_of:
      case Expression::Op::earlier_of: {
        std::vector<Value> values;
        for (const Expression& child : e.children) values.push_back(expression(child));
        for (const Value v : values)
          if (v == null_value) return v;
        return e.op == Expression::Op::later_of ? *std::max_element(values.begin(), values.end())
                                                : *std::min_element(values.begin(), values.end());
      }
    }
    return null_value;
  }

  // The values that a clause gives: none, one, or several that contradict each other.
  std::set<Value> clause(const Clause& c) const {
    if (!base.in_force(c.in_force, as_of) || !condition(c.when)) return {};
    std::set<Value> exceptions;
    for (const Clause& e : c.exceptions) exceptions.merge(clause(e));
    return exceptions.empty() ? std::set<Value>{expression(c.gives)} : exceptions;
  }

  bool applies(const Clause& c) const {
    if (!base.in_force(c.in_force, as_of) || !condition(c.when)) return false;
    return std::none_of(c.exceptions.begin(), c.exceptions.end(), [&](const Clause& e) { return applies(e); });
  }

  Value rule_as_written(const Rule& r) const {
    for (const Guard& g : r.guards)
      if (!condition(g.when)) return g.otherwise;
    if (r.type.kind == Kind::set_of) {
      std::uint64_t members = 0;
      for (const Clause& c : r.clauses)
        if (applies(c)) members |= static_cast<std::uint64_t>(c.gives.constant);
      return static_cast<Value>(members);
    }
    std::set<Value> values;
    for (const Clause& c : r.clauses) values.merge(clause(c));
    if (values.size() > 1) return no_value;
    if (values.size() == 1) return *values.begin();
    return r.otherwise ? expression(*r.otherwise) : no_value;
  }

  Value rule(Index index) const {
    const Rule& r = base.rules[index];
    Value value = rule_as_written(r);
    for (const Under& u : r.unders) {
      if (u.ambiguity != reading.ambiguity || u.reading != reading.reading) continue;
      const World usual{base, as_of, facts, {}};
      if (!usual.condition(base.ambiguities[u.ambiguity].live_when) || !condition(u.when)) continue;
      if (r.type.kind != Kind::set_of || u.effect == Under::Effect::replace) {
        value = expression(u.gives);
      } else if (u.effect == Under::Effect::add) {
        value = static_cast<Value>(static_cast<std::uint64_t>(value) | static_cast<std::uint64_t>(u.gives.constant));
      } else {
        value = static_cast<Value>(static_cast<std::uint64_t>(value) & ~static_cast<std::uint64_t>(u.gives.constant));
      }
    }
    return value;
  }
};

void compared_with(const RuleBase& base, Day as_of, const Condition& c, std::map<Index, std::set<Value>>& out) {
  if (c.op == Condition::Op::day_test) out[c.operand.index].insert(base.day_at(c.day, as_of).number);
  if (c.op == Condition::Op::number_test) out[c.operand.index].insert(c.number);
  for (const Condition& child : c.children) compared_with(base, as_of, child, out);
}

void compared_with(const RuleBase& base, Day as_of, const Clause& c, std::map<Index, std::set<Value>>& out) {
  compared_with(base, as_of, c.when, out);
  for (const Clause& e : c.exceptions) compared_with(base, as_of, e, out);
}

std::vector<Value> stand_ins(const RuleBase& base, Index fact, const std::set<Value>& compared) {
  const Type& type = base.facts[fact].type;
  std::vector<Value> values;
  switch (type.kind) {
    case Kind::yes_no: return {0, 1};
    case Kind::one_of:
      for (std::size_t i = 0; i < type.values.size(); ++i) values.push_back(static_cast<Value>(i));
      return values;
    case Kind::set_of:
      for (std::uint64_t mask = 0; mask < (std::uint64_t{1} << type.values.size()); ++mask)
        values.push_back(static_cast<Value>(mask));
      return values;
    case Kind::date:
    case Kind::whole: {
      const Value low = type.kind == Kind::date ? first_day.number : 0;
      const Value high = type.kind == Kind::date ? last_day.number : whole_max;
      std::set<Value> days{low, high};
      for (const Value v : compared)
        for (const Value near : {v - 2, v - 1, v, v + 1, v + 2})
          if (near >= low && near <= high) days.insert(near);
      values.assign(days.begin(), days.end());
      if (type.allows_never) values.push_back(never_value);
      return values;
    }
  }
  return values;
}

}  // namespace

std::optional<Value> value(const RuleBase& base, Day as_of, const FactValues& facts, Index rule, ReadingTaken reading) {
  const Value v = World{base, as_of, facts, reading}.rule(rule);
  if (v == no_value) return std::nullopt;
  return v;
}

bool holds(const RuleBase& base, Day as_of, const FactValues& facts, const Condition& condition) {
  return World{base, as_of, facts, {}}.condition(condition);
}

std::vector<FactValues> completions(const RuleBase& base, Day as_of, const FactValues& facts) {
  std::map<Index, std::set<Value>> compared;
  for (const Rule& r : base.rules) {
    for (const Guard& g : r.guards) compared_with(base, as_of, g.when, compared);
    for (const Clause& c : r.clauses) compared_with(base, as_of, c, compared);
    for (const Under& u : r.unders) compared_with(base, as_of, u.when, compared);
  }
  for (const Ambiguity& a : base.ambiguities) compared_with(base, as_of, a.live_when, compared);
  FactValues start = facts;
  for (Index f = 0; f < facts.size(); ++f)
    if (start[f] == no_value && base.facts[f].assumed) start[f] = *base.facts[f].assumed;
  std::vector<FactValues> all{start};
  for (Index f = 0; f < facts.size(); ++f) {
    if (start[f] != no_value || base.facts[f].overrides_state != no_index) continue;
    std::vector<FactValues> next;
    for (const FactValues& so_far : all)
      for (const Value v : stand_ins(base, f, compared[f])) {
        next.push_back(so_far);
        next.back()[f] = v;
      }
    all = std::move(next);
  }
  return all;
}

Answer answer(const RuleBase& base, Day as_of, const FactValues& facts, Index conclusion) {
  const std::vector<FactValues> all = completions(base, as_of, facts);
  Answer a;
  std::map<FactValues, Value> values;
  for (const FactValues& completion : all) {
    const Value v = *value(base, as_of, completion, conclusion);
    values.emplace(completion, v);
    a.possible.insert(v);
  }
  if (a.possible.size() > 1) {
    // Completions that differ in one fact alone: group by all the other facts.
    for (Index f = 0; f < facts.size(); ++f) {
      std::map<FactValues, std::set<Value>> by_rest;
      for (const auto& [completion, v] : values) {
        FactValues rest = completion;
        rest[f] = no_value;
        std::set<Value>& group = by_rest[rest];
        group.insert(v);
        if (group.size() > 1) {
          a.missing.insert(f);
          break;
        }
      }
    }
    return a;
  }
  a.status = Status::settled;
  a.value = *a.possible.begin();
  for (Index amb = 0; amb < base.ambiguities.size(); ++amb) {
    const Ambiguity& ambiguity = base.ambiguities[amb];
    const std::vector<Index> touched = base.touched(amb);
    if (!std::binary_search(touched.begin(), touched.end(), conclusion)) continue;
    const bool live = std::any_of(all.begin(), all.end(), [&](const FactValues& completion) {
      return holds(base, as_of, completion, ambiguity.live_when);
    });
    if (!live) continue;
    for (Index r = 0; r < ambiguity.readings.size(); ++r) {
      if (r == ambiguity.default_reading) continue;
      std::set<Value>& taken = a.readings[{amb, r}];
      for (const FactValues& completion : all) taken.insert(*value(base, as_of, completion, conclusion, {amb, r}));
      if (taken != std::set<Value>{a.value}) a.status = Status::contested;
    }
  }
  return a;
}

}  // namespace duolex::reference
