// Values out of foreign bytes, never beyond their end. Every function returns false, and moves nothing, when too few
// bytes are left.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace duolex::threats::model_files {

struct Cursor {
  std::string_view bytes;
  std::size_t at = 0;  // never more than bytes.size()

  [[nodiscard]] std::size_t left() const { return bytes.size() - at; }

  // A little-endian unsigned integer of sizeof(T) bytes.
  template <class T>
  [[nodiscard]] bool number(T& out) {
    if (left() < sizeof(T)) return false;
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < sizeof(T); ++i)
      value |= std::uint64_t{static_cast<unsigned char>(bytes[at + i])} << (8 * i);
    out = static_cast<T>(value);
    at += sizeof(T);
    return true;
  }

  [[nodiscard]] bool take(std::uint64_t count, std::string_view& out) {
    if (count > left()) return false;
    out = bytes.substr(at, static_cast<std::size_t>(count));
    at += static_cast<std::size_t>(count);
    return true;
  }

  // Up to a line feed, which is passed and not part of `out`.
  [[nodiscard]] bool line(std::string_view& out) {
    const std::size_t end = bytes.find('\n', at);
    if (end == std::string_view::npos) return false;
    out = bytes.substr(at, end - at);
    at = end + 1;
    return true;
  }
};

// a * b, or false when it does not fit.
[[nodiscard]] inline bool product(std::uint64_t a, std::uint64_t b, std::uint64_t& out) {
  return !__builtin_mul_overflow(a, b, &out);
}

}  // namespace duolex::threats::model_files
