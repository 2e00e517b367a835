// The command line: words in, a use case of the workspace, an exit status out.
#pragma once

#include <iosfwd>
#include <vector>

#include "base/exit_code.h"

namespace duolex::cli {

struct Program;
using AddCommands = void (*)(Program&);

// Every group of commands.
[[nodiscard]] const std::vector<AddCommands>& all_commands();

// Reads the command line with these groups and runs what it asks for.
[[nodiscard]] ExitCode run(const std::vector<AddCommands>& groups, int argc, const char* const* argv, std::ostream& out, std::ostream& err);

}  // namespace duolex::cli
