// scan_benchmark [FOLDER]: `duolex scan` as a whole process, over the bill and the index that index_benchmark leaves in
// FOLDER, as text and as JSON: the median time with everything in the page cache, the same with the page cache dropped
// (all of it where this may be done, else the pages of the files that are read), and the user instructions that callgrind counts, where valgrind is
// there.
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>
#include <vector>

extern char** environ;

namespace {

namespace fs = std::filesystem;

struct Ended {
  double milliseconds = 0;
  int status = -1;
};

// With its output thrown away.
Ended run(const std::vector<std::string>& words) {
  std::vector<char*> argv;
  for (const std::string& word : words) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addopen(&files, 2, "/dev/null", O_WRONLY, 0);
  const auto begun = std::chrono::steady_clock::now();
  pid_t child = 0;
  Ended out;
  if (posix_spawnp(&child, argv[0], &files, nullptr, argv.data(), environ) == 0) {
    int status = 0;
    waitpid(child, &status, 0);
    out.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }
  out.milliseconds = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begun).count();
  posix_spawn_file_actions_destroy(&files);
  return out;
}

bool drop_all() {
  sync();
  const int fd = open("/proc/sys/vm/drop_caches", O_WRONLY);
  const bool done = fd >= 0 && write(fd, "3", 1) == 1;
  if (fd >= 0) close(fd);
  return done;
}

void drop(const std::string& file) {
  const int fd = open(file.c_str(), O_RDONLY);
  if (fd < 0) return;
  posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
  close(fd);
}

void say(const char* what, std::vector<double> times) {
  std::sort(times.begin(), times.end());
  std::printf("  %-44s median %7.2f ms   least %7.2f   most %7.2f   (%zu runs)\n", what, times[times.size() / 2], times.front(), times.back(), times.size());
}

// The number behind "Collected :" in what callgrind says.
long long collected(const std::string& command) {
  std::FILE* const out = popen(command.c_str(), "r");
  long long count = -1;
  char line[512];
  while (out != nullptr && std::fgets(line, sizeof line, out) != nullptr)
    if (const char* at = std::strstr(line, "Collected :")) count = std::atoll(at + 11);
  if (out != nullptr) pclose(out);
  return count;
}

}  // namespace

int main(int argc, char** argv) {
  const fs::path folder = argc > 1 ? argv[1] : fs::temp_directory_path() / "duolex-index-benchmark";
  const std::string bill = folder / "bill.json", index = folder / "advisories.idx", program = DUOLEX_PROGRAM;
  if (!fs::exists(bill) || !fs::exists(index)) {
    std::fprintf(stderr, "run index_benchmark first: %s is not there\n", index.c_str());
    return 66;
  }
  for (const std::string format : {"text", "json"}) {
    const std::vector<std::string> words = {program, "scan", bill, "--index", index, "--format", format};
    if (const Ended first = run(words); first.status != 0 && first.status != 1 && first.status != 2) return 70;
    std::printf("duolex scan --format %s\n", format.c_str());
    std::vector<double> warm, cold;
    for (int i = 0; i < 301; ++i) warm.push_back(run(words).milliseconds);
    say("everything in the page cache", warm);
    bool all = true;
    for (int i = 0; i < 21; ++i) {
      all = drop_all() && all;
      for (const std::string& file : {bill, index}) drop(file);
      cold.push_back(run(words).milliseconds);
    }
    say(all ? "page cache dropped, with program and libraries" : "bill and index dropped from the page cache", cold);
    const std::string valgrind = "valgrind --tool=callgrind --callgrind-out-file='" + (folder / "callgrind.out").string() + "' '" + program + "' scan '" + bill + "' --index '" + index +
                                 "' --format " + format + " 2>&1 >/dev/null";
    const long long count = collected(valgrind);
    if (count < 0) std::printf("  no instructions counted: there is no valgrind here\n");
    else std::printf("  %lld user instructions, as callgrind counts them\n", count);
  }
  return 0;
}
