// Numbers as people read them.
#pragma once

#include <string>

namespace duolex::text {

// "0.3137", "1.2e-05": so many significant digits, of 1 to 17, none for show. What is not finite is said so.
[[nodiscard]] std::string figure(double value, int digits = 4);
// "81.2 %" of a share of 1.
[[nodiscard]] std::string percent(double share);

}  // namespace duolex::text
