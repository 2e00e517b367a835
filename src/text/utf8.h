// Whether bytes are text that every reader accepts.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace duolex::text {

struct BadText {
  std::size_t at = 0;  // byte offset
  std::string what;
};

// UTF-8 without a byte-order mark and without NUL bytes.
[[nodiscard]] std::optional<BadText> find_bad_encoding(std::string_view bytes);

// The same, and no byte-order mark anywhere, no control characters but tab, line feed and carriage return
// before a line feed.
[[nodiscard]] std::optional<BadText> find_bad_text(std::string_view bytes);

// From `at`, where a character begins, to behind the last one that begins before `stop`; npos when what stands between is
// no UTF-8.
[[nodiscard]] std::size_t walk_utf8(std::string_view bytes, std::size_t at, std::size_t stop);

// The offset after the last whole code point of s[0, at].
[[nodiscard]] std::size_t code_point_boundary(std::string_view s, std::size_t at);

}  // namespace duolex::text
