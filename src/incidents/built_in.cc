#include "incidents/built_in.h"

#include <cstdlib>

#include "incidents/built_in_files.h"

namespace duolex::incidents {

const std::string& built_in_file(const std::string& name) {
  for (const BuiltInFile& file : built_in_files()) {
    if (file.path == name) return file.text;
  }
  std::abort();
}

}  // namespace duolex::incidents
