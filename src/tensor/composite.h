// Operators that are made of others: a node of one becomes nodes that both the evaluator and the fast engine know, so that
// it has the gradients and bounds of its parts. Not for others.
#pragma once

#include <string>
#include <vector>

#include "tensor/onnx.h"

namespace duolex::tensor {

// An input, as far as it is known where the node stands.
struct Part {
  bool given = false;
  Shape shape{};
  Type type = Type::f32;
  const Tensor* known = nullptr;  // its value, where that does not depend on the model's input
};

// Of ONNX's own domain. Some that are here are known to the evaluator, or to both, as they are, except in forms that are
// only_in_parts().
[[nodiscard]] bool only_in_parts(const Node& node);
[[nodiscard]] bool is_composite(const std::string& op);
[[nodiscard]] std::vector<std::string> composite_operators();

// The nodes, in order; names of their own begin with the node's first output. False with why: "not tested: operator X: …"
// for forms that are lacking or that runtimes and versions of ONNX do not agree on.
[[nodiscard]] bool compose(const Node& node, std::int64_t opset, const std::vector<Part>& inputs, std::vector<Node>& nodes, std::string& why);

}  // namespace duolex::tensor
