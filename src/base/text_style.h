// How text is to look: a file, or a terminal of some width that may know colours.
#pragma once

#include <cstddef>

namespace duolex {

struct TextStyle {
  std::size_t width = 96;  // columns; at least 40 are used
  bool colour = false;
};

}  // namespace duolex
