// Texts one after another, with room taken once.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

namespace duolex {

inline void append(std::string& out, std::initializer_list<std::string_view> parts) {
  for (const std::string_view part : parts) out.append(part);
}

[[nodiscard]] inline std::string joined(std::initializer_list<std::string_view> parts) {
  std::size_t size = 0;
  for (const std::string_view part : parts) size += part.size();
  std::string out;
  out.reserve(size);
  append(out, parts);
  return out;
}

}  // namespace duolex
