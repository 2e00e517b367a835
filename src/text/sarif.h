// What all SARIF logs (2.1.0) of the program have in common.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace duolex::text {

// A relative reference as RFC 3986 has it; of a path that leads elsewhere only the file's name, since an absolute one would
// say where one machine keeps its files. `otherwise` where nothing is left.
[[nodiscard]] std::string sarif_uri(const std::string& path, const std::string& otherwise);

// A run of this program: its rules and results, and what else the run says.
[[nodiscard]] nlohmann::ordered_json sarif_run(const std::string& program_version, nlohmann::ordered_json rules, nlohmann::ordered_json results);

// The log around a run.
[[nodiscard]] nlohmann::ordered_json sarif_log(nlohmann::ordered_json run);

}  // namespace duolex::text
