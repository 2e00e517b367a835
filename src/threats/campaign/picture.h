// Pictures without a library: PNG with stored blocks, and a curve as SVG.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "threats/evasion/target.h"

namespace duolex::threats::campaign {

// One or three channels in [0, 1], channel by channel; 8 bits each. Other forms give "".
[[nodiscard]] std::string png(std::span<const float> x, const evasion::Form& form);

struct Point {
  double x = 0, low = 0, value = 0, high = 0;  // shares in [0, 1], with their interval
};
// An inline <svg>; `certified`, when not negative, is drawn as a level at `at`.
[[nodiscard]] std::string curve_svg(const std::vector<Point>& points, const std::string& x_title);

}  // namespace duolex::threats::campaign
