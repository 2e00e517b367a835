// Values of the vocabulary in words that people use. A value without an entry is shown with spaces for its
// underscores.
#pragma once

#include <string>
#include <vector>

#include "base/day.h"
#include "findings/findings.h"

namespace duolex::plan {

// "important_1" → "important, class I"; "{module_b_c, module_h}" → "modules B and C, module H"; "{}" → "none".
[[nodiscard]] std::string in_words(const std::string& value);
// "{module_b_c, module_h}" → "modules B and C" and "module H"; "{}" → nothing; a single value → that one.
[[nodiscard]] std::vector<std::string> each_in_words(const std::string& value);
// The value of a finding, "undecided" while it is unknown.
[[nodiscard]] std::string in_words(const findings::Finding& finding);
[[nodiscard]] std::string in_words(const findings::Value& value);
// "2 December 2027".
[[nodiscard]] std::string in_words(Day day);

}  // namespace duolex::plan
