// What of a model is its graph and what its weights, each as a hash.
#pragma once

#include <string>

#include "tensor/onnx.h"

namespace duolex::tensor {

struct Fingerprint {
  std::string graph;      // SHA-256 over operators, attributes that are no tensors, wiring, inputs and outputs with types and shapes
  std::string weights;    // SHA-256 over the constants, in the order in which the graph first uses them
  std::string interface;  // "input f32 [1, 3, 48, 192] -> out f32 [1, 2]"
};

// Names of values and nodes, documentation and the producer do not count; a constant counts the same whether it stands
// among the initialisers or in a node Constant. The order of nodes counts.
[[nodiscard]] Fingerprint fingerprint(const Model& model);

}  // namespace duolex::tensor
