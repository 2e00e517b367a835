// The lists of data/ as they were when the program was built. Internal to this folder.
#pragma once

#include <string>
#include <vector>

namespace duolex::vulnerabilities::csaf {

struct BuiltInFile {
  std::string path;  // relative to data/
  std::string text;
};
[[nodiscard]] const std::vector<BuiltInFile>& built_in_files();

}  // namespace duolex::vulnerabilities::csaf
