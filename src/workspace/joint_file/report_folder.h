// A folder of reports written as a whole: a temporary sibling, then an exchange of names and fsync. An existing folder is
// replaced only when it is such a report. At any moment, and after a kill, the place holds the old folder or the new one.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "base/result.h"

namespace duolex::workspace {

// A name may lead into folders below it.
[[nodiscard]] Result<void> write_report_folder(const std::filesystem::path& folder,
                                               const std::map<std::string, std::string>& files);

// For a folder inside a dossier that a command chose itself: what is written anew in each run is not committed by mistake.
inline constexpr const char* ignore_name = ".gitignore";
inline constexpr const char* ignore_all = "# Written anew in each run. Name a folder with --out to keep it in version control.\n*\n";

}  // namespace duolex::workspace
