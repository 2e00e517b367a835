// Values of the law in the forms of the interface: JSON for `decide`, words for people.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "findings/findings.h"
#include "rules/value.h"

namespace duolex::findings {

[[nodiscard]] Value value_of(const rules::Type& type, rules::Value value);
[[nodiscard]] nlohmann::ordered_json to_json(const Value& value);
[[nodiscard]] nlohmann::ordered_json to_json(const rules::Type& type, rules::Value value);

}  // namespace duolex::findings
