// Completions that show something: one for each value a conclusion can still take, a pair that
// differs in one fact alone, one in which an ambiguity is live. They are what the proofs of
// "unknown", "missing" and "contested" point at.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "rules/decide.h"
#include "rules/partial.h"

namespace duolex::rules {

struct Completion {
  std::map<Index, Knowledge> with;  // by fact; facts left out don't matter
  Value value = 0;
};

struct CompletionPair {
  std::map<Index, Knowledge> with;
  Knowledge first, second;  // of the one fact
  Value first_value = 0, second_value = 0;
};

class Completions {
 public:
  Completions(const CompiledLaw& law, const FactValues& facts);
  ~Completions();

  // Reading no_index: the default readings. One completion for each of at most `limit` values (for
  // values that cannot be listed, two that differ).
  [[nodiscard]] std::vector<Completion> witnesses(Index rule, Index ambiguity, Index reading,
                                                  std::size_t limit);
  // A pair under which the conclusion differs because of `fact` alone (default readings).
  [[nodiscard]] std::optional<CompletionPair> pair(Index rule, Index fact);
  // Whether a pair shows the same of another conclusion; then its values are that one's.
  [[nodiscard]] bool shows(Index rule, Index fact, CompletionPair& pair) const;
  // Supposes more so that it does; what it showed before it still shows. `fresh`: it showed nothing, so
  // that days and numbers may be chosen too.
  [[nodiscard]] bool extend(Index rule, Index fact, CompletionPair& pair, bool fresh = false) const;
  [[nodiscard]] std::optional<Completion> live(Index ambiguity);

 private:
  struct Inner;
  std::unique_ptr<Inner> inner_;
};

// What `test` leaves of a fact on either side of its cut, the side that holds first.
[[nodiscard]] std::pair<Knowledge, Knowledge> split(const Type& type, const Knowledge& known,
                                                    const OpenTest& test);

}  // namespace duolex::rules
