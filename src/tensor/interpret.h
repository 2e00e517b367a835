// Operators one by one on whole tensors of every type: what a model computes from constants alone is folded with them.
//
// An operator, element type or form of it that is missing is an error "not tested: operator X …", never a guess.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "tensor/onnx.h"

namespace duolex::tensor {

struct InterpretLimits {
  std::size_t numbers = std::size_t{1} << 28;     // elements of all results together
  std::uint64_t operations = std::uint64_t{1} << 36;  // nodes and multiply-adds, roughly
  std::size_t depth = 16;                         // of If and Loop within one another
};

// One node without subgraphs; inputs that are left out are null.
[[nodiscard]] Result<std::vector<Tensor>> evaluate(const std::string& file, const Node& node, std::int64_t opset,
                                                   const std::vector<const Tensor*>& inputs, const InterpretLimits& limits = {});

// The operators there are, sorted.
[[nodiscard]] std::vector<std::string> interpreted_operators();

}  // namespace duolex::tensor
