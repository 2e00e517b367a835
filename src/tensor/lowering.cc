#include "tensor/lowering.h"

#include <algorithm>
#include <numeric>

#include "tensor/attributes.h"
#include "tensor/composite.h"
#include "tensor/interpret.h"
#include "tensor/operator_call.h"

namespace duolex::tensor {

std::optional<Shape> broadcast_shape(const Shape& a, const Shape& b) {
  Shape shape(std::max(a.size(), b.size()), 1);
  for (std::size_t i = 0; i < shape.size(); ++i) {
    const std::int64_t x = i < a.size() ? a[a.size() - 1 - i] : 1, y = i < b.size() ? b[b.size() - 1 - i] : 1;
    if (x != y && x != 1 && y != 1) return std::nullopt;
    shape[shape.size() - 1 - i] = x == 1 ? y : x;
  }
  return shape;
}

std::vector<std::int32_t> broadcast_index(const Shape& from, const Shape& to) {
  const std::size_t extra = to.size() - from.size();
  const auto steps = strides(from);
  std::vector<std::int64_t> step(to.size(), 0);
  for (std::size_t d = extra; d < to.size(); ++d)
    if (from[d - extra] != 1) step[d] = steps[d - extra];
  std::vector<std::int32_t> index(element_count(to).value_or(0));
  Counter at(to);
  for (std::int32_t& i : index) {
    std::int64_t v = 0;
    for (std::size_t d = 0; d < to.size(); ++d) v += at.at()[d] * step[d];
    i = static_cast<std::int32_t>(v);
    at.next();
  }
  return index;
}

std::vector<double> broadcast_numbers(const Tensor& tensor, const Shape& to) {
  const auto index = broadcast_index(tensor.shape, to);
  std::vector<double> numbers(index.size());
  for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = tensor.number(static_cast<std::size_t>(index[i]));
  return numbers;
}

const std::map<std::string, Lowering::Handler>& Lowering::handlers() {
  static const std::map<std::string, Handler> table = [] {
    std::map<std::string, Handler> t;
    for (const char* op : {"Identity", "Dropout"}) t[op] = &Lowering::same;
    for (const char* op : {"Reshape", "Flatten", "Squeeze", "Unsqueeze", "Transpose", "Slice", "Concat", "Split", "Expand", "Tile", "Pad",
                           "DepthToSpace", "SpaceToDepth", "Gather", "GatherElements", "GatherND", "ReverseSequence", "Trilu", "Compress"})
      t[op] = &Lowering::rearrange;
    for (const char* op : {"Shape", "Size"}) t[op] = &Lowering::shape_of;
    for (const char* op : {"Add", "Sub", "Mul", "Div", "Sum"}) t[op] = &Lowering::arithmetic;
    for (const char* op : {"Relu", "LeakyRelu", "Elu", "Selu", "Celu", "Softplus", "Softsign", "Sigmoid", "HardSigmoid", "HardSwish",
                           "Tanh", "Abs", "Exp", "Log", "Sqrt", "Reciprocal", "Erf", "Gelu", "Sin", "Cos", "Neg", "ThresholdedRelu",
                           "Round", "Floor", "Ceil", "Sign", "Mish"})
      t[op] = &Lowering::unary;
    for (const char* op : {"MaxPool", "AveragePool", "GlobalAveragePool", "GlobalMaxPool"}) t[op] = &Lowering::pool;
    for (const char* op : {"ReduceMean", "ReduceSum", "ReduceMax", "ReduceMin"}) t[op] = &Lowering::reduce;
    for (const char* op : {"Softmax", "LogSoftmax"}) t[op] = &Lowering::softmax;
    for (const char* op : {"Resize", "Upsample"}) t[op] = &Lowering::resize;
    t["Conv"] = &Lowering::conv;
    t["ConvTranspose"] = &Lowering::conv_transpose;
    t["Gemm"] = &Lowering::gemm;
    t["MatMul"] = &Lowering::matmul;
    t["BatchNormalization"] = &Lowering::batch_normalization;
    t["Clip"] = &Lowering::clip;
    t["Pow"] = &Lowering::power;
    t["PRelu"] = &Lowering::prelu;
    t["LRN"] = &Lowering::response_normalization;
    t["Mean"] = &Lowering::mean;
    t["Cast"] = &Lowering::cast;
    for (const char* op : {"RNN", "GRU", "LSTM"}) t[op] = &Lowering::recurrent;
    return t;
  }();
  return table;
}

bool Lowering::fail(const Node& node, const std::string& message) {
  Diagnostic d = error_in(model_.file, message + " (node '" + (node.name.empty() && !node.outputs.empty() ? node.outputs[0] : node.name) +
                                           "', byte " + std::to_string(node.offset) + ")");
  d.span.begin = d.span.end = node.offset;
  errors_ = {std::move(d)};
  return false;
}

bool Lowering::unsupported(const Node& node, const std::string& why) {
  return fail(node, "not tested: operator " + (node.domain.empty() ? "" : node.domain + ":") + node.op + (why.empty() ? "" : ": " + why));
}

const Operand* Lowering::find(const std::string& name) const {
  const auto found = names_.find(name);
  return found == names_.end() ? nullptr : &found->second;
}
bool Lowering::has(const Node& node, std::size_t i) const { return i < node.inputs.size() && !node.inputs[i].empty(); }
const Operand& Lowering::operand(const Node& node, std::size_t i) const { return names_.at(node.inputs[i]); }

void Lowering::bind(const std::string& name, Tensor tensor) {
  Operand o;
  o.shape = tensor.shape;
  o.constant = std::make_shared<const Tensor>(std::move(tensor));
  names_[name] = std::move(o);
}

bool Lowering::charge(const Node& node, std::size_t numbers) {
  charged_ += std::min(numbers, options_.weight_limit + 1);
  return charged_ <= options_.weight_limit || fail(node, "the model needs more memory than " + std::to_string(options_.weight_limit) + " numbers");
}

std::size_t Lowering::new_value(std::size_t features) {
  program_.values.push_back({features, program_.frame});
  program_.frame += features;
  return program_.values.size() - 1;
}

bool Lowering::add(const Node& node, Operation operation, std::vector<std::size_t> inputs, std::size_t features, std::size_t& value) {
  if (features > options_.frame_limit || program_.frame + features > options_.frame_limit)
    return fail(node, "one sample needs more than " + std::to_string(options_.frame_limit) + " numbers");
  value = new_value(features);
  program_.steps.push_back({std::move(operation), std::move(inputs), value, {}, node.op, node.name});
  return true;
}

bool Lowering::output(const Node& node, Operation operation, std::vector<std::size_t> inputs, const Shape& shape) {
  const auto features = element_count(shape, options_.frame_limit);
  if (!features) return fail(node, "a value of shape " + to_string(shape) + " is too large");
  std::size_t value = 0;
  if (!add(node, std::move(operation), std::move(inputs), *features, value)) return false;
  bind(node.outputs[0], value, shape);
  return true;
}

bool Lowering::broadcast(const Node& node, const Operand& from, const Shape& wanted, std::size_t& result) {
  std::size_t value = from.value;
  if (from.is_constant() && !materialise(node, from, value)) return false;
  const auto features = element_count(wanted, options_.frame_limit);
  if (!features) return fail(node, "a value of shape " + to_string(wanted) + " is too large");
  if (*features == program_.values[value].features) {
    result = value;
    return true;
  }
  return charge(node, *features) && add(node, Gather{broadcast_index(from.shape, wanted), 0}, {value}, *features, result);
}

bool Lowering::materialise(const Node& node, const Operand& from, std::size_t& value) {
  const std::size_t n = from.constant->elements();
  if (!charge(node, 4 * n) || !add(node, Gather{std::vector<std::int32_t>(n, -1), 0}, {0}, n, value)) return false;
  Scale scale;
  scale.factor.assign(n, 1);
  for (std::size_t i = 0; i < n; ++i) scale.shift.push_back(from.constant->number(i));
  return add(node, std::move(scale), {value}, n, value);
}

bool Lowering::inputs() {
  const ValueInfo* varying = nullptr;
  Node at;
  at.name = "inputs";
  for (const ValueInfo& v : model_.graph.inputs) {
    if (const auto fixed = options_.fixed.find(v.name); fixed != options_.fixed.end()) {
      bind(v.name, fixed->second);
      continue;
    }
    if (varying != nullptr) return fail(at, "not tested: a model with several inputs ('" + varying->name + "' and '" + v.name + "')");
    varying = &v;
  }
  if (varying == nullptr) return fail(at, "not tested: a model without an input");
  Shape shape = varying->shape;
  if (options_.input_shape) {
    Shape given = *options_.input_shape;
    given.insert(given.begin(), 1);
    bool fits = !varying->has_shape || given.size() == shape.size();
    for (std::size_t d = 1; fits && varying->has_shape && d < shape.size(); ++d) fits = shape[d] < 0 || shape[d] == given[d];
    if (!fits) return fail(at, "samples of shape " + to_string(*options_.input_shape) + " do not fit the model's input " + to_string(shape));
    shape = given;
  }
  if (shape.empty()) return fail(at, "not tested: the input has no shape; it has to be given");
  if (shape[0] == -1) shape[0] = 1;
  if (shape[0] != 1) return fail(at, "not tested: a model with a batch that is fixed to " + std::to_string(shape[0]));
  for (std::size_t d = 1; d < shape.size(); ++d)
    if (shape[d] < 0) return fail(at, "not tested: the input " + to_string(shape) + " has an open dimension; its shape has to be given");
  const auto features = element_count(shape, options_.frame_limit);
  if (!features || *features == 0) return fail(at, "an input of shape " + to_string(shape) + " cannot be used");
  if (varying->type != Type::f32 && varying->type != Type::f64 && varying->type != Type::undefined)
    return fail(at, std::string("not tested: an input of type ") + name_of(varying->type));
  bind(varying->name, new_value(*features), shape);
  program_.input_shape = shape;
  return true;
}

bool Lowering::fold(const Node& node) {
  std::vector<const Tensor*> in;
  for (std::size_t i = 0; i < node.inputs.size(); ++i) in.push_back(has(node, i) ? operand(node, i).constant.get() : nullptr);
  InterpretLimits limits;
  limits.numbers = options_.weight_limit;
  auto results = evaluate(model_.file, node, model_.opset_of(node), in, limits);
  if (!results) {
    errors_ = results.error();
    return false;
  }
  for (std::size_t i = 0; i < node.outputs.size(); ++i) {
    if (node.outputs[i].empty()) continue;
    if (!charge(node, (*results)[i].elements())) return false;
    bind(node.outputs[i], std::move((*results)[i]));
  }
  return true;
}

// `If` whose condition is known: the branch that is taken stands in its place.
bool Lowering::choose(const Node& node) {
  if (!has(node, 0) || !is_constant(node, 0)) return unsupported(node, "a condition that depends on the input");
  const bool taken = constant(node, 0).elements() == 1 && constant(node, 0).integer(0) != 0;
  const Attribute* branch = node.attribute(taken ? "then_branch" : "else_branch");
  if (branch == nullptr || branch->graphs.empty()) return fail(node, "If without its branch");
  const Graph& graph = *branch->graphs[0];
  for (const auto& [name, tensor] : graph.initializers) bind(name, tensor);
  if (!nodes(graph.nodes)) return false;
  for (std::size_t i = 0; i < node.outputs.size() && i < graph.outputs.size(); ++i) {
    const Operand* from = find(graph.outputs[i].name);
    if (from == nullptr) return fail(node, "nothing makes the value '" + graph.outputs[i].name + "'");
    names_[node.outputs[i]] = Operand(*from);
  }
  return true;
}

bool Lowering::node(const Node& node) {
  for (std::size_t i = 0; i < node.inputs.size(); ++i)
    if (has(node, i) && find(node.inputs[i]) == nullptr) return fail(node, "nothing makes the value '" + node.inputs[i] + "'");
  if (node.outputs.empty()) return true;
  if (node.domain.empty() && node.op == "If") return choose(node);
  bool varies = false;
  for (std::size_t i = 0; i < node.inputs.size(); ++i) varies |= has(node, i) && !is_constant(node, i);
  if (!varies) return fold(node);
  if (!has(node, 0)) return fail(node, node.op + " without its first input");
  const auto found = handlers().find(node.op);
  const bool whole = found != handlers().end() && !only_in_parts(node);
  if (!node.domain.empty() || (!whole && !is_composite(node.op))) return unsupported(node);
  if (const std::string unheeded = unheeded_attribute(node, model_.opset_of(node)); !unheeded.empty()) return unsupported(node, unheeded);
  return whole ? (this->*found->second)(node) : compound(node);
}

bool Lowering::compound(const Node& node) {
  std::vector<Part> parts;
  for (std::size_t i = 0; i < node.inputs.size(); ++i)
    parts.push_back(has(node, i) ? Part{true, shape(node, i), is_constant(node, i) ? constant(node, i).type : Type::f32, is_constant(node, i) ? &constant(node, i) : nullptr} : Part{});
  std::vector<Node> made;
  std::string why;
  return compose(node, model_.opset_of(node), parts, made, why) ? nodes(made) : fail(node, why);
}

bool Lowering::nodes(const std::vector<Node>& list) {
  return std::all_of(list.begin(), list.end(), [this](const Node& n) { return node(n); });
}

// A scale of a scale that nothing else uses is one scale. `steps` are in reverse order.
// Each value at the first gap among those that are needed with it, from its step to its last reader; the input and the
// output throughout.
void Lowering::share_places() {
  std::vector<std::size_t> last(program_.values.size(), 0);
  for (std::size_t i = 0; i < program_.steps.size(); ++i) {
    for (const std::size_t v : program_.steps[i].inputs) last[v] = i;
    last[program_.steps[i].output] = i;
  }
  last[0] = last[program_.output] = program_.steps.size();
  program_.compact = program_.values;
  std::vector<std::size_t> held{0};  // by place
  program_.compact[0].offset = 0;
  program_.compact_frame = program_.values[0].features;
  for (std::size_t i = 0; i < program_.steps.size(); ++i) {
    std::erase_if(held, [&](std::size_t v) { return last[v] < i; });
    const std::size_t v = program_.steps[i].output, size = program_.values[v].features;
    std::size_t at = 0, before = 0;
    while (before < held.size() && at + size > program_.compact[held[before]].offset) {
      at = std::max(at, program_.compact[held[before]].offset + program_.values[held[before]].features);
      ++before;
    }
    program_.compact[v].offset = at;
    held.insert(held.begin() + static_cast<std::ptrdiff_t>(before), v);
    program_.compact_frame = std::max(program_.compact_frame, at + size);
  }
}

void Lowering::merge_scales(std::vector<Step>& steps) const {
  std::vector<std::size_t> uses(program_.values.size(), 0);
  for (const Step& step : steps)
    for (const std::size_t v : step.inputs) ++uses[v];
  std::vector<std::size_t> maker(program_.values.size(), steps.size());
  for (std::size_t i = 0; i < steps.size(); ++i) maker[steps[i].output] = i;
  std::vector<bool> merged(steps.size(), false);
  for (std::size_t i = 0; i < steps.size(); ++i) {
    auto* outer = std::get_if<Scale>(&steps[i].operation);
    while (outer != nullptr && !merged[i]) {
      const std::size_t from = steps[i].inputs[0], k = maker[from];
      const auto* inner = k == steps.size() ? nullptr : std::get_if<Scale>(&steps[k].operation);
      if (inner == nullptr || uses[from] != 1 || from == program_.output) break;
      for (std::size_t f = 0; f < outer->factor.size(); ++f) {
        outer->shift[f] += outer->factor[f] * inner->shift[f];
        outer->factor[f] *= inner->factor[f];
      }
      steps[i].inputs = steps[k].inputs;
      merged[k] = true;
    }
  }
  std::vector<Step> rest;
  for (std::size_t i = 0; i < steps.size(); ++i)
    if (!merged[i]) rest.push_back(std::move(steps[i]));
  steps = std::move(rest);
}

// Drops steps that the output does not need, and finds for each gradient who writes it first.
void Lowering::finish() {
  std::vector<bool> needed(program_.values.size(), false);
  needed[program_.output] = true;
  std::vector<Step> kept;
  std::set<std::string> operators, flat;
  for (std::size_t i = program_.steps.size(); i-- > 0;) {
    Step& step = program_.steps[i];
    if (!needed[step.output]) continue;
    for (const std::size_t v : step.inputs) needed[v] = true;
    operators.insert(step.op);
    if (const auto* unary = std::get_if<Unary>(&step.operation); unary != nullptr && unary->function >= Function::round) flat.insert(step.op);
    kept.push_back(std::move(step));
  }
  merge_scales(kept);
  std::vector<bool> written(program_.values.size(), false);
  written[program_.output] = true;
  for (Step& step : kept)
    for (const std::size_t v : step.inputs) {
      step.first_gradient.push_back(!written[v]);
      written[v] = true;
    }
  std::reverse(kept.begin(), kept.end());
  program_.steps = std::move(kept);
  program_.operators.assign(operators.begin(), operators.end());
  program_.flat_operators.assign(flat.begin(), flat.end());
  // Values that are left get their places anew.
  program_.frame = 0;
  for (std::size_t v = 0; v < program_.values.size(); ++v) {
    program_.values[v].offset = program_.frame;
    if (v == 0 || needed[v]) program_.frame += program_.values[v].features;
  }
  share_places();
  for (Step& step : program_.steps) {
    if (auto* linear = std::get_if<Linear>(&step.operation)) {
      pack(*linear);
      program_.scratch = std::max(program_.scratch, linear->padded);
    }
    if (auto* scale = std::get_if<Scale>(&step.operation)) {
      scale->factor_f32.assign(scale->factor.begin(), scale->factor.end());
      scale->shift_f32.assign(scale->shift.begin(), scale->shift.end());
    }
  }
}

Result<Program> Lowering::run() {
  for (const auto& [name, tensor] : model_.graph.initializers) {
    Operand o;
    o.shape = tensor.shape;
    o.constant = std::shared_ptr<const Tensor>(&tensor, [](const Tensor*) {});  // the model outlives the lowering
    names_[name] = std::move(o);
  }
  if (!inputs() || !nodes(model_.graph.nodes)) return failure(errors_);
  Node at;
  at.name = "outputs";
  std::string wanted = options_.output;
  if (wanted.empty()) {
    if (model_.graph.outputs.size() != 1) {
      (void)fail(at, "not tested: a model with " + std::to_string(model_.graph.outputs.size()) + " outputs; one has to be chosen");
      return failure(errors_);
    }
    wanted = model_.graph.outputs[0].name;
  }
  const Operand* output = find(wanted);
  if (output == nullptr || output->is_constant()) {
    (void)fail(at, output == nullptr ? "there is no value '" + wanted + "'" : "the output does not depend on the input");
    return failure(errors_);
  }
  if (program_.values[output->value].features == 0) {
    (void)fail(at, "the output of shape " + to_string(output->shape) + " is empty");
    return failure(errors_);
  }
  program_.output = output->value;
  program_.output_shape = output->shape;
  finish();
  return std::move(program_);
}

std::vector<std::string> differentiable_operators() {
  std::vector<std::string> names;
  for (const auto& entry : Lowering::handlers()) names.push_back(entry.first);
  for (const std::string& op : composite_operators()) names.push_back(op);
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

Result<Network> Network::compile(const Model& model, const NetworkOptions& options) {
  if (const std::string unknown = unknown_opset(model); !unknown.empty()) return failure(error_in(model.file, "not tested: " + unknown));
  auto program = Lowering(model, options).run();
  if (!program) return failure(program.error());
  Network network;
  network.program_ = std::make_shared<const Program>(std::move(*program));
  return network;
}

}  // namespace duolex::tensor
