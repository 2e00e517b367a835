// Package URLs (pkg:type/namespace/name@version?qualifiers#subpath) in parts.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace duolex::sbom {

// Decoded: without percent signs. Type and qualifier keys in lower case.
struct Purl {
  std::string type, name_space, name, version, subpath;
  std::vector<std::pair<std::string, std::string>> qualifiers;  // sorted by key, none empty

  // "namespace/name", or the name alone.
  [[nodiscard]] std::string full_name() const;
};

// The error has no position; the caller knows where the text stands.
[[nodiscard]] Result<Purl> parse_purl(std::string_view text);

}  // namespace duolex::sbom
