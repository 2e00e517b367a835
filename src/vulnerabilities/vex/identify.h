// Whether what a document names is a component of a bill of materials.
#pragma once

#include "vulnerabilities/vex/statement.h"

namespace duolex::vulnerabilities::vex {

enum class Likeness : std::uint8_t {
  none,
  other_version,  // the same package or file name, and another version or hash
  cannot_tell,    // the same package; whether its version is in the range that is named cannot be told
  any_version,    // the same package; no version is said
  exact,
};

// Texts of which a name and a component share at least one where compare() finds them alike, in the same version or in
// none. `loose` is the one that they share in any version; it may be empty.
[[nodiscard]] std::vector<std::string> keys_of(const Identity& named, std::string& loose);
[[nodiscard]] std::vector<std::string> keys_of(const sbom::Component& component);

[[nodiscard]] Likeness compare(const Identity& named, const sbom::Sbom& bill, std::size_t component);
// Of cannot_tell and of any_version for a name with an open end: why, in words.
[[nodiscard]] std::string why_unbound(const Identity& named, const sbom::Sbom& bill, std::size_t component);

}  // namespace duolex::vulnerabilities::vex
