#include "workspace/joint_file/report_folder.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <vector>

#include "base/file.h"

namespace duolex::workspace {
namespace {

namespace fs = std::filesystem;

// What makes a folder one of ours, to be replaced as a whole.
constexpr const char* marks[] = {"assessment.json", "file.json", "declaration.json"};

bool is_ours(const fs::path& folder) {
  std::error_code error;
  for (const char* mark : marks)
    if (fs::exists(folder / mark, error)) return true;
  return false;
}

// Puts off a wish to stop until the folder is there as a whole: a moment.
class Uninterrupted {
 public:
  Uninterrupted() {
    sigset_t stops;
    sigemptyset(&stops);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&stops, signal);
    ::pthread_sigmask(SIG_BLOCK, &stops, &before_);
  }
  ~Uninterrupted() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  Uninterrupted(const Uninterrupted&) = delete;
  Uninterrupted& operator=(const Uninterrupted&) = delete;

 private:
  sigset_t before_{};
};

// Puts the fresh folder in the place of the one that stands there, in one step: whoever looks sees one or the other, and so
// does whoever looks after the process was killed. What stood there is then under the fresh one's name. File systems that
// cannot exchange get two steps.
std::error_code exchange(const fs::path& fresh, const fs::path& clean, const fs::path& old) {
  if (::renameat2(AT_FDCWD, fresh.c_str(), AT_FDCWD, clean.c_str(), RENAME_EXCHANGE) == 0) return {};
  std::error_code error(errno, std::system_category());
  if (error.value() != ENOSYS && error.value() != EINVAL) return error;
  error.clear();
  fs::rename(clean, old, error);
  if (error) return error;
  fs::rename(fresh, clean, error);
  std::error_code back;
  if (error) fs::rename(old, clean, back);
  return error;
}

// fsync of a folder, for the names in it. A file system that knows no such thing is no failure.
int sync(const fs::path& folder) {
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return 0;
  const int why = ::fsync(fd) != 0 && errno != EINVAL ? errno : 0;
  ::close(fd);
  return why;
}

// What processes that were killed left beside it.
void clear_away(const fs::path& clean) {
  std::error_code error;
  std::vector<fs::path> left;
  for (const auto& entry : fs::directory_iterator(clean.parent_path(), error)) {
    const std::string name = entry.path().filename().string();
    for (const char* kind : {".new-", ".old-"}) {
      const std::string start = clean.filename().string() + kind;
      if (!name.starts_with(start)) continue;
      pid_t process = 0;
      const auto [end, failed] = std::from_chars(name.data() + start.size(), name.data() + name.size(), process);
      if (failed != std::errc() || end != name.data() + name.size() || process <= 0) continue;
      if (process == ::getpid() || (::kill(process, 0) != 0 && errno == ESRCH)) left.push_back(entry.path());
    }
  }
  for (const fs::path& path : left) fs::remove_all(path, error);
}

}  // namespace

Result<void> write_report_folder(const fs::path& folder, const std::map<std::string, std::string>& files) {
  const Uninterrupted whole;
  std::error_code error;
  const fs::path target = fs::absolute(folder, error).lexically_normal();
  const fs::path clean = target.has_filename() ? target : target.parent_path();
  const bool exists = fs::exists(clean, error);
  if (exists && !fs::is_directory(clean, error))
    return failure(error_in(folder.string(), "is a file; a folder of its own is needed"));
  if (exists && !fs::is_empty(clean, error) && !is_ours(clean))
    return failure(error_in(folder.string(), "holds something that is no report", "name a new folder"));
  fs::create_directories(clean.parent_path(), error);
  const fs::path fresh = clean.string() + ".new-" + std::to_string(::getpid());
  const fs::path old = clean.string() + ".old-" + std::to_string(::getpid());
  fs::remove_all(fresh, error);
  if (!fs::create_directories(fresh, error) || error)
    return failure(error_in(folder.string(), "cannot be written: " + error.message()));
  for (const auto& [name, bytes] : files) {
    fs::create_directories((fresh / name).parent_path(), error);
    auto written = write_file_atomically(fresh / name, bytes);
    if (!written) {
      fs::remove_all(fresh, error);
      return written;
    }
  }
  if (exists) error = exchange(fresh, clean, old);
  else fs::rename(fresh, clean, error);
  if (error) {
    const std::string why = error.message();
    fs::remove_all(fresh, error);
    return failure(error_in(folder.string(), "cannot be replaced: " + why));
  }
  if (const int why = sync(clean.parent_path()); why != 0)
    return failure(error_in(folder.string(), "is written, and may not last: " + std::system_category().message(why)));
  clear_away(clean);
  return {};
}

}  // namespace duolex::workspace
