// What a solver proves about a rule base, over every product and every day, and what it finds instead,
// each with a product that shows it. docs/decisions/solver.md says what is proven exactly.
//
// The solver itself stands behind this interface in a library of its own, loaded only when it is used
// (load.h), so that the program does not need it to decide.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/day.h"
#include "base/diagnostic.h"
#include "rules/decide.h"

namespace duolex::consistency {

// A product and a day. Every fact has a value; the facts behind assume.* may be `unknown_value`: not given.
struct Witness {
  Day as_of;
  rules::FactValues facts;
  std::vector<rules::Index> because;  // facts that suffice to show the finding, whatever the others are
};

enum class Check : std::uint8_t {
  contradiction,  // two clauses apply at once and give different values
  gap,            // no clause applies and nothing is said otherwise
  dead,           // a clause, exception, guard, otherwise, `under`, warning, note or duty that never speaks
  idle,           // a fact on which no conclusion depends, or an explanatory one on which one does
  invariant,
  ambiguity,      // never live, a reading that changes nothing, a conclusion it touches in vain
  meeting,        // two ambiguities live at once on one conclusion; information
  undecided,      // the solver gave up; nothing is known
};
[[nodiscard]] const char* name_of(Check check);

struct Finding {
  Check check = Check::undecided;
  bool failure = true;  // false: information
  std::string message;
  Span span;
  std::vector<RelatedPlace> related;
  std::optional<Witness> witness;
};

struct Proven {
  std::size_t rules = 0;        // free of contradictions and gaps
  std::size_t clauses = 0;      // clauses, exceptions, guards, … that can speak
  std::size_t facts = 0;        // facts that can matter
  std::size_t invariants = 0;
  std::size_t ambiguities = 0;  // live for some product, and every reading changes what it touches
};

struct Report {
  std::vector<Finding> findings;  // by file and line
  Proven proven;
  std::size_t queries = 0;

  [[nodiscard]] bool clear() const;  // no failure
};

// What one day answers and the other does not.
struct Change {
  rules::Index conclusion = rules::no_index;
  rules::Index ambiguity = rules::no_index, reading = rules::no_index;  // set: only in this reading
  rules::Value before = 0, after = 0;
  Witness witness;  // as_of: the first of the two days
};

struct Difference {
  std::vector<Change> changes;              // conclusions by id, at most one change each
  std::vector<rules::Index> same;           // every product gets the same answer, by id
  std::vector<rules::Index> undecided;
  std::size_t queries = 0;
};

class Prover {
 public:
  virtual ~Prover() = default;
  [[nodiscard]] virtual Report check(const rules::RuleBase& base) const = 0;
  [[nodiscard]] virtual Difference diff(const rules::RuleBase& base, Day first, Day second) const = 0;

  // The value of each conclusion in the order of base.conclusions as the solver's encoding has it, for products
  // of which every fact is known (assume.* may be unknown). For comparing the encoding with the engine.
  [[nodiscard]] virtual std::vector<std::vector<rules::Value>> values(const rules::RuleBase& base, Day as_of,
                                                                      const std::vector<rules::FactValues>& products,
                                                                      rules::Index ambiguity = rules::no_index,
                                                                      rules::Index reading = rules::no_index) const = 0;
};

// The one symbol of the library: a Prover that lives as long as the program, or null when the caller
// was built against another version of this header.
inline constexpr int interface_version = 1;
inline constexpr const char* entry_point = "duolex_consistency_prover";
using EntryPoint = const Prover* (*)(int version);

}  // namespace duolex::consistency
