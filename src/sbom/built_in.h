// The structure tables as they were when the program was built. Internal to src/sbom.
#pragma once

#include <string>
#include <vector>

namespace duolex::sbom {

struct BuiltInFile {
  std::string path;  // relative to structure/
  std::string text;
};
[[nodiscard]] const std::vector<BuiltInFile>& built_in_files();

}  // namespace duolex::sbom
