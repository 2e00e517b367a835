// Base64 (RFC 4648) and hexadecimal, strict.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "evidence/merkle.h"

namespace duolex::evidence {

[[nodiscard]] std::string to_base64(std::string_view bytes);
// Standard alphabet with padding, nothing else.
[[nodiscard]] std::optional<std::string> from_base64(std::string_view text);
// The URL-safe alphabet, padding as above.
[[nodiscard]] std::optional<std::string> from_base64_url(std::string_view text);

[[nodiscard]] std::string to_hex(std::string_view bytes);
[[nodiscard]] std::string to_hex(const Hash& hash);
[[nodiscard]] std::optional<std::string> from_hex(std::string_view text);
[[nodiscard]] std::optional<Hash> hash_from_hex(std::string_view text);

[[nodiscard]] inline std::string_view bytes_of(const Hash& hash) {
  return {reinterpret_cast<const char*>(hash.data()), hash.size()};
}

}  // namespace duolex::evidence
