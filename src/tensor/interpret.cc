#include "tensor/interpret.h"

#include <memory>

#include "tensor/attributes.h"
#include "tensor/composite.h"
#include "tensor/operator_call.h"

namespace duolex::tensor {

namespace {

// An operator that is made of others, one after the other.
bool by_parts(Call& call) {
  std::vector<Part> parts;
  std::map<std::string, std::shared_ptr<const Tensor>> made;
  std::map<std::string, const Tensor*> values;
  for (std::size_t i = 0; i < call.in.size(); ++i) {
    parts.push_back(call.has(i) ? Part{true, call.at(i).shape, call.at(i).type, &call.at(i)} : Part{});
    if (call.has(i)) values[call.node.inputs[i]] = &call.at(i);
  }
  std::vector<Node> nodes;
  std::string why;
  if (!compose(call.node, call.opset, parts, nodes, why)) return call.fail(why.starts_with("not tested") ? why : why.substr(std::min(why.size(), call.node.op.size() + 2)));
  for (const Node& node : nodes) {
    std::vector<const Tensor*> in;
    for (const std::string& name : node.inputs) in.push_back(values.at(name));
    InterpretLimits left = call.limits;
    left.operations -= std::min(left.operations, call.done);
    std::uint64_t done = 0;
    auto results = evaluate("", node, node.version, in, left, &done);
    if (!results) return call.fail(results.error().front().message);
    if (!call.work(done)) return false;
    const std::string& name = node.outputs[0];
    for (std::size_t o = 0; o < call.node.outputs.size(); ++o)
      if (call.node.outputs[o] == name) call.out[o] = (*results)[0];
    made[name] = std::make_shared<const Tensor>(std::move((*results)[0]));
    values[name] = made[name].get();
  }
  return true;
}

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
    for (const std::string& op : composite_operators()) o.emplace(op, by_parts);
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
  if (const std::string unheeded = unheeded_attribute(node, opset); !unheeded.empty()) return failure(error_in(file, "not tested: operator " + node.op + ": " + unheeded + place_of(node)));
  std::vector<Tensor> outputs(std::max<std::size_t>(1, node.outputs.size()));
  Call call{node, opset, inputs, outputs, limits};
  if (!(node.domain.empty() && only_in_parts(node) ? by_parts : found->second)(call)) return failure(error_in(file, (call.error.starts_with("not tested") ? "" : node.op + ": ") + call.error + place_of(node)));
  for (std::size_t i = 0; i < node.outputs.size(); ++i)
    if (!node.outputs[i].empty() && outputs[i].type == Type::undefined)
      return failure(error_in(file, "not tested: operator " + node.op + ": its output " + std::to_string(i) + place_of(node)));
  if (done != nullptr) *done = call.done;
  return outputs;
}

}  // namespace duolex::tensor
