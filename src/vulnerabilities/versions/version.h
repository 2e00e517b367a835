// Versions in order, for each scheme in which advisories state them, and keys whose byte order is that order.
//
// Every scheme has its comparator, which walks two versions as the scheme's own tool does, and its key writer.
// For any two versions that have keys: compare(a, b) == sign of memcmp(key(a), key(b)). Tests hold one to the
// other. No key is a proper prefix of another.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace duolex::vulnerabilities {

// The numbers are written into index files.
enum class Scheme : std::uint8_t {
  none = 0,  // versions of which only equality is known
  semver = 1,
  pep440 = 2,
  dpkg = 3,
  rpm = 4,
  apk = 5,
  maven = 6,
  rubygems = 7,
  nuget = 8,
  packagist = 9,
  cran = 10,
  hackage = 11,
  hex = 12,
  pub = 13,
  go = 14,
};
inline constexpr int scheme_count = 15;

// "SemVer", "PEP 440", …: how a finding names the comparator.
[[nodiscard]] std::string_view name_of(Scheme scheme);

// The scheme of an OSV ecosystem, with or without its ":release"; none where the ecosystem has no order or none
// that is known here.
[[nodiscard]] Scheme scheme_of(std::string_view ecosystem);

// The ecosystems for which scheme_of() has a scheme, sorted.
[[nodiscard]] std::vector<std::string_view> known_ecosystems();

// How a version reads.
enum class Reading : std::uint8_t {
  unreadable,  // no order can be given; it has no key
  outside,     // it breaks the scheme's own rules, and is ordered as older tools of the scheme ordered it
  exact,
};

inline constexpr std::size_t longest_version = 512;  // bytes; a longer one is unreadable

// Appends the key of `version`; nothing when it is unreadable. `outside` versions that have no place in a total
// order are unreadable here although compare() may order them.
[[nodiscard]] Reading append_key(Scheme scheme, std::string_view version, std::string& key);

// Empty when either cannot be read.
[[nodiscard]] std::optional<std::strong_ordering> compare(Scheme scheme, std::string_view a, std::string_view b);

}  // namespace duolex::vulnerabilities
