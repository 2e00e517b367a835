// Functions of one number over an interval: how far they go, and lines above and below them. Rigorous: what the
// computation rounds is given away.
#pragma once

#include "tensor/program.h"

namespace duolex::tensor::bounds {

struct Span {
  double low = 0, high = 0;
};

// Whether this function has bounds here.
[[nodiscard]] bool has_bounds(const Unary& unary);
// What the function reaches over [low, high]; infinite where it is not defined throughout.
[[nodiscard]] Span reach(const Unary& unary, double low, double high);
// What its derivative reaches there, both sides of a kink included.
[[nodiscard]] Span slopes(const Unary& unary, double low, double high);

// below.slope * x + below.shift <= f(x) <= above.slope * x + above.shift for every x in [low, high].
struct Line {
  double slope = 0, shift = 0;
};
struct Lines2 {
  Line below, above;
};
// `values`: what the function is known to reach over the interval.
[[nodiscard]] Lines2 lines_of(const Unary& unary, double low, double high, Span values);

}  // namespace duolex::tensor::bounds
