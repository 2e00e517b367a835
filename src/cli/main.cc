#include <iostream>

#include "cli/commands.h"
#include "cli/signals.h"

int main(int argc, char** argv) {
  std::ios::sync_with_stdio(false);
  duolex::cli::handle_signals();
  return static_cast<int>(duolex::cli::run(duolex::cli::all_commands(), argc, argv, std::cout, std::cerr));
}
