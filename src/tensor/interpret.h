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
  std::size_t numbers = std::size_t{1} << 28;         // elements of a result
  std::size_t bytes = std::size_t{2} << 30;           // of all values that are held at a time
  std::uint64_t operations = std::uint64_t{1} << 40;  // elements looked at and multiply-adds, roughly
  std::size_t depth = 16;                             // of If, Loop and Scan within one another
};

// One node without subgraphs; inputs that are left out are null. `done`: multiply-adds beyond the elements it saw.
[[nodiscard]] Result<std::vector<Tensor>> evaluate(const std::string& file, const Node& node, std::int64_t opset,
                                                   const std::vector<const Tensor*>& inputs, const InterpretLimits& limits = {},
                                                   std::uint64_t* done = nullptr);

// The operators there are, sorted.
[[nodiscard]] std::vector<std::string> interpreted_operators();

}  // namespace duolex::tensor
