// `duolex scan`: the components of a release against known vulnerabilities (CRA Annex I Part I(2)(a): made available
// on the market without known exploitable vulnerabilities; Part II(1)).
#pragma once

#include <functional>
#include <iosfwd>
#include <string>
#include <vector>

#include "base/exit_code.h"
#include "base/result.h"

namespace duolex::vulnerabilities {
struct Scan;
}

namespace duolex::workspace {

struct ScanRequest {
  std::string bill;
  std::string index;   // "" : there is none, and nothing is checked
  std::string format = "text";        // text, json, or one of vulnerabilities::output_formats()
  std::vector<std::string> vex = {};  // documents with statements about findings; those of the bill itself are read besides
  std::string now = {};               // RFC 3339; statements of a later time are not applied
  std::string publisher = {}, publisher_url = {};  // of CSAF and OpenVEX documents
  // Told what was found, with the bytes of the bill, before the end.
  std::function<Result<void>(const vulnerabilities::Scan& scan, const std::string& bill, ExitCode code)> found;
};
// Exit: 0 no open finding, 1 some component is affected and no VEX statement says otherwise, 2 none is, but for some it cannot be told or nothing was
// checked, 65 the bill, the index or a VEX document cannot be read, 64 the format needs a publisher and none
// is named.
[[nodiscard]] ExitCode scan(const ScanRequest& request, std::ostream& out, std::ostream& err);

}  // namespace duolex::workspace
