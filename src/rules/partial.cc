#include "rules/partial.h"

#include <algorithm>

#include "rules/partial_evaluation.h"
#include "rules/walk.h"

namespace duolex::rules {

Partial::Partial(const RuleBase& base, Day as_of) : base_(base), as_of_(as_of) {
  for (const Fact& fact : base.facts) facts_.push_back(nothing_known(fact.type));
  read_under(no_index, no_index);
}

void Partial::forget() {
  for (Memo* memo : {&default_, &departing_}) {
    memo->rules.assign(base_.rules.size(), {});
    memo->members.assign(base_.rules.size(), {});
    memo->live.assign(base_.ambiguities.size(), {});
  }
}

void Partial::start(const FactValues& facts) {
  for (Index f = 0; f < facts_.size(); ++f) {
    const Fact& fact = base_.facts[f];
    const Value value = facts[f] == unknown_value && fact.assumed ? *fact.assumed : facts[f];
    facts_[f] = value == unknown_value ? nothing_known(fact.type) : exactly(fact.type, value);
  }
  states_.clear();
  for (Index s = 0; s < base_.states.size(); ++s) {
    const Index by = base_.states[s].assumed_by;
    states_.push_back(by != no_index && facts[by] != unknown_value ? facts[by] : base_.state_at(s, as_of_));
  }
  forget();
}

void Partial::know(Index fact, const Knowledge& knowledge) {
  facts_[fact] = knowledge;
  forget();
}

void Partial::read_under(Index ambiguity, Index reading) {
  as_taken_ = ambiguity == no_index;
  readings_.clear();
  for (const Ambiguity& a : base_.ambiguities) readings_.push_back(a.taken);
  if (!as_taken_) readings_[ambiguity] = reading;
  reached_.clear();
  bool departs = false;
  for (Index a = 0; a < readings_.size(); ++a)
    departs = departs || readings_[a] != base_.ambiguities[a].default_reading || base_.ambiguities[a].taken != base_.ambiguities[a].default_reading;
  if (departs) {
    reached_.assign(base_.rules.size(), false);
    for (Index i = 0; i < base_.rules.size(); ++i) {
      const Rule& r = base_.rules[i];
      bool reached = std::any_of(r.unders.begin(), r.unders.end(), [&](const Under& u) {
        return u.reading == readings_[u.ambiguity] || u.reading == base_.ambiguities[u.ambiguity].taken;
      });
      for_each_operand(base_, r, [&](const Operand& o) {
        reached = reached || (o.source == Source::rule && reached_[o.index]);
      });
      reached_[i] = reached;
    }
  }
  forget();
}

const Step* Partial::step(Index rule, bool in_default) {
  return PartialEvaluation(*this, !in_default && reached(rule)).rule(rule);
}
const Step* Partial::member_step(Index rule, std::uint32_t member, bool in_default) {
  return PartialEvaluation(*this, !in_default && reached(rule)).member(rule, member);
}
const Step* Partial::live_step(Index ambiguity) { return PartialEvaluation(*this, false).live(ambiguity); }

const Step* Partial::step_of(const Use& use) {
  switch (use.what) {
    case Use::What::rule: return step(use.index, use.in_default);
    case Use::What::member: return member_step(use.index, use.member, use.in_default);
    case Use::What::live: return live_step(use.index);
    default: return nullptr;
  }
}

std::optional<OpenTest> Partial::open_test(Index rule) {
  std::optional<OpenTest> out;
  PartialEvaluation(*this, !reached_.empty()).find_open_rule(rule, out);
  return out;
}

std::optional<OpenTest> Partial::open_test_of_live(Index ambiguity) {
  std::optional<OpenTest> out;
  PartialEvaluation(*this, false).find_open(base_.ambiguities[ambiguity].live_when, out);
  return out;
}

std::vector<Partial::Failed> Partial::failed_clauses(Index rule) {
  std::vector<Failed> out;
  PartialEvaluation evaluation(*this, as_taken_ && reached(rule));
  for (std::size_t i = 0; i < base_.rules[rule].clauses.size(); ++i)
    evaluation.failed(base_.rules[rule].clauses[i], "clause " + std::to_string(i + 1), out);
  return out;
}

std::optional<Value> Partial::value(Index rule) {
  const Type& type = base_.rules[rule].type;
  if (type.kind != Kind::set_of) {
    const Step* s = step(rule);
    return s == nullptr ? std::nullopt : std::optional<Value>(s->value);
  }
  std::uint64_t mask = 0;
  for (std::uint32_t m = 0; m < type.values.size(); ++m) {
    const Step* s = member_step(rule, m);
    if (s == nullptr) return std::nullopt;
    mask |= static_cast<std::uint64_t>(s->value) << m;
  }
  return static_cast<Value>(mask);
}

}  // namespace duolex::rules
