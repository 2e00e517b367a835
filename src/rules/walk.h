// Visits every operand and every day that a part of a rule base mentions.
#pragma once

#include "rules/rule_base.h"

namespace duolex::rules {

template <class F>
void for_each_operand(const Condition& condition, F&& f) {
  switch (condition.op) {
    case Condition::Op::is_in:
    case Condition::Op::has_any:
    case Condition::Op::is_a_day:
    case Condition::Op::day_test:
    case Condition::Op::number_test:
      f(condition.operand);
      break;
    default:
      break;
  }
  for (const Condition& child : condition.children) for_each_operand(child, f);
}

template <class F>
void for_each_operand(const Expression& expression, F&& f) {
  if (expression.op == Expression::Op::operand) f(expression.operand);
  for (const Expression& child : expression.children) for_each_operand(child, f);
}

template <class F>
void for_each_operand(const Clause& clause, F&& f) {
  for_each_operand(clause.gives, f);
  for_each_operand(clause.when, f);
  for (const Clause& exception : clause.exceptions) for_each_operand(exception, f);
}

// With the trigger of each ambiguity that an `under` item names.
template <class F>
void for_each_operand(const RuleBase& base, const Rule& rule, F&& f) {
  for (const Guard& guard : rule.guards) for_each_operand(guard.when, f);
  for (const Clause& clause : rule.clauses) for_each_operand(clause, f);
  if (rule.otherwise) for_each_operand(*rule.otherwise, f);
  for (const Under& under : rule.unders) {
    for_each_operand(under.gives, f);
    for_each_operand(under.when, f);
    for_each_operand(base.ambiguities[under.ambiguity].live_when, f);
  }
}

template <class F>
void for_each_condition(const Condition& condition, F&& f) {
  f(condition);
  for (const Condition& child : condition.children) for_each_condition(child, f);
}

template <class F>
void for_each_condition(const Clause& clause, F&& f) {
  for_each_condition(clause.when, f);
  for (const Clause& exception : clause.exceptions) for_each_condition(exception, f);
}

template <class F>
void for_each_condition(const RuleBase& base, F&& f) {
  for (const Rule& rule : base.rules) {
    for (const Guard& guard : rule.guards) for_each_condition(guard.when, f);
    for (const Clause& clause : rule.clauses) for_each_condition(clause, f);
    for (const Under& under : rule.unders) for_each_condition(under.when, f);
  }
  for (const Ambiguity& a : base.ambiguities) for_each_condition(a.live_when, f);
  for (const Invariant& i : base.invariants) for_each_condition(i.violated, f);
  for (const Warning& w : base.warnings) for_each_condition(w.when, f);
  for (const Note& n : base.notes) for_each_condition(n.when, f);
  for (const Duty& d : base.duties) for_each_condition(d.when, f);
  for (const DocumentItem& i : base.items) for_each_condition(i.when, f);
}

}  // namespace duolex::rules
