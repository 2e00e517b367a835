#include "workspace/joint_file/print_pdf.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/beside.h"

namespace duolex::workspace {
namespace {

namespace fs = std::filesystem;
constexpr const char* printer = "duolex-print";
constexpr std::size_t output_limit = std::size_t{512} << 20;

struct Pipe {
  int read = -1, write = -1;
  Pipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) == 0) read = ends[0], write = ends[1];
  }
  ~Pipe() {
    close(read);
    close(write);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  static void close(int& end) {
    if (end >= 0) ::close(end);
    end = -1;
  }
};

bool write_all(int fd, const std::string& bytes) {
  for (std::size_t at = 0; at < bytes.size();) {
    const ssize_t n = ::write(fd, bytes.data() + at, bytes.size() - at);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    at += static_cast<std::size_t>(n);
  }
  return true;
}

bool read_all(int fd, std::string& bytes) {
  std::array<char, 65536> buffer;
  for (;;) {
    const ssize_t n = ::read(fd, buffer.data(), buffer.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return n == 0;
    bytes.append(buffer.data(), static_cast<std::size_t>(n));
    if (bytes.size() > output_limit) return false;
  }
}

// The whole input is read before anything is written, so one pipe after the other is enough.
Result<std::string> run(const fs::path& program, const std::string& input) {
  Pipe in, out;
  if (in.write < 0 || out.write < 0) return failure(error_in(program.string(), "cannot be started: no pipe is to be had"));
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in.read, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, out.write, STDOUT_FILENO);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  std::string path = program.string();
  std::array<char*, 2> arguments = {path.data(), nullptr};
  // Times in fonts and the order of sets would differ from run to run otherwise.
  std::array<std::string, 4> variables = {"PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8", "PYTHONHASHSEED=0", "SOURCE_DATE_EPOCH=0"};
  std::array<char*, 5> environment = {variables[0].data(), variables[1].data(), variables[2].data(), variables[3].data(), nullptr};
  pid_t child = 0;
  const int started = ::posix_spawn(&child, path.c_str(), &actions, nullptr, arguments.data(), environment.data());
  posix_spawn_file_actions_destroy(&actions);
  if (started != 0) return failure(error_in(path, "cannot be started", "it needs python3 and the package weasyprint"));
  Pipe::close(in.read);
  Pipe::close(out.write);
  const auto before = std::signal(SIGPIPE, SIG_IGN);
  const bool written = write_all(in.write, input);
  Pipe::close(in.write);
  std::string output;
  const bool heard = read_all(out.read, output);
  Pipe::close(out.read);
  std::signal(SIGPIPE, before);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (!written || !heard || !WIFEXITED(status) || WEXITSTATUS(status) != 0)
    return failure(error_in(path, "ended without printing", "it needs python3 and the package weasyprint"));
  return output;
}

}  // namespace

Result<std::map<std::string, std::string>> print_pdf(const std::vector<PaperPage>& pages, Day day) {
  const fs::path program = beside_program(printer);
  if (program.empty()) return failure(error_in(printer, "is not there: nothing can be printed", "it stands beside the program"));
  nlohmann::json input = nlohmann::json::array();
  for (const PaperPage& p : pages) input.push_back({{"name", p.name}, {"html", p.html}, {"data", p.data}, {"day", to_string(day)}});
  const auto output = run(program, input.dump());
  if (!output) return tl::unexpected(output.error());
  std::map<std::string, std::string> files;
  for (std::size_t at = 0; at < output->size();) {
    const std::size_t end = output->find('\n', at);
    const std::string line = output->substr(at, end == std::string::npos ? std::string::npos : end - at);
    if (line.starts_with("error ")) return failure(error_in(printer, line.substr(6)));
    const std::size_t blank = line.rfind(' ');
    const std::size_t size = blank == std::string::npos ? 0 : std::strtoull(line.c_str() + blank + 1, nullptr, 10);
    if (end == std::string::npos || size == 0 || size > output->size() - end - 1) break;
    files[line.substr(0, blank)] = output->substr(end + 1, size);
    at = end + 1 + size;
  }
  for (const PaperPage& p : pages)
    if (!files.contains(p.name) || !files[p.name].starts_with("%PDF-")) return failure(error_in(printer, "did not print " + p.name));
  return files;
}

}  // namespace duolex::workspace
