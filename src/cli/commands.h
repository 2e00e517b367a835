// The command line: words in, a use case of the workspace, an exit status out.
#pragma once

#include <iosfwd>

#include "base/exit_code.h"

namespace duolex::cli {

[[nodiscard]] ExitCode run(int argc, const char* const* argv, std::ostream& out, std::ostream& err);

}  // namespace duolex::cli
