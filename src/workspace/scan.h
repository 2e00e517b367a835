// `duolex scan`: the components of a release against known vulnerabilities (CRA Annex I Part I(2)(a): made available
// on the market without known exploitable vulnerabilities; Part II(1)).
#pragma once

#include <iosfwd>
#include <string>

#include "base/exit_code.h"

namespace duolex::workspace {

struct ScanRequest {
  std::string bill;
  std::string index;   // "" : there is none, and nothing is checked
  std::string format = "text";
};
// Exit: 0 no open finding, 1 some component is affected, 2 none is, but for some it cannot be told or nothing was
// checked, 65 the bill or the index cannot be read.
[[nodiscard]] ExitCode scan(const ScanRequest& request, std::ostream& out, std::ostream& err);

}  // namespace duolex::workspace
