// Decides a property by halving the box of inputs until every part is decided. For networks of few inputs.
#pragma once

#include <memory>

#include "tensor/bounds/verify.h"

namespace duolex::tensor::bounds {

// The cases share one box. Decided are parts in rounds of a fixed size, so that the order of things, and with it the
// result, does not depend on the threads.
[[nodiscard]] Verification branch_on_inputs(std::shared_ptr<const Prepared> prepared, const std::vector<Case>& cases, const VerifyOptions& options);

}  // namespace duolex::tensor::bounds
