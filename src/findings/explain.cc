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

 private:
  Explanation rule_node(Index rule, std::size_t depth) {
    const rules::Rule& r = base_.rules[rule];
    if (partial_.value(rule)) return definite(rule, depth);
    Explanation e;
    e.id = r.id;
    e.place = place(r.span);
    e.cites = cites(&r.cites);
    // Not definite as it stands: show completions, each with its own reasons.
    e.text = "depends on what is not known";
    for (const rules::Completion& c : completions_.witnesses(rule, rules::no_index, rules::no_index, 2)) {
      Explanation one;
      one.kind = Explanation::Kind::split;
      for (const auto& [fact, knowledge] : c.with) {
        one.text += (one.text.empty() ? "if " : " and ") + base_.facts[fact].id + " " + describe(fact, knowledge);
        partial_.know(fact, knowledge);
      }
      one.because.push_back(definite(rule, depth + 1));
      partial_.start(facts_);
      shown_.clear();
      e.because.push_back(std::move(one));
    }
    return e;
  }

  Explanation definite(Index rule, std::size_t depth) {
    const rules::Rule& r = base_.rules[rule];
    if (r.type.kind != rules::Kind::set_of) return step_node({Use::What::rule, rule, 0, false}, depth);
    Explanation e;
    e.id = r.id;
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
      e.text = describe(use.index, partial_.known(use.index));
      e.cites = cites(&base_.facts[use.index].cites);
      return e;
    }
    if (use.what == Use::What::state) {
      e.kind = Explanation::Kind::state;
      e.id = base_.states[use.index].id;
      e.text = partial_.state(use.index) != 0 ? "yes" : "no";
      e.cites = cites(&base_.states[use.index].cites);
      return e;
    }
    const rules::Step step = *partial_.step_of(use);
    const rules::Rule& r = base_.rules[use.index];
    e.id = r.id;
    e.text = to_text(r.type, step.value);
    if (use.what == Use::What::member) {
      e.id += (step.value != 0 ? " has " : " lacks ") + r.type.values[use.member];
      e.text = "";
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

}  // namespace

Explanation explain(const rules::CompiledLaw& law, const rules::FactValues& facts, const std::string& conclusion,
                    const CiteNames& names) {
  return Explainer(law, facts, names).run(law.base().rule(conclusion));
}

}  // namespace duolex::findings
