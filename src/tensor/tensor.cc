#include "tensor/tensor.h"

#include <bit>
#include <cmath>

namespace duolex::tensor {

std::size_t size_of(Type type) {
  switch (type) {
    case Type::u8: case Type::i8: case Type::boolean: return 1;
    case Type::u16: case Type::i16: case Type::f16: case Type::bf16: return 2;
    case Type::f32: case Type::i32: case Type::u32: return 4;
    case Type::f64: case Type::i64: case Type::u64: return 8;
    case Type::undefined: case Type::string: return 0;
  }
  return 0;
}

const char* name_of(Type type) {
  switch (type) {
    case Type::undefined: return "undefined";
    case Type::f32: return "float32";
    case Type::u8: return "uint8";
    case Type::i8: return "int8";
    case Type::u16: return "uint16";
    case Type::i16: return "int16";
    case Type::i32: return "int32";
    case Type::i64: return "int64";
    case Type::string: return "string";
    case Type::boolean: return "bool";
    case Type::f16: return "float16";
    case Type::f64: return "float64";
    case Type::u32: return "uint32";
    case Type::u64: return "uint64";
    case Type::bf16: return "bfloat16";
  }
  return "undefined";
}

std::optional<std::size_t> element_count(const Shape& shape, std::size_t most) {
  bool empty = false;
  for (const std::int64_t d : shape) {
    if (d < 0) return std::nullopt;
    empty |= d == 0;
  }
  if (empty) return 0;
  std::size_t n = 1;
  for (const std::int64_t d : shape) {
    if (static_cast<std::uint64_t>(d) > most / n) return std::nullopt;
    n *= static_cast<std::size_t>(d);
  }
  return n;
}

std::string to_string(const Shape& shape) {
  std::string text = "[";
  for (std::size_t i = 0; i < shape.size(); ++i) text += (i == 0 ? "" : ", ") + std::to_string(shape[i]);
  return text + "]";
}

std::size_t Tensor::elements() const {
  if (type == Type::string) return strings.size();
  const std::size_t size = size_of(type);
  return size == 0 ? 0 : bytes.size() / size;
}

namespace {

template <class T, class As>
As element(const Tensor& t, std::size_t i) {
  T value;
  std::memcpy(&value, t.bytes.data() + i * sizeof(T), sizeof(T));
  return static_cast<As>(value);
}

template <class As>
As read(const Tensor& t, std::size_t i) {
  switch (t.type) {
    case Type::f32: return element<float, As>(t, i);
    case Type::f64: return element<double, As>(t, i);
    case Type::u8: return element<std::uint8_t, As>(t, i);
    case Type::i8: return element<std::int8_t, As>(t, i);
    case Type::u16: return element<std::uint16_t, As>(t, i);
    case Type::i16: return element<std::int16_t, As>(t, i);
    case Type::i32: return element<std::int32_t, As>(t, i);
    case Type::i64: return element<std::int64_t, As>(t, i);
    case Type::u32: return element<std::uint32_t, As>(t, i);
    case Type::u64: return element<std::uint64_t, As>(t, i);
    case Type::boolean: return static_cast<As>(element<std::uint8_t, int>(t, i) != 0);
    case Type::f16: return static_cast<As>(half_to_float(element<std::uint16_t, std::uint16_t>(t, i)));
    case Type::bf16: return static_cast<As>(bfloat_to_float(element<std::uint16_t, std::uint16_t>(t, i)));
    case Type::undefined: case Type::string: break;
  }
  return As{};
}

}  // namespace

double Tensor::number(std::size_t i) const { return read<double>(*this, i); }

std::int64_t Tensor::integer(std::size_t i) const {
  if (type == Type::f32 || type == Type::f64 || type == Type::f16 || type == Type::bf16) {
    const double v = number(i);
    if (!(v > -9.2e18 && v < 9.2e18)) return 0;
    return static_cast<std::int64_t>(v);
  }
  return read<std::int64_t>(*this, i);
}

Tensor zeros(Type type, Shape shape) {
  const std::size_t n = element_count(shape).value_or(0);
  Tensor t;
  t.type = type;
  t.shape = std::move(shape);
  if (type == Type::string) t.strings.resize(n);
  else t.bytes.assign(n * size_of(type), '\0');
  return t;
}

Tensor integers(const std::vector<std::int64_t>& values) {
  return tensor_of(Type::i64, {static_cast<std::int64_t>(values.size())}, values);
}

float half_to_float(std::uint16_t bits) {
  const int exponent = (bits >> 10) & 31, fraction = bits & 1023;
  const float sign = (bits & 0x8000) != 0 ? -1.0F : 1.0F;
  if (exponent == 31) return fraction == 0 ? sign * INFINITY : NAN;
  if (exponent == 0) return sign * std::ldexp(static_cast<float>(fraction), -24);
  return sign * std::ldexp(static_cast<float>(fraction + 1024), exponent - 25);
}

std::uint16_t double_to_half(double value) {
  const std::uint16_t sign = std::signbit(value) ? 0x8000 : 0;
  if (std::isnan(value)) return static_cast<std::uint16_t>(sign | 0x7E00);
  const double magnitude = std::fabs(value);
  if (magnitude >= 65520.0) return static_cast<std::uint16_t>(sign | 0x7C00);
  if (magnitude < std::ldexp(1.0, -14))  // subnormal, in units of 2^-24
    return static_cast<std::uint16_t>(sign | static_cast<std::uint16_t>(std::nearbyint(std::ldexp(magnitude, 24))));
  int exponent = 0;
  const double fraction = std::frexp(magnitude, &exponent);  // [0.5, 1)
  const auto scaled = static_cast<std::uint32_t>(std::nearbyint(std::ldexp(fraction, 11)));  // 1024..2048
  return static_cast<std::uint16_t>(sign | ((static_cast<std::uint32_t>(exponent + 13) << 10) + scaled));
}

std::uint16_t float_to_half(float value) { return double_to_half(value); }

float bfloat_to_float(std::uint16_t bits) { return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16); }

std::uint16_t float_to_bfloat(float value) {
  if (std::isnan(value)) return 0x7FC0;
  const auto bits = std::bit_cast<std::uint32_t>(value);
  return static_cast<std::uint16_t>((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
}

}  // namespace duolex::tensor
