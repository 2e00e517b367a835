// What differs between two releases, and what that means under each act.
#pragma once

#include <string>
#include <vector>

#include "changes/phrase.h"

namespace duolex::changes {

// In the order of what weighs more. `none`: seen, and no ground to look at it under the act. `review`: a person must
// say. `unknown`: what changed cannot be seen. `presumed`: substantial unless a person shows otherwise.
enum class Weight { none, review, unknown, presumed };
[[nodiscard]] const char* name_of(Weight weight);

struct Signal {
  std::string kind;            // "component_added", "model_weights", …: docs/formats/diff.md
  std::string subject;         // the component, model, threshold, fact … it is about
  Phrase what;                 // a sentence
  Phrase before, after;        // values; empty where there is none
  Weight cra = Weight::none, ai = Weight::none;
  Phrase because;              // why it weighs so
  std::vector<std::string> cites;
  Phrase covered_by = {};     // what was stated or foreseen that lowers a weight
};

using Signals = std::vector<Signal>;

}  // namespace duolex::changes
