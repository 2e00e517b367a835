// Another program, run to its end or to a limit of time. Internal to src/workspace.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace duolex::workspace {

struct ProcessEnd {
  bool timed_out = false;
  int exit_status = 0;  // 128 + the signal when one ended it
  std::string output;   // the first 4 KiB of its standard output
};

// Looked for on the path when the name has no slash; no shell. It gets `input` on standard input and, when it is not
// empty, `third` on file descriptor 3. Its standard error is not kept: it may hold what must not be shown. At the limit
// it is killed, with what it started. Fails when it cannot be started.
[[nodiscard]] Result<ProcessEnd> run_process(const std::vector<std::string>& command, std::string_view input, std::string_view third, int limit_seconds);

// The same, its standard output handed to `sink` as it comes; where that returns false it is killed. It lives no longer
// than whoever started it reads.
[[nodiscard]] Result<ProcessEnd> run_process_into(const std::vector<std::string>& command, std::string_view input, int limit_seconds,
                                                  const std::function<bool(std::string_view)>& sink);

}  // namespace duolex::workspace
