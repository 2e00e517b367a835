#include "text/figures.h"

#include <algorithm>
#include <cstdio>

namespace duolex::text {

std::string figure(double value, int digits) {
  char text[40];
  std::snprintf(text, sizeof text, "%.*g", std::clamp(digits, 1, 17), value);
  return text;
}

std::string percent(double share) {
  char text[400];  // the largest double has 309 digits before the point
  std::snprintf(text, sizeof text, "%.1f %%", 100 * share);
  return text;
}

}  // namespace duolex::text
