// The program of a network rewritten for bounds: the same function of real numbers, in steps that can be bounded more
// closely than those of the model.
#pragma once

#include "tensor/program.h"

namespace duolex::tensor::bounds {

enum class Outputs { as_they_are, by_their_order };  // the second: only which output is the largest is asked about

// x * clip(x + 3, 0, 6) is one function of x, as are x * sigmoid(x) and x * x: taken apart, a bound would have to
// allow for two values of x at once. A quotient becomes a product with a reciprocal. A softmax over all outputs does
// not change their order.
[[nodiscard]] Program simplified(const Program& program, Outputs outputs);

}  // namespace duolex::tensor::bounds
