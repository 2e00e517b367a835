// A rule base as terms of the solver, with the facts and the day as variables. docs/formats/law.md says
// what every part means. Internal to src/consistency.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "consistency/session.h"
#include "rules/rule_base.h"

namespace duolex::consistency {

// A value: by kind, the parts that it has.
struct Sym {
  std::vector<Term> bits;      // yes_no: one, true for yes; one_of and set_of: one for each value of the list
  std::optional<Term> number;  // date: days since 0001-01-01; whole: the number
  std::optional<Term> absent;  // date: never or null (then `number` is 0)
  std::optional<Term> given;   // the facts behind assume.*: whether there is a value at all
};

struct RuleTerms {
  // A clause or an exception, and when it is the one that speaks.
  struct Leaf {
    const rules::Clause* clause;
    Term speaks;
    Sym gives;  // not for sets
  };
  struct Guarded {
    const rules::Guard* guard;
    Term speaks;
  };
  struct Departure {
    const rules::Under* under;
    Term speaks;
  };
  std::vector<Guarded> guards;
  std::vector<Leaf> leaves;
  std::vector<Departure> departures;
  std::optional<Term> otherwise;  // no clause applies: what `otherwise` gives, or a gap
  Sym value;
};

// Where a rule stands: in the default readings, or in one departing reading.
struct Reading {
  rules::Index ambiguity = rules::no_index, reading = rules::no_index;
  std::map<rules::Index, RuleTerms> rules;  // those that the reading reaches
};

class Encoding {
 public:
  // Facts and day of its own, or those of another encoding in the same session.
  Encoding(Session& session, const rules::RuleBase& base, const Encoding* facts = nullptr,
           const Encoding* day = nullptr);
  // On one day.
  Encoding(Session& session, const rules::RuleBase& base, const Encoding* facts, Day as_of);

  static constexpr std::size_t usual = static_cast<std::size_t>(-1);  // the default readings
  [[nodiscard]] const std::vector<Reading>& readings() const { return readings_; }

  [[nodiscard]] const Term& as_of() const { return as_of_; }
  [[nodiscard]] const Sym& fact(rules::Index index) const { return facts_[index]; }
  // The rule's terms in a reading (by index into readings()), or in the default ones where it does not reach.
  [[nodiscard]] const RuleTerms& rule(rules::Index index, std::size_t reading = usual) const;
  // What the rule answers in a reading: conclusions that the ambiguity does not touch keep the default.
  [[nodiscard]] const Sym& answer(rules::Index index, std::size_t reading = usual) const;
  [[nodiscard]] const Term& live(rules::Index ambiguity) const { return live_[ambiguity]; }
  [[nodiscard]] Term condition(const rules::Condition& condition, std::size_t reading = usual, bool answers = false);

  // Helpers over values.
  [[nodiscard]] Term equal(const Sym& a, const Sym& b);
  [[nodiscard]] Term is(const rules::Type& type, const Sym& sym, rules::Value value);
  [[nodiscard]] rules::Value value(const rules::Type& type, const Sym& sym) const;  // in the model

 private:
  void run(const Encoding* facts);
  Sym free_fact(const rules::Fact& fact);
  Sym state(const rules::State& state);
  void reading(rules::Index ambiguity, rules::Index reading);
  RuleTerms encode(const rules::Rule& rule, std::size_t reading);
  Term leaves(const rules::Clause& clause, const Term& here, std::size_t reading, RuleTerms& out);
  Term set_leaves(const rules::Clause& clause, const Term& here, std::size_t reading, RuleTerms& out);
  void put_value(const rules::Rule& rule, const Term& guards_hold, RuleTerms& terms, std::size_t reading);
  void depart(const rules::Rule& rule, std::size_t reading, RuleTerms& terms);
  Sym expression(const rules::Type& type, const rules::Expression& expression, std::size_t reading);
  Sym constant(const rules::Type& type, rules::Value value);
  Sym choose(const Term& condition, const Sym& yes, const Sym& no);
  Sym named(Sym sym);
  Term in_force(const rules::InForce& when);
  Term in_force(rules::Index text) const { return in_force_[text]; }
  Term day(const rules::DayRef& ref);
  Term compare(rules::Compare compare, const Term& a, const Term& b) const;
  Sym operand(const rules::Operand& operand, std::size_t reading, bool answers) const;
  [[nodiscard]] rules::Kind kind_of(const rules::Operand& operand) const;

  Session& s_;
  const rules::RuleBase& base_;
  Term as_of_;
  std::vector<Term> in_force_, live_;
  std::vector<std::optional<Term>> days_;
  std::vector<Sym> facts_, states_;
  std::vector<RuleTerms> rules_;
  std::vector<Reading> readings_;
  std::vector<std::vector<rules::Index>> touched_;  // by ambiguity
};

}  // namespace duolex::consistency
