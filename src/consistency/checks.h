// The checks of a rule base, one after the other over one encoding. Internal to src/consistency.
#pragma once

#include <functional>

#include "consistency/explorer.h"
#include "consistency/prover.h"

namespace duolex::consistency {

class Checker {
 public:
  explicit Checker(const rules::RuleBase& base);
  Report run();

 private:
  void contradictions_and_gaps();
  void rule_in(rules::Index rule, std::size_t reading);
  void contradictions(const rules::Rule& rule, const RuleTerms& terms, const Term& open, std::size_t reading);
  void dead();
  void speaking(const std::vector<struct Speaker>& speakers);
  void idle();
  void fact(rules::Index fact, Encoding& other, const std::vector<Term>& same, const Term& differs);
  [[nodiscard]] std::vector<bool> reachable_facts() const;
  void invariants();
  void ambiguities();
  bool ambiguity(rules::Index index);
  void meetings();

  // True when `goal` is possible; false also when nothing is known, which is then a finding about `span`.
  bool possible(const Term& goal, const Span& span, const std::string& what);
  Finding& find(Check check, const Span& span, std::string message);
  void show(Finding& finding, const Term& goal);
  [[nodiscard]] std::string in_reading(std::size_t reading) const;

  const rules::RuleBase& base_;
  Session s_;
  Encoding e_;
  Explorer explorer_;
  Report report_;
};

}  // namespace duolex::consistency
