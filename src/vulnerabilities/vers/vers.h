// Version range specifiers, vers:npm/1.2.3|>=2.0.0|<5.0.0, and whether a version is in one.
//
// After the specification of VERS (package-url/vers-spec), with two licences: constraints that are not in the order of
// their versions are put into it, and a character may be encoded that need not be. Whatever else the specification calls
// no canonical range is refused.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "vulnerabilities/versions/version.h"

namespace duolex::vulnerabilities::vers {

inline constexpr std::size_t longest_range = 65536, most_constraints = 1000;  // bytes; constraints

enum class Comparator : std::uint8_t { equal, not_equal, less, less_or_equal, greater, greater_or_equal };

struct Constraint {
  Comparator comparator = Comparator::equal;
  std::string version;  // decoded
};

struct Range {
  std::string text;                     // as it was written
  std::string type;                     // "npm"
  Scheme scheme = Scheme::none;         // none: the order of this type is not known here
  bool any = false;                     // '*': every version, or none at all for the type "none"
  std::vector<Constraint> constraints;  // by version, where the order is known

  // Whether every version in it lies at or below one that it names. One that does not goes on to versions that nobody
  // has seen.
  [[nodiscard]] bool bounded() const;
};

[[nodiscard]] bool looks_like_range(std::string_view text);  // begins with "vers:"

// The error says why in words; it has no position.
[[nodiscard]] Result<Range> read_range(std::string_view text);

// The scheme of versions for a type of VERS, which is a purl type or one of its own; none where we have no order.
[[nodiscard]] Scheme scheme_of_type(std::string_view type);

enum class Answer : std::uint8_t { inside, outside, unknown };
struct Contained {
  Answer answer = Answer::unknown;
  std::string why;  // unknown: the reason
};
// `purl_type` is that of the package whose version is asked for, or "" where it has none. Versions of one kind and ranges
// of another have no order between them.
[[nodiscard]] Contained contains(const Range& range, std::string_view version, std::string_view purl_type);

}  // namespace duolex::vulnerabilities::vers
