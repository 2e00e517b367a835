// duolex probe verify: decides a VNN-LIB property of an ONNX network.
#pragma once

#include <cstdint>
#include <filesystem>
#include <iosfwd>

#include "base/exit_code.h"
#include "workspace/evidence/recording.h"

namespace duolex::workspace {

struct ProbeVerifyRequest {
  std::filesystem::path network, property;
  double timeout = 60;      // seconds of the clock
  std::size_t threads = 0;  // 0: as many as the machine has processors
  std::uint64_t seed = 0;
  bool json = false;
  Recording recording;
};

// Prints unsat, sat with the counter-example, timeout, or unknown with the reason on err: parts became too small to
// halve, or an operator cannot be bounded ("not tested: …"). Exit: clear, finding, undecided, undecided; 65 for files
// that cannot be read or do not fit together.
[[nodiscard]] ExitCode probe_verify(const ProbeVerifyRequest& request, std::ostream& out, std::ostream& err);

}  // namespace duolex::workspace
