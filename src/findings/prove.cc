#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "findings/value_json.h"
#include "rules/completions.h"

namespace duolex::findings {
namespace {

using nlohmann::ordered_json;
using rules::Index;
using rules::Knowledge;
using rules::Kind;
using rules::no_index;
using rules::Type;
using rules::Use;

constexpr std::size_t tree_limit = 32;  // leaves; beyond that nobody reads it
constexpr std::size_t witness_limit = 16;

struct TooLarge {};  // leaves this file only as an absent tree

ordered_json words(const Type& type, std::uint64_t mask) {
  ordered_json list = ordered_json::array();
  for (std::size_t i = 0; i < type.values.size(); ++i)
    if ((mask >> i & 1) != 0) list.push_back(type.values[i]);
  return list;
}

ordered_json knowledge_json(const Type& type, const Knowledge& k) {
  if (const auto only = only_value(type, k)) return to_json(type, *only);
  ordered_json j;
  switch (type.kind) {
    case Kind::yes_no:
      j["one_of"] = {false, true};
      break;
    case Kind::one_of:
      j["one_of"] = words(type, k.may);
      break;
    case Kind::set_of:
      j["has"] = words(type, k.has);
      j["lacks"] = words(type, k.lacks);
      break;
    case Kind::date:
      j["from"] = to_text(type, k.low);
      j["until"] = to_text(type, k.high);
      break;
    case Kind::whole:
      j["from"] = k.low;
      j["until"] = k.high;
      break;
  }
  return j;
}

class Prover {
 public:
  Prover(const rules::CompiledLaw& law, const rules::FactValues& facts, const CiteNames& names)
      : base_(law.base()), partial_(base_, law.as_of()), completions_(law, facts), names_(names), law_(law),
        facts_(facts) {
    partial_.start(facts);
  }

  ordered_json run() {
    rules::Decider decider(std::shared_ptr<const rules::CompiledLaw>(std::shared_ptr<void>(), &law_));
    const std::vector<rules::Outcome>& outcomes = decider.decide(facts_);
    ordered_json conclusions = ordered_json::object();
    ordered_json shared = ordered_json::object();
    scopes_.push_back({&shared, {}});
    for (std::size_t i = 0; i < outcomes.size(); ++i)
      conclusions[base_.rules[base_.conclusions[i]].id] = conclusion(base_.conclusions[i], outcomes[i]);
    for (Index a = 0; a < base_.ambiguities.size(); ++a) readings_of(a, outcomes, conclusions);
    ordered_json j;
    j["format"] = 1;
    j["law"] = base_.sha256;
    j["as_of"] = to_string(law_.as_of());
    j["steps"] = std::move(shared);
    j["conclusions"] = std::move(conclusions);
    return j;
  }

 private:
  struct Scope {
    ordered_json* steps;
    std::set<Use> written;
  };

  std::string key_of(const Use& use) const {
    const std::string prefix = use.in_default ? "default " : "";
    switch (use.what) {
      case Use::What::fact: return base_.facts[use.index].id;
      case Use::What::state: return base_.states[use.index].id;
      case Use::What::rule: return prefix + base_.rules[use.index].id;
      case Use::What::member:
        return prefix + base_.rules[use.index].id + " has " + base_.rules[use.index].type.values[use.member];
      case Use::What::live: return "live when " + base_.ambiguities[use.index].id;
    }
    return "";
  }

  ordered_json cites_json(const rules::Cites* cites) const {
    ordered_json list = ordered_json::array();
    if (cites != nullptr)
      for (const rules::Cite& cite : *cites) list.push_back(names_(cite.provision));
    return list;
  }

  ordered_json step_value(const Use& use, rules::Value value) const {
    if (use.what == Use::What::rule) return to_json(base_.rules[use.index].type, value);
    return value != 0;
  }

  // Writes the step of a rule, and of all it uses, into the innermost scope unless an enclosing one
  // has it already.
  void write_step(const Use& use) {
    if (use.what == Use::What::fact || use.what == Use::What::state) return;
    // What a reading can change must not lean on a step of the default readings.
    const bool departs = use.what == Use::What::live || use.in_default || partial_.reached(use.index);
    for (std::size_t i = departs ? reading_scope_ : 0; i < scopes_.size(); ++i)
      if (scopes_[i].written.contains(use)) return;
    scopes_.back().written.insert(use);
    const rules::Step step = *partial_.step_of(use);
    for (const Use& used : step.uses) write_step(used);
    ordered_json j;
    j["value"] = step_value(use, step.value);
    j["by"] = step.label;
    j["cites"] = cites_json(step.cites);
    j["uses"] = ordered_json::object();
    for (const Use& used : step.uses) j["uses"][key_of(used)] = use_value(used);
    (*scopes_.back().steps)[key_of(use)] = std::move(j);
  }

  ordered_json use_value(const Use& use) {
    if (use.what == Use::What::fact) return knowledge_json(base_.facts[use.index].type, partial_.known(use.index));
    if (use.what == Use::What::state) return partial_.state(use.index) != 0;
    return step_value(use, partial_.step_of(use)->value);
  }

  // A tree whose leaves all make `goal` definite.
  template <class Definite, class Open, class Leaf>
  ordered_json tree(const Definite& definite, const Open& open, const Leaf& leaf) {
    if (definite()) return leaf();
    const auto test = open();
    if (!test || ++leaves_ > tree_limit) throw TooLarge{};
    const Type& type = base_.facts[test->fact].type;
    const Knowledge before = partial_.known(test->fact);
    const auto [yes, no] = rules::split(type, before, *test);
    ordered_json j;
    j["split"] = base_.facts[test->fact].id;
    j["cases"] = ordered_json::array();
    for (const Knowledge& side : {yes, no}) {
      partial_.know(test->fact, side);
      ordered_json steps = ordered_json::object();
      scopes_.push_back({&steps, {}});
      ordered_json inner = tree(definite, open, leaf);
      scopes_.pop_back();
      ordered_json one;
      one["is"] = knowledge_json(type, side);
      one["steps"] = std::move(steps);
      one["tree"] = std::move(inner);
      j["cases"].push_back(std::move(one));
    }
    partial_.know(test->fact, before);
    return j;
  }

  ordered_json rule_tree(Index rule) {
    leaves_ = 0;
    const bool set = base_.rules[rule].type.kind == Kind::set_of;
    return tree([&] { return partial_.value(rule).has_value(); }, [&] { return partial_.open_test(rule); },
                [&] {
                  const std::uint32_t members = set ? static_cast<std::uint32_t>(base_.rules[rule].type.values.size()) : 0;
                  for (std::uint32_t m = 0; m < members; ++m) write_step({Use::What::member, rule, m, false});
                  if (!set) write_step({Use::What::rule, rule, 0, false});
                  return ordered_json("steps");
                });
  }

  ordered_json with_json(const std::map<Index, Knowledge>& with) const {
    ordered_json j = ordered_json::object();
    for (const auto& [fact, knowledge] : with)
      j[base_.facts[fact].id] = knowledge_json(base_.facts[fact].type, knowledge);
    return j;
  }

  ordered_json witnesses_json(Index rule, Index ambiguity, Index reading, std::size_t limit) {
    ordered_json list = ordered_json::array();
    for (const rules::Completion& c : completions_.witnesses(rule, ambiguity, reading, limit)) {
      ordered_json one;
      one["with"] = with_json(c.with);
      one["value"] = to_json(base_.rules[rule].type, c.value);
      list.push_back(std::move(one));
    }
    return list;
  }

  ordered_json conclusion(Index rule, const rules::Outcome& o) {
    ordered_json j;
    if (o.status == rules::Status::unknown) {
      j["witnesses"] = witnesses_json(rule, no_index, no_index, o.open_ended ? 2 : witness_limit);
      return j;
    }
    j["tree"] = or_null([&] { return rule_tree(rule); });
    return j;
  }

  template <class F>
  ordered_json or_null(const F& make) {
    const std::size_t depth = scopes_.size();
    try {
      return make();
    } catch (const TooLarge&) {
      scopes_.resize(depth);
      partial_.start(facts_);
      return nullptr;
    }
  }

  // Each reading that the answer lists, in the order of the law.
  void readings_of(Index a, const std::vector<rules::Outcome>& outcomes, ordered_json& conclusions) {
    for (Index r = 0; r < base_.ambiguities[a].readings.size(); ++r)
      for (std::size_t i = 0; i < outcomes.size(); ++i)
        for (const rules::ReadingOutcome& o : outcomes[i].readings) {
          if (o.ambiguity != a || o.reading != r) continue;
          partial_.read_under(a, r);
          const Index rule = base_.conclusions[i];
          conclusions[base_.rules[rule].id]["readings"].push_back(reading(rule, o));
          partial_.read_under(no_index, no_index);
        }
  }

  ordered_json reading(Index rule, const rules::ReadingOutcome& o) {
    ordered_json j;
    j["ambiguity"] = base_.ambiguities[o.ambiguity].id;
    j["reading"] = base_.ambiguities[o.ambiguity].readings[o.reading].id;
    ordered_json steps = ordered_json::object();
    reading_scope_ = scopes_.size();
    scopes_.push_back({&steps, {}});
    if (o.value == rules::unknown_value) j["witnesses"] = witnesses_json(rule, o.ambiguity, o.reading, witness_limit);
    else j["tree"] = or_null([&] { return rule_tree(rule); });
    scopes_.pop_back();
    reading_scope_ = 0;
    j["steps"] = std::move(steps);
    return j;
  }

  const rules::RuleBase& base_;
  rules::Partial partial_;
  rules::Completions completions_;
  const CiteNames& names_;
  const rules::CompiledLaw& law_;
  const rules::FactValues& facts_;
  std::vector<Scope> scopes_;
  std::size_t reading_scope_ = 0;  // the first scope of the reading being proven
  std::size_t leaves_ = 0;
};

}  // namespace

ordered_json prove(const rules::CompiledLaw& law, const rules::FactValues& facts, const CiteNames& names) {
  return Prover(law, facts, names).run();
}

}  // namespace duolex::findings
