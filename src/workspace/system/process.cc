#include "workspace/system/process.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>

extern char** environ;

namespace duolex::workspace {
namespace {

constexpr std::size_t most_output = 4096;

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] int get() const { return fd_; }

 private:
  int fd_;
};

// The bytes in memory, to be read from their beginning; a file of no name, so that nobody has to feed a pipe. Its number
// is well above those that the child is given.
int file_of(std::string_view bytes) {
  const int made = ::memfd_create("duolex", MFD_CLOEXEC);
  if (made < 0) return -1;
  const int fd = ::fcntl(made, F_DUPFD_CLOEXEC, 10);
  ::close(made);
  while (fd >= 0 && !bytes.empty()) {
    const ssize_t n = ::write(fd, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) break;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  if (fd >= 0) ::lseek(fd, 0, SEEK_SET);
  return fd;
}


struct Started {
  pid_t child = 0;
  int output = -1;
};

Result<Started> start(const std::vector<std::string>& command, std::string_view input, std::string_view third) {
  const auto failed = [&](const char* what, int error) { return failure(error_in(command.front(), std::string(what) + ": " + std::strerror(error))); };
  const Descriptor in(file_of(input)), extra(third.empty() ? -1 : file_of(third));
  int ends[2];
  if (in.get() < 0 || (!third.empty() && extra.get() < 0) || ::pipe2(ends, O_CLOEXEC) != 0) return failed("cannot be started", errno);
  std::vector<char*> words;
  for (const std::string& word : command) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);

  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in.get(), 0);
  posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
  posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
  if (extra.get() >= 0) posix_spawn_file_actions_adddup2(&actions, extra.get(), 3);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t reset, none;
  sigemptyset(&reset);
  sigaddset(&reset, SIGPIPE);
  sigemptyset(&none);
  posix_spawnattr_setsigdefault(&attributes, &reset);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
  pid_t child = 0;
  const int error = ::posix_spawnp(&child, words.front(), &actions, &attributes, words.data(), environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  ::close(ends[1]);
  if (error != 0) {
    ::close(ends[0]);
    return failed("cannot be started", error);
  }
  return Started{child, ends[0]};
}


}  // namespace

Result<ProcessEnd> run_process(const std::vector<std::string>& command, std::string_view input, std::string_view third, int limit_seconds) {
  const auto started = start(command, input, third);
  if (!started) return failure(started.error());
  const pid_t child = started->child;
  const Descriptor from(started->output);
  ProcessEnd out;
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(limit_seconds);
  bool open = true, gone = false;
  int status = 0;
  while (!gone) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - std::chrono::steady_clock::now()).count();
    if (left <= 0) {
      ::kill(-child, SIGKILL);
      ::waitpid(child, &status, 0);
      out.timed_out = true;
      break;
    }
    // The output may stay open in something it left behind; its own end is what counts.
    pollfd wait{from.get(), POLLIN, 0};
    const int ready = ::poll(&wait, open ? 1 : 0, static_cast<int>(std::min<long long>(left, 20)));
    if (ready > 0) {
      char part[1024];
      const ssize_t n = ::read(from.get(), part, sizeof part);
      if (n <= 0) open = false;
      else if (out.output.size() < most_output) out.output.append(part, static_cast<std::size_t>(n));
    }
    gone = ::waitpid(child, &status, WNOHANG) == child;
  }
  while (gone && open && out.output.size() < most_output) {  // what it said last
    pollfd wait{from.get(), POLLIN, 0};
    char part[1024];
    if (::poll(&wait, 1, 0) <= 0) break;
    const ssize_t n = ::read(from.get(), part, sizeof part);
    if (n <= 0) break;
    out.output.append(part, static_cast<std::size_t>(n));
  }
  out.exit_status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return out;
}

Result<ProcessEnd> run_process_into(const std::vector<std::string>& command, std::string_view input, int limit_seconds, const std::function<bool(std::string_view)>& sink) {
  const auto started = start(command, input, "");
  if (!started) return failure(started.error());
  const Descriptor from(started->output);
  ProcessEnd out;
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(limit_seconds);
  std::string part(std::size_t{256} << 10, '\0');
  bool wanted = true;
  for (;;) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - std::chrono::steady_clock::now()).count();
    out.timed_out = left <= 0;
    if (out.timed_out || !wanted) break;
    pollfd wait{from.get(), POLLIN, 0};
    if (::poll(&wait, 1, static_cast<int>(std::min<long long>(left, 1000))) <= 0) continue;
    const ssize_t n = ::read(from.get(), part.data(), part.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) break;
    wanted = sink(std::string_view(part).substr(0, static_cast<std::size_t>(n)));
  }
  if (out.timed_out || !wanted) ::kill(-started->child, SIGKILL);
  int status = 0;
  while (::waitpid(started->child, &status, 0) < 0 && errno == EINTR) {
  }
  out.exit_status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return out;
}

}  // namespace duolex::workspace
