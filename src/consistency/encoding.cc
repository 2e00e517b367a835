#include "consistency/encoding.h"

#include <algorithm>

#include "rules/decide.h"
#include "rules/walk.h"

namespace duolex::consistency {

using namespace rules;

namespace {
constexpr std::int64_t shift = -first_day.number;  // days are counted from 0001-01-01 here
constexpr std::int64_t last = last_day.number - first_day.number;
bool has(Value mask, std::size_t member) { return (static_cast<std::uint64_t>(mask) >> member & 1) != 0; }
}  // namespace

Encoding::Encoding(Session& session, const RuleBase& base, const Encoding* facts, const Encoding* day)
    : s_(session),
      base_(base),
      as_of_(day != nullptr ? day->as_of_ : session.free_number("as_of", Session::day_bits, 0, last)) {
  run(facts);
}

Encoding::Encoding(Session& session, const RuleBase& base, const Encoding* facts, Day as_of)
    : s_(session), base_(base), as_of_(session.number(as_of.number + shift, Session::day_bits)) {
  run(facts);
}

void Encoding::run(const Encoding* facts) {
  const auto at = [&](Day day) { return s_.number(day.number + shift, Session::day_bits); };
  for (const Text& text : base_.texts)
    in_force_.push_back(s_.literal(s_.both(z3::uge(as_of_, at(text.from)), z3::ule(as_of_, at(text.until)))));
  days_.resize(base_.days.size());
  if (facts != nullptr) {
    facts_ = facts->facts_;
  } else {
    for (const Fact& f : base_.facts) facts_.push_back(free_fact(f));
  }
  for (const State& st : base_.states) states_.push_back(state(st));
  rules_.reserve(base_.rules.size());
  for (const Rule& r : base_.rules) rules_.push_back(encode(r, usual));
  for (const Ambiguity& a : base_.ambiguities) live_.push_back(s_.literal(condition(a.live_when)));
  for (Index a = 0; a < base_.ambiguities.size(); ++a) {
    touched_.push_back(base_.touched(a));
    for (Index r = 0; r < base_.ambiguities[a].readings.size(); ++r)
      if (r != base_.ambiguities[a].default_reading) reading(a, r);
  }
}

Sym Encoding::free_fact(const Fact& fact) {
  Sym sym;
  switch (fact.type.kind) {
    case Kind::yes_no:
      sym.bits.push_back(s_.free_bit(fact.id.c_str()));
      if (fact.overrides_state != no_index) sym.given = s_.free_bit(fact.id.c_str());
      break;
    case Kind::one_of:
    case Kind::set_of: {
      Term any = s_.no();
      for (const std::string& value : fact.type.values) {
        sym.bits.push_back(s_.free_bit(value.c_str()));
        any = s_.either(any, sym.bits.back());
      }
      if (fact.type.kind == Kind::set_of) break;
      s_.demand(any);
      for (std::size_t i = 0; i < sym.bits.size(); ++i)
        for (std::size_t j = i + 1; j < sym.bits.size(); ++j) s_.demand(!sym.bits[i] || !sym.bits[j]);
      break;
    }
    case Kind::date:
      sym.number = s_.free_number(fact.id.c_str(), Session::day_bits, 0, last);
      sym.absent = fact.type.allows_never ? s_.free_bit(fact.id.c_str()) : s_.no();
      s_.demand(z3::implies(*sym.absent, *sym.number == s_.number(0, Session::day_bits)));
      break;
    case Kind::whole:
      sym.number = s_.free_number(fact.id.c_str(), Session::number_bits, 0, whole_max);
      break;
  }
  return sym;
}

Sym Encoding::state(const State& state) {
  Sym sym = constant(state.type, state.entries.front().value);
  for (const StateEntry& entry : state.entries)
    sym = choose(z3::uge(as_of_, s_.number(entry.from.number + shift, Session::day_bits)),
                 constant(state.type, entry.value), sym);
  if (state.assumed_by != no_index) sym = choose(*facts_[state.assumed_by].given, facts_[state.assumed_by], sym);
  return named(std::move(sym));
}

const RuleTerms& Encoding::rule(Index index, std::size_t reading) const {
  if (reading != usual) {
    const auto it = readings_[reading].rules.find(index);
    if (it != readings_[reading].rules.end()) return it->second;
  }
  return rules_[index];
}

const Sym& Encoding::answer(Index index, std::size_t reading) const {
  if (reading == usual) return rules_[index].value;
  const std::vector<Index>& touched = touched_[readings_[reading].ambiguity];
  if (base_.rules[index].is_conclusion && !std::binary_search(touched.begin(), touched.end(), index))
    return rules_[index].value;
  return rule(index, reading).value;
}

Sym Encoding::operand(const Operand& o, std::size_t reading, bool answers) const {
  switch (o.source) {
    case Source::fact: return facts_[o.index];
    case Source::state: return states_[o.index];
    case Source::rule: break;
  }
  return answers ? answer(o.index, reading) : rule(o.index, reading).value;
}

Kind Encoding::kind_of(const Operand& o) const {
  switch (o.source) {
    case Source::fact: return base_.facts[o.index].type.kind;
    case Source::state: return base_.states[o.index].type.kind;
    case Source::rule: break;
  }
  return base_.rules[o.index].type.kind;
}

Term Encoding::condition(const Condition& c, std::size_t reading, bool answers) {
  switch (c.op) {
    case Condition::Op::always: return s_.yes();
    case Condition::Op::never: return s_.no();
    case Condition::Op::all_of: {
      Term all = s_.yes();
      for (const Condition& child : c.children) all = s_.both(all, condition(child, reading, answers));
      return all;
    }
    case Condition::Op::any_of: {
      Term any = s_.no();
      for (const Condition& child : c.children) any = s_.either(any, condition(child, reading, answers));
      return any;
    }
    case Condition::Op::negation: return s_.negate(condition(c.children[0], reading, answers));
    case Condition::Op::text_in_force: return in_force(c.text);
    case Condition::Op::as_of_test: return compare(c.compare, as_of_, day(c.day));
    case Condition::Op::is_in:
    case Condition::Op::has_any: {
      const Sym sym = operand(c.operand, reading, answers);
      const Value mask = static_cast<Value>(c.mask);
      if (kind_of(c.operand) == Kind::yes_no)
        return s_.either(s_.both(s_.bit(has(mask, 1)), sym.bits[0]), s_.both(s_.bit(has(mask, 0)), s_.negate(sym.bits[0])));
      Term any = s_.no();
      for (std::size_t m = 0; m < sym.bits.size(); ++m)
        if (has(mask, m)) any = s_.either(any, sym.bits[m]);
      return any;
    }
    case Condition::Op::is_a_day: return s_.negate(*operand(c.operand, reading, answers).absent);
    case Condition::Op::day_test: {
      const Sym sym = operand(c.operand, reading, answers);
      return s_.both(s_.negate(*sym.absent), compare(c.compare, *sym.number, day(c.day)));
    }
    case Condition::Op::number_test: {
      const Sym sym = operand(c.operand, reading, answers);
      // A number beyond what a whole-number fact can be compares like the nearest one past its range.
      const std::int64_t against = std::clamp<std::int64_t>(c.number, 0, whole_max + 1);
      if (c.number < 0) return s_.bit(c.compare == Compare::after || c.compare == Compare::on_or_after);
      return compare(c.compare, *sym.number, s_.number(against, Session::number_bits));
    }
  }
  return s_.no();
}

Term Encoding::compare(Compare compare, const Term& a, const Term& b) const {
  switch (compare) {
    case Compare::before: return z3::ult(a, b);
    case Compare::on_or_before: return z3::ule(a, b);
    case Compare::after: return z3::ugt(a, b);
    case Compare::on_or_after: return z3::uge(a, b);
    case Compare::on: return a == b;
  }
  return a == b;
}

Term Encoding::day(const DayRef& ref) {
  const auto at = [&](Day d) { return s_.number(d.number + shift, Session::day_bits); };
  if (ref.kind == DayRef::Kind::constant) return at(ref.constant);
  if (ref.kind == DayRef::Kind::as_of) return as_of_;
  std::optional<Term>& known = days_[ref.day];
  if (known) return *known;
  const DayEntry* general = nullptr;
  const DayEntry* earliest = nullptr;
  const std::vector<DayEntry>& entries = base_.days[ref.day].entries;
  for (const DayEntry& entry : entries) {
    if (entry.text == no_index) {
      general = &entry;
    } else if (earliest == nullptr || base_.texts[entry.text].from < base_.texts[earliest->text].from) {
      earliest = &entry;
    }
  }
  Term result = at(general != nullptr ? general->day : earliest->day);
  for (std::size_t i = entries.size(); i-- > 0;)
    if (entries[i].text != no_index) result = s_.choose(in_force(entries[i].text), at(entries[i].day), result);
  known = s_.named(result);
  return *known;
}

Term Encoding::in_force(const InForce& when) {
  Term result = when.text == no_index ? s_.yes() : in_force(when.text);
  if (when.from) result = s_.both(result, z3::ule(day(*when.from), as_of_));
  if (when.until) result = s_.both(result, z3::ule(as_of_, day(*when.until)));
  return result;
}

void Encoding::reading(Index ambiguity, Index number) {
  readings_.push_back({ambiguity, number, {}});
  const std::size_t here = readings_.size() - 1;
  for (Index i = 0; i < base_.rules.size(); ++i) {
    const Rule& r = base_.rules[i];
    bool reached = std::any_of(r.unders.begin(), r.unders.end(), [&](const Under& u) {
      return u.ambiguity == ambiguity && u.reading == number;
    });
    for_each_operand(base_, r, [&](const Operand& o) {
      reached = reached || (o.source == Source::rule && readings_[here].rules.contains(o.index));
    });
    if (!reached) continue;
    RuleTerms terms = encode(r, here);
    readings_[here].rules.emplace(i, std::move(terms));
  }
}

RuleTerms Encoding::encode(const Rule& rule, std::size_t reading) {
  RuleTerms terms;
  Term open = s_.yes();
  for (const Guard& guard : rule.guards) {
    const Term holds = s_.literal(condition(guard.when, reading));
    terms.guards.push_back({&guard, s_.literal(s_.both(open, s_.negate(holds)))});
    open = s_.both(open, holds);
  }
  open = s_.literal(open);
  put_value(rule, open, terms, reading);
  if (reading != usual) depart(rule, reading, terms);
  return terms;
}

// Adds a clause and its exceptions; what it returns is whether one of them speaks, given `here`.
Term Encoding::leaves(const Clause& clause, const Term& here, std::size_t reading, RuleTerms& out) {
  const Term applies = s_.literal(s_.both(in_force(clause.in_force), condition(clause.when, reading)));
  const Term at = s_.literal(s_.both(here, applies));
  const std::size_t mine = out.leaves.size();
  out.leaves.push_back({&clause, at, {}});
  Term excepted = s_.no();
  for (const Clause& e : clause.exceptions) excepted = s_.either(excepted, leaves(e, at, reading, out));
  out.leaves[mine].speaks = s_.literal(s_.both(at, s_.negate(excepted)));
  return applies;
}

Term Encoding::set_leaves(const Clause& clause, const Term& here, std::size_t reading, RuleTerms& out) {
  const Term at = s_.literal(s_.both(here, s_.both(in_force(clause.in_force), condition(clause.when, reading))));
  const std::size_t mine = out.leaves.size();
  out.leaves.push_back({&clause, at, {}});
  Term excepted = s_.no();
  for (const Clause& e : clause.exceptions) excepted = s_.either(excepted, set_leaves(e, at, reading, out));
  const Term speaks = s_.literal(s_.both(at, s_.negate(excepted)));
  out.leaves[mine].speaks = speaks;
  return speaks;
}

void Encoding::put_value(const Rule& rule, const Term& open, RuleTerms& terms, std::size_t reading) {
  if (rule.type.kind == Kind::set_of) {
    terms.value.bits.assign(rule.type.values.size(), s_.no());
    for (const Clause& clause : rule.clauses) {
      const Term speaks = set_leaves(clause, open, reading, terms);
      for (std::size_t m = 0; m < terms.value.bits.size(); ++m)
        if (has(clause.gives.constant, m)) terms.value.bits[m] = s_.either(terms.value.bits[m], speaks);
    }
    for (const RuleTerms::Guarded& g : terms.guards)
      for (std::size_t m = 0; m < terms.value.bits.size(); ++m)
        if (has(g.guard->otherwise, m)) terms.value.bits[m] = s_.either(terms.value.bits[m], g.speaks);
    terms.value = named(std::move(terms.value));
    return;
  }
  Term any = s_.no();
  for (const Clause& clause : rule.clauses) any = s_.either(any, leaves(clause, open, reading, terms));
  terms.otherwise = s_.literal(s_.both(open, s_.negate(any)));
  Sym value = rule.otherwise ? expression(rule.type, *rule.otherwise, reading)
                             : constant(rule.type, rule.type.kind == Kind::date ? null_value : 0);
  for (std::size_t i = terms.leaves.size(); i-- > 0;) {
    RuleTerms::Leaf& leaf = terms.leaves[i];
    leaf.gives = expression(rule.type, leaf.clause->gives, reading);
    value = choose(leaf.speaks, leaf.gives, value);
  }
  for (std::size_t g = terms.guards.size(); g-- > 0;)
    value = choose(terms.guards[g].speaks, constant(rule.type, terms.guards[g].guard->otherwise), value);
  terms.value = named(std::move(value));
}

void Encoding::depart(const Rule& rule, std::size_t reading, RuleTerms& terms) {
  const Reading& here = readings_[reading];
  for (const Under& under : rule.unders) {
    if (under.ambiguity != here.ambiguity || under.reading != here.reading) continue;
    const Term speaks = s_.literal(s_.both(live_[under.ambiguity], condition(under.when, reading)));
    terms.departures.push_back({&under, speaks});
    if (rule.type.kind != Kind::set_of || under.effect == Under::Effect::replace) {
      terms.value = choose(speaks, expression(rule.type, under.gives, reading), terms.value);
    } else {
      for (std::size_t m = 0; m < terms.value.bits.size(); ++m)
        if (has(under.gives.constant, m))
          terms.value.bits[m] = s_.choose(speaks, s_.bit(under.effect == Under::Effect::add), terms.value.bits[m]);
    }
  }
  if (!terms.departures.empty()) terms.value = named(std::move(terms.value));
}

Sym Encoding::expression(const Type& type, const Expression& e, std::size_t reading) {
  switch (e.op) {
    case Expression::Op::constant: return constant(type, e.constant);
    case Expression::Op::day: {
      Sym sym;
      sym.number = day(e.day);
      sym.absent = s_.no();
      return sym;
    }
    case Expression::Op::operand: {
      Sym sym = operand(e.operand, reading, false);
      sym.given.reset();
      return sym;
    }
    case Expression::Op::plus: {
      Sym sym = expression(type, e.children[0], reading);
      sym.number = s_.choose(*sym.absent, s_.number(0, Session::day_bits), s_.plus(*sym.number, e.months, e.days));
      return sym;
    }
    case Expression::Op::later_of:
    case Expression::Op::earlier_of: {
      Sym result = expression(type, e.children[0], reading);
      for (std::size_t i = 1; i < e.children.size(); ++i) {
        const Sym other = expression(type, e.children[i], reading);
        const Term first = e.op == Expression::Op::later_of ? z3::uge(*result.number, *other.number)
                                                            : z3::ule(*result.number, *other.number);
        result.number = s_.choose(first, *result.number, *other.number);
        result.absent = s_.either(*result.absent, *other.absent);
      }
      result.number = s_.choose(*result.absent, s_.number(0, Session::day_bits), *result.number);
      return result;
    }
  }
  return constant(type, null_value);
}

Sym Encoding::constant(const Type& type, Value value) {
  Sym sym;
  switch (type.kind) {
    case Kind::yes_no: sym.bits.push_back(s_.bit(value == 1)); break;
    case Kind::one_of:
      for (std::size_t i = 0; i < type.values.size(); ++i) sym.bits.push_back(s_.bit(value == static_cast<Value>(i)));
      break;
    case Kind::set_of:
      for (std::size_t i = 0; i < type.values.size(); ++i) sym.bits.push_back(s_.bit(has(value, i)));
      break;
    case Kind::date: {
      const bool absent = value == null_value || value == never_value;
      sym.number = s_.number(absent ? 0 : value + shift, Session::day_bits);
      sym.absent = s_.bit(absent);
      break;
    }
    case Kind::whole: sym.number = s_.number(value, Session::number_bits); break;
  }
  return sym;
}

Sym Encoding::choose(const Term& condition, const Sym& yes, const Sym& no) {
  Sym sym;
  for (std::size_t i = 0; i < yes.bits.size(); ++i) sym.bits.push_back(s_.choose(condition, yes.bits[i], no.bits[i]));
  if (yes.number) sym.number = s_.choose(condition, *yes.number, *no.number);
  if (yes.absent) sym.absent = s_.choose(condition, *yes.absent, *no.absent);
  return sym;
}

Sym Encoding::named(Sym sym) {
  for (Term& b : sym.bits) b = s_.literal(b);
  if (sym.number) sym.number = s_.named(*sym.number);
  if (sym.absent) sym.absent = s_.literal(*sym.absent);
  return sym;
}

Term Encoding::equal(const Sym& a, const Sym& b) {
  Term all = s_.yes();
  for (std::size_t i = 0; i < a.bits.size(); ++i)
    all = s_.both(all, z3::eq(a.bits[i], b.bits[i]) ? s_.yes() : a.bits[i] == b.bits[i]);
  if (a.number && !z3::eq(*a.number, *b.number)) all = s_.both(all, *a.number == *b.number);
  if (a.absent && !z3::eq(*a.absent, *b.absent)) all = s_.both(all, *a.absent == *b.absent);
  if (a.given) all = s_.either(s_.both(s_.negate(*a.given), s_.negate(*b.given)), s_.both(s_.both(*a.given, *b.given), all));
  return all;
}

Term Encoding::is(const Type& type, const Sym& sym, Value value) {
  if (value == unknown_value) return s_.negate(*sym.given);
  const Term same = [&] {
    Sym bare = sym;
    bare.given.reset();
    return equal(bare, constant(type, value));
  }();
  return sym.given ? s_.both(*sym.given, same) : same;
}

Value Encoding::value(const Type& type, const Sym& sym) const {
  if (sym.given && !s_.is_true(*sym.given)) return unknown_value;
  switch (type.kind) {
    case Kind::yes_no: return s_.is_true(sym.bits[0]) ? 1 : 0;
    case Kind::one_of:
    case Kind::set_of: {
      std::uint64_t mask = 0;
      for (std::size_t i = 0; i < sym.bits.size(); ++i)
        if (s_.is_true(sym.bits[i])) mask |= std::uint64_t{1} << i;
      if (type.kind == Kind::set_of) return static_cast<Value>(mask);
      return mask == 0 ? 0 : __builtin_ctzll(mask);
    }
    case Kind::date:
      if (s_.is_true(*sym.absent)) return type.allows_never ? never_value : null_value;
      return s_.value(*sym.number) - shift;
    case Kind::whole: return s_.value(*sym.number);
  }
  return 0;
}

}  // namespace duolex::consistency
