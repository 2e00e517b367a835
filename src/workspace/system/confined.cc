#include "workspace/system/confined.h"

#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstring>
#include <mutex>

namespace duolex::workspace {
namespace {

volatile std::sig_atomic_t asked_to_end = 0;
void note_end(int) { asked_to_end = 1; }

bool limit(int resource, std::uint64_t value) {
  const rlimit l{value, value};
  return setrlimit(static_cast<__rlimit_resource>(resource), &l) == 0;
}

#if defined(__x86_64__)
constexpr std::uint32_t this_machine = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr std::uint32_t this_machine = AUDIT_ARCH_AARCH64;
#else
constexpr std::uint32_t this_machine = 0;
#endif

// Refuses these calls, with EPERM, from now on. A filter can be added to, never taken away.
bool refuse(const std::vector<long>& calls) {
  if (this_machine == 0) return false;
  std::vector<sock_filter> program;
  program.push_back(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, arch)));
  program.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, this_machine, 1, 0));
  program.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS));
  program.push_back(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)));
#if defined(__x86_64__)
  // The second set of numbers for the same calls.
  program.push_back(BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x40000000U, 0, 1));
  program.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM));
#endif
  for (const long call : calls) {
    program.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<std::uint32_t>(call), 0, 1));
    program.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM));
  }
  program.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
  const sock_fprog whole{static_cast<unsigned short>(program.size()), program.data()};
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &whole) == 0;
}

// Whatever opens a connection, starts a program or looks into another process; and the queue by which calls are made
// past a filter.
bool filter_calls() {
  return refuse({SYS_socket, SYS_socketpair, SYS_connect, SYS_bind, SYS_listen, SYS_accept, SYS_accept4, SYS_sendto, SYS_sendmsg, SYS_execve, SYS_execveat, SYS_ptrace,
                 SYS_process_vm_readv, SYS_process_vm_writev, SYS_kill, SYS_tkill, SYS_io_uring_setup});
}

}  // namespace

std::vector<std::string> confine(const ConfinedLimits& limits) {
  std::vector<std::string> held;
  const auto say = [&](bool done, const char* what) { held.push_back(done ? what : std::string("not available: ") + what); };
  say(limit(RLIMIT_AS, limits.memory), "memory is bounded");
  std::signal(SIGXFSZ, SIG_IGN);  // a library that tries to write is told so, not ended
  say(limit(RLIMIT_CORE, 0) && limit(RLIMIT_FSIZE, 0), "no file can be written");
  if (limits.cpu_seconds != 0) say(limit(RLIMIT_CPU, limits.cpu_seconds), "processor time is bounded");
  // A user name space of its own gives the right to leave the network behind where the caller has none.
  say(unshare(CLONE_NEWNET) == 0 || unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0, "no network (name space)");
  say(filter_calls(), "no network, no other program (seccomp)");
  return held;
}

namespace {

bool write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = write(fd, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

constexpr std::string_view confinement_mark = "\x01";  // no line of JSON begins with it

[[noreturn]] void be_child(int out, pid_t parent, const ConfinedLimits& limits, const std::function<int(const Say&)>& work) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(70);
  std::signal(SIGINT, SIG_IGN);
  std::signal(SIGTERM, SIG_DFL);
  std::mutex one;
  const Say say = [&](std::string_view line) {
    const std::scoped_lock lock(one);
    if (!write_all(out, std::string(line) + "\n")) _exit(70);
  };
  for (const std::string& held : confine(limits)) say(std::string(confinement_mark) + held);
  int status = 70;
  try {
    status = work(say);
  } catch (...) {
    // Memory ran out, or a fault: the caller sees the status.
  }
  _exit(status);
}

// The caller's way with the signals of a user who wants to end.
class Signals {
 public:
  Signals() {
    asked_to_end = 0;
    struct sigaction action {};
    action.sa_handler = note_end;  // without SA_RESTART: a wait ends
    sigaction(SIGINT, &action, &interrupt_);
    sigaction(SIGTERM, &action, &terminate_);
  }
  ~Signals() {
    sigaction(SIGINT, &interrupt_, nullptr);
    sigaction(SIGTERM, &terminate_, nullptr);
  }
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

 private:
  struct sigaction interrupt_ {}, terminate_ {};
};

}  // namespace

void close_files(const Say& say) {
  std::vector<long> calls = {SYS_openat, SYS_openat2, SYS_unlinkat, SYS_renameat2, SYS_linkat, SYS_symlinkat, SYS_mkdirat, SYS_mknodat, SYS_fchmodat, SYS_fchownat, SYS_truncate, SYS_open_by_handle_at,
                             SYS_mount, SYS_setxattr, SYS_utimensat};
#if defined(__x86_64__)
  calls.insert(calls.end(), {SYS_open, SYS_creat, SYS_unlink, SYS_rename, SYS_renameat, SYS_link, SYS_symlink, SYS_mkdir, SYS_rmdir, SYS_mknod, SYS_chmod, SYS_chown, SYS_lchown});
#endif
  const bool done = refuse(calls);
  say(std::string(confinement_mark) + (done ? "" : "not available: ") + "no file can be opened (seccomp)");
}

Result<ConfinedEnd> run_confined(const ConfinedLimits& limits, const std::function<int(const Say&)>& work,
                                 const std::function<void(const std::string&)>& heard) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return failure(error_in("", std::string("no pipe: ") + std::strerror(errno)));
  const Signals signals;
  const pid_t parent = getpid(), child = fork();
  if (child < 0) {
    close(ends[0]);
    close(ends[1]);
    return failure(error_in("", std::string("no process: ") + std::strerror(errno)));
  }
  if (child == 0) {
    close(ends[0]);
    be_child(ends[1], parent, limits, work);
  }
  close(ends[1]);
  ConfinedEnd end;
  const auto begun = std::chrono::steady_clock::now();
  std::string pending, buffer(64 << 10, '\0');
  for (;;) {
    if (asked_to_end != 0 && !end.interrupted) {
      end.interrupted = true;
      kill(child, SIGKILL);
    }
    if (limits.wall_seconds != 0 && !end.late && !end.interrupted && std::chrono::steady_clock::now() - begun > std::chrono::seconds(limits.wall_seconds)) {
      end.late = true;
      kill(child, SIGKILL);
    }
    // A signal between the look and the wait is seen within the second.
    pollfd wait{ends[0], POLLIN, 0};
    if (poll(&wait, 1, 1000) <= 0) continue;
    const ssize_t n = read(ends[0], buffer.data(), buffer.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) break;
    pending.append(buffer, 0, static_cast<std::size_t>(n));
    std::size_t at = 0;
    for (std::size_t newline; (newline = pending.find('\n', at)) != std::string::npos; at = newline + 1) {
      const std::string line = pending.substr(at, newline - at);
      if (line.starts_with(confinement_mark)) end.confinement.push_back(line.substr(1));
      else heard(line);
    }
    pending.erase(0, at);
  }
  close(ends[0]);
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFSIGNALED(status)) end.signal = WTERMSIG(status);
  else end.status = WEXITSTATUS(status);
  return end;
}

}  // namespace duolex::workspace
