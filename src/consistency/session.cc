#include "consistency/session.h"

#include <algorithm>
#include <map>

#include "base/day.h"

namespace duolex::consistency {
namespace {

constexpr int calendar_rounds = 400;
constexpr std::int64_t last = last_day.number - first_day.number;

std::int64_t moved(std::int64_t from, std::int32_t months, std::int32_t days) {
  const Day day{static_cast<std::int32_t>(from + first_day.number)};
  return plus_days(plus_months(day, months), days).number - first_day.number;
}

// The fewest and the most days that a period of months has: the calendar repeats every 400 years.
std::pair<std::int64_t, std::int64_t> length_of(std::int32_t months, std::int32_t days) {
  const std::int32_t cycles = months / 4800, rest = months % 4800;
  std::int64_t low = INT64_MAX, high = 0;
  const Day start = *parse_day("2000-01-01");
  for (std::int32_t d = 0; d < 146097; ++d) {
    const Day from{start.number + d};
    const std::int64_t length = plus_months(from, rest).number - from.number;
    low = std::min(low, length);
    high = std::max(high, length);
  }
  const std::int64_t whole = std::int64_t{146097} * cycles + days;
  return {low + whole, high + whole};
}

}  // namespace

Session::Session() : solver_(context_, "QF_FD"), model_(context_) {
  // Ctrl-C is the program's: the solver would take it for the end of one question and leave it undecided.
  solver_.set("ctrl_c", false);
}

Term Session::number(std::int64_t value, unsigned bits) {
  return context_.bv_val(static_cast<std::uint64_t>(value), bits);
}

Term Session::free_bit(const char* name) { return Term(context_, Z3_mk_fresh_const(context_, name, context_.bool_sort())); }

Term Session::free_number(const char* name, unsigned bits, std::int64_t low, std::int64_t high) {
  const Term n(context_, Z3_mk_fresh_const(context_, name, context_.bv_sort(bits)));
  if (low == high) return number(low, bits);
  demand(z3::uge(n, number(low, bits)));
  demand(z3::ule(n, number(high, bits)));
  return n;
}

Term Session::both(const Term& a, const Term& b) {
  if (a.is_false() || b.is_true()) return a;
  if (b.is_false() || a.is_true()) return b;
  return z3::eq(a, b) ? a : a && b;
}

Term Session::either(const Term& a, const Term& b) {
  if (a.is_true() || b.is_false()) return a;
  if (b.is_true() || a.is_false()) return b;
  return z3::eq(a, b) ? a : a || b;
}

Term Session::negate(const Term& a) {
  if (a.is_true()) return no();
  if (a.is_false()) return yes();
  return a.is_not() ? a.arg(0) : !a;
}

Term Session::choose(const Term& condition, const Term& yes, const Term& no) {
  if (condition.is_true() || z3::eq(yes, no)) return yes;
  if (condition.is_false()) return no;
  return z3::ite(condition, yes, no);
}

Term Session::literal(const Term& formula) {
  const Term simple = formula.simplify();
  if (simple.is_true() || simple.is_false() || simple.is_const() || (simple.is_not() && simple.arg(0).is_const()))
    return simple;
  const Term name = free_bit("c");
  demand(name == simple);
  return name;
}

Term Session::named(const Term& number) {
  const Term simple = number.simplify();
  if (simple.is_numeral() || simple.is_const()) return simple;
  const Term name(context_, Z3_mk_fresh_const(context_, "n", simple.get_sort()));
  demand(name == simple);
  return name;
}

void Session::demand(const Term& formula) { solver_.add(formula); }

Term Session::plus(const Term& given, std::int32_t months, std::int32_t days) {
  const Term from = named(given);
  if (from.is_numeral()) return number(moved(static_cast<std::int64_t>(from.get_numeral_uint64()), months, days), day_bits);
  for (const Period& p : periods_)
    if (p.months == months && p.days == days && z3::eq(p.from, from)) return p.to;
  const auto [low, high] = months == 0 ? std::pair<std::int64_t, std::int64_t>{days, days} : length_of(months, days);
  const Term to = free_number("p", day_bits, 0, last);
  const Term lowest = from + number(low, day_bits), highest = from + number(high, day_bits);
  const Term end = number(last, day_bits);
  demand(z3::uge(to, z3::ite(z3::ule(lowest, end), lowest, end)));
  demand(z3::ule(to, z3::ite(z3::ule(highest, end), highest, end)));
  const Period period{from, to, months, days};
  for (const Period& other : periods_) relate(period, other);
  periods_.push_back(period);
  return to;
}

void Session::relate(const Period& a, const Period& b) {
  if (a.months <= b.months && a.days <= b.days) demand(z3::implies(z3::ule(a.from, b.from), z3::ule(a.to, b.to)));
  if (b.months <= a.months && b.days <= a.days) demand(z3::implies(z3::ule(b.from, a.from), z3::ule(b.to, a.to)));
}

bool Session::calendar_agrees() {
  bool agrees = true;
  for (const Period& p : periods_) {
    const std::int64_t from = value(p.from), want = moved(from, p.months, p.days);
    if (value(p.to) == want) continue;
    agrees = false;
    const Term at = number(from, day_bits), to = number(want, day_bits);
    demand(z3::implies(z3::ule(p.from, at), z3::ule(p.to, to)));
    demand(z3::implies(z3::uge(p.from, at), z3::uge(p.to, to)));
  }
  return agrees;
}

Session::Answer Session::possible(const std::vector<Term>& assumptions) {
  z3::expr_vector asked(context_);
  for (const Term& a : assumptions) {
    if (a.is_false()) return Answer::no;
    if (!a.is_true()) asked.push_back(a);
  }
  for (int round = 0; round < calendar_rounds; ++round) {
    ++queries_;
    switch (solver_.check(asked)) {
      case z3::unsat: return Answer::no;
      case z3::unknown: return Answer::undecided;
      case z3::sat: break;
    }
    const z3::model before = model_;
    model_ = solver_.get_model();
    if (calendar_agrees()) return Answer::yes;
    model_ = before;
  }
  return Answer::undecided;
}

bool Session::impossible(const std::vector<Term>& assumptions) {
  z3::expr_vector asked(context_);
  for (const Term& a : assumptions) {
    if (a.is_false()) return true;
    if (!a.is_true()) asked.push_back(a);
  }
  ++queries_;
  return solver_.check(asked) == z3::unsat;
}

bool Session::is_true(const Term& formula) const { return model_.eval(formula, true).is_true(); }

std::int64_t Session::value(const Term& number) const {
  return static_cast<std::int64_t>(model_.eval(number, true).get_numeral_uint64());
}

std::vector<std::size_t> Session::core(const std::vector<Term>& assumptions) {
  for (std::size_t i = 0; i < assumptions.size(); ++i)
    if (assumptions[i].is_false()) return {i};
  std::vector<std::size_t> indexes;
  const z3::expr_vector core = solver_.unsat_core();
  for (std::size_t i = 0; i < assumptions.size(); ++i)
    for (unsigned k = 0; k < core.size(); ++k)
      if (z3::eq(core[k], assumptions[i])) {
        indexes.push_back(i);
        break;
      }
  return indexes;
}

}  // namespace duolex::consistency
