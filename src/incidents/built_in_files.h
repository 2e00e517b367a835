// What cmake/BuildInFiles.cmake fills. Internal to src/incidents.
#pragma once

#include <string>
#include <vector>

namespace duolex::incidents {

struct BuiltInFile {
  std::string path;  // relative to law/incidents
  std::string text;
};
[[nodiscard]] const std::vector<BuiltInFile>& built_in_files();

}  // namespace duolex::incidents
