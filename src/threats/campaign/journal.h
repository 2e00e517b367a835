// A sample's result as a line of JSON: what a run passes on as it goes, and what it can be resumed from.
#pragma once

#include <optional>
#include <string>

#include "threats/evasion/suite.h"

namespace duolex::threats::campaign {

[[nodiscard]] std::string to_line(const evasion::SampleResult& result);  // with its newline
// Nothing for a line that is damaged, as the last one of a killed run may be.
[[nodiscard]] std::optional<evasion::SampleResult> from_line(const std::string& line);

}  // namespace duolex::threats::campaign
