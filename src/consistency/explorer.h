// Products out of the solver: the plainest one that shows something, and which of its facts do.
// Internal to src/consistency.
#pragma once

#include <map>

#include "consistency/encoding.h"
#include "consistency/prover.h"

namespace duolex::consistency {

class Explorer {
 public:
  Explorer(Session& session, const rules::RuleBase& base, Encoding& encoding);

  // A product for which `goal` is true, which must be possible. Each fact in its order takes its usual or plainest
  // value if that is possible with those before it, so that the witness is the same whatever the solver
  // happened to find. Null when the solver gives up on the way. Afterwards the model is that product.
  [[nodiscard]] std::optional<Witness> witness(const Term& goal);

  // The same product as a witness of something else, if it is one; null when not. Afterwards as above.
  [[nodiscard]] std::optional<Witness> also(const Term& goal, const Witness& witness);

 private:
  [[nodiscard]] std::vector<rules::Value> plain(rules::Index fact, Day as_of) const;
  Term is(rules::Index fact, rules::Value value);
  Term is(Day as_of);
  bool try_with(const Term& literal);
  Day choose_day();
  rules::Value choose_value(rules::Index fact, Day as_of);
  rules::Value choose_members(rules::Index fact);
  std::vector<Term> facts_of(const Witness& witness);
  std::vector<rules::Index> because(const Term& goal, const Witness& witness);

  Session& s_;
  const rules::RuleBase& base_;
  Encoding& encoding_;
  std::vector<Day> days_;  // plain days, best first
  std::vector<Term> fixed_;
  std::map<std::pair<rules::Index, rules::Value>, Term> literals_;
  std::map<std::int32_t, Term> day_literals_;
  bool gave_up_ = false;
};

}  // namespace duolex::consistency
