#include "base/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace duolex {
namespace {

struct Descriptor {
  int fd = -1;
  ~Descriptor() {
    if (fd >= 0) ::close(fd);
  }
};

Failure refused(const std::filesystem::path& path, const std::string& what, int error) {
  return failure(error_in(path.string(), what + (error != 0 ? std::string(": ") + std::strerror(error) : "")));
}

}  // namespace

Result<std::string> read_file(const std::filesystem::path& path, std::size_t limit) {
  Descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  if (file.fd < 0) return refused(path, "cannot be opened", errno);
  struct stat info {};
  if (::fstat(file.fd, &info) != 0) return refused(path, "cannot be read", errno);
  if (S_ISDIR(info.st_mode)) return refused(path, "is a folder, not a file", 0);
  if (!S_ISREG(info.st_mode)) return refused(path, "is not a regular file", 0);
  if (static_cast<std::size_t>(info.st_size) > limit)
    return refused(path, "is larger than " + std::to_string(limit >> 20) + " MiB", 0);
  std::string bytes;
  bytes.resize(static_cast<std::size_t>(info.st_size));
  std::size_t have = 0;
  while (have < bytes.size()) {
    const ssize_t n = ::read(file.fd, bytes.data() + have, bytes.size() - have);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return refused(path, "cannot be read", errno);
    if (n == 0) break;
    have += static_cast<std::size_t>(n);
  }
  bytes.resize(have);
  return bytes;
}

Result<void> write_file_atomically(const std::filesystem::path& path, std::string_view bytes) {
  std::string name = path.string() + ".XXXXXX";
  Descriptor file{::mkostemp(name.data(), O_CLOEXEC)};
  if (file.fd < 0) return refused(path, "cannot be written", errno);
  const auto give_up = [&](int error) {
    ::unlink(name.c_str());
    return refused(path, "cannot be written", error);
  };
  for (std::size_t done = 0; done < bytes.size();) {
    const ssize_t n = ::write(file.fd, bytes.data() + done, bytes.size() - done);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return give_up(errno);
    done += static_cast<std::size_t>(n);
  }
  if (::fchmod(file.fd, 0644) != 0 || ::fsync(file.fd) != 0) return give_up(errno);
  const int fd = file.fd;
  file.fd = -1;
  if (::close(fd) != 0) return give_up(errno);
  if (::rename(name.c_str(), path.c_str()) != 0) return give_up(errno);
  return {};
}

}  // namespace duolex
