#include "text/utf8.h"

#include <algorithm>
#include <cstdint>

namespace duolex::text {
namespace {

constexpr std::uint32_t bad = 0xffffffff;

// The code point at s[i], and its length in `size`; `bad` when there is none.
std::uint32_t decode(std::string_view s, std::size_t i, std::size_t& size) {
  const auto c = static_cast<unsigned char>(s[i]);
  size = c < 0x80 ? 1 : (c >> 5) == 6 ? 2 : (c >> 4) == 14 ? 3 : (c >> 3) == 30 ? 4 : 0;
  if (size == 0 || i + size > s.size()) return bad;
  if (size == 1) return c;
  std::uint32_t code = c & (0xffu >> (size + 1));
  for (std::size_t k = 1; k < size; ++k) {
    const auto d = static_cast<unsigned char>(s[i + k]);
    if ((d & 0xc0) != 0x80) return bad;
    code = code << 6 | (d & 0x3fu);
  }
  static constexpr std::uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = code >= 0xd800 && code < 0xe000;
  return code < least[size] || code > 0x10ffff || surrogate ? bad : code;
}

std::optional<BadText> find(std::string_view s, bool controls_too) {
  if (s.substr(0, 3) == "\xef\xbb\xbf") return BadText{0, "a byte-order mark"};
  if (s.substr(0, 2) == "\xff\xfe" || s.substr(0, 2) == "\xfe\xff") return BadText{0, "this is UTF-16, not UTF-8"};
  std::size_t size = 1;
  for (std::size_t i = 0; i < s.size(); i += size) {
    const std::uint32_t code = decode(s, i, size);
    if (code == bad) return BadText{i, "this is not UTF-8"};
    if (code == 0) return BadText{i, "a NUL byte"};
    if (!controls_too) continue;
    if (code == 0xfeff) return BadText{i, "a byte-order mark"};
    if (code == '\r' && (i + 1 == s.size() || s[i + 1] != '\n'))
      return BadText{i, "a carriage return without a line feed"};
    if ((code < 0x20 && code != '\t' && code != '\n' && code != '\r') || (code >= 0x7f && code < 0xa0))
      return BadText{i, "a control character"};
  }
  return std::nullopt;
}

}  // namespace

std::optional<BadText> find_bad_encoding(std::string_view bytes) { return find(bytes, false); }
std::optional<BadText> find_bad_text(std::string_view bytes) { return find(bytes, true); }

std::size_t walk_utf8(std::string_view bytes, std::size_t at, std::size_t stop) {
  for (std::size_t size = 1; at < stop; at += size) {
    size = 1;
    if (static_cast<unsigned char>(bytes[at]) >= 0x80 && decode(bytes, at, size) == bad) return std::string_view::npos;
  }
  return at;
}

std::size_t code_point_boundary(std::string_view s, std::size_t at) {
  at = std::min(at, s.size());
  while (at > 0 && at < s.size() && (static_cast<unsigned char>(s[at]) & 0xc0) == 0x80) --at;
  return at;
}

}  // namespace duolex::text
