// Strong evaluation under partial knowledge: what a rule gives when some facts are known only in
// part, and which facts it needed. Every result comes as a Step that a reader (or the separate
// checker) can follow on its own. docs/formats/proof.md, "Partial knowledge".
//
// This is the explaining evaluator, not the deciding one: it may leave a rule open that the
// diagrams settle; a proof then splits into cases until nothing is open.
#pragma once

#include <cstdint>
#include <optional>
#include <tuple>
#include <string>
#include <vector>

#include "rules/decide.h"
#include "rules/knowledge.h"

namespace duolex::rules {

enum class Truth : std::uint8_t { no, open, yes };

// Something a step rests on: a fact, a state, a rule, a member of a set rule, or whether an
// ambiguity is live. `in_default` marks a rule read in the default reading inside a departing one.
struct Use {
  enum class What : std::uint8_t { fact, state, rule, member, live } what = What::fact;
  Index index = no_index;
  std::uint32_t member = 0;
  bool in_default = false;
  bool operator==(const Use&) const = default;
  bool operator<(const Use& o) const {
    return std::tie(what, index, member, in_default) < std::tie(o.what, o.index, o.member, o.in_default);
  }
};

struct Step {
  Value value = 0;
  std::string label;
  const Cites* cites = nullptr;  // of the item that decides; may be null
  const Span* span = nullptr;
  std::vector<Use> uses;         // sorted
};

// A test that is open, and the cut that would close it.
struct OpenTest {
  Index fact = no_index;
  std::uint64_t mask = 0;     // choices: values for which the test holds
  std::uint32_t member = 0;   // sets
  Value cut = 0;              // dates, numbers: the first value of the upper part
  bool split_never = false;   // dates: decide first whether it is never
  bool computed = false;      // no test is open: an expression waits for the value itself
};

class Partial {
 public:
  Partial(const RuleBase& base, Day as_of);

  // Facts as given, with assumed defaults and overrides applied.
  void start(const FactValues& facts);
  void know(Index fact, const Knowledge& knowledge);
  [[nodiscard]] const Knowledge& known(Index fact) const { return facts_[fact]; }
  // Evaluate under a reading of an ambiguity, the others as taken; no_index for the readings taken.
  void read_under(Index ambiguity, Index reading);

  // nullptr when the rule (or its member) is open. Valid until knowledge or reading changes.
  [[nodiscard]] const Step* step(Index rule, bool in_default = false);
  [[nodiscard]] const Step* member_step(Index rule, std::uint32_t member, bool in_default = false);
  [[nodiscard]] const Step* live_step(Index ambiguity);
  [[nodiscard]] const Step* step_of(const Use& use);

  // Whether the readings can change a rule at all.
  [[nodiscard]] bool reached(Index rule) const { return reached_.empty() ? false : reached_[rule]; }

  // The first test that keeps a rule (any member of a set rule) open.
  [[nodiscard]] std::optional<OpenTest> open_test(Index rule);
  [[nodiscard]] std::optional<OpenTest> open_test_of_live(Index ambiguity);
  // The value of a rule when it and all its parts are definite.
  [[nodiscard]] std::optional<Value> value(Index rule);

  // Clauses (exceptions included) that do not apply, each with what makes its condition false.
  struct Failed {
    std::string label;
    const Clause* clause = nullptr;
    std::vector<Use> uses;
  };
  [[nodiscard]] std::vector<Failed> failed_clauses(Index rule);

  [[nodiscard]] Value state(Index state) const { return states_[state]; }
  [[nodiscard]] Day as_of() const { return as_of_; }
  [[nodiscard]] const RuleBase& base() const { return base_; }

 private:
  struct Slot {
    bool done = false;
    bool definite = false;
    Step step;
  };
  struct Memo {
    std::vector<Slot> rules;                 // scalar rules
    std::vector<std::vector<Slot>> members;  // set rules
    std::vector<Slot> live;
  };
  friend class PartialEvaluation;
  void forget();

  const RuleBase& base_;
  Day as_of_;
  std::vector<Knowledge> facts_;
  std::vector<Value> states_;
  std::vector<Index> readings_;  // by ambiguity
  bool as_taken_ = true;
  std::vector<bool> reached_;    // empty: all readings are the defaults
  Memo default_, departing_;
};

}  // namespace duolex::rules
