// duolex probe data: the state of a data set, and what its rows say about each other.
#pragma once

#include <cstdint>
#include <filesystem>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include "base/exit_code.h"
#include "workspace/evidence/recording.h"

namespace duolex::workspace {

struct ProbeDataRequest {
  std::filesystem::path path;                      // a file, or a folder of files
  std::optional<std::filesystem::path> baseline;   // a manifest
  std::optional<std::filesystem::path> reference;  // earlier data of the same kind
  std::optional<std::filesystem::path> labels, features;
  std::optional<std::filesystem::path> write_manifest;
  std::optional<std::filesystem::path> sign;       // a private key: the manifest is written in a signed envelope
  std::vector<std::string> baseline_keys;          // the baseline must be signed with one of them
  std::string label_column;
  std::uint64_t seed = 1;
  bool json = false;
  Recording recording;
};

// finding when a test is not met; undecided when one is inconclusive; bad_input; cannot_write; clear.
[[nodiscard]] ExitCode probe_data(const ProbeDataRequest& request, std::ostream& out, std::ostream& err);

}  // namespace duolex::workspace
