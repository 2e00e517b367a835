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
  // The value of a qualifier, or "".
  [[nodiscard]] std::string_view qualifier(std::string_view key) const;

  bool operator==(const Purl&) const = default;
};

// As found in the wild: what can be read is read, and the parts that the type folds (the case of a GitHub
// owner, the underscores of a PyPI name) are folded. Rules of the type that ask for a part or forbid one are
// not applied; `purl_problems` lists where they are broken.
// The error has no position; the caller knows where the text stands.
[[nodiscard]] Result<Purl> parse_purl(std::string_view text);

// What the specification and the rules of the type find wrong with these parts, in words; empty when nothing.
[[nodiscard]] std::vector<std::string> purl_problems(const Purl& purl);

// By the letter of the specification: also refuses what breaks a rule of the type, and qualifier keys that
// are not written in lower case.
[[nodiscard]] Result<Purl> parse_purl_strictly(std::string_view text);

// The one canonical text for these parts, or why there is none.
[[nodiscard]] Result<std::string> purl_text(Purl purl);

}  // namespace duolex::sbom
