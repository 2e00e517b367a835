// To quantised numbers, back, and products of them.
#include <cmath>

#include "tensor/quantise.h"
#include "tensor/sums.h"

namespace duolex::tensor {

namespace {

bool limits_of(Type type, double& low, double& high) {
  switch (type) {
    case Type::u8: low = 0, high = 255; return true;
    case Type::i8: low = -128, high = 127; return true;
    case Type::u16: low = 0, high = 65535; return true;
    case Type::i16: low = -32768, high = 32767; return true;
    default: return false;
  }
}

}  // namespace

bool is_quantised(Type type) {
  double low = 0, high = 0;
  return limits_of(type, low, high);
}

void set_quantised(Tensor& y, std::size_t i, double value, std::int64_t zero) {
  double low = 0, high = 0;
  (void)limits_of(y.type, low, high);
  const double v = std::nearbyint(value) + static_cast<double>(zero);
  set_integer(y, i, static_cast<std::int64_t>(std::isnan(v) ? 0 : std::fmin(high, std::fmax(low, v))));
}

bool without_zero(Call& call, std::size_t i, std::size_t zero, std::vector<double>& numbers) {
  const Tensor& x = call.at(i);
  double low = 0, high = 0;
  if (!limits_of(x.type, low, high)) return call.unsupported(std::string("on ") + name_of(x.type));
  numbers = numbers_of(x);
  if (!call.has(zero)) return true;
  const Tensor& z = call.at(zero);
  if (z.elements() != 1 && (x.shape.empty() || z.elements() != static_cast<std::size_t>(x.shape[0]) || x.elements() == 0)) return call.unsupported("zero points of shape " + to_string(z.shape));
  const std::size_t each = z.elements() == 1 ? std::max<std::size_t>(1, numbers.size()) : numbers.size() / z.elements();
  for (std::size_t k = 0; k < numbers.size(); ++k) numbers[k] -= z.number(k / each);
  return true;
}

namespace {

// For each element of x the scale and zero point of its place along the axis; one number serves all.
bool along_axis(Call& call, const Tensor& x, const Tensor& scale, AxisView& v) {
  v = AxisView{1, 1, x.elements()};
  if (scale.elements() == 1) return true;
  v = AxisView{};
  if (!view_axis(x.shape, call.node.integer("axis", 1), v) || scale.shape.size() != 1 || scale.elements() != v.axis) return call.unsupported("scales of shape " + to_string(scale.shape));
  return true;
}

bool quantise(Call& call) {
  if (!call.needs(2)) return false;
  const Tensor& x = call.at(0);
  const Tensor& scale = call.at(1);
  const bool has_zero = call.has(2);
  AxisView v;
  double low = 0, high = 0;
  const std::int64_t wanted = call.node.integer("output_dtype", 0);
  const Type to = has_zero ? call.at(2).type : wanted == 0 ? Type::u8 : static_cast<Type>(wanted);
  if (wanted != 0 && wanted != static_cast<std::int64_t>(to)) return call.unsupported("to another type than its zero point");
  if (size_of(to) == 0) return call.unsupported("to this type");
  Tensor y = zeros(to, x.shape);
  if (!limits_of(y.type, low, high) || (has_zero && call.at(2).elements() != scale.elements())) return call.unsupported("with this zero point");
  if (!along_axis(call, x, scale, v)) return false;
  for (std::size_t i = 0; i < x.elements(); ++i) {
    const std::size_t k = i / v.inner % v.axis;
    // The division is one of single precision, as the type of the operands says: at a tie it decides.
    const double q = x.type == Type::f32 ? static_cast<double>(static_cast<float>(x.number(i)) / static_cast<float>(scale.number(k))) : x.number(i) / scale.number(k);
    set_quantised(y, i, q, has_zero ? call.at(2).integer(k) : 0);
  }
  return call.give(std::move(y));
}

bool dequantise(Call& call) {
  if (!call.needs(2)) return false;
  const Tensor& x = call.at(0);
  const Tensor& scale = call.at(1);
  AxisView v;
  if (const std::int64_t wanted = call.node.integer("output_dtype", 0); wanted != 0 && wanted != static_cast<std::int64_t>(scale.type)) return call.unsupported("to another type than its scale");
  if (!is_whole(x.type) || (call.has(2) && call.at(2).elements() != scale.elements())) return call.unsupported("of this form");
  if (!along_axis(call, x, scale, v)) return false;
  Tensor y = zeros(scale.type, x.shape);
  for (std::size_t i = 0; i < x.elements(); ++i) {
    const std::size_t k = i / v.inner % v.axis;
    set_number(y, i, (x.number(i) - (call.has(2) ? call.at(2).number(k) : 0)) * scale.number(k));
  }
  return call.give(std::move(y));
}

bool dynamic_quantise(Call& call) {
  if (!call.needs(1)) return false;
  const Tensor& x = call.at(0);
  if (x.type != Type::f32) return call.unsupported(std::string("on ") + name_of(x.type));
  float low = 0, high = 0;
  for (std::size_t i = 0; i < x.elements(); ++i) {
    low = std::fmin(low, x.as<float>()[i]);
    high = std::fmax(high, x.as<float>()[i]);
  }
  const float scale = (high - low) / 255;
  const float start = scale == 0 ? 0 : std::nearbyint(std::fmin(255.0F, std::fmax(0.0F, -low / scale)));
  Tensor y = zeros(Type::u8, x.shape);
  for (std::size_t i = 0; i < x.elements(); ++i) set_quantised(y, i, scale == 0 ? 0 : static_cast<double>(x.as<float>()[i] / scale), static_cast<std::int64_t>(start));
  if (call.out.size() > 1) call.out[1] = tensor_of<float>(Type::f32, {}, {scale});
  if (call.out.size() > 2) call.out[2] = tensor_of<std::uint8_t>(Type::u8, {}, {static_cast<std::uint8_t>(start)});
  return call.give(std::move(y));
}

bool integer_product(Call& call) {
  if (!call.needs(2)) return false;
  Product2 plan;
  std::vector<double> a, b;
  if (call.has(3) && call.at(3).elements() != 1) return call.unsupported("zero points for each column");
  if (!plan_product(call, call.at(0).shape, call.at(1).shape, plan) || !without_zero(call, 0, 2, a) || !without_zero(call, 1, 3, b)) return false;
  Tensor y = zeros(Type::i32, plan.shape);
  if (!multiply(call, plan, a, b, [&](std::size_t c, std::size_t i, const std::vector<double>& row) {
        for (std::size_t j = 0; j < plan.n; ++j) set_integer(y, (c * plan.m + i) * plan.n + j, static_cast<std::int64_t>(row[j]));
      }))
    return false;
  return call.give(std::move(y));
}

bool quantised_product(Call& call) {
  if (!call.needs(8)) return false;
  Product2 plan;
  std::vector<double> a, b;
  for (const std::size_t i : {1, 2, 4, 5, 6, 7})
    if (call.at(i).elements() != 1) return call.unsupported("scales for each row or column");
  if (!plan_product(call, call.at(0).shape, call.at(3).shape, plan) || !without_zero(call, 0, 2, a) || !without_zero(call, 3, 5, b)) return false;
  if (!is_quantised(call.at(7).type)) return call.unsupported(std::string("to ") + name_of(call.at(7).type));
  Tensor y = zeros(call.at(7).type, plan.shape);
  const double factor = call.at(1).number(0) * call.at(4).number(0) / call.at(6).number(0);
  if (!multiply(call, plan, a, b, [&](std::size_t c, std::size_t i, const std::vector<double>& row) {
        for (std::size_t j = 0; j < plan.n; ++j) set_quantised(y, (c * plan.m + i) * plan.n + j, row[j] * factor, call.at(7).integer(0));
      }))
    return false;
  return call.give(std::move(y));
}

}  // namespace

void add_quantisation_operators(Operators& operators) {
  operators.insert({{"QuantizeLinear", quantise}, {"DequantizeLinear", dequantise}, {"DynamicQuantizeLinear", dynamic_quantise},
                    {"MatMulInteger", integer_product}, {"QLinearMatMul", quantised_product}});
}

}  // namespace duolex::tensor
