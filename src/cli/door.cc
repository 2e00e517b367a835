// The program that the user starts. A scan is asked for at every build and of every release, and takes milliseconds;
// so it runs here, without the libraries that the other commands need. For those the workbench takes this one's place.
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <iostream>
#include <string_view>

#include "cli/commands.h"
#include "cli/options.h"
#include "cli/signals.h"

namespace {

namespace fs = std::filesystem;
constexpr const char* workbench = "duolex-workbench";

// Returns only when it is not there.
void become_workbench(char** argv) {
  std::error_code error;
  const fs::path self = fs::read_symlink("/proc/self/exe", error);
  if (error) return;
  for (const char* folder : {".", "../lib/duolex"}) {
    const fs::path program = (self.parent_path() / folder / workbench).lexically_normal();
    ::execv(program.c_str(), argv);
  }
}

// What is recorded as evidence needs the ledger, the dossier and the law.
bool may_record(int argc, char** argv) {
  std::error_code error;
  bool records = fs::exists("duolex.yaml", error) && fs::exists("ledger/log", error);
  for (int i = 2; i < argc; ++i) {
    const std::string_view word = argv[i];
    if (word == "--no-record") return false;
    for (const char* option : {"--record", "--release", "--key", "--good-until", "--help", "-h"})
      records = records || word.substr(0, word.find('=')) == option;
  }
  return records;
}

}  // namespace

int main(int argc, char** argv) {
  using namespace duolex;
  if (argc < 2 || std::strcmp(argv[1], "scan") != 0 || may_record(argc, argv)) {
    become_workbench(argv);
    std::cerr << workbench << ": is not there, or cannot be started; it stands beside the program\n";
    return static_cast<int>(ExitCode::internal);
  }
  std::ios::sync_with_stdio(false);
  cli::handle_signals();
  return static_cast<int>(cli::run({cli::add_scan}, argc, argv, std::cout, std::cerr));
}
