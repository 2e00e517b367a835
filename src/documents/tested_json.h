// Tests and evidence for programs, as they stand in assessment.json.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "documents/tested.h"

namespace duolex::documents {

// "models", "data", "evidence", "untested_models", "unreadable"; pictures are left to the page.
[[nodiscard]] nlohmann::ordered_json to_json(const Tested& tested);

}  // namespace duolex::documents
