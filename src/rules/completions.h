// Completions that show something: one for each value a conclusion can still take. They are what the proofs of
// "unknown" point at.
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

class Completions {
 public:
  Completions(const CompiledLaw& law, const FactValues& facts);
  ~Completions();

  // Reading no_index: the default readings. One completion for each of at most `limit` values (for
  // values that cannot be listed, two that differ).
  [[nodiscard]] std::vector<Completion> witnesses(Index rule, Index ambiguity, Index reading,
                                                  std::size_t limit);

 private:
  struct Inner;
  std::unique_ptr<Inner> inner_;
};

// What `test` leaves of a fact on either side of its cut, the side that holds first.
[[nodiscard]] std::pair<Knowledge, Knowledge> split(const Type& type, const Knowledge& known,
                                                    const OpenTest& test);

}  // namespace duolex::rules
