// A folder of a test's own: new, whatever an earlier process of the same number may have left, and gone with the test.
#pragma once

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>

namespace duolex {

class ScratchFolder {
 public:
  // `in_memory`: a process that is killed loses nothing that it wrote, whatever it is written to, and memory is quicker
  // than a disk, where there is such a place.
  explicit ScratchFolder(const std::string& name, bool in_memory = false) {
    std::error_code error;
    const std::filesystem::path memory = "/dev/shm";
    const bool there = in_memory && std::filesystem::is_directory(memory, error) && ::access(memory.c_str(), W_OK | X_OK) == 0;
    std::string made = ((there ? memory : std::filesystem::temp_directory_path()) / ("duolex-" + name + "-XXXXXX")).string();
    if (::mkdtemp(made.data()) == nullptr) std::abort();
    path_ = made;
  }
  ~ScratchFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace duolex
