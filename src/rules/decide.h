// Decisions: what follows from what is known of a product, at one day.
//
// CompiledLaw is a rule base compiled for one as_of into decision diagrams, so that "settled",
// "unknown" and "contested" are exact over all completions of the unknown facts
// (docs/formats/law.md, "Meaning of an answer"). It is immutable; share it between threads and
// give each thread its own Decider.
#pragma once

#include <memory>
#include <vector>

#include "base/day.h"
#include "base/result.h"
#include "rules/rule_base.h"

namespace duolex::rules {

inline constexpr Value unknown_value = null_value + 1;

// The facts of one product, by fact index: a value of the fact's type or `unknown_value`. An omitted fact
// with an assumed default, and an assume.* fact, stay `unknown_value` here; deciding applies their default.
using FactValues = std::vector<Value>;

enum class Status : std::uint8_t { settled, unknown, contested };

struct ReadingOutcome {
  Index ambiguity = no_index, reading = no_index;
  Value value = unknown_value;  // unknown: differs between completions, see possible
  std::vector<Value> possible;
};

struct Outcome {
  Status status = Status::unknown;
  Value value = unknown_value;       // of the default reading; `unknown_value` when status is unknown
  std::vector<Value> possible;        // default reading (unknown) or all readings (contested)
  bool open_ended = false;            // dates or numbers that can't be listed remain
  std::vector<ReadingOutcome> readings;  // when contested: the live ambiguities' other readings
  std::vector<Index> missing;         // facts that can still change the value, by index
  std::vector<const Cite*> cites;     // header first, then of the clauses that give the value
  bool projected = false;             // rests on legal state carried on past its last check
};

struct DecideOptions {
  bool missing = true;
  bool cites = true;
  bool possible = true;
};

class CompiledLaw {
 public:
  // Fails when two clauses contradict each other or a rule has a gap at `as_of`; the diagnostic
  // names both places and a product that shows it. The rule base must outlive the result.
  [[nodiscard]] static Result<std::shared_ptr<const CompiledLaw>> compile(const RuleBase& base,
                                                                          Day as_of);
  // The same for one product only: facts known in `facts` are built in, which is much quicker, and
  // contradictions that this product cannot meet go unseen. Decide nothing but completions of `facts`.
  [[nodiscard]] static Result<std::shared_ptr<const CompiledLaw>> compile_for(const RuleBase& base, Day as_of,
                                                                              const FactValues& facts);
  ~CompiledLaw();
  CompiledLaw(const CompiledLaw&) = delete;
  CompiledLaw& operator=(const CompiledLaw&) = delete;

  struct Diagrams;  // internal to src/rules
  [[nodiscard]] const Diagrams& diagrams() const { return *diagrams_; }
  [[nodiscard]] const RuleBase& base() const { return *base_; }
  [[nodiscard]] Day as_of() const { return as_of_; }

 private:
  CompiledLaw() = default;
  static Result<std::shared_ptr<const CompiledLaw>> compile(const RuleBase& base, Day as_of,
                                                            const FactValues* facts);
  const RuleBase* base_ = nullptr;
  Day as_of_;
  std::unique_ptr<Diagrams> diagrams_;
};

class Decider {
 public:
  explicit Decider(std::shared_ptr<const CompiledLaw> law);
  ~Decider();

  // One outcome for each of base().conclusions, in their order. Valid until the next call.
  const std::vector<Outcome>& decide(const FactValues& facts, const DecideOptions& options = {});

  // Warnings and notes whose condition can hold, and duties, each with whether it surely holds.
  enum class Holds : std::uint8_t { no, maybe, yes };
  [[nodiscard]] std::vector<Holds> warnings(const FactValues& facts);
  [[nodiscard]] std::vector<Holds> notes(const FactValues& facts);
  [[nodiscard]] std::vector<Holds> duties(const FactValues& facts);
  [[nodiscard]] std::vector<Holds> items(const FactValues& facts);

 private:
  struct Scratch;
  std::shared_ptr<const CompiledLaw> law_;
  std::unique_ptr<Scratch> scratch_;
};

}  // namespace duolex::rules
