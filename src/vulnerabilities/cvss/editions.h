// The parts of the editions. Internal to this folder.
#pragma once

#include "vulnerabilities/cvss/cvss.h"

namespace duolex::vulnerabilities::cvss {

using Vector = std::map<std::string, std::string>;

[[nodiscard]] const std::vector<Metric>& metrics_of_4();
[[nodiscard]] Scores score_4(const Vector& vector);

}  // namespace duolex::vulnerabilities::cvss
