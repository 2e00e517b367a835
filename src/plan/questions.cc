#include "plan/questions.h"

#include <algorithm>

#include "plan/words.h"
#include "rules/walk.h"

namespace duolex::plan {

std::vector<std::string> can_change(const findings::Findings& found, const std::string& fact) {
  std::vector<std::string> labels;
  for (const findings::Finding& f : found.conclusions)
    if (std::find(f.missing.begin(), f.missing.end(), fact) != f.missing.end()) labels.push_back(f.label);
  return labels;
}

std::vector<RequiredFact> required_facts(const rules::RuleBase& base, const rules::FactValues& facts,
                                         const std::string& conclusion, const findings::CiteNames& names) {
  std::vector<rules::Index> tested;
  for (const rules::Clause& clause : base.rules[base.rule(conclusion)].clauses)
    rules::for_each_operand(clause, [&](const rules::Operand& o) {
      if (o.source == rules::Source::fact && base.facts[o.index].type.kind == rules::Kind::yes_no &&
          std::find(tested.begin(), tested.end(), o.index) == tested.end())
        tested.push_back(o.index);
    });
  std::vector<RequiredFact> result;
  for (const rules::Index i : tested) {
    const rules::Fact& fact = base.facts[i];
    const rules::Value value = facts[i] == rules::unknown_value && fact.assumed ? *fact.assumed : facts[i];
    RequiredFact r{RequiredFact::Holds::unknown, fact.id, fact.ask, {}};
    if (value != rules::unknown_value) r.holds = value != 0 ? RequiredFact::Holds::yes : RequiredFact::Holds::no;
    for (const rules::Cite& cite : fact.cites) r.cites.push_back(names(cite.provision));
    result.push_back(std::move(r));
  }
  return result;
}

std::string answers(const rules::Type& type) {
  std::string list;
  for (const std::string& value : type.values) list += (list.empty() ? "" : "; ") + in_words(value);
  switch (type.kind) {
    case rules::Kind::yes_no: return "yes or no";
    case rules::Kind::one_of: return "one of: " + list;
    case rules::Kind::set_of: return "any of: " + list + "; or none";
    case rules::Kind::date: return type.allows_never ? "a date as YYYY-MM-DD, or never" : "a date as YYYY-MM-DD";
    case rules::Kind::whole: return "a whole number";
  }
  return "";
}

}  // namespace duolex::plan
