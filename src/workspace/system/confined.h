// Work on foreign bytes in a process of its own: bounded memory, no network, no new programs, no files written.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace duolex::workspace {

struct ConfinedLimits {
  std::uint64_t memory = std::uint64_t{4} << 30;  // bytes of address space
  std::uint64_t cpu_seconds = 0;                  // 0: none
  std::uint64_t wall_seconds = 0;                 // of run_confined(): then the process is ended; 0: none
};

struct ConfinedEnd {
  bool interrupted = false;  // by the user (SIGINT, SIGTERM); the process is gone
  bool late = false;         // it took longer than `wall_seconds`; the process is gone
  int signal = 0;            // what ended it, when a signal did
  int status = 0;            // what `work` returned
  // What holds the process and what could not be had: "no network (seccomp)".
  std::vector<std::string> confinement{};
};

// Holds this process and all its children to the limits; what holds and what could not be had. With one thread only.
std::vector<std::string> confine(const ConfinedLimits& limits);

using Say = std::function<void(std::string_view line)>;  // one line, without its end

// For `work` below, once it has read what it needs: no file can be opened, made or taken away any more. Becomes part of
// the confinement that the caller is told of.
void close_files(const Say& say);

// Runs `work` in a child that shares the caller's memory as it is now. What it says is heard by the caller, line by
// line, in order. Call with one thread only.
[[nodiscard]] Result<ConfinedEnd> run_confined(const ConfinedLimits& limits, const std::function<int(const Say& say)>& work,
                                               const std::function<void(const std::string& line)>& heard);

}  // namespace duolex::workspace
