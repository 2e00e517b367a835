// Numbers with their noun, as a person says them.
#pragma once

#include <cstdint>
#include <string>

namespace duolex {

// "1 file", "2 files"; where the plural is not the word with an s, it is given.
[[nodiscard]] inline std::string counted(std::uint64_t count, const std::string& one, const std::string& many = "") {
  return std::to_string(count) + " " + (count == 1 ? one : many.empty() ? one + "s" : many);
}

}  // namespace duolex
