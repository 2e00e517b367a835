// The structure tables as they were when the program was built. Internal to src/sbom.
#pragma once

#include <string_view>
#include <vector>

namespace duolex::sbom {

struct BuiltInFile {
  std::string_view path;  // relative to structure/
  std::string_view text;
};
[[nodiscard]] const std::vector<BuiltInFile>& built_in_files();

}  // namespace duolex::sbom
