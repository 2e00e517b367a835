#include "storage/folder_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <thread>

namespace duolex::storage {

Result<FolderLock> FolderLock::take(const std::filesystem::path& file, int wait_seconds) {
  const int fd = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (fd < 0) return failure(error_in(file.string(), std::string("cannot be written: ") + std::strerror(errno), "the portfolio's folder must be there and writable"));
  FolderLock lock(fd);
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(wait_seconds);
  while (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK && errno != EINTR) return failure(error_in(file.string(), std::string("cannot be locked: ") + std::strerror(errno)));
    if (std::chrono::steady_clock::now() >= end) {
      char holder[32] = {};
      const ssize_t n = ::pread(fd, holder, sizeof holder - 1, 0);
      std::string process(holder, n > 0 ? static_cast<std::size_t>(n) : 0);
      process.erase(process.find_last_not_of("\n ") + 1);
      return failure(error_in(file.string(), "another process" + (process.empty() ? "" : " (" + process + ")") + " is at work in this folder",
                              "wait for it, or say --wait SECONDS"));
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  const std::string own = std::to_string(::getpid()) + "\n";
  if (::ftruncate(fd, 0) != 0 || ::pwrite(fd, own.data(), own.size(), 0) < 0) {
    // Who holds the lock is only for the message; the lock itself stands.
  }
  return lock;
}

void FolderLock::release() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

}  // namespace duolex::storage
