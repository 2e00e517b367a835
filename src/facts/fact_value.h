// One fact's value from a YAML or JSON node, by the forms of the interface: true/false, a word of the
// list, a list of words, YYYY-MM-DD or never, decimal digits; null is unknown.
#pragma once

#include "rules/decide.h"
#include "text/node.h"

namespace duolex::facts {

// The value, or a diagnostic that names the fact and what would be right.
[[nodiscard]] Result<rules::Value> read_value(const rules::Fact& fact, const text::Node& node, const std::string& bytes);

// "true or false", "one of a, b, c", … for messages and questions.
[[nodiscard]] std::string expected_form(const rules::Type& type);

}  // namespace duolex::facts
