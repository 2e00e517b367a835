// The program's own version, as it stands in what it writes.
#pragma once

namespace duolex {

inline constexpr const char* program_version = "0.1.0";

}  // namespace duolex
