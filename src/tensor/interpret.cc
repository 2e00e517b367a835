#include "tensor/interpret.h"

#include "tensor/operator_call.h"

namespace duolex::tensor {

namespace {

const Operators& all_operators() {
  static const Operators operators = [] {
    Operators o;
    add_shape_operators(o);
    add_elementwise_operators(o);
    add_reduction_operators(o);
    add_index_operators(o);
    add_resize_operators(o);
    add_linear_operators(o);
    add_convolution_operators(o);
    add_pooling_operators(o);
    add_quantisation_operators(o);
    add_recurrent_operators(o);
    add_sampling_operators(o);
    add_signal_operators(o);
    add_text_operators(o);
    add_set_operators(o);
    return o;
  }();
  return operators;
}

}  // namespace

std::string place_of(const Node& node) {
  return " (node '" + (node.name.empty() && !node.outputs.empty() ? node.outputs[0] : node.name) + "', byte " + std::to_string(node.offset) + ")";
}

std::vector<std::string> interpreted_operators() {
  std::vector<std::string> names;
  for (const auto& entry : all_operators()) names.push_back(entry.first);
  return names;
}

Result<std::vector<Tensor>> evaluate(const std::string& file, const Node& node, std::int64_t opset,
                                     const std::vector<const Tensor*>& inputs, const InterpretLimits& limits,
                                     std::uint64_t* done) {
  const auto found = all_operators().find(node.domain.empty() ? node.op : node.domain + ":" + node.op);
  if (found == all_operators().end()) return failure(error_in(file, "not tested: operator " + (node.domain.empty() ? "" : node.domain + ":") + node.op + place_of(node)));
  std::vector<Tensor> outputs(std::max<std::size_t>(1, node.outputs.size()));
  Call call{node, opset, inputs, outputs, limits};
  if (!found->second(call)) return failure(error_in(file, (call.error.starts_with("not tested") ? "" : node.op + ": ") + call.error + place_of(node)));
  for (std::size_t i = 0; i < node.outputs.size(); ++i)
    if (!node.outputs[i].empty() && outputs[i].type == Type::undefined)
      return failure(error_in(file, "not tested: operator " + node.op + ": its output " + std::to_string(i) + place_of(node)));
  if (done != nullptr) *done = call.done;
  return outputs;
}

}  // namespace duolex::tensor
