// Internal to Partial (partial.h): one evaluation of conditions, clauses and rules in one reading.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "rules/partial.h"
#include "rules/walk.h"

namespace duolex::rules {

inline Truth truth_of(bool b) { return b ? Truth::yes : Truth::no; }

inline bool holds(Compare compare, Value a, Value b) {
  switch (compare) {
    case Compare::before: return a < b;
    case Compare::on_or_before: return a <= b;
    case Compare::after: return a > b;
    case Compare::on_or_after: return a >= b;
    case Compare::on: return a == b;
  }
  return false;
}

inline void merge_uses(std::vector<Use>& into, const std::vector<Use>& from) {
  into.insert(into.end(), from.begin(), from.end());
}

// One evaluation in one reading. Conditions give a truth and, when definite, what it rests on.
class PartialEvaluation {
 public:
  PartialEvaluation(Partial& p, bool departing) : p_(p), base_(p.base_), departing_(departing) {}

  Truth condition(const Condition& c, std::vector<Use>& uses) {
    switch (c.op) {
      case Condition::Op::always: return Truth::yes;
      case Condition::Op::never: return Truth::no;
      case Condition::Op::text_in_force: return truth_of(base_.in_force(c.text, p_.as_of_));
      case Condition::Op::as_of_test:
        return truth_of(holds(c.compare, p_.as_of_.number, base_.day_at(c.day, p_.as_of_).number));
      case Condition::Op::negation: {
        const Truth t = condition(c.children[0], uses);
        return t == Truth::open ? t : truth_of(t == Truth::no);
      }
      case Condition::Op::all_of: return several(c, uses, Truth::no);
      case Condition::Op::any_of: return several(c, uses, Truth::yes);
      case Condition::Op::is_in:
      case Condition::Op::has_any:
      case Condition::Op::is_a_day:
      case Condition::Op::day_test:
      case Condition::Op::number_test: return test(c, uses);
    }
    return Truth::open;
  }

  // The first test, in reading order, that keeps a condition open.
  bool find_open(const Condition& c, std::optional<OpenTest>& out) {
    std::vector<Use> ignored;
    if (condition(c, ignored) != Truth::open) return false;
    if (c.children.empty()) return find_open_test(c, out);
    for (const Condition& child : c.children)
      if (find_open(child, out)) return true;
    return false;
  }

  bool find_open(const Expression& e, std::optional<OpenTest>& out) {
    if (e.op == Expression::Op::operand) {
      if (e.operand.source == Source::rule) return find_open_rule(e.operand.index, out);
      const Type& type = base_.facts[e.operand.index].type;
      const Knowledge& k = p_.facts_[e.operand.index];
      if (only_value(type, k)) return false;
      OpenTest t;
      t.fact = e.operand.index;
      t.split_never = k.may_be_never && k.low <= k.high;
      t.cut = k.low + (k.high - k.low) / 2 + 1;
      t.computed = true;
      return offer(t, out);
    }
    for (const Expression& child : e.children)
      if (find_open(child, out)) return true;
    return false;
  }

  bool find_open_rule(Index index, std::optional<OpenTest>& out) {
    const Rule& r = base_.rules[index];
    const bool departing = departing_ && p_.reached(index);
    PartialEvaluation inner(p_, departing);
    if (r.type.kind == Kind::set_of) {
      for (std::uint32_t m = 0; m < r.type.values.size(); ++m)
        if (inner.find_open_member(index, m, out)) return true;
      return false;
    }
    if (inner.rule(index) != nullptr) return false;
    return inner.find_open_inside(r, ~std::uint64_t{0}, out);
  }

  const Step* rule(Index index) {
    Partial::Slot& slot = memo().rules[index];
    if (!slot.done) {
      slot.done = true;
      slot.definite = derive(base_.rules[index], slot.step);
      if (slot.definite) tidy(slot.step);
    }
    return slot.definite ? &slot.step : nullptr;
  }

  const Step* member(Index index, std::uint32_t m) {
    auto& members = memo().members[index];
    if (members.empty()) members.resize(base_.rules[index].type.values.size());
    Partial::Slot& slot = members[m];
    if (!slot.done) {
      slot.done = true;
      Step step;
      const bool definite = derive_member(base_.rules[index], m, step);
      Partial::Slot& again = memo().members[index][m];
      again.definite = definite;
      if (definite) {
        tidy(step);
        again.step = std::move(step);
      }
      return definite ? &again.step : nullptr;
    }
    return slot.definite ? &slot.step : nullptr;
  }

  void failed(const Clause& c, const std::string& label, std::vector<Partial::Failed>& out) {
    if (!base_.in_force(c.in_force, p_.as_of_)) return;
    std::vector<Use> uses;
    const Truth t = condition(c.when, uses);
    if (t == Truth::no) {
      std::sort(uses.begin(), uses.end());
      uses.erase(std::unique(uses.begin(), uses.end()), uses.end());
      out.push_back({label, &c, std::move(uses)});
      return;
    }
    for (std::size_t i = 0; i < c.exceptions.size(); ++i)
      failed(c.exceptions[i], label + " except " + std::to_string(i + 1), out);
  }

  const Step* live(Index ambiguity) {
    Partial::Slot& slot = p_.default_.live[ambiguity];
    if (!slot.done) {
      slot.done = true;
      PartialEvaluation in_default(p_, false);
      slot.step.label = "live when";
      slot.step.cites = &base_.ambiguities[ambiguity].cites;
      slot.step.span = &base_.ambiguities[ambiguity].span;
      const Truth t = in_default.condition(base_.ambiguities[ambiguity].live_when, slot.step.uses);
      slot.definite = t != Truth::open;
      slot.step.value = t == Truth::yes ? 1 : 0;
      if (departing())
        for (Use& use : slot.step.uses) mark_default(use);
      tidy(slot.step);
    }
    return slot.definite ? &slot.step : nullptr;
  }

 private:
  Partial::Memo& memo() { return departing_ ? p_.departing_ : p_.default_; }
  [[nodiscard]] bool departing() const { return !p_.reached_.empty(); }

  void mark_default(Use& use) const {
    if (use.what == Use::What::rule || use.what == Use::What::member)
      use.in_default = p_.reached(use.index);
  }

  static void tidy(Step& step) {
    std::sort(step.uses.begin(), step.uses.end());
    step.uses.erase(std::unique(step.uses.begin(), step.uses.end()), step.uses.end());
  }

  Truth several(const Condition& c, std::vector<Use>& uses, Truth decisive) {
    std::vector<Use> all;
    bool open = false;
    for (const Condition& child : c.children) {
      std::vector<Use> mine;
      const Truth t = condition(child, mine);
      if (t == decisive) {
        merge_uses(uses, mine);
        return t;
      }
      open = open || t == Truth::open;
      merge_uses(all, mine);
    }
    if (open) return Truth::open;
    merge_uses(uses, all);
    return decisive == Truth::yes ? Truth::no : Truth::yes;
  }

  const Step* used_rule(Index index) {
    return PartialEvaluation(p_, departing_ && p_.reached(index)).rule(index);
  }
  const Step* used_member(Index index, std::uint32_t m) {
    return PartialEvaluation(p_, departing_ && p_.reached(index)).member(index, m);
  }
  Use use_of(Use::What what, Index index, std::uint32_t member = 0) const {
    Use use{what, index, member, false};
    if (departing() && !departing_) mark_default(use);
    return use;
  }

  Truth test(const Condition& c, std::vector<Use>& uses) {
    const Operand& o = c.operand;
    if (o.source == Source::rule) return test_rule(c, uses);
    if (o.source == Source::state) {
      uses.push_back(use_of(Use::What::state, o.index));
      return truth_of((c.mask >> p_.states_[o.index] & 1) != 0);
    }
    const Truth t = test_fact(c, p_.facts_[o.index]);
    if (t != Truth::open) uses.push_back(use_of(Use::What::fact, o.index));
    return t;
  }

  Truth test_fact(const Condition& c, const Knowledge& k) {
    switch (c.op) {
      case Condition::Op::is_in:
        return (k.may & ~c.mask) == 0 ? Truth::yes : (k.may & c.mask) == 0 ? Truth::no : Truth::open;
      case Condition::Op::has_any:
        return (k.has & c.mask) != 0 ? Truth::yes : (c.mask & ~k.lacks) == 0 ? Truth::no : Truth::open;
      case Condition::Op::is_a_day:
        return !k.may_be_never ? Truth::yes : k.high < k.low ? Truth::no : Truth::open;
      case Condition::Op::day_test:
      case Condition::Op::number_test: {
        if (k.high < k.low) return Truth::no;
        const Value against =
            c.op == Condition::Op::number_test ? c.number : base_.day_at(c.day, p_.as_of_).number;
        const bool low = holds(c.compare, k.low, against), high = holds(c.compare, k.high, against);
        if (c.compare == Compare::on) {
          if (k.low == k.high && low && !k.may_be_never) return Truth::yes;
          return against < k.low || against > k.high ? Truth::no : Truth::open;
        }
        if (low && high) return k.may_be_never ? Truth::open : Truth::yes;
        return low || high ? Truth::open : Truth::no;
      }
      default: return Truth::open;
    }
  }

  Truth test_rule(const Condition& c, std::vector<Use>& uses) {
    const Index index = c.operand.index;
    if (c.op == Condition::Op::has_any) {
      std::vector<Use> all;
      bool open = false;
      for (std::uint32_t m = 0; m < base_.rules[index].type.values.size(); ++m) {
        if ((c.mask >> m & 1) == 0) continue;
        const Step* step = used_member(index, m);
        if (step == nullptr) {
          open = true;
          continue;
        }
        if (step->value != 0) {
          uses.push_back(use_of(Use::What::member, index, m));
          return Truth::yes;
        }
        all.push_back(use_of(Use::What::member, index, m));
      }
      if (open) return Truth::open;
      merge_uses(uses, all);
      return Truth::no;
    }
    const Step* step = used_rule(index);
    if (step == nullptr) return Truth::open;
    uses.push_back(use_of(Use::What::rule, index));
    if (c.op == Condition::Op::is_a_day)
      return truth_of(step->value != null_value && step->value != never_value);
    return truth_of((c.mask >> step->value & 1) != 0);
  }

  bool expression(const Expression& e, Value& value, std::vector<Use>& uses) {
    switch (e.op) {
      case Expression::Op::constant:
        value = e.constant;
        return true;
      case Expression::Op::day:
        value = base_.day_at(e.day, p_.as_of_).number;
        return true;
      case Expression::Op::operand:
        if (e.operand.source == Source::rule) {
          const Step* step = used_rule(e.operand.index);
          if (step == nullptr) return false;
          uses.push_back(use_of(Use::What::rule, e.operand.index));
          value = step->value;
          return true;
        } else {
          const auto only = only_value(base_.facts[e.operand.index].type, p_.facts_[e.operand.index]);
          if (!only) return false;
          uses.push_back(use_of(Use::What::fact, e.operand.index));
          value = *only == never_value ? null_value : *only;
          return true;
        }
      case Expression::Op::plus:
        if (!expression(e.children[0], value, uses)) return false;
        if (value != null_value)
          value = plus_days(plus_months(Day{static_cast<std::int32_t>(value)}, e.months), e.days).number;
        return true;
      case Expression::Op::later_of:
      case Expression::Op::earlier_of: {
        bool first = true, any_null = false;
        Value result = 0;
        for (const Expression& child : e.children) {
          Value v = 0;
          if (!expression(child, v, uses)) return false;
          any_null = any_null || v == null_value;
          result = first ? v : e.op == Expression::Op::later_of ? std::max(result, v) : std::min(result, v);
          first = false;
        }
        value = any_null ? null_value : result;
        return true;
      }
    }
    return false;
  }

  // yes: applies with `step` filled in; no: does not apply, uses say why.
  Truth clause(const Clause& c, const std::string& label, Step& step, std::vector<Use>& why_not) {
    if (!base_.in_force(c.in_force, p_.as_of_)) return Truth::no;
    std::vector<Use> uses;
    const Truth t = condition(c.when, uses);
    if (t == Truth::no) {
      merge_uses(why_not, uses);
      return Truth::no;
    }
    bool open = t == Truth::open;
    for (std::size_t i = 0; i < c.exceptions.size(); ++i) {
      Step inner;
      const Truth e = clause(c.exceptions[i], label + " except " + std::to_string(i + 1), inner, uses);
      if (e == Truth::yes && !open) {
        step = std::move(inner);
        merge_uses(step.uses, uses);
        return Truth::yes;
      }
      open = open || e != Truth::no;
    }
    if (open || !expression(c.gives, step.value, uses)) return Truth::open;
    step.label = label;
    step.cites = &c.cites;
    step.span = &c.span;
    step.uses = std::move(uses);
    return Truth::yes;
  }

  // Sets: whether a clause applies; exceptions only take away.
  Truth applies(const Clause& c, std::vector<Use>& uses) {
    if (!base_.in_force(c.in_force, p_.as_of_)) return Truth::no;
    std::vector<Use> mine;
    const Truth t = condition(c.when, mine);
    if (t == Truth::no) {
      merge_uses(uses, mine);
      return t;
    }
    bool open = t == Truth::open;
    for (const Clause& e : c.exceptions) {
      std::vector<Use> why;
      const Truth x = applies(e, why);
      if (x == Truth::yes) {
        merge_uses(uses, why);
        return Truth::no;
      }
      open = open || x == Truth::open;
      merge_uses(mine, why);
    }
    if (open) return Truth::open;
    merge_uses(uses, mine);
    return Truth::yes;
  }

  // no: a guard fails and `step` says which; open; yes: all hold, uses say why.
  Truth guards(const Rule& r, Step& step, std::vector<Use>& uses) {
    for (std::size_t g = 0; g < r.guards.size(); ++g) {
      const Truth t = condition(r.guards[g].when, uses);
      if (t == Truth::open) return t;
      if (t == Truth::no) {
        step.value = r.guards[g].otherwise;
        step.label = "guard " + std::to_string(g + 1);
        step.cites = &r.guards[g].cites;
        step.span = &r.guards[g].span;
        step.uses = uses;
        return t;
      }
    }
    return Truth::yes;
  }

  // What a reading says instead: yes with `step`, no with the reasons, or open.
  Truth under(const Rule& r, std::uint64_t member_mask, Step& step, std::vector<Use>& why_not) {
    if (!departing_) return Truth::no;
    Truth result = Truth::no;
    for (const Under& u : r.unders) {
      if (u.reading != p_.readings_[u.ambiguity]) continue;
      const bool set = r.type.kind == Kind::set_of;
      const bool named = (static_cast<std::uint64_t>(u.gives.constant) & member_mask) != 0;
      if (set && u.effect != Under::Effect::replace && !named) continue;
      const Step* is_live = live(u.ambiguity);
      std::vector<Use> uses;
      if (is_live == nullptr) return Truth::open;
      const Use live_use{Use::What::live, u.ambiguity, 0, false};
      if (is_live->value == 0) {
        why_not.push_back(live_use);
        continue;
      }
      const Truth t = condition(u.when, uses);
      if (t == Truth::open) return t;
      if (t == Truth::no) {
        merge_uses(why_not, uses);
        continue;
      }
      uses.push_back(live_use);
      if (set) {
        step.value = u.effect == Under::Effect::remove ? 0 : (named ? 1 : 0);
      } else if (!expression(u.gives, step.value, uses)) {
        return Truth::open;
      }
      step.label = "under " + base_.ambiguities[u.ambiguity].id + " " +
                   base_.ambiguities[u.ambiguity].readings[u.reading].id;
      step.cites = &u.cites;
      step.span = &u.span;
      step.uses = std::move(uses);
      result = Truth::yes;
    }
    return result;
  }

  bool derive(const Rule& r, Step& step) {
    std::vector<Use> uses;
    switch (under(r, 0, step, uses)) {
      case Truth::yes: return true;
      case Truth::open: return false;
      case Truth::no: break;
    }
    switch (guards(r, step, uses)) {
      case Truth::no: return true;
      case Truth::open: return false;
      case Truth::yes: break;
    }
    bool open = false;
    std::vector<Use> why_not;
    for (std::size_t i = 0; i < r.clauses.size(); ++i) {
      switch (clause(r.clauses[i], "clause " + std::to_string(i + 1), step, why_not)) {
        case Truth::yes:
          merge_uses(step.uses, uses);
          return true;
        case Truth::open: open = true; break;
        case Truth::no: break;
      }
    }
    if (open || !r.otherwise) return false;
    merge_uses(uses, why_not);
    if (!expression(*r.otherwise, step.value, uses)) return false;
    step.label = "otherwise";
    step.cites = &r.otherwise_cites;
    step.span = &r.otherwise_span;
    step.uses = std::move(uses);
    return true;
  }

  bool derive_member(const Rule& r, std::uint32_t m, Step& step) {
    const std::uint64_t bit = std::uint64_t{1} << m;
    std::vector<Use> uses;
    switch (under(r, bit, step, uses)) {
      case Truth::yes: return true;
      case Truth::open: return false;
      case Truth::no: break;
    }
    switch (guards(r, step, uses)) {
      case Truth::no:
        step.value = (static_cast<std::uint64_t>(step.value) & bit) != 0 ? 1 : 0;
        return true;
      case Truth::open: return false;
      case Truth::yes: break;
    }
    bool open = false;
    std::vector<Use> why_not = uses;
    for (std::size_t i = 0; i < r.clauses.size(); ++i) {
      const Clause& c = r.clauses[i];
      if ((static_cast<std::uint64_t>(c.gives.constant) & bit) == 0) continue;
      std::vector<Use> mine;
      const Truth t = applies(c, mine);
      if (t == Truth::yes) {
        step.value = 1;
        step.label = "clause " + std::to_string(i + 1);
        step.cites = &c.cites;
        step.span = &c.span;
        step.uses = std::move(uses);
        merge_uses(step.uses, mine);
        return true;
      }
      open = open || t == Truth::open;
      merge_uses(why_not, mine);
    }
    if (open) return false;
    step.value = 0;
    step.label = "no clause";
    step.span = &r.span;
    step.uses = std::move(why_not);
    return true;
  }

  static bool offer(const OpenTest& test, std::optional<OpenTest>& out) {
    out = test;
    return true;
  }

  bool find_open_test(const Condition& c, std::optional<OpenTest>& out) {
    const Operand& o = c.operand;
    if (o.source == Source::rule) {
      if (c.op != Condition::Op::has_any) return find_open_rule(o.index, out);
      for (std::uint32_t m = 0; m < base_.rules[o.index].type.values.size(); ++m)
        if ((c.mask >> m & 1) != 0 &&
            PartialEvaluation(p_, departing_ && p_.reached(o.index)).find_open_member(o.index, m, out))
          return true;
      return false;
    }
    const Knowledge& k = p_.facts_[o.index];
    OpenTest t;
    t.fact = o.index;
    switch (c.op) {
      case Condition::Op::is_in:
        t.mask = c.mask;
        break;
      case Condition::Op::has_any: {
        const std::uint64_t free = c.mask & ~k.lacks;
        while ((free >> t.member & 1) == 0) ++t.member;
        break;
      }
      case Condition::Op::is_a_day:
        t.split_never = true;
        break;
      default: {
        const Value against =
            c.op == Condition::Op::number_test ? c.number : base_.day_at(c.day, p_.as_of_).number;
        t.split_never = k.may_be_never;
        const bool upper = c.compare == Compare::after || c.compare == Compare::on_or_before;
        t.cut = against + (upper ? 1 : 0);
        if (c.compare == Compare::on && t.cut <= k.low) t.cut = against + 1;
        break;
      }
    }
    return offer(t, out);
  }

  bool find_open_member(Index index, std::uint32_t m, std::optional<OpenTest>& out) {
    if (member(index, m) != nullptr) return false;
    return find_open_inside(base_.rules[index], std::uint64_t{1} << m, out);
  }

  bool find_open_inside(const Rule& r, std::uint64_t member_mask, std::optional<OpenTest>& out) {
    if (departing_)
      for (const Under& u : r.unders) {
        if (u.reading != p_.readings_[u.ambiguity]) continue;
        if (PartialEvaluation(p_, false).find_open(base_.ambiguities[u.ambiguity].live_when, out))
          return true;
        if (find_open(u.when, out) || find_open(u.gives, out)) return true;
      }
    for (const Guard& g : r.guards) {
      std::vector<Use> ignored;
      if (find_open(g.when, out)) return true;
      if (condition(g.when, ignored) == Truth::no) return false;
    }
    for (const Clause& c : r.clauses) {
      if (r.type.kind == Kind::set_of && (static_cast<std::uint64_t>(c.gives.constant) & member_mask) == 0) continue;
      if (find_open_clause(c, r.type.kind == Kind::set_of, out)) return true;
    }
    return r.otherwise && find_open(*r.otherwise, out);
  }

  bool find_open_clause(const Clause& c, bool set, std::optional<OpenTest>& out) {
    if (!base_.in_force(c.in_force, p_.as_of_)) return false;
    std::vector<Use> ignored;
    if (find_open(c.when, out)) return true;
    if (condition(c.when, ignored) == Truth::no) return false;
    for (const Clause& e : c.exceptions)
      if (find_open_clause(e, set, out)) return true;
    return !set && find_open(c.gives, out);
  }

  Partial& p_;
  const RuleBase& base_;
  bool departing_;
};

}  // namespace duolex::rules
