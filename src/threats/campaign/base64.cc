#include "threats/campaign/base64.h"

#include <cstdint>

namespace duolex::threats::campaign {
namespace {

constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

}  // namespace

std::string to_base64(std::string_view bytes) {
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t v = 0;
    for (std::size_t k = 0; k < 3; ++k) v = v << 8 | (i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0u);
    for (std::size_t k = 0; k < 4; ++k) out += i + k <= bytes.size() ? digits[v >> (18 - 6 * k) & 63] : '=';
  }
  return out;
}

std::optional<std::string> from_base64(std::string_view text) {
  std::string out;
  if (text.size() % 4 != 0) return std::nullopt;
  for (std::size_t i = 0; i < text.size(); i += 4) {
    std::uint32_t v = 0;
    std::size_t known = 0;
    for (std::size_t k = 0; k < 4; ++k) {
      const std::size_t d = digits.find(text[i + k]);
      if (d != std::string_view::npos && known == k) {
        v |= static_cast<std::uint32_t>(d) << (18 - 6 * k);
        ++known;
      } else if (text[i + k] != '=' || k < 2 || i + 4 != text.size()) {
        return std::nullopt;
      }
    }
    for (std::size_t k = 0; k + 1 < known; ++k) out += static_cast<char>(v >> (16 - 8 * k) & 255);
  }
  if (to_base64(out) != text) return std::nullopt;
  return out;
}

}  // namespace duolex::threats::campaign
