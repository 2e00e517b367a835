// One writer at a time in a folder. The lock is the system's, so it ends with the process however that ends.
#pragma once

#include <filesystem>
#include <string>

#include "base/result.h"

namespace duolex::storage {

class FolderLock {
 public:
  // Waits at most so long; then fails with the number of the process that holds it.
  [[nodiscard]] static Result<FolderLock> take(const std::filesystem::path& file, int wait_seconds);
  FolderLock(FolderLock&& other) noexcept : fd_(other.fd_) { other.fd_ = -1; }
  FolderLock& operator=(FolderLock&&) = delete;
  ~FolderLock() { release(); }
  void release();

 private:
  explicit FolderLock(int fd) : fd_(fd) {}
  int fd_ = -1;
};

}  // namespace duolex::storage
