// The files of the law folder as they were when the program was built. Internal to src/law.
#pragma once

#include <string_view>
#include <vector>

namespace duolex::law {

struct BuiltInFile {
  std::string_view path;  // relative to the law folder
  std::string_view text;
};
[[nodiscard]] const std::vector<BuiltInFile>& built_in_files();

}  // namespace duolex::law
