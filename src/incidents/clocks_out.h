// The clocks for a person and for a program (docs/formats/incident.md).
#pragma once

#include <string>
#include <vector>

#include "incidents/clocks.h"

namespace duolex::incidents {

// "2 days 3 h 10 min", "-4 min"
[[nodiscard]] std::string duration_text(std::int64_t seconds);

[[nodiscard]] std::string clocks_text(const Record& record, const ClockRules& rules, const std::vector<Clock>& clocks,
                                      const std::vector<TensionShown>& tensions, Moment now);
[[nodiscard]] std::string clocks_json(const Record& record, const ClockRules& rules, const std::vector<Clock>& clocks,
                                      const std::vector<TensionShown>& tensions, Moment now);

}  // namespace duolex::incidents
