// What a reader may pass over in a CycloneDX bill: components that the caller has no use for, seen at a glance.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "sbom/sbom.h"

namespace duolex::sbom {

// A component before it is read. Texts as they stand in the file, without their quotes; none has an escape.
struct Glimpse {
  std::string_view purl, cpe;
  std::array<std::string_view, 8> algorithms;  // of its hashes
  std::size_t hashes = 0;                      // at most as many as fit above
};

struct Skimmed {
  Sbom bill;                    // as read_sbom() gives it, but for the components passed over and all dependencies
  std::size_t passed_over = 0;  // counted in bill.parsed
  bool may_speak = true;        // false where the bill certainly says nothing about vulnerabilities
};

// Asks `wanted` about each component of the top list that is written plainly: an object with a name, each of its keys
// once, no escapes in what is shown, no components in it. All others are read. Where it says no, the component is
// held to the same rules of JSON and counted, and that is all. Files of other formats, and those that
// list vulnerabilities, are read whole.
[[nodiscard]] Result<Skimmed> skim_sbom(const std::string& file, const std::string& bytes, const std::function<bool(const Glimpse&)>& wanted,
                                        const Limits& limits = {});

}  // namespace duolex::sbom
