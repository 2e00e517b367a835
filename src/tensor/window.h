// The geometry of a convolution or pooling over the dimensions behind batch and channel. Not for others.
#pragma once

#include <string>
#include <vector>

#include "tensor/onnx.h"

namespace duolex::tensor {

struct Window {
  Shape from, to, kernel, stride, dilation, before, after;
  bool round_up = false;
  [[nodiscard]] bool padded() const;
};

// Reads kernel_shape, strides, dilations, pads, auto_pad and ceil_mode over the dimensions of `from` behind batch and
// channel. `kernel` holds where the node names none. What is wrong, or nothing.
[[nodiscard]] std::string read_window(const Node& node, const Shape& from, std::vector<std::int64_t> kernel, Window& window);

}  // namespace duolex::tensor
