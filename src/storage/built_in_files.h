// migrations/*.sql, in order. Internal to src/storage.
#pragma once

#include <string>
#include <vector>

namespace duolex::storage {

struct BuiltInFile {
  std::string name, text;
};
[[nodiscard]] const std::vector<BuiltInFile>& built_in_files();

}  // namespace duolex::storage
