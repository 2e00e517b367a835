// An answer as a person types it: y, no, a word of the list or its number, several separated by
// commas, "none" for an empty list, a date, a number.
#pragma once

#include <string>

#include "rules/decide.h"
#include "text/node.h"

namespace duolex::facts {

// The value, or in the error what was expected. unknown_value is never returned.
[[nodiscard]] Result<rules::Value> read_typed(const rules::Fact& fact, const std::string& line);

// A value as it stands in a dossier.
[[nodiscard]] text::Node to_node(const rules::Type& type, rules::Value value);

}  // namespace duolex::facts
