// What the terminal behind standard output can show.
#pragma once

#include "base/text_style.h"

namespace duolex::cli {

// Width from the terminal, colours unless NO_COLOR is set or TERM is "dumb". Not a terminal: the default style.
[[nodiscard]] TextStyle standard_output_style();

}  // namespace duolex::cli
