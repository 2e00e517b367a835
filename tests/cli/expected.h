// What a case expects of JSON, as YAML.
#pragma once

#include <yaml-cpp/yaml.h>

#include <string>

namespace duolex::cli_cases {

// Whether `have` (JSON) has all that `want` names: maps may have more keys, lists are equal in length and order,
// scalars are equal in value and kind. What differs is told in `where`, empty when all holds.
[[nodiscard]] std::string difference(const YAML::Node& want, const YAML::Node& have, const std::string& path = "");

}  // namespace duolex::cli_cases
