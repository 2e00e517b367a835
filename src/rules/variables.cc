#include "rules/variables.h"

#include <algorithm>
#include <map>
#include <set>

#include "rules/walk.h"

namespace duolex::rules {
namespace {

constexpr std::size_t variable_limit = 4096;
constexpr std::size_t class_limit = 64;

class VariableChooser {
 public:
  VariableChooser(const RuleBase& base, Day as_of, Variables& out) : base_(base), as_of_(as_of), out_(out) {
    out_.of_fact.resize(base.facts.size());
    out_.of_state.resize(base.states.size());
    seen_.assign(base.rules.size(), false);
  }

  bool run() {
    for_each_condition(base_, [&](const Condition& c) { collect_cuts(c); });
    for (const Index conclusion : base_.conclusions) rule(conclusion);
    for (Index i = 0; i < base_.rules.size(); ++i) rule(i);
    const auto any = [&](const Condition& c) { condition(c); };
    for (const Ambiguity& a : base_.ambiguities) any(a.live_when);
    for (const Warning& w : base_.warnings) any(w.when);
    for (const Note& n : base_.notes) any(n.when);
    for (const Duty& d : base_.duties) any(d.when);
    for (const DocumentItem& i : base_.items) any(i.when);
    return !too_many_classes_ && out_.variables.size() <= variable_limit;
  }

 private:
  void collect_cuts(const Condition& c) {
    if (c.op != Condition::Op::day_test && c.op != Condition::Op::number_test) return;
    const Value v = c.op == Condition::Op::number_test ? c.number : base_.day_at(c.day, as_of_).number;
    std::set<Value>& cuts = cuts_[c.operand.index];
    if (c.compare == Compare::before || c.compare == Compare::on_or_after || c.compare == Compare::on)
      cuts.insert(v);
    if (c.compare == Compare::after || c.compare == Compare::on_or_before || c.compare == Compare::on)
      cuts.insert(v + 1);
  }

  void rule(Index index) {
    if (seen_[index]) return;
    seen_[index] = true;
    for_each_operand(base_, base_.rules[index], [&](const Operand& operand) { use(operand); });
  }

  void condition(const Condition& c) {
    for_each_operand(c, [&](const Operand& operand) { use(operand); });
  }

  void use(const Operand& operand) {
    if (operand.source == Source::rule) return rule(operand.index);
    auto& mine = operand.source == Source::fact ? out_.of_fact[operand.index] : out_.of_state[operand.index];
    if (!mine.empty()) return;
    const Type& type = operand.source == Source::fact ? base_.facts[operand.index].type
                                                      : base_.states[operand.index].type;
    const int members = type.kind == Kind::set_of ? static_cast<int>(type.values.size()) : 1;
    for (int m = 0; m < members; ++m) {
      Variable v;
      v.source = operand.source;
      v.index = operand.index;
      if (type.kind == Kind::set_of) v.member = m;
      if (type.kind == Kind::date || type.kind == Kind::whole) {
        const Value low = type.kind == Kind::date ? first_day.number : 0;
        const Value high = type.kind == Kind::date ? last_day.number : whole_max;
        for (const Value cut : cuts_[operand.index])
          if (cut > low && cut <= high) v.cuts.push_back(cut);
        v.has_never = type.allows_never;
        too_many_classes_ = too_many_classes_ || v.cuts.size() + 2 > class_limit;
      }
      mine.push_back(static_cast<std::uint32_t>(out_.variables.size()));
      out_.variables.push_back(std::move(v));
    }
  }

  const RuleBase& base_;
  Day as_of_;
  Variables& out_;
  std::map<Index, std::set<Value>> cuts_;
  std::vector<bool> seen_;
  bool too_many_classes_ = false;
};

std::uint16_t arity_of(const RuleBase& base, const Variable& v) {
  if (v.source == Source::state || v.member >= 0) return 2;
  const Type& type = base.facts[v.index].type;
  if (type.kind == Kind::yes_no) return 2;
  return type.kind == Kind::one_of ? static_cast<std::uint16_t>(type.values.size()) : v.classes();
}

}  // namespace

bool choose_variables(const RuleBase& base, Day as_of, Variables& out) {
  if (!VariableChooser(base, as_of, out).run()) return false;
  for (const Variable& v : out.variables) out.arities.push_back(arity_of(base, v));
  return true;
}

std::uint8_t class_of(const Variable& variable, Kind kind, Value value) {
  if (variable.member >= 0)
    return static_cast<std::uint8_t>(static_cast<std::uint64_t>(value) >> variable.member & 1);
  if (kind != Kind::date && kind != Kind::whole) return static_cast<std::uint8_t>(value);
  if (value == never_value) return static_cast<std::uint8_t>(variable.cuts.size() + 1);
  return static_cast<std::uint8_t>(std::upper_bound(variable.cuts.begin(), variable.cuts.end(), value) -
                                   variable.cuts.begin());
}

std::pair<Value, Value> bounds_of(const Variable& variable, Kind kind, std::uint32_t k) {
  if (k > variable.cuts.size()) return {never_value, never_value};
  const Value low = kind == Kind::date ? first_day.number : 0;
  const Value high = kind == Kind::date ? last_day.number : whole_max;
  return {k == 0 ? low : variable.cuts[k - 1], k == variable.cuts.size() ? high : variable.cuts[k] - 1};
}

}  // namespace duolex::rules
