#include <csignal>
#include <iostream>

#include "cli/commands.h"

int main(int argc, char** argv) {
  std::ios::sync_with_stdio(false);
  // A reader that stops reading ends the program by a failed write, not by a signal.
  std::signal(SIGPIPE, SIG_IGN);
  return static_cast<int>(duolex::cli::run(duolex::cli::all_commands(), argc, argv, std::cout, std::cerr));
}
