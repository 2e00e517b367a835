#include "rules/rule_base.h"

#include <algorithm>

#include "base/hash.h"
#include "rules/parse_context.h"
#include "rules/walk.h"

namespace duolex::rules {
namespace {

Index look_up(const std::unordered_map<std::string, Index>& by_id, const std::string& id) {
  const auto it = by_id.find(id);
  return it == by_id.end() ? no_index : it->second;
}

std::string hash_of(const std::vector<SourceFile>& files) {
  Sha256 hash;
  for (const SourceFile& file : files) {
    hash.add(file.path + '\0' + std::to_string(file.text.size()) + '\0');
    hash.add(file.text);
  }
  return hash.hex();
}

void collect_days(const Expression& expression, std::vector<DayRef>& out) {
  if (expression.op == Expression::Op::day) out.push_back(expression.day);
  for (const Expression& child : expression.children) collect_days(child, out);
}

void collect_days(const Clause& clause, std::vector<DayRef>& out) {
  if (clause.in_force.from) out.push_back(*clause.in_force.from);
  for (const Clause& exception : clause.exceptions) collect_days(exception, out);
}

}  // namespace

Index RuleBase::fact(const std::string& id) const { return look_up(fact_by_id, id); }
Index RuleBase::rule(const std::string& id) const { return look_up(rule_by_id, id); }

bool RuleBase::in_force(Index text, Day as_of) const {
  return texts[text].from <= as_of && as_of <= texts[text].until;
}

Day RuleBase::day_at(const DayRef& ref, Day as_of) const {
  if (ref.kind == DayRef::Kind::constant) return ref.constant;
  if (ref.kind == DayRef::Kind::as_of) return as_of;
  const NamedDay& day = days[ref.day];
  const DayEntry* general = nullptr;
  const DayEntry* earliest = nullptr;
  for (const DayEntry& entry : day.entries) {
    if (entry.text == no_index) {
      general = &entry;
    } else if (in_force(entry.text, as_of)) {
      return entry.day;
    } else if (earliest == nullptr || texts[entry.text].from < texts[earliest->text].from) {
      earliest = &entry;
    }
  }
  return general != nullptr ? general->day : earliest->day;
}

bool RuleBase::in_force(const InForce& when, Day as_of) const {
  return (when.text == no_index || in_force(when.text, as_of)) &&
         (!when.from || day_at(*when.from, as_of) <= as_of) &&
         (!when.until || as_of <= day_at(*when.until, as_of));
}

namespace {
const StateEntry& entry_at(const State& state, Day as_of) {
  const StateEntry* found = &state.entries.front();
  for (const StateEntry& entry : state.entries)
    if (entry.from <= as_of) found = &entry;
  return *found;
}
}  // namespace

Value RuleBase::state_at(Index state, Day as_of) const { return entry_at(states[state], as_of).value; }

bool RuleBase::projected(Index state, Day as_of) const {
  return as_of > entry_at(states[state], as_of).checked;
}

std::vector<Day> RuleBase::turning_days() const {
  std::vector<Day> result;
  for (const Text& text : texts) {
    result.push_back(text.from);
    if (text.until < last_day) result.push_back(plus_days(text.until, 1));
  }
  for (const State& state : states)
    for (const StateEntry& entry : state.entries) result.push_back(entry.from);
  for (const NamedDay& day : days)
    for (const DayEntry& entry : day.entries) result.push_back(entry.day);
  std::vector<DayRef> refs;
  for (const Rule& rule : rules) {
    for (const Clause& clause : rule.clauses) collect_days(clause, refs);
    if (rule.otherwise) collect_days(*rule.otherwise, refs);
  }
  for_each_condition(*this, [&](const Condition& condition) {
    if (condition.op == Condition::Op::as_of_test || condition.op == Condition::Op::day_test)
      refs.push_back(condition.day);
  });
  for (const DayRef& ref : refs)
    if (ref.kind == DayRef::Kind::constant) result.push_back(ref.constant);
  std::erase_if(result, [](Day day) { return day <= first_day || day >= last_day; });
  std::sort(result.begin(), result.end());
  result.erase(std::unique(result.begin(), result.end()), result.end());
  return result;
}

std::vector<Index> RuleBase::dependencies(Index rule) const {
  std::vector<bool> seen(rules.size(), false);
  seen[rule] = true;
  // Rules stand after what they use, so one pass downwards reaches everything.
  for (Index i = rule + 1; i-- > 0;)
    if (seen[i])
      for_each_operand(*this, rules[i], [&](const Operand& operand) {
        if (operand.source == Source::rule) seen[operand.index] = true;
      });
  std::vector<Index> result;
  for (Index i = 0; i <= rule; ++i)
    if (seen[i]) result.push_back(i);
  return result;
}

std::vector<Index> RuleBase::touched(Index ambiguity) const {
  const Ambiguity& a = ambiguities[ambiguity];
  std::vector<Index> result;
  for (const Index conclusion : conclusions) {
    bool touches = std::find(a.touches.begin(), a.touches.end(), conclusion) != a.touches.end();
    if (!touches && a.and_what_follows) {
      const std::vector<Index> used = dependencies(conclusion);
      touches = std::any_of(a.touches.begin(), a.touches.end(), [&](Index rule) {
        return std::binary_search(used.begin(), used.end(), rule);
      });
    }
    if (touches) result.push_back(conclusion);
  }
  std::sort(result.begin(), result.end());
  return result;
}

Result<RuleBase> load_rule_base(std::vector<SourceFile> files, Parts parts) {
  std::sort(files.begin(), files.end(),
            [](const SourceFile& a, const SourceFile& b) { return a.path < b.path; });
  ParseContext context;
  std::vector<std::pair<const SourceFile*, std::vector<Declaration>>> read;
  std::vector<std::string_view> left_out;
  if (parts == Parts::that_decide) left_out = {"duty", "control", "item", "invariant"};
  for (const SourceFile& file : files) read.emplace_back(&file, split(file, context.errors, left_out));
  const std::vector<Located> located = declare_names(read, context);
  parse_bodies(located, context);
  if (context.errors.empty()) order_rules(context);
  if (context.errors.empty())
    for (const Ambiguity& a : context.base.ambiguities)
      for (const Index rule : a.touches)
        if (!context.base.rules[rule].is_conclusion) {
          Diagnostic d;
          d.span = a.span;
          d.message = "'" + context.base.rules[rule].id + "' is not a conclusion and cannot be touched";
          context.errors.push_back(std::move(d));
        }
  if (!context.errors.empty()) return failure(std::move(context.errors));
  context.base.sha256 = hash_of(files);
  return std::move(context.base);
}

}  // namespace duolex::rules
