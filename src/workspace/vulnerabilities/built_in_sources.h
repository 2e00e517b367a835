// advisory_sources.yaml as it was when the program was built. Internal to src/workspace.
#pragma once

#include <string>
#include <vector>

namespace duolex::workspace {

struct BuiltInFile {
  std::string path;
  std::string text;
};
[[nodiscard]] const std::vector<BuiltInFile>& built_in_files();

}  // namespace duolex::workspace
