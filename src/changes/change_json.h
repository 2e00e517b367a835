// An assessment of a change for programs, and the hash that signatures are bound to.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "changes/assessment.h"

namespace duolex::changes {

// schemas/difference.schema.json
[[nodiscard]] nlohmann::ordered_json json_of(const Assessment& assessment);
[[nodiscard]] std::string to_json(const Assessment& assessment);
// SHA-256 over product, releases with their states, law, signals, verdicts and what people judged of them.
[[nodiscard]] std::string difference_sha256(const Assessment& assessment);

}  // namespace duolex::changes
