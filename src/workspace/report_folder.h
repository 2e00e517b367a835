// A folder of reports written as a whole: a temporary sibling, then a rename. An existing folder is
// replaced only when it is such a report.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "base/result.h"

namespace duolex::workspace {

[[nodiscard]] Result<void> write_report_folder(const std::filesystem::path& folder,
                                               const std::map<std::string, std::string>& files);

}  // namespace duolex::workspace
