#include "threats/model_files/pickle_text.h"

#include <algorithm>
#include <vector>

namespace duolex::threats::model_files {
namespace {

// `count` hexadecimal digits at `at`.
bool hex_digits(std::string_view in, std::size_t at, std::size_t count, std::uint32_t& out) {
  if (at > in.size() || in.size() - at < count) return false;
  out = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const char c = in[at + i];
    std::uint32_t digit = 0;
    if (c >= '0' && c <= '9') {
      digit = static_cast<std::uint32_t>(c - '0');
    } else if (c >= 'a' && c <= 'f') {
      digit = static_cast<std::uint32_t>(c - 'a' + 10);
    } else if (c >= 'A' && c <= 'F') {
      digit = static_cast<std::uint32_t>(c - 'A' + 10);
    } else {
      return false;
    }
    out = out * 16 + digit;
  }
  return true;
}

}  // namespace

void append_utf8(std::uint32_t c, std::string& out) {
  if (c > 0x10FFFF || (c >= 0xD800 && c < 0xE000)) c = 0xFFFD;
  const auto byte = [&out](std::uint32_t b) { out += static_cast<char>(b); };
  if (c < 0x80) {
    byte(c);
  } else if (c < 0x800) {
    byte(0xC0 | c >> 6);
    byte(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    byte(0xE0 | c >> 12);
    byte(0x80 | (c >> 6 & 0x3F));
    byte(0x80 | (c & 0x3F));
  } else {
    byte(0xF0 | c >> 18);
    byte(0x80 | (c >> 12 & 0x3F));
    byte(0x80 | (c >> 6 & 0x3F));
    byte(0x80 | (c & 0x3F));
  }
}

bool decode_raw_unicode(std::string_view in, std::string& out) {
  out.clear();
  for (std::size_t i = 0; i < in.size(); ++i) {
    if (in[i] != '\\' || i + 1 >= in.size() || (in[i + 1] != 'u' && in[i + 1] != 'U')) {
      out += in[i];
      continue;
    }
    const std::size_t count = in[i + 1] == 'u' ? 4 : 8;
    std::uint32_t c = 0;
    if (!hex_digits(in, i + 2, count, c)) return false;
    append_utf8(c, out);
    i += 1 + count;
  }
  return true;
}

bool decode_escapes(std::string_view in, std::string& out) {
  out.clear();
  for (std::size_t i = 0; i < in.size(); ++i) {
    if (in[i] != '\\') {
      out += in[i];
      continue;
    }
    if (++i >= in.size()) return false;
    static constexpr std::string_view letters = "abfnrtv\\'\"", meant = "\a\b\f\n\r\t\v\\'\"";
    if (const std::size_t k = letters.find(in[i]); k != std::string_view::npos) {
      out += meant[k];
    } else if (in[i] == 'x') {
      std::uint32_t c = 0;
      if (!hex_digits(in, i + 1, 2, c)) return false;
      out += static_cast<char>(c);
      i += 2;
    } else if (in[i] >= '0' && in[i] <= '7') {
      std::uint32_t c = 0;
      std::size_t n = 0;
      for (; n < 3 && i + n < in.size() && in[i + n] >= '0' && in[i + n] <= '7'; ++n) c = c * 8 + static_cast<std::uint32_t>(in[i + n] - '0');
      out += static_cast<char>(c);
      i += n - 1;
    } else {
      out += {'\\', in[i]};
    }
  }
  return true;
}

std::string little_endian_decimal(std::string_view bytes) {
  std::vector<std::uint8_t> magnitude(bytes.begin(), bytes.end());
  const bool negative = !magnitude.empty() && (magnitude.back() & 0x80U) != 0;
  if (negative) {
    unsigned carry = 1;
    for (std::uint8_t& b : magnitude) {
      const unsigned v = (static_cast<unsigned>(b) ^ 0xFFU) + carry;
      b = static_cast<std::uint8_t>(v);
      carry = v >> 8;
    }
  }
  std::string digits;
  while (std::any_of(magnitude.begin(), magnitude.end(), [](std::uint8_t b) { return b != 0; })) {
    unsigned rest = 0;
    for (std::size_t i = magnitude.size(); i-- > 0;) {
      const unsigned v = rest * 256 + magnitude[i];
      magnitude[i] = static_cast<std::uint8_t>(v / 10);
      rest = v % 10;
    }
    digits += static_cast<char>('0' + rest);
  }
  if (digits.empty()) return "0";
  if (negative) digits += '-';
  std::reverse(digits.begin(), digits.end());
  return digits;
}

bool is_dotted_name(std::string_view name) {
  if (name.empty() || name.size() > 500) return false;
  bool start = true;
  for (const char c : name) {
    if (c == '.') {
      if (start) return false;
      start = true;
      continue;
    }
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (static_cast<unsigned char>(c) & 0x80U) != 0;
    if (!letter && (start || c < '0' || c > '9')) return false;
    start = false;
  }
  return !start;
}

}  // namespace duolex::threats::model_files
