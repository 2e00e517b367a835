// What the schemes share: numbers of any length as digits, and the pieces of keys.
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "vulnerabilities/versions/version.h"

namespace duolex::vulnerabilities::versions {

using Order = std::strong_ordering;

[[nodiscard]] constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
[[nodiscard]] constexpr bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
[[nodiscard]] constexpr bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
[[nodiscard]] constexpr bool is_letter(char c) { return is_lower(c) || is_upper(c); }
[[nodiscard]] constexpr bool is_alnum(char c) { return is_digit(c) || is_letter(c); }
[[nodiscard]] constexpr char lower(char c) { return is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c; }

[[nodiscard]] bool all_digits(std::string_view text);  // and not empty
[[nodiscard]] std::string lower(std::string_view text);
[[nodiscard]] std::string_view without_zeros(std::string_view digits);  // leading ones; "" is the number zero
[[nodiscard]] Order compare_numbers(std::string_view a, std::string_view b);
[[nodiscard]] Order compare_text(std::string_view a, std::string_view b);  // by bytes
// The digits at the start of `rest`, which are taken off it.
[[nodiscard]] std::string_view take_digits(std::string_view& rest);

// Key pieces. None is a prefix of another of its kind.
inline void put_tag(std::string& key, int tag) { key.push_back(static_cast<char>(tag)); }
void put_number(std::string& key, std::string_view digits);
void put_text(std::string& key, std::string_view text);  // without NUL bytes

// The schemes. `compare_…` is empty and `key_…` unreadable for what cannot be read at all; the caller has looked
// at length and control characters.
#define DUOLEX_VERSION_SCHEME(name)                                                                      \
  [[nodiscard]] std::optional<Order> compare_##name(std::string_view a, std::string_view b);             \
  [[nodiscard]] Reading key_##name(std::string_view version, std::string& key);
DUOLEX_VERSION_SCHEME(semver)
DUOLEX_VERSION_SCHEME(pub)
DUOLEX_VERSION_SCHEME(go)
DUOLEX_VERSION_SCHEME(nuget)
DUOLEX_VERSION_SCHEME(pep440)
DUOLEX_VERSION_SCHEME(dpkg)
DUOLEX_VERSION_SCHEME(rpm)
DUOLEX_VERSION_SCHEME(apk)
DUOLEX_VERSION_SCHEME(maven)
DUOLEX_VERSION_SCHEME(rubygems)
DUOLEX_VERSION_SCHEME(packagist)
DUOLEX_VERSION_SCHEME(dotted)  // CRAN and Hackage
#undef DUOLEX_VERSION_SCHEME

}  // namespace duolex::vulnerabilities::versions
