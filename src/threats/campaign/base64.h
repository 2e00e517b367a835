// Base64 (RFC 4648), with padding.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace duolex::threats::campaign {

[[nodiscard]] std::string to_base64(std::string_view bytes);
// Nothing for anything but the one encoding of some bytes.
[[nodiscard]] std::optional<std::string> from_base64(std::string_view text);

}  // namespace duolex::threats::campaign
