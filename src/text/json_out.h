// JSON out: the same value gives the same bytes.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "text/node.h"

namespace duolex::text {

enum class JsonLayout { compact, pretty };  // pretty: two spaces, a newline at the end

// Keys in byte order (json) or in the order of insertion (ordered_json); the shortest decimal that reads
// back as the same double; bytes that are no UTF-8 become U+FFFD.
[[nodiscard]] std::string to_json_text(const nlohmann::json& value, JsonLayout layout);
[[nodiscard]] std::string to_json_text(const nlohmann::ordered_json& value, JsonLayout layout);

// The tree as JSON.
[[nodiscard]] nlohmann::json to_json(const Node& node);

}  // namespace duolex::text
