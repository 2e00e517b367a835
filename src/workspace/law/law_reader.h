// One thing of the rule base with all that `law show` says of it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "law/law.h"

namespace duolex::workspace {

struct Shown {
  std::string what;      // "conclusion", "fact", "duty", …
  std::string id, label;
  Span span;
  std::string source;    // the declaration as written
  std::vector<std::string> uses;     // what it names directly: facts, states and rules, sorted
  std::vector<std::string> facts;    // every fact it can come to depend on, sorted
  std::vector<std::string> used_by;  // "conclusion joint.bodies", "invariant '…'", sorted
  std::vector<std::string> cites;    // provisions, sorted
};

// What has this id; null when nothing has.
[[nodiscard]] std::optional<Shown> look_up(const law::Law& law, const std::string& id);

// Ids of facts, rules, states, days, ambiguities, notes, duties and texts.
[[nodiscard]] std::vector<std::string> all_ids(const rules::RuleBase& base);

// The lines of a declaration, from the one `span` starts in to the last that belongs to it.
[[nodiscard]] std::string declaration(const std::string& text, const Span& span);

}  // namespace duolex::workspace
