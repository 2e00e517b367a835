// `duolex decide`: facts in, conclusions out.
#pragma once

#include <filesystem>
#include <iosfwd>
#include <optional>
#include <string>

#include "base/day.h"
#include "base/exit_code.h"

namespace duolex::workspace {

struct DecideRequest {
  std::filesystem::path facts;  // one product: a facts file or a dossier, or with `batch` one {"facts": {…}} a line
  Day as_of;
  bool json = false;
  bool proofs = false;  // with json: the "proofs" member
  bool batch = false;
  std::optional<std::filesystem::path> law;
};

// The answer goes to `out`, what is wrong to `err`. Exit: 0 all settled, 1 some contested and none
// unknown, 2 some unknown, 65 input that cannot be read (in a batch: some line of it).
[[nodiscard]] ExitCode decide(const DecideRequest& request, std::ostream& out, std::ostream& err);

}  // namespace duolex::workspace
