// The lists of data/ as they were when the program was built. Internal to this folder.
#pragma once

#include <string_view>
#include <vector>

namespace duolex::vulnerabilities::csaf {

struct BuiltInFile {
  std::string_view path;  // relative to data/
  std::string_view text;
};
[[nodiscard]] const std::vector<BuiltInFile>& built_in_files();

}  // namespace duolex::vulnerabilities::csaf
