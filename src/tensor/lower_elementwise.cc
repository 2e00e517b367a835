// Operators on each element, and softmax.
#include <algorithm>
#include <limits>

#include "tensor/lowering.h"
#include "tensor/operator_call.h"

namespace duolex::tensor {

bool Lowering::arithmetic(const Node& node) {
  if (node.inputs.size() == 1) return same(node);
  if (node.inputs.size() != 2) return unsupported(node, "of " + std::to_string(node.inputs.size()) + " inputs");
  Operand a = operand(node, 0), b = operand(node, 1);
  if (!node.integers("axis").empty() || node.attribute("axis") != nullptr) return unsupported(node, "with the broadcast of opset 6");
  const auto wanted = broadcast_shape(a.shape, b.shape);
  if (!wanted) return fail(node, node.op + ": " + to_string(a.shape) + " and " + to_string(b.shape) + " do not fit");
  const std::size_t n = element_count(*wanted, options_.frame_limit).value_or(0);
  if (n == 0) return fail(node, "a value of shape " + to_string(*wanted) + " cannot be used");
  std::size_t first = 0, second = 0;
  if (!a.is_constant() && !b.is_constant()) {
    if (!broadcast(node, a, *wanted, first) || !broadcast(node, b, *wanted, second)) return false;
    if (node.op == "Mul") return output(node, Multiply{}, {first, second}, *wanted);
    if (node.op == "Div") return output(node, Divide{}, {first, second}, *wanted);
    return output(node, Sum{1, node.op == "Sub" ? -1.0 : 1.0}, {first, second}, *wanted);
  }
  const bool swapped = a.is_constant();
  if (!charge(node, 4 * n) || !broadcast(node, swapped ? b : a, *wanted, first)) return false;
  std::vector<double> c = broadcast_numbers(swapped ? *a.constant : *b.constant, *wanted);
  Scale scale;
  if (node.op == "Mul" || node.op == "Div") {
    if (node.op == "Div" && !swapped)
      for (double& v : c) v = 1 / v;
    if (node.op == "Div" && swapped && !add(node, Unary{Function::reciprocal, 0, 0}, {first}, n, first)) return false;
    scale.factor = std::move(c);
    scale.shift.assign(n, 0);
  } else {
    scale.factor.assign(n, node.op == "Sub" && swapped ? -1 : 1);
    if (node.op == "Sub" && !swapped)
      for (double& v : c) v = -v;
    scale.shift = std::move(c);
  }
  return output(node, std::move(scale), {first}, *wanted);
}

bool Lowering::unary(const Node& node) {
  static const std::map<std::string, Unary> functions{
      {"Relu", {Function::relu, 0, 0}}, {"LeakyRelu", {Function::leaky_relu, 0.01, 0}}, {"Elu", {Function::elu, 1, 0}},
      {"Selu", {Function::selu, 1.67326319217681884765625, 1.05070102214813232421875}}, {"Celu", {Function::celu, 1, 0}},
      {"Softplus", {Function::softplus, 0, 0}}, {"Softsign", {Function::softsign, 0, 0}}, {"Sigmoid", {Function::sigmoid, 0, 0}},
      {"HardSigmoid", {Function::hard_sigmoid, 0.2, 0.5}}, {"HardSwish", {Function::hard_swish, 0, 0}}, {"Tanh", {Function::tanh, 0, 0}},
      {"Abs", {Function::abs, 0, 0}}, {"Exp", {Function::exp, 0, 0}}, {"Log", {Function::log, 0, 0}}, {"Sqrt", {Function::sqrt, 0, 0}},
      {"Reciprocal", {Function::reciprocal, 0, 0}}, {"Erf", {Function::erf, 0, 0}}, {"Gelu", {Function::gelu, 0, 0}},
      {"Sin", {Function::sin, 0, 0}}, {"Cos", {Function::cos, 0, 0}}, {"ThresholdedRelu", {Function::thresholded_relu, 1, 0}},
      {"Round", {Function::round, 0, 0}}, {"Floor", {Function::floor, 0, 0}}, {"Ceil", {Function::ceil, 0, 0}},
      {"Sign", {Function::sign, 0, 0}}, {"Mish", {Function::mish, 0, 0}}};
  const std::size_t value = operand(node, 0).value;
  if (node.op == "Neg") {
    const std::size_t n = program_.values[value].features;
    return charge(node, 4 * n) && output(node, Scale{std::vector<double>(n, -1), std::vector<double>(n, 0), {}, {}}, {value}, shape(node, 0));
  }
  Unary unary = functions.at(node.op);
  if (node.op == "Gelu" && node.text("approximate", "none") != "none") return unsupported(node, "approximate");
  if (const Attribute* alpha = node.attribute("alpha")) unary.a = alpha->f;
  if (const Attribute* beta = node.attribute("beta")) unary.b = beta->f;
  if (const Attribute* gamma = node.attribute("gamma")) unary.b = gamma->f;
  return output(node, unary, {value}, shape(node, 0));
}

bool Lowering::clip(const Node& node) {
  Unary unary{Function::clip, -std::numeric_limits<double>::infinity(), std::numeric_limits<double>::infinity()};
  if (const Attribute* low = node.attribute("min")) unary.a = low->f;
  if (const Attribute* high = node.attribute("max")) unary.b = high->f;
  for (std::size_t i = 1; i < 3; ++i) {
    if (!has(node, i)) continue;
    if (!is_constant(node, i) || constant(node, i).elements() != 1) return unsupported(node, "bounds that depend on the input");
    (i == 1 ? unary.a : unary.b) = constant(node, i).number(0);
  }
  return is_constant(node, 0) ? unsupported(node, "bounds that depend on the input")
                              : output(node, unary, {operand(node, 0).value}, shape(node, 0));
}

// What varies with the input is f32 throughout.
bool Lowering::cast(const Node& node) { return node.integer("to", 0) == static_cast<std::int64_t>(Type::f32) ? same(node) : unsupported(node, "to another type than f32"); }

bool Lowering::power(const Node& node) {
  if (!has(node, 1) || !is_constant(node, 1) || is_constant(node, 0) || constant(node, 1).elements() != 1)
    return unsupported(node, "an exponent that is not one number");
  const double exponent = constant(node, 1).number(0);
  const Shape out = *broadcast_shape(shape(node, 0), shape(node, 1));
  if (exponent == 1) return same(node);
  if (exponent == 2) return output(node, Unary{Function::square, 0, 0}, {operand(node, 0).value}, out);
  if (exponent == 0.5) return output(node, Unary{Function::sqrt, 0, 0}, {operand(node, 0).value}, out);
  return output(node, Unary{Function::power, exponent, 0}, {operand(node, 0).value}, out);
}

// max(x, 0) + slope * min(x, 0), from relu(x) and x: slope * x + (1 - slope) * relu(x)
bool Lowering::prelu(const Node& node) {
  if (!has(node, 1) || !is_constant(node, 1) || is_constant(node, 0)) return unsupported(node, "a slope that depends on the input");
  const Shape out = shape(node, 0);
  Tensor slopes = constant(node, 1);
  // Until opset 6 one slope for each channel, wherever the channels stand.
  if (model_.opset_of(node) < 7 && out.size() > 2 && slopes.shape == Shape{out[1]}) slopes.shape.resize(out.size() - 1, 1);
  const auto fits = broadcast_shape(out, slopes.shape);
  if (!fits || *fits != out) return unsupported(node, "a slope that does not fit");
  const std::size_t value = operand(node, 0).value, n = program_.values[value].features;
  if (!charge(node, 8 * n)) return false;
  const std::vector<double> slope = broadcast_numbers(slopes, out);
  std::vector<double> rest(n);
  for (std::size_t i = 0; i < n; ++i) rest[i] = 1 - slope[i];
  std::size_t positive = 0, scaled = 0, slanted = 0;
  const std::vector<double> none(n, 0);
  return add(node, Unary{Function::relu, 0, 0}, {value}, n, positive) && add(node, Scale{rest, none, {}, {}}, {positive}, n, scaled) &&
         add(node, Scale{slope, none, {}, {}}, {value}, n, slanted) && output(node, Sum{1, 1}, {scaled, slanted}, out);
}

bool Lowering::softmax(const Node& node) {
  const Shape& from = shape(node, 0);
  std::int64_t axis = node.integer("axis", model_.opset_of(node) < 13 ? 1 : -1);
  if (!normal_axis(axis, from.size()) || from.empty()) return fail(node, "Softmax: no such axis");
  Softmax s;
  s.logarithm = node.op == "LogSoftmax";
  for (std::size_t d = 0; d < from.size(); ++d) {
    const auto size = static_cast<std::size_t>(from[d]), a = static_cast<std::size_t>(axis);
    if (d < a) s.outer *= size;
    else if (d == a || model_.opset_of(node) < 13) s.axis *= size;  // before opset 13 everything behind the axis is one
    else s.inner *= size;
  }
  return output(node, s, {operand(node, 0).value}, from);
}

}  // namespace duolex::tensor
