#include <algorithm>
#include <set>

#include "findings/findings.h"
#include "findings/value_json.h"
#include "rules/completions.h"

namespace duolex::findings {
namespace {

using rules::Index;
using rules::Use;

constexpr std::size_t depth_limit = 40;

class Explainer {
 public:
  Explainer(const rules::CompiledLaw& law, const rules::FactValues& facts, const CiteNames& names)
      : base_(law.base()), partial_(base_, law.as_of()), completions_(law, facts), names_(names), facts_(facts) {
    partial_.start(facts);
  }

  Explanation run(Index rule) { return rule_node(rule, 0); }

  std::vector<Explanation> others(Index rule) {
    const rules::Rule& r = base_.rules[rule];
    std::vector<Explanation> out;
    const auto value = partial_.value(rule);
    for (const rules::Partial::Failed& f : partial_.failed_clauses(rule)) {
      const bool constant = f.clause->gives.op == rules::Expression::Op::constant;
      const rules::Value gives = f.clause->gives.constant;
      if (r.type.kind == rules::Kind::set_of) {
        if (value && (static_cast<std::uint64_t>(gives) & ~static_cast<std::uint64_t>(*value)) == 0) continue;
      } else if (!constant || (value && gives == *value)) {
        continue;
      }
      Explanation e;
      e.kind = Explanation::Kind::defeated;
      e.id = r.id;
      e.label = r.label;
      e.text = to_text(r.type, gives);
      e.by = f.label;
      e.place = place(f.clause->span);
      e.cites = cites(&f.clause->cites);
      for (const Use& use : f.uses) {
        Explanation why = step_node(use, depth_limit);
        why.because.clear();
        e.because.push_back(std::move(why));
      }
      out.push_back(std::move(e));
    }
    return out;
  }

 private:
  Explanation rule_node(Index rule, std::size_t depth) {
    const rules::Rule& r = base_.rules[rule];
    if (partial_.value(rule)) return definite(rule, depth);
    Explanation e;
    e.id = r.id;
    e.label = r.label;
    e.place = place(r.span);
    e.cites = cites(&r.cites);
    // Not definite as it stands: show completions, each with its own reasons.
    const std::vector<rules::Completion> shown = completions_.witnesses(rule, rules::no_index, rules::no_index, 2);
    e.text = shown.size() == 1 ? to_text(r.type, shown[0].value) : "depends on what is not known";
    if (shown.size() == 1) e.by = "in every case; one is shown";
    for (const rules::Completion& c : shown) {
      Explanation one;
      one.kind = Explanation::Kind::split;
      std::vector<Index> supposed;
      for (const auto& [fact, knowledge] : c.with) {
        supposed.push_back(fact);
        partial_.know(fact, knowledge);
      }
      settle(rule, supposed);
      for (const Index fact : supposed)
        one.text += (one.text.empty() ? "if " : " and ") + base_.facts[fact].id + " " + describe(fact, partial_.known(fact));
      if (partial_.value(rule)) one.because.push_back(definite(rule, depth + 1));
      partial_.start(facts_);
      shown_.clear();
      if (e.cites.empty() && shown.size() == 1 && !one.because.empty()) e.cites = one.because.front().cites;
      e.because.push_back(std::move(one));
    }
    return e;
  }

  // Supposes more until each step can be followed; the value is the same whatever that is.
  void settle(Index rule, std::vector<Index>& supposed) {
    for (int i = 0; i < 400 && !partial_.value(rule); ++i) {
      const std::optional<rules::OpenTest> test = partial_.open_test(rule);
      if (!test) return;
      const rules::Type& type = base_.facts[test->fact].type;
      partial_.know(test->fact, rules::split(type, partial_.known(test->fact), *test).first);
      if (std::find(supposed.begin(), supposed.end(), test->fact) == supposed.end()) supposed.push_back(test->fact);
    }
  }

  Explanation definite(Index rule, std::size_t depth) {
    const rules::Rule& r = base_.rules[rule];
    if (r.type.kind != rules::Kind::set_of) return step_node({Use::What::rule, rule, 0, false}, depth);
    Explanation e;
    e.id = r.id;
    e.label = r.label;
    e.text = to_text(r.type, *partial_.value(rule));
    e.place = place(r.span);
    e.cites = cites(&r.cites);
    for (std::uint32_t m = 0; m < r.type.values.size(); ++m) {
      const rules::Step* step = partial_.member_step(rule, m);
      if (step->value != 0 || r.type.values.size() <= 6)
        e.because.push_back(step_node({Use::What::member, rule, m, false}, depth + 1));
    }
    return e;
  }

  Explanation step_node(const Use& use, std::size_t depth) {
    Explanation e;
    if (use.what == Use::What::fact) {
      e.kind = Explanation::Kind::fact;
      e.id = base_.facts[use.index].id;
      e.label = base_.facts[use.index].ask;
      e.text = describe(use.index, partial_.known(use.index));
      e.cites = cites(&base_.facts[use.index].cites);
      return e;
    }
    if (use.what == Use::What::state) {
      e.kind = Explanation::Kind::state;
      e.id = base_.states[use.index].id;
      e.label = "Legal state";
      e.text = partial_.state(use.index) != 0 ? "yes" : "no";
      e.cites = cites(&base_.states[use.index].cites);
      return e;
    }
    const rules::Step step = *partial_.step_of(use);
    if (use.what == Use::What::live) return live_node(use, step, depth);
    const rules::Rule& r = base_.rules[use.index];
    e.id = r.id;
    e.label = r.label;
    e.text = to_text(r.type, step.value);
    if (use.what == Use::What::member) {
      e.id += (step.value != 0 ? " has " : " lacks ") + r.type.values[use.member];
      e.text = "";
      e.members = r.type.values.size();
    }
    e.by = step.label;
    e.place = place(step.span != nullptr ? *step.span : r.span);
    e.cites = cites(step.cites);
    if (e.cites.empty()) e.cites = cites(&r.cites);
    if (!shown_.insert(use).second) {
      e.by += ", shown above";
      return e;
    }
    if (depth >= depth_limit) return e;
    for (const Use& used : step.uses) e.because.push_back(step_node(used, depth + 1));
    add_defeated(r, step.label, e);
    return e;
  }

  // What a reading is about; asked where another than the default is taken.
  Explanation live_node(const Use& use, const rules::Step& step, std::size_t depth) {
    const rules::Ambiguity& a = base_.ambiguities[use.index];
    Explanation e;
    e.kind = Explanation::Kind::reading;
    e.id = a.id;
    e.text = a.question;
    e.place = place(a.span);
    e.cites = cites(&a.cites);
    if (!shown_.insert(use).second || depth >= depth_limit) return e;
    for (const Use& used : step.uses) e.because.push_back(step_node(used, depth + 1));
    return e;
  }

  // Exceptions that the deciding clause has and that did not apply.
  void add_defeated(const rules::Rule& r, const std::string& label, Explanation& e) const {
    if (label.rfind("clause ", 0) != 0 || label.find("except") != std::string::npos) return;
    const std::size_t n = std::stoul(label.substr(7)) - 1;
    if (n >= r.clauses.size()) return;
    for (const rules::Clause& exception : r.clauses[n].exceptions) {
      Explanation d;
      d.kind = Explanation::Kind::defeated;
      d.text = "an exception was considered and does not apply";
      d.place = place(exception.span);
      d.cites = cites(&exception.cites);
      e.because.push_back(std::move(d));
    }
  }

  std::string describe(Index fact, const rules::Knowledge& k) const {
    const rules::Type& type = base_.facts[fact].type;
    const std::string assumed =
        facts_[fact] == rules::unknown_value && base_.facts[fact].assumed ? " (assumed)" : "";
    if (const auto only = only_value(type, k)) return "is " + to_text(type, *only) + assumed;
    switch (type.kind) {
      case rules::Kind::one_of:
        return "is one of " + rules::to_text({rules::Kind::set_of, false, false, type.values}, static_cast<rules::Value>(k.may));
      case rules::Kind::set_of: {
        std::string text;
        if (k.has != 0) text = "has " + to_text(type, static_cast<rules::Value>(k.has));
        if (k.lacks != 0) text += (text.empty() ? "lacks " : ", lacks ") + to_text(type, static_cast<rules::Value>(k.lacks));
        return text;
      }
      case rules::Kind::date:
      case rules::Kind::whole:
        return "is from " + to_text(type, k.low) + " to " + to_text(type, k.high);
      default: return "is open";
    }
  }

  static std::string place(const Span& span) { return "law/" + span.file + ":" + std::to_string(span.line); }

  std::vector<std::string> cites(const rules::Cites* list) const {
    std::vector<std::string> ids;
    if (list != nullptr)
      for (const rules::Cite& cite : *list) ids.push_back(names_(cite.provision));
    return ids;
  }

  const rules::RuleBase& base_;
  rules::Partial partial_;
  rules::Completions completions_;
  const CiteNames& names_;
  const rules::FactValues& facts_;
  std::set<Use> shown_;
};

// Answers that stand for all: see rules/questions.cc for the same idea over diagrams.
std::vector<rules::Value> other_answers(const rules::RuleBase& base, Index fact, rules::Value given) {
  const rules::Type& type = base.facts[fact].type;
  std::vector<rules::Value> answers;
  switch (type.kind) {
    case rules::Kind::yes_no: answers = {0, 1}; break;
    case rules::Kind::one_of:
      for (std::size_t i = 0; i < type.values.size(); ++i) answers.push_back(static_cast<rules::Value>(i));
      break;
    case rules::Kind::set_of:
      answers.push_back(0);
      for (std::size_t i = 0; i < type.values.size(); ++i) {
        answers.push_back(static_cast<rules::Value>(static_cast<std::uint64_t>(given) ^ (std::uint64_t{1} << i)));
        answers.push_back(static_cast<rules::Value>(std::uint64_t{1} << i));
      }
      break;
    case rules::Kind::date:
      for (const Day day : base.turning_days()) {
        answers.push_back(day.number - 1);
        answers.push_back(day.number);
      }
      if (type.allows_never) answers.push_back(rules::never_value);
      break;
    case rules::Kind::whole:
      for (rules::Value v = 0; v <= 10; ++v) answers.push_back(v);
      break;
  }
  std::erase(answers, given);
  return answers;
}

}  // namespace

std::vector<Explanation> explain_others(const rules::CompiledLaw& law, const rules::FactValues& facts,
                                        const std::string& conclusion, const CiteNames& names) {
  return Explainer(law, facts, names).others(law.base().rule(conclusion));
}

std::vector<Turn> what_would_change(const rules::CompiledLaw& law, const rules::FactValues& facts,
                                    const std::string& conclusion) {
  const Index rule = law.base().rule(conclusion);
  const std::size_t position = static_cast<std::size_t>(
      std::find(law.base().conclusions.begin(), law.base().conclusions.end(), rule) - law.base().conclusions.begin());
  rules::Decider decider(std::shared_ptr<const rules::CompiledLaw>(std::shared_ptr<void>(), &law));
  const rules::DecideOptions quick{false, false, false};
  const rules::Outcome before = decider.decide(facts, quick)[position];
  std::vector<Turn> turns;
  for (Index f = 0; f < law.base().facts.size(); ++f) {
    const rules::Fact& fact = law.base().facts[f];
    const bool assumed = facts[f] == rules::unknown_value && fact.assumed;
    if ((facts[f] == rules::unknown_value && !assumed) || fact.overrides_state != rules::no_index) continue;
    std::vector<rules::Value> seen;
    for (const rules::Value answer : other_answers(law.base(), f, assumed ? *fact.assumed : facts[f])) {
      rules::FactValues other = facts;
      other[f] = answer;
      const rules::Outcome after = decider.decide(other, quick)[position];
      if (after.status == before.status && after.value == before.value) continue;
      if (std::find(seen.begin(), seen.end(), after.value) != seen.end()) continue;
      seen.push_back(after.value);
      turns.push_back({fact.id, value_of(fact.type, answer), after.status, value_of(law.base().rules[rule].type, after.value)});
    }
  }
  return turns;
}

Explanation explain(const rules::CompiledLaw& law, const rules::FactValues& facts, const std::string& conclusion,
                    const CiteNames& names) {
  return Explainer(law, facts, names).run(law.base().rule(conclusion));
}

}  // namespace duolex::findings
