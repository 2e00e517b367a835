// `duolex advisories …`: the index of known vulnerabilities, and the orders of versions it rests on.
#pragma once

#include <iosfwd>
#include <string>

#include "base/exit_code.h"

namespace duolex::workspace {

struct OrderRequest {
  std::string ecosystem;  // or a scheme
};
// Lines "A < B", "A = B", "A > B" from `in`; prints those that do not hold or cannot be read and, last, how many
// were which. Exit: 0 all held, 1 some did not, 2 none failed but some could not be read, 64 no such ecosystem.
[[nodiscard]] ExitCode advisories_order(const OrderRequest& request, std::istream& in, std::ostream& out, std::ostream& err);

}  // namespace duolex::workspace
