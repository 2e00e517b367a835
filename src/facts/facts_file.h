// A bare facts file (`facts:` and a map from fact id to value, YAML or JSON), as `decide` takes it.
#pragma once

#include "rules/decide.h"
#include "text/node.h"

namespace duolex::facts {

// A file whose name ends in ".json" is JSON and nothing else; any other is YAML.
// All mistakes at once: unknown ids with the nearest known one, wrong types, values outside a list.
[[nodiscard]] Result<rules::FactValues> read_facts(const std::string& file, const std::string& bytes,
                                                   const rules::RuleBase& base);

// The facts of an already read map.
[[nodiscard]] Result<rules::FactValues> facts_of(const text::Node& map, const std::string& bytes,
                                                 const rules::RuleBase& base);

}  // namespace duolex::facts
