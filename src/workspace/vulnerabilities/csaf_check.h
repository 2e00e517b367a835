// `duolex csaf check`: CSAF 2.0 documents against their structure and the mandatory tests of the standard.
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "base/exit_code.h"

namespace duolex::workspace {

struct CsafCheckRequest {
  std::vector<std::string> files;
  bool json = false;
};
// Exit: 0 no fault in any, 65 one has a fault or cannot be read.
[[nodiscard]] ExitCode csaf_check(const CsafCheckRequest& request, std::ostream& out, std::ostream& err);

}  // namespace duolex::workspace
