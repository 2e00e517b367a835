#include "workspace/joint_file/report_folder.h"

#include <csignal>
#include <unistd.h>

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

}  // namespace

Result<void> write_report_folder(const fs::path& folder, const std::map<std::string, std::string>& files) {
  const Uninterrupted whole;
  std::error_code error;
  const fs::path target = fs::absolute(folder, error).lexically_normal();
  const fs::path clean = target.has_filename() ? target : target.parent_path();
  const bool exists = fs::exists(clean, error);
  if (exists && !fs::is_directory(clean, error))
    return failure(error_in(folder.string(), "is a file; a report needs a folder of its own"));
  if (exists && !fs::is_empty(clean, error) && !is_ours(clean))
    return failure(error_in(folder.string(), "holds something that is no report", "name a new folder"));
  fs::create_directories(clean.parent_path(), error);
  const fs::path fresh = clean.string() + ".new-" + std::to_string(::getpid());
  const fs::path old = clean.string() + ".old-" + std::to_string(::getpid());
  fs::remove_all(fresh, error);
  if (!fs::create_directories(fresh, error) || error)
    return failure(error_in(folder.string(), "cannot be written: " + error.message()));
  for (const auto& [name, bytes] : files) {
    auto written = write_file_atomically(fresh / name, bytes);
    if (!written) {
      fs::remove_all(fresh, error);
      return written;
    }
  }
  if (exists) fs::rename(clean, old, error);
  if (!error) fs::rename(fresh, clean, error);
  if (error) {
    const std::string why = error.message();
    if (fs::exists(old, error) && !fs::exists(clean, error)) fs::rename(old, clean, error);
    fs::remove_all(fresh, error);
    return failure(error_in(folder.string(), "cannot be replaced: " + why));
  }
  fs::remove_all(old, error);
  return {};
}

}  // namespace duolex::workspace
