#include <algorithm>

#include "rules/computed.h"
#include "rules/diagrams.h"
#include "rules/variables.h"
#include "rules/walk.h"

namespace duolex::rules {
namespace {

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

class Compiler {
 public:
  // `facts` null: for every product.
  Compiler(const RuleBase& base, Day as_of, const FactValues* facts, CompiledLaw::Diagrams& out)
      : base_(base), as_of_(as_of), out_(out), d_(out.diagram), fixed_(base.facts.size(), unknown_value),
        for_every_product_(facts == nullptr) {
    for (Index f = 0; facts != nullptr && f < fixed_.size(); ++f)
      fixed_[f] = (*facts)[f] == unknown_value && base.facts[f].assumed ? *base.facts[f].assumed : (*facts)[f];
  }

  void run() {
    out_.rules.resize(base_.rules.size());
    for (Index i = 0; i < base_.rules.size(); ++i) out_.rules[i] = rule(i, nullptr);
    for (const Index conclusion : base_.conclusions)
      if (for_every_product_) out_.whole.push_back(d_.mask(out_.rules[conclusion]));
    for (const Ambiguity& a : base_.ambiguities) out_.live.push_back(condition(a.live_when, nullptr));
    for (Index a = 0; a < base_.ambiguities.size(); ++a)
      for (Index r = 0; r < base_.ambiguities[a].readings.size(); ++r)
        if (r != base_.ambiguities[a].taken) {
          std::vector<Index> readings = taken();
          readings[a] = r;
          out_.contexts.push_back(context(a, r, std::move(readings)));
        }
    take();
    out_.contexts_of.resize(base_.conclusions.size());
    for (Index c = 0; c < out_.contexts.size(); ++c) {
      const std::vector<Index> touched = base_.touched(out_.contexts[c].ambiguity);
      for (std::size_t i = 0; i < base_.conclusions.size(); ++i)
        if (std::binary_search(touched.begin(), touched.end(), base_.conclusions[i]))
          out_.contexts_of[i].push_back(c);
    }
    for (const Index conclusion : base_.conclusions) out_.grounds.push_back(grounds(base_.rules[conclusion]));
    for (const Warning& w : base_.warnings) out_.warnings.push_back(condition(w.when, nullptr));
    for (const Note& n : base_.notes) out_.notes.push_back(condition(n.when, nullptr));
    for (const Duty& d : base_.duties) out_.duties.push_back(condition(d.when, nullptr));
    for (const DocumentItem& i : base_.items) out_.items.push_back(condition(i.when, nullptr));
    for (Index s = 0; s < base_.states.size(); ++s) {
      out_.state_values.push_back(base_.state_at(s, as_of_));
      out_.state_projected.push_back(base_.projected(s, as_of_));
    }
  }

  Diagnostics errors;

  Ref condition(const Condition& c, const ReadingContext* context) {
    switch (c.op) {
      case Condition::Op::always: return d_.yes();
      case Condition::Op::never: return d_.no();
      case Condition::Op::all_of: {
        Ref all = d_.yes();
        for (std::size_t i = c.children.size(); i-- > 0;) all = d_.both(condition(c.children[i], context), all);
        return all;
      }
      case Condition::Op::any_of: {
        Ref any = d_.no();
        for (std::size_t i = c.children.size(); i-- > 0;)
          any = d_.either(condition(c.children[i], context), any);
        return any;
      }
      case Condition::Op::negation: return d_.negate(condition(c.children[0], context));
      case Condition::Op::text_in_force: return bit(base_.in_force(c.text, as_of_));
      case Condition::Op::as_of_test:
        return bit(compares(c.compare, as_of_.number, base_.day_at(c.day, as_of_).number));
      case Condition::Op::is_in: return is_in(c, context);
      case Condition::Op::has_any: return has_any(c, context);
      case Condition::Op::is_a_day: return is_a_day(c, context);
      case Condition::Op::day_test:
      case Condition::Op::number_test: return compared(c);
    }
    return d_.no();
  }

 private:
  Ref bit(bool b) { return b ? d_.yes() : d_.no(); }

  Ref is_in(const Condition& c, const ReadingContext* context) {
    if (c.operand.source == Source::rule)
      return d_.map(out_.roots(context, c.operand.index)[0], [&](Ref leaf) {
        const Leaf& l = d_.leaf(leaf);
        return l.kind == Leaf::Kind::value ? bit((c.mask >> l.value & 1) != 0) : leaf;
      });
    if (const auto k = fixed_class(c.operand)) return bit((c.mask >> *k & 1) != 0);
    const std::uint32_t v =
        c.operand.source == Source::fact ? out_.of_fact[c.operand.index][0] : out_.of_state[c.operand.index][0];
    std::vector<bool> holds(d_.arity(v));
    for (std::size_t k = 0; k < holds.size(); ++k) holds[k] = (c.mask >> k & 1) != 0;
    return d_.test(v, holds);
  }

  // The class of an operand that is a fact known beforehand.
  [[nodiscard]] std::optional<std::uint8_t> fixed_class(const Operand& o) const {
    if (o.source != Source::fact || fixed_[o.index] == unknown_value) return std::nullopt;
    return class_of(out_.variables[out_.of_fact[o.index][0]], base_.facts[o.index].type.kind, fixed_[o.index]);
  }

  Ref has_any(const Condition& c, const ReadingContext* context) {
    if (c.operand.source == Source::fact && fixed_[c.operand.index] != unknown_value)
      return bit((c.mask & static_cast<std::uint64_t>(fixed_[c.operand.index])) != 0);
    Ref any = d_.no();
    for (std::size_t m = 64; m-- > 0;) {
      if ((c.mask >> m & 1) == 0) continue;
      any = d_.either(c.operand.source == Source::rule
                          ? out_.roots(context, c.operand.index)[m]
                          : d_.test(out_.of_fact[c.operand.index][m], {false, true}),
                      any);
    }
    return any;
  }

  Ref is_a_day(const Condition& c, const ReadingContext* context) {
    if (c.operand.source == Source::rule)
      return d_.map(out_.roots(context, c.operand.index)[0], [&](Ref leaf) {
        const Leaf& l = d_.leaf(leaf);
        if (l.kind == Leaf::Kind::value) return bit(l.value != null_value && l.value != never_value);
        return l.kind == Leaf::Kind::computed ? d_.yes() : leaf;
      });
    if (const auto k = fixed_class(c.operand)) return bit(fixed_[c.operand.index] != never_value);
    const std::uint32_t v = out_.of_fact[c.operand.index][0];
    std::vector<bool> holds(d_.arity(v), true);
    if (out_.variables[v].has_never) holds.back() = false;
    return d_.test(v, holds);
  }

  Ref compared(const Condition& c) {
    const std::uint32_t v = out_.of_fact[c.operand.index][0];
    const Kind kind = base_.facts[c.operand.index].type.kind;
    const Value against =
        c.op == Condition::Op::number_test ? c.number : base_.day_at(c.day, as_of_).number;
    if (fixed_class(c.operand))
      return bit(fixed_[c.operand.index] != never_value && compares(c.compare, fixed_[c.operand.index], against));
    std::vector<bool> holds(d_.arity(v));
    for (std::uint32_t k = 0; k < holds.size(); ++k) {
      const auto [low, high] = bounds_of(out_.variables[v], kind, k);
      holds[k] = low != never_value && compares(c.compare, low, against);
    }
    return d_.test(v, holds);
  }

  Ref expression(const Expression& e, const ReadingContext* context) {
    switch (e.op) {
      case Expression::Op::constant: return d_.value(e.constant);
      case Expression::Op::day: return d_.value(base_.day_at(e.day, as_of_).number);
      case Expression::Op::operand:
        return e.operand.source == Source::rule ? out_.roots(context, e.operand.index)[0] : fact_value(e.operand.index);
      case Expression::Op::plus:
        return d_.map(expression(e.children[0], context),
                      [&](Ref leaf) { return moved(leaf, e.months, e.days); });
      case Expression::Op::later_of:
      case Expression::Op::earlier_of: {
        const bool later = e.op == Expression::Op::later_of;
        Ref result = expression(e.children[0], context);
        for (std::size_t i = 1; i < e.children.size(); ++i)
          result = d_.combine(result, expression(e.children[i], context),
                              [&](Ref a, Ref b) { return extreme(later, a, b); });
        return result;
      }
    }
    return d_.value(null_value);
  }

  Ref fact_value(Index fact) {
    if (fixed_[fact] != unknown_value) return d_.value(fixed_[fact] == never_value ? null_value : fixed_[fact]);
    const std::uint32_t v = out_.of_fact[fact][0];
    const Kind kind = base_.facts[fact].type.kind;
    std::vector<Ref> children;
    for (std::uint32_t k = 0; k < d_.arity(v); ++k) {
      const auto [low, high] = bounds_of(out_.variables[v], kind, k);
      if (low == never_value) {
        children.push_back(d_.value(null_value));
      } else if (low == high) {
        children.push_back(d_.value(low));
      } else {
        Computed c;
        c.fact = fact;
        c.low = low;
        c.high = high;
        children.push_back(d_.computed(c));
      }
    }
    return d_.node(v, children.data());
  }

  static void move(Computed& c, std::int32_t months, std::int32_t days) {
    if (c.op == Computed::Op::fact) {
      c.periods.emplace_back(months, days);
    } else {
      for (Computed& part : c.parts) move(part, months, days);
    }
  }

  Ref moved(Ref leaf, std::int32_t months, std::int32_t days) {
    const Leaf& l = d_.leaf(leaf);
    if (l.kind == Leaf::Kind::computed) {
      Computed c = l.computed;
      move(c, months, days);
      return d_.computed(c);
    }
    if (l.kind != Leaf::Kind::value || l.value == null_value) return leaf;
    const Day day{static_cast<std::int32_t>(l.value)};
    return d_.value(plus_days(plus_months(day, months), days).number);
  }

  // A constant stands among computed parts as a fact without one: low equals high.
  static Computed as_part(const Leaf& l) {
    if (l.kind == Leaf::Kind::computed) return l.computed;
    Computed c;
    c.fact = no_index;
    c.low = c.high = l.value;
    return c;
  }

  Ref extreme(bool later, Ref a, Ref b) {
    for (const Ref r : {a, b})
      if (d_.leaf(r).kind == Leaf::Kind::conflict || d_.leaf(r).kind == Leaf::Kind::gap) return r;
    const Leaf la = d_.leaf(a), lb = d_.leaf(b);
    for (const Leaf* l : {&la, &lb})
      if (l->kind == Leaf::Kind::value && l->value == null_value) return d_.value(null_value);
    if (la.kind == Leaf::Kind::value && lb.kind == Leaf::Kind::value)
      return d_.value(later ? std::max(la.value, lb.value) : std::min(la.value, lb.value));
    Computed c;
    c.op = later ? Computed::Op::later_of : Computed::Op::earlier_of;
    for (const Leaf* l : {&la, &lb}) {
      Computed part = as_part(*l);
      if (part.op == c.op) {
        c.parts.insert(c.parts.end(), part.parts.begin(), part.parts.end());
      } else {
        c.parts.push_back(std::move(part));
      }
    }
    std::sort(c.parts.begin(), c.parts.end());
    c.parts.erase(std::unique(c.parts.begin(), c.parts.end()), c.parts.end());
    prune(c);
    const bool constant = c.op == Computed::Op::fact && c.fact == no_index;
    return constant ? d_.value(c.low) : d_.computed(c);
  }

  // The value a clause gives, or nothing.
  Ref clause(const Clause& c, const ReadingContext* context) {
    const Ref nothing = d_.special(Leaf::Kind::nothing);
    if (!base_.in_force(c.in_force, as_of_)) return nothing;
    const Ref when = condition(c.when, context);
    if (when == d_.no()) return nothing;
    Ref exceptions = nothing;
    for (const Clause& e : c.exceptions) exceptions = d_.merge(exceptions, clause(e, context));
    return d_.choose(when, d_.over(exceptions, expression(c.gives, context)), nothing);
  }

  // Sets: where a clause applies.
  Ref applies(const Clause& c, const ReadingContext* context) {
    if (!base_.in_force(c.in_force, as_of_)) return d_.no();
    Ref result = condition(c.when, context);
    for (const Clause& e : c.exceptions) result = d_.both(result, d_.negate(applies(e, context)));
    return result;
  }

  std::vector<Ref> rule(Index index, const ReadingContext* context) {
    const Rule& r = base_.rules[index];
    std::vector<Ref> roots;
    if (r.type.kind == Kind::set_of) {
      roots.assign(r.type.values.size(), d_.no());
      for (const Clause& c : r.clauses) {
        const Ref here = applies(c, context);
        for (std::size_t m = 0; m < roots.size(); ++m)
          if ((static_cast<std::uint64_t>(c.gives.constant) >> m & 1) != 0) roots[m] = d_.either(roots[m], here);
      }
      for (std::size_t g = r.guards.size(); g-- > 0;) {
        const Ref holds = condition(r.guards[g].when, context);
        for (std::size_t m = 0; m < roots.size(); ++m)
          roots[m] = d_.choose(holds, roots[m],
                               bit((static_cast<std::uint64_t>(r.guards[g].otherwise) >> m & 1) != 0));
      }
    } else {
      Ref root = d_.special(Leaf::Kind::nothing);
      for (const Clause& c : r.clauses) root = d_.merge(root, clause(c, context));
      root = d_.over(root, r.otherwise ? expression(*r.otherwise, context) : d_.special(Leaf::Kind::gap));
      for (std::size_t g = r.guards.size(); g-- > 0;)
        root = d_.choose(condition(r.guards[g].when, context), root, d_.value(r.guards[g].otherwise));
      roots.push_back(root);
    }
    if (context != nullptr) under(r, *context, roots);
    report(r, roots);
    return roots;
  }

  void under(const Rule& r, const ReadingContext& context, std::vector<Ref>& roots) {
    for (const Under& u : r.unders) {
      if (u.reading != context.readings[u.ambiguity]) continue;
      const Ref here = d_.both(out_.live[u.ambiguity], condition(u.when, &context));
      if (r.type.kind != Kind::set_of) {
        roots[0] = d_.choose(here, expression(u.gives, &context), roots[0]);
        continue;
      }
      for (std::size_t m = 0; m < roots.size(); ++m) {
        const bool named = (static_cast<std::uint64_t>(u.gives.constant) >> m & 1) != 0;
        if (u.effect == Under::Effect::replace) {
          roots[m] = d_.choose(here, bit(named), roots[m]);
        } else if (named) {
          roots[m] = d_.choose(here, bit(u.effect == Under::Effect::add), roots[m]);
        }
      }
    }
  }

  [[nodiscard]] std::vector<Index> taken() const {
    std::vector<Index> readings;
    for (const Ambiguity& a : base_.ambiguities) readings.push_back(a.taken);
    return readings;
  }

  // What was chosen in place of defaults becomes what everything rests on. Triggers stay with the defaults.
  void take() {
    if (std::all_of(base_.ambiguities.begin(), base_.ambiguities.end(), [](const Ambiguity& a) { return a.taken == a.default_reading; })) return;
    ReadingContext chosen = context(no_index, no_index, taken());
    for (auto& [rule, refs] : chosen.rules) {
      for (ReadingContext& other : out_.contexts) other.rules.try_emplace(rule, out_.rules[rule]);
      out_.rules[rule] = std::move(refs);
    }
    for (std::size_t i = 0; i < out_.whole.size(); ++i) out_.whole[i] = d_.mask(out_.rules[base_.conclusions[i]]);
  }

  // Rules under these readings, as far as they differ from the defaults.
  ReadingContext context(Index ambiguity, Index reading, std::vector<Index> readings) {
    ReadingContext context{ambiguity, reading, std::move(readings), {}};
    for (Index i = 0; i < base_.rules.size(); ++i) {
      const Rule& r = base_.rules[i];
      bool reached = std::any_of(r.unders.begin(), r.unders.end(), [&](const Under& u) {
        return u.reading == context.readings[u.ambiguity];
      });
      for_each_operand(base_, r, [&](const Operand& o) {
        reached = reached || (o.source == Source::rule && context.rules.contains(o.index));
      });
      if (reached) context.rules.emplace(i, rule(i, &context));
    }
    return context;
  }

  void report(const Rule& r, const std::vector<Ref>& roots) {
    for (const Leaf::Kind kind : {Leaf::Kind::conflict, Leaf::Kind::gap}) {
      std::vector<int> way;
      for (const Ref root : roots) {
        if (!d_.find(root, kind, way)) continue;
        Diagnostic diagnostic;
        diagnostic.span = r.span;
        diagnostic.message = kind == Leaf::Kind::gap
                                 ? "'" + r.id + "' has no value for a product with " + product(way)
                                 : "clauses of '" + r.id + "' contradict each other for a product with " + product(way);
        diagnostic.hint = kind == Leaf::Kind::gap ? "add a clause, or say what holds 'otherwise'"
                                                  : "make one the exception of the other, or narrow one of them";
        if (kind == Leaf::Kind::conflict)
          for (const Clause& c : r.clauses)
            if (reaches_value(clause(c, nullptr), way))
              diagnostic.related.push_back({c.span, "this clause applies", ""});
        errors.push_back(std::move(diagnostic));
        return;
      }
    }
  }

  bool reaches_value(Ref at, const std::vector<int>& way) {
    while (!is_leaf(at)) {
      const int k = way[d_.pool()[at]];
      at = d_.pool()[at + 1 + static_cast<std::uint32_t>(k < 0 ? 0 : k)];
    }
    return d_.leaf(at).kind != Leaf::Kind::nothing;
  }

  std::string product(const std::vector<int>& way) {
    std::string text;
    for (std::size_t v = 0; v < way.size(); ++v) {
      if (way[v] < 0) continue;
      const Variable& var = out_.variables[v];
      const bool state = var.source == Source::state;
      const Type& type = state ? base_.states[var.index].type : base_.facts[var.index].type;
      text += (text.empty() ? "" : ", ") + (state ? base_.states[var.index].id : base_.facts[var.index].id);
      if (var.member >= 0) {
        text += (way[v] != 0 ? " has " : " lacks ") + type.values[static_cast<std::size_t>(var.member)];
      } else if (type.kind == Kind::date || type.kind == Kind::whole) {
        text += " = " + to_text(type, bounds_of(var, type.kind, static_cast<std::uint32_t>(way[v])).first);
      } else {
        text += " = " + to_text(type, way[v]);
      }
    }
    return text.empty() ? "the facts that are given" : text;
  }

  ConclusionGrounds grounds(const Rule& r) {
    ConclusionGrounds result;
    if (r.type.kind == Kind::set_of) return set_grounds(r);
    const Ref nothing = d_.special(Leaf::Kind::nothing);
    Ref which = nothing;
    for (std::size_t i = 0; i < r.clauses.size(); ++i)
      which = d_.over(which, clause_ground(r.clauses[i], "clause " + std::to_string(i + 1), result));
    if (r.otherwise) {
      result.grounds.push_back({&r.otherwise_cites, "otherwise", r.otherwise_span});
      which = d_.over(which, d_.value(static_cast<Value>(result.grounds.size() - 1)));
    }
    for (std::size_t g = r.guards.size(); g-- > 0;) {
      result.grounds.push_back({&r.guards[g].cites, "guard " + std::to_string(g + 1), r.guards[g].span});
      which = d_.choose(condition(r.guards[g].when, nullptr), which,
                        d_.value(static_cast<Value>(result.grounds.size() - 1)));
    }
    for (const Under& u : r.unders)
      if (u.reading == base_.ambiguities[u.ambiguity].taken) {
        result.grounds.push_back({&u.cites, label_of(u), u.span});
        which = d_.choose(d_.both(out_.live[u.ambiguity], condition(u.when, nullptr)), d_.value(static_cast<Value>(result.grounds.size() - 1)), which);
      }
    result.which = which;
    return result;
  }

  [[nodiscard]] std::string label_of(const Under& u) const {
    const Ambiguity& a = base_.ambiguities[u.ambiguity];
    return "under " + a.id + " " + a.readings[u.reading].id;
  }

  Ref clause_ground(const Clause& c, const std::string& label, ConclusionGrounds& out) {
    const Ref nothing = d_.special(Leaf::Kind::nothing);
    if (!base_.in_force(c.in_force, as_of_)) return nothing;
    out.grounds.push_back({&c.cites, label, c.span});
    const Ref self = d_.value(static_cast<Value>(out.grounds.size() - 1));
    Ref exceptions = nothing;
    for (std::size_t i = 0; i < c.exceptions.size(); ++i)
      exceptions = d_.over(exceptions,
                           clause_ground(c.exceptions[i], label + " except " + std::to_string(i + 1), out));
    return d_.choose(condition(c.when, nullptr), d_.over(exceptions, self), nothing);
  }

  ConclusionGrounds set_grounds(const Rule& r) {
    ConclusionGrounds result;
    Ref guards_hold = d_.yes();
    for (std::size_t g = 0; g < r.guards.size(); ++g) {
      const Ref holds = condition(r.guards[g].when, nullptr);
      result.grounds.push_back({&r.guards[g].cites, "guard " + std::to_string(g + 1), r.guards[g].span});
      result.applies.push_back(d_.both(guards_hold, d_.negate(holds)));
      guards_hold = d_.both(guards_hold, holds);
    }
    for (std::size_t i = 0; i < r.clauses.size(); ++i) {
      result.grounds.push_back({&r.clauses[i].cites, "clause " + std::to_string(i + 1), r.clauses[i].span});
      result.applies.push_back(d_.both(guards_hold, applies(r.clauses[i], nullptr)));
    }
    for (const Under& u : r.unders)
      if (u.reading == base_.ambiguities[u.ambiguity].taken) {
        result.grounds.push_back({&u.cites, label_of(u), u.span});
        result.applies.push_back(d_.both(out_.live[u.ambiguity], condition(u.when, nullptr)));
      }
    return result;
  }

  const RuleBase& base_;
  Day as_of_;
  CompiledLaw::Diagrams& out_;
  Diagram& d_;
  std::vector<Value> fixed_;  // by fact, when compiling for one product
  bool for_every_product_;
};

}  // namespace

CompiledLaw::~CompiledLaw() = default;

Result<std::shared_ptr<const CompiledLaw>> CompiledLaw::compile(const RuleBase& base, Day as_of) {
  return compile(base, as_of, nullptr);
}

Result<std::shared_ptr<const CompiledLaw>> CompiledLaw::compile_for(const RuleBase& base, Day as_of,
                                                                    const FactValues& facts) {
  return compile(base, as_of, &facts);
}

Result<std::shared_ptr<const CompiledLaw>> CompiledLaw::compile(const RuleBase& base, Day as_of,
                                                                const FactValues* facts) {
  Variables chosen;
  if (!choose_variables(base, as_of, chosen))
    return failure(error_in("", "the rule base has more facts or dates than can be decided over"));
  std::shared_ptr<CompiledLaw> law(new CompiledLaw);
  law->base_ = &base;
  law->as_of_ = as_of;
  law->diagrams_ = std::make_unique<Diagrams>(std::move(chosen.arities));
  Diagrams& out = *law->diagrams_;
  out.variables = std::move(chosen.variables);
  out.of_fact = std::move(chosen.of_fact);
  out.of_state = std::move(chosen.of_state);
  Compiler compiler(base, as_of, facts, out);
  compiler.run();
  if (out.diagram.overflowed())
    compiler.errors.push_back(error_in("", "the rule base is too intertwined to be decided over"));
  if (!compiler.errors.empty()) return failure(std::move(compiler.errors));

  out.diagram.compact(out.roots_of(base));
  return std::shared_ptr<const CompiledLaw>(std::move(law));
}

}  // namespace duolex::rules
