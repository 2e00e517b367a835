// Attributes that the engine would pass over. A model that has one means something else than would be computed.
#pragma once

#include <string>

#include "tensor/onnx.h"

namespace duolex::tensor {

// "with the attribute 'sparse_value'", "in training mode", …; "" where all that the node says is taken account of.
[[nodiscard]] std::string unheeded_attribute(const Node& node, std::int64_t opset);

}  // namespace duolex::tensor
