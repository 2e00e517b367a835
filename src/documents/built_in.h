// The catalogues that are built into the program: law/words/LANGUAGE.yaml and law/words/LANGUAGE/*.yaml.
#pragma once

#include <string>
#include <vector>

namespace duolex::documents {

struct BuiltInFile {
  std::string path, text;
};
[[nodiscard]] const std::vector<BuiltInFile>& built_in_files();

}  // namespace duolex::documents
