// Whether bytes are text that every reader accepts: UTF-8, no byte-order mark, no control characters
// but tab, line feed and carriage return.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace duolex::text {

struct BadText {
  std::size_t at = 0;  // byte offset
  std::string what;
};
[[nodiscard]] std::optional<BadText> find_bad_text(std::string_view bytes);

}  // namespace duolex::text
