// The command line: words in, a use case of the workspace, an exit status out.
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "base/exit_code.h"

namespace duolex::cli {

struct Program;

// Commands that stand in one file, with the names under which they are called.
struct Group {
  void (*add)(Program&);
  std::vector<std::string> names;
};

[[nodiscard]] const std::vector<Group>& all_commands();

// Reads the command line and runs what it asks for. Only the groups of the command that is named are set up: the options
// of all the others would cost a short command more than its work.
[[nodiscard]] ExitCode run(const std::vector<Group>& groups, int argc, const char* const* argv, std::ostream& out, std::ostream& err);

}  // namespace duolex::cli
