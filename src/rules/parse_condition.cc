#include <algorithm>

#include "rules/parse_context.h"

namespace duolex::rules {
namespace {

constexpr int depth_limit = 64;

struct Typed {
  Operand operand;
  Type type;
  std::size_t token = 0;
};

std::vector<std::string> known_operands(const ParseContext& context) {
  std::vector<std::string> known;
  for (const Fact& fact : context.base.facts) known.push_back(fact.id);
  for (const State& state : context.base.states) known.push_back(state.id);
  for (const Rule& rule : context.base.rules) known.push_back(rule.id);
  return known;
}

std::optional<Typed> find_operand(Cursor& cursor) {
  const RuleBase& base = cursor.context().base;
  const std::string id(cursor.peek());
  const std::size_t token = cursor.position();
  if (const auto it = base.fact_by_id.find(id); it != base.fact_by_id.end())
    return Typed{{Source::fact, it->second}, base.facts[it->second].type, token};
  if (const auto it = base.state_by_id.find(id); it != base.state_by_id.end())
    return Typed{{Source::state, it->second}, base.states[it->second].type, token};
  if (const auto it = base.rule_by_id.find(id); it != base.rule_by_id.end())
    return Typed{{Source::rule, it->second}, base.rules[it->second].type, token};
  return std::nullopt;
}

std::optional<Compare> accept_compare(Cursor& cursor) {
  if (cursor.accept("on", "or")) {
    if (cursor.accept("before")) return Compare::on_or_before;
    if (cursor.accept("after")) return Compare::on_or_after;
    cursor.fail("expected 'before' or 'after'");
  }
  if (cursor.accept("before")) return Compare::before;
  if (cursor.accept("after")) return Compare::after;
  if (cursor.accept("is", "on")) return Compare::on;
  return std::nullopt;
}

Condition constant(bool value) {
  Condition c;
  c.op = value ? Condition::Op::always : Condition::Op::never;
  return c;
}

std::uint64_t full_mask(const Type& type) {
  const std::size_t n = type.kind == Kind::yes_no ? 2 : type.values.size();
  return n >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << n) - 1;
}

std::uint64_t value_bit(Cursor& cursor, const Type& type) {
  return std::uint64_t{1} << parse_value(cursor, type);
}

// A list, or values separated by commas up to a word after which no value can come ("else").
std::uint64_t mask_of(Cursor& cursor, const Type& type) {
  std::uint64_t mask = value_bit(cursor, type);
  while (cursor.is(",") && !cursor.is(1, "else")) {
    cursor.skip();
    mask |= value_bit(cursor, type);
  }
  return mask;
}

std::uint64_t list_mask(Cursor& cursor, const Type& type) {
  const ParseContext& context = cursor.context();
  const std::size_t token = cursor.position();
  const std::string name = cursor.word("the name of a list");
  const auto it = context.lists.find(name);
  if (it == context.lists.end()) {
    std::vector<std::string> known;
    for (const auto& [id, list] : context.lists) known.push_back(id);
    std::sort(known.begin(), known.end());
    cursor.fail_unknown(token, "list", known);
  }
  std::uint64_t mask = 0;
  for (const std::string& value : it->second.values) {
    const auto at = std::find(type.values.begin(), type.values.end(), value);
    if (at == type.values.end())
      cursor.fail_at(token, "the list '" + name + "' does not fit here: '" + value +
                                "' is not among these values");
    mask |= std::uint64_t{1} << (at - type.values.begin());
  }
  return mask;
}

class ConditionParser {
 public:
  explicit ConditionParser(Cursor& cursor) : cursor_(cursor) {}

  Condition condition() {
    if (++depth_ > depth_limit) cursor_.fail("conditions are nested too deeply");
    const std::size_t first = cursor_.position();
    Condition left = term();
    if (cursor_.is("and") || cursor_.is("or")) {
      const bool all = cursor_.is("and");
      Condition joined;
      joined.op = all ? Condition::Op::all_of : Condition::Op::any_of;
      joined.children.push_back(std::move(left));
      while (cursor_.accept(all ? "and" : "or")) joined.children.push_back(term());
      if (cursor_.is(all ? "or" : "and"))
        cursor_.fail("'and' and 'or' are mixed", "write parentheses to say which comes first");
      left = std::move(joined);
    }
    left.span = cursor_.span_of(first, cursor_.position() - 1);
    --depth_;
    return left;
  }

 private:
  Condition term() {
    if (++depth_ > depth_limit) cursor_.fail("conditions are nested too deeply");
    const std::size_t first = cursor_.position();
    Condition result;
    if (cursor_.accept("not")) {
      result = negate(term());
    } else if (cursor_.accept("(")) {
      result = condition();
      cursor_.expect(")");
    } else {
      result = test();
    }
    result.span = cursor_.span_of(first, cursor_.position() - 1);
    --depth_;
    return result;
  }

  Condition test() {
    if (!cursor_.is_word()) cursor_.fail("expected a condition");
    if (cursor_.accept("always")) return constant(true);
    if (cursor_.accept("never")) return constant(false);
    if (cursor_.is("text") && cursor_.is(2, "in") && cursor_.is(3, "force")) {
      cursor_.skip();
      const std::size_t token = cursor_.position();
      const auto it = cursor_.context().text_by_id.find(cursor_.word("a text"));
      if (it == cursor_.context().text_by_id.end()) cursor_.fail_unknown(token, "text", {});
      cursor_.skip(2);
      Condition c;
      c.op = Condition::Op::text_in_force;
      c.text = it->second;
      return c;
    }
    if (cursor_.accept("as_of")) {
      const auto compare = accept_compare(cursor_);
      if (!compare) cursor_.fail("expected 'before', 'after', 'on or before', 'on or after' or 'is on'");
      Condition c;
      c.op = Condition::Op::as_of_test;
      c.compare = *compare;
      c.day = parse_day_ref(cursor_);
      return c;
    }
    const auto found = find_operand(cursor_);
    if (!found)
      cursor_.fail_unknown(cursor_.position(), "fact, state or rule", known_operands(cursor_.context()));
    cursor_.skip();
    return test_of(*found);
  }

  Condition test_of(const Typed& x) {
    Condition c;
    c.operand = x.operand;
    switch (x.type.kind) {
      case Kind::yes_no:
      case Kind::one_of:
        return choice_test(x, std::move(c));
      case Kind::set_of:
        return set_test(x, std::move(c));
      case Kind::date:
        return date_test(std::move(c));
      case Kind::whole:
        return number_test(std::move(c));
    }
    cursor_.fail("this cannot be tested");
  }

  Condition choice_test(const Typed& x, Condition c) {
    c.op = Condition::Op::is_in;
    if (cursor_.accept("is", "one")) {
      cursor_.expect("of");
      c.mask = mask_of(cursor_, x.type);
    } else if (cursor_.is("is") && cursor_.is(1, "none") && cursor_.is(2, "of")) {
      cursor_.skip(3);
      c.mask = full_mask(x.type) & ~mask_of(cursor_, x.type);
    } else if (cursor_.accept("is", "not")) {
      c.mask = full_mask(x.type) & ~value_bit(cursor_, x.type);
    } else if (cursor_.accept("is")) {
      c.mask = value_bit(cursor_, x.type);
    } else if (cursor_.is("in") && !next_is_text()) {
      cursor_.skip();
      c.mask = list_mask(cursor_, x.type);
    } else if (cursor_.is("not") && cursor_.is(1, "in")) {
      cursor_.skip(2);
      c.mask = full_mask(x.type) & ~list_mask(cursor_, x.type);
    } else if (x.type.kind == Kind::yes_no) {
      c.mask = 2;
    } else {
      cursor_.fail("expected 'is', 'is not', 'is one of', 'is none of', 'in' or 'not in'");
    }
    return c;
  }

  Condition set_test(const Typed& x, Condition c) {
    c.op = Condition::Op::has_any;
    if (cursor_.accept("has")) {
      if (cursor_.accept("any", "of")) {
        const bool list = cursor_.is_word() && cursor_.context().lists.contains(std::string(cursor_.peek())) &&
                          std::find(x.type.values.begin(), x.type.values.end(), cursor_.peek()) ==
                              x.type.values.end();
        c.mask = list ? list_mask(cursor_, x.type) : mask_of(cursor_, x.type);
      } else {
        c.mask = value_bit(cursor_, x.type);
      }
      return c;
    }
    c.mask = full_mask(x.type);
    if (cursor_.accept("is", "empty")) return negate(std::move(c));
    if (cursor_.is("is") && cursor_.is(1, "not") && cursor_.is(2, "empty")) {
      cursor_.skip(3);
      return c;
    }
    cursor_.fail("expected 'has', 'has any of', 'is empty' or 'is not empty'");
  }

  Condition date_test(Condition c) {
    if (cursor_.is("is") && cursor_.is(1, "a") && cursor_.is(2, "day")) {
      cursor_.skip(3);
      c.op = Condition::Op::is_a_day;
      return c;
    }
    if (cursor_.is("is") && cursor_.is(1, "not") && cursor_.is(2, "a") && cursor_.is(3, "day")) {
      cursor_.skip(4);
      c.op = Condition::Op::is_a_day;
      return negate(std::move(c));
    }
    const auto compare = accept_compare(cursor_);
    if (!compare)
      cursor_.fail("expected 'is a day', 'before', 'after', 'on or before', 'on or after' or 'is on'");
    if (c.operand.source == Source::rule)
      cursor_.fail("a date that a rule computes can only be tested with 'is a day'");
    c.op = Condition::Op::day_test;
    c.compare = *compare;
    c.day = parse_day_ref(cursor_);
    return c;
  }

  Condition number_test(Condition c) {
    if (c.operand.source == Source::rule) cursor_.fail("a number that a rule computes cannot be tested");
    c.op = Condition::Op::number_test;
    if (cursor_.accept("<")) {
      c.compare = Compare::before;
    } else if (cursor_.accept("<=")) {
      c.compare = Compare::on_or_before;
    } else if (cursor_.accept(">")) {
      c.compare = Compare::after;
    } else if (cursor_.accept(">=")) {
      c.compare = Compare::on_or_after;
    } else if (cursor_.accept("is")) {
      c.compare = Compare::on;
    } else {
      cursor_.fail("expected '<', '<=', '>', '>=' or 'is'");
    }
    c.number = cursor_.number();
    return c;
  }

  [[nodiscard]] bool next_is_text() const {
    return cursor_.is_word(1) && cursor_.context().text_by_id.contains(std::string(cursor_.peek(1)));
  }

  Cursor& cursor_;
  int depth_ = 0;
};

Expression parse_date_expression(Cursor& cursor, int depth) {
  if (depth > depth_limit) cursor.fail("expressions are nested too deeply");
  const std::size_t first = cursor.position();
  Expression e;
  if (cursor.is("later") || cursor.is("earlier")) {
    e.op = cursor.is("later") ? Expression::Op::later_of : Expression::Op::earlier_of;
    cursor.skip();
    cursor.expect("of");
    do e.children.push_back(parse_date_expression(cursor, depth + 1));
    while (cursor.accept(","));
  } else if (cursor.accept("null")) {
    e.constant = null_value;
  } else if (!cursor.is_word()) {
    cursor.fail("expected a date");
  } else if (const auto found = find_operand(cursor)) {
    if (found->type.kind != Kind::date) cursor.fail("this is not a date");
    cursor.skip();
    e.op = Expression::Op::operand;
    e.operand = found->operand;
  } else {
    e.op = Expression::Op::day;
    e.day = parse_day_ref(cursor);
    if (e.day.kind == DayRef::Kind::constant) {
      e.op = Expression::Op::constant;
      e.constant = e.day.constant.number;
    }
  }
  while (cursor.accept("plus")) {
    Expression sum;
    sum.op = Expression::Op::plus;
    const auto count = static_cast<std::int32_t>(cursor.number());
    if (count > 12000) cursor.fail_at(cursor.position() - 1, "this period is longer than any the law knows");
    if (cursor.accept("day") || cursor.accept("days")) {
      sum.days = count;
    } else if (cursor.accept("month") || cursor.accept("months")) {
      sum.months = count;
    } else if (cursor.accept("year") || cursor.accept("years")) {
      sum.months = 12 * count;
    } else {
      cursor.fail("expected 'days', 'months' or 'years'");
    }
    sum.children.push_back(std::move(e));
    e = std::move(sum);
  }
  e.span = cursor.span_of(first, cursor.position() - 1);
  return e;
}

}  // namespace

Condition negate(Condition condition) {
  if (condition.op == Condition::Op::always || condition.op == Condition::Op::never) {
    condition.op = condition.op == Condition::Op::always ? Condition::Op::never : Condition::Op::always;
    return condition;
  }
  Condition result;
  result.op = Condition::Op::negation;
  result.span = condition.span;
  result.children.push_back(std::move(condition));
  return result;
}

Condition parse_condition(Cursor& cursor) { return ConditionParser(cursor).condition(); }

DayRef parse_day_ref(Cursor& cursor) {
  DayRef ref;
  if (cursor.accept("as_of")) {
    ref.kind = DayRef::Kind::as_of;
    return ref;
  }
  if (!cursor.is_word()) cursor.fail("expected a date, a day of the law or as_of");
  const auto& days = cursor.context().day_by_id;
  if (const auto it = days.find(std::string(cursor.peek())); it != days.end()) {
    ref.kind = DayRef::Kind::day;
    ref.day = it->second;
    cursor.skip();
    return ref;
  }
  if (const auto day = parse_day(cursor.peek())) {
    ref.constant = *day;
    cursor.skip();
    return ref;
  }
  std::vector<std::string> known;
  for (const auto& [id, index] : days) known.push_back(id);
  std::sort(known.begin(), known.end());
  cursor.fail_unknown(cursor.position(), "date or day of the law", known);
}

std::uint64_t parse_members(Cursor& cursor, const Type& type) {
  std::uint64_t mask = 0;
  do mask |= value_bit(cursor, type);
  while (cursor.accept(","));
  return mask;
}

Value parse_value(Cursor& cursor, const Type& type) {
  if (type.allows_null && cursor.accept("null")) return null_value;
  switch (type.kind) {
    case Kind::yes_no:
      if (cursor.accept("yes")) return 1;
      if (cursor.accept("no")) return 0;
      cursor.fail("expected 'yes' or 'no'");
    case Kind::one_of:
    case Kind::set_of: {
      if (!cursor.is_word()) cursor.fail("expected a value");
      const auto at = std::find(type.values.begin(), type.values.end(), cursor.peek());
      if (at == type.values.end()) cursor.fail_unknown(cursor.position(), "value", type.values);
      cursor.skip();
      return at - type.values.begin();
    }
    case Kind::date:
      if (type.allows_never && cursor.accept("never")) return never_value;
      return cursor.date().number;
    case Kind::whole:
      return cursor.number();
  }
  cursor.fail("expected a value");
}

Expression parse_expression(Cursor& cursor, const Type& type) {
  if (type.kind == Kind::date) return parse_date_expression(cursor, 0);
  const std::size_t first = cursor.position();
  Expression e;
  if (type.kind == Kind::whole && cursor.is_word())
    if (const auto found = find_operand(cursor); found && found->type.kind == Kind::whole) {
      if (found->operand.source != Source::fact) cursor.fail("only a fact or a number can stand here");
      cursor.skip();
      e.op = Expression::Op::operand;
      e.operand = found->operand;
      e.span = cursor.span_of(first, first);
      return e;
    }
  e.constant = parse_value(cursor, type);
  e.span = cursor.span_of(first, cursor.position() - 1);
  return e;
}

}  // namespace duolex::rules
