// Lines such as "1.0 < 1.1", held against a scheme's order.
#pragma once

#include <string_view>

#include "vulnerabilities/versions/version.h"

namespace duolex::vulnerabilities {

enum class LineVerdict {
  nothing,     // empty, or a comment: it begins with "#" or "//"
  held,
  not_held,
  unreadable,  // no comparison, or a version that the scheme cannot read
};

[[nodiscard]] LineVerdict judge_order_line(Scheme scheme, std::string_view line);

// The scheme for what a person types: an OSV ecosystem ("Debian:12"), a scheme ("PEP 440", "semver"), in any case
// and without regard to spaces and hyphens. none when there is no such name.
[[nodiscard]] Scheme scheme_for_name(std::string_view name);

}  // namespace duolex::vulnerabilities
