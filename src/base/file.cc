#include "base/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdlib>
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

Failure too_large(const std::filesystem::path& path, std::size_t limit) {
  return refused(path, "is larger than " + std::to_string(limit >> 20) + " MiB", 0);
}

// What a shell's <(command) names.
Result<std::string> read_pipe(const std::filesystem::path& path, int fd, std::size_t limit) {
  if (::fcntl(fd, F_SETFL, 0) != 0) return refused(path, "cannot be read", errno);
  std::string bytes;
  char part[65536];
  for (;;) {
    const ssize_t n = ::read(fd, part, sizeof part);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return refused(path, "cannot be read", errno);
    if (n == 0) return bytes;
    bytes.append(part, static_cast<std::size_t>(n));
    if (bytes.size() > limit) return too_large(path, limit);
  }
}

// The names of temporary files that exist now, where a signal handler can read them.
struct Unfinished {
  std::atomic<bool> taken{false};
  std::atomic<bool> exists{false};
  char name[4096];
};
Unfinished unfinished[8];

class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& target) {
    static std::atomic<unsigned> count{0};
    name_ = target + "." + std::to_string(::getpid()) + "-" + std::to_string(count++) + ".part";
    for (Unfinished& slot : unfinished) {
      if (name_.size() >= sizeof slot.name || slot.taken.exchange(true)) continue;
      slot_ = &slot;
      std::memcpy(slot.name, name_.c_str(), name_.size() + 1);
      slot.exists = true;
      break;
    }
    file_.fd = ::open(name_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (file_.fd < 0) forget();
  }
  ~TemporaryFile() {
    if (file_.fd >= 0 || pending_) ::unlink(name_.c_str());
    forget();
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  [[nodiscard]] int fd() const { return file_.fd; }
  // 0, or the error.
  int become(const std::string& target) {
    const int fd = file_.fd;
    file_.fd = -1;
    pending_ = true;
    if (::close(fd) != 0 || ::rename(name_.c_str(), target.c_str()) != 0) return errno;
    pending_ = false;
    return 0;
  }

 private:
  void forget() {
    if (slot_ == nullptr) return;
    slot_->exists = false;
    slot_->taken = false;
    slot_ = nullptr;
  }

  std::string name_;
  Descriptor file_;
  bool pending_ = false;
  Unfinished* slot_ = nullptr;
};

int write_all(int fd, std::string_view bytes) {
  for (std::size_t done = 0; done < bytes.size();) {
    const ssize_t n = ::write(fd, bytes.data() + done, bytes.size() - done);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return errno;
    done += static_cast<std::size_t>(n);
  }
  return 0;
}

}  // namespace

Result<std::string> read_file(const std::filesystem::path& path, std::size_t limit) {
  Descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  if (file.fd < 0) return refused(path, "cannot be opened", errno);
  struct stat info {};
  if (::fstat(file.fd, &info) != 0) return refused(path, "cannot be read", errno);
  if (S_ISDIR(info.st_mode)) return refused(path, "is a folder, not a file", 0);
  if (S_ISFIFO(info.st_mode)) return read_pipe(path, file.fd, limit);
  if (!S_ISREG(info.st_mode)) return refused(path, "is not a regular file", 0);
  if (static_cast<std::size_t>(info.st_size) > limit) return too_large(path, limit);
  std::string bytes;
  int error = 0;
  const auto fill = [&](char* to, std::size_t size) {
    std::size_t have = 0;
    while (have < size) {
      const ssize_t n = ::read(file.fd, to + have, size - have);
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) error = errno;
      if (n <= 0) break;
      have += static_cast<std::size_t>(n);
    }
    return have;
  };
  const auto size = static_cast<std::size_t>(info.st_size);
#ifdef __cpp_lib_string_resize_and_overwrite
  bytes.resize_and_overwrite(size, fill);  // without zeros that nobody reads
#else
  bytes.resize(size);
  bytes.resize(fill(bytes.data(), size));
#endif
  if (error != 0) return refused(path, "cannot be read", error);
  return bytes;
}

Result<void> write_file_atomically(const std::filesystem::path& path, std::string_view bytes) {
  return write_file_atomically(path, bytes, [] { return Result<void>(); });
}

Result<void> write_file_atomically(const std::filesystem::path& path, std::string_view bytes, const std::function<Result<void>()>& before_it_is_seen) {
  const auto refuse = [&](int error) { return refused(path, "cannot be written", error); };
  std::error_code no_throw;
  std::filesystem::path target = path;
  if (std::filesystem::is_symlink(path, no_throw)) target = std::filesystem::weakly_canonical(path, no_throw);
  struct stat old {};
  const bool exists = ::stat(target.c_str(), &old) == 0;
  if (exists && S_ISDIR(old.st_mode)) return refused(path, "is a folder, not a file", 0);
  if (exists && !S_ISREG(old.st_mode)) {
    const Descriptor device{::open(target.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY)};
    if (device.fd < 0) return refuse(errno);
    if (const int error = write_all(device.fd, bytes)) return refuse(error);
    return {};
  }
  TemporaryFile file(target.string());
  if (file.fd() < 0) return refuse(errno);
  if (exists && ::fchmod(file.fd(), old.st_mode & 07777) != 0) return refuse(errno);
  if (const int error = write_all(file.fd(), bytes)) return refuse(error);
  if (::fsync(file.fd()) != 0) return refuse(errno);
  if (auto ready = before_it_is_seen(); !ready) return ready;
  if (const int error = file.become(target.string())) return refuse(error);
  const std::filesystem::path parent = target.has_parent_path() ? target.parent_path() : ".";
  const Descriptor folder{::open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  // The new name. A file system that knows no synchronisation of folders says EINVAL.
  if (folder.fd >= 0 && ::fsync(folder.fd) != 0 && errno != EINVAL) return refuse(errno);
  return {};
}

Result<void> append_to_file(const std::filesystem::path& path, std::string_view bytes) {
  const auto refuse = [&](int error) { return refused(path, "cannot be written", error); };
  const Descriptor file{::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOCTTY, 0666)};
  struct stat info {};
  if (file.fd < 0 || ::fstat(file.fd, &info) != 0) return refuse(errno);
  if (!S_ISREG(info.st_mode)) return refused(path, "is no file", 0);
  // A last line that was cut short is taken away, be it long.
  off_t end = info.st_size;
  for (char part[4096]; end > 0;) {
    const off_t begin = std::max<off_t>(0, end - static_cast<off_t>(sizeof part));
    const ssize_t n = ::pread(file.fd, part, static_cast<std::size_t>(end - begin), begin);
    if (n != end - begin) return refuse(n < 0 ? errno : EIO);
    const std::string_view have(part, static_cast<std::size_t>(n));
    const std::size_t feed = have.rfind('\n');
    if (feed != std::string_view::npos) {
      end = begin + static_cast<off_t>(feed) + 1;
      break;
    }
    end = begin;
  }
  if (end != info.st_size && ::ftruncate(file.fd, end) != 0) return refuse(errno);
  if (::lseek(file.fd, end, SEEK_SET) < 0) return refuse(errno);
  if (const int error = write_all(file.fd, bytes)) return refuse(error);
  if (::fsync(file.fd) != 0) return refuse(errno);
  if (info.st_size == 0) {
    const std::filesystem::path parent = path.has_parent_path() ? path.parent_path() : ".";
    const Descriptor folder{::open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    if (folder.fd >= 0) ::fsync(folder.fd);
  }
  return {};
}

void remove_left_over_files(const std::filesystem::path& path) noexcept {
  std::error_code error;
  const std::filesystem::path parent = path.has_parent_path() ? path.parent_path() : ".";
  const std::string prefix = path.filename().string() + ".";
  for (std::filesystem::directory_iterator it(parent, error), last; !error && it != last; it.increment(error)) {
    const std::string name = it->path().filename().string();
    if (!name.starts_with(prefix) || !name.ends_with(".part")) continue;
    const std::string middle = name.substr(prefix.size(), name.size() - prefix.size() - 5);
    const std::size_t dash = middle.find('-');
    if (dash == 0 || dash > 9 || dash == std::string::npos || middle.find_first_not_of("0123456789-") != std::string::npos) continue;
    const auto owner = static_cast<pid_t>(std::atol(middle.c_str()));
    if (owner == ::getpid() || ::kill(owner, 0) == 0 || errno != ESRCH) continue;
    ::unlink(it->path().c_str());
  }
}

void remove_unfinished_files() noexcept {
  for (const Unfinished& file : unfinished)
    if (file.exists) ::unlink(file.name);
}

}  // namespace duolex
