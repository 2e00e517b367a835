// A case as it is shown: what it rests on, component by component. Internal to src/workspace.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "workspace/watch/watch_place.h"

namespace duolex::workspace {

// At most so many releases are explained down to their components, from their kept bills.
[[nodiscard]] nlohmann::ordered_json case_json(WatchFolder& folder, const storage::CaseRow& row, std::size_t explained);
[[nodiscard]] std::string case_text(const nlohmann::ordered_json& shown);

}  // namespace duolex::workspace
