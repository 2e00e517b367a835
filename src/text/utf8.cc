#include "text/utf8.h"

namespace duolex::text {

std::optional<BadText> find_bad_text(std::string_view s) {
  if (s.substr(0, 3) == "\xef\xbb\xbf") return BadText{0, "a byte-order mark"};
  if (s.substr(0, 2) == "\xff\xfe" || s.substr(0, 2) == "\xfe\xff") return BadText{0, "this is UTF-16, not UTF-8"};
  for (std::size_t i = 0; i < s.size();) {
    const auto c = static_cast<unsigned char>(s[i]);
    if (c == 0) return BadText{i, "a NUL byte"};
    if ((c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7f) return BadText{i, "a control character"};
    const std::size_t n = c < 0x80 ? 1 : (c >> 5) == 6 ? 2 : (c >> 4) == 14 ? 3 : (c >> 3) == 30 ? 4 : 0;
    if (n == 0 || c == 0xc0 || c == 0xc1 || i + n > s.size()) return BadText{i, "this is not UTF-8"};
    std::uint32_t code = n == 1 ? c : c & (0xffu >> (n + 1));
    for (std::size_t k = 1; k < n; ++k) {
      const auto d = static_cast<unsigned char>(s[i + k]);
      if ((d & 0xc0) != 0x80) return BadText{i, "this is not UTF-8"};
      code = code << 6 | (d & 0x3fu);
    }
    if ((n == 3 && code < 0x800) || (n == 4 && (code < 0x10000 || code > 0x10ffff)) || (code >= 0xd800 && code < 0xe000))
      return BadText{i, "this is not UTF-8"};
    i += n;
  }
  return std::nullopt;
}

}  // namespace duolex::text
