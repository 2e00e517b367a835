// The sections of a segment on their way into a file.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <string>
#include <type_traits>

#include "vulnerabilities/index/format.h"

namespace duolex::vulnerabilities::index {

template <class T>
void put(std::string& out, const T& value) {
  static_assert(std::endian::native == std::endian::little && std::is_trivially_copyable_v<T>);
  out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

// Writes the header, and all checksums of the pages as they are, to the places that `header` names for them; these lie
// within the bytes.
void seal(std::string& bytes, Header header);

class Sections {
 public:
  std::string& operator[](Section s) { return bytes_[static_cast<std::size_t>(s)]; }
  // The file: header, sections, checksums. `header` has what the caller knows of it.
  [[nodiscard]] std::string assemble(Header header);

 private:
  std::array<std::string, section_count> bytes_;
};

}  // namespace duolex::vulnerabilities::index
