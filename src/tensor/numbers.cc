#include "tensor/numbers.h"

namespace duolex::tensor {

bool is_floating(Type type) { return type == Type::f32 || type == Type::f64 || type == Type::f16 || type == Type::bf16; }
bool is_whole(Type type) { return !is_floating(type) && type != Type::string && type != Type::boolean && type != Type::undefined; }

namespace {

template <class T>
void put(Tensor& t, std::size_t i, T value) {
  std::memcpy(t.bytes.data() + i * sizeof(T), &value, sizeof(T));
}

}  // namespace

void set_integer(Tensor& t, std::size_t i, std::int64_t v) {
  switch (t.type) {
    case Type::u8: put(t, i, static_cast<std::uint8_t>(v)); break;
    case Type::i8: put(t, i, static_cast<std::int8_t>(v)); break;
    case Type::u16: put(t, i, static_cast<std::uint16_t>(v)); break;
    case Type::i16: put(t, i, static_cast<std::int16_t>(v)); break;
    case Type::u32: put(t, i, static_cast<std::uint32_t>(v)); break;
    case Type::i32: put(t, i, static_cast<std::int32_t>(v)); break;
    case Type::u64: put(t, i, static_cast<std::uint64_t>(v)); break;
    case Type::i64: put(t, i, v); break;
    case Type::boolean: put(t, i, static_cast<std::uint8_t>(v != 0 ? 1 : 0)); break;
    default: set_number(t, i, static_cast<double>(v)); break;
  }
}

void set_number(Tensor& t, std::size_t i, double v) {
  switch (t.type) {
    case Type::f32: put(t, i, static_cast<float>(v)); break;
    case Type::f64: put(t, i, v); break;
    case Type::f16: put(t, i, double_to_half(v)); break;
    case Type::bf16: put(t, i, float_to_bfloat(static_cast<float>(v))); break;
    case Type::boolean: put(t, i, static_cast<std::uint8_t>(v != 0 ? 1 : 0)); break;
    case Type::u64: put(t, i, v >= 0 && v < 18446744073709551616.0 ? static_cast<std::uint64_t>(v) : std::uint64_t{0}); break;
    case Type::string: case Type::undefined: break;
    default: set_integer(t, i, v > -9.2e18 && v < 9.2e18 ? static_cast<std::int64_t>(v) : 0); break;
  }
}

std::vector<double> numbers_of(const Tensor& tensor) {
  std::vector<double> values(tensor.elements());
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = tensor.number(i);
  return values;
}

Tensor from_numbers(Type type, Shape shape, const std::vector<double>& values) {
  Tensor t = zeros(type, std::move(shape));
  for (std::size_t i = 0; i < values.size() && i < t.elements(); ++i) set_number(t, i, values[i]);
  return t;
}

std::optional<Shape> common_shape(const std::vector<const Tensor*>& tensors, std::size_t most) {
  Shape shape;
  for (const Tensor* t : tensors) {
    Shape wide(std::max(shape.size(), t->shape.size()), 1);
    for (std::size_t i = 0; i < wide.size(); ++i) {
      const std::int64_t a = i < shape.size() ? shape[shape.size() - 1 - i] : 1;
      const std::int64_t b = i < t->shape.size() ? t->shape[t->shape.size() - 1 - i] : 1;
      if (a != b && a != 1 && b != 1) return std::nullopt;
      wide[wide.size() - 1 - i] = a == 1 ? b : a;
    }
    shape = std::move(wide);
  }
  if (!element_count(shape, most)) return std::nullopt;
  return shape;
}

BroadcastWalk::BroadcastWalk(const Shape& from, const Shape& to) : to_(to), index_(to.size(), 0), step_(to.size(), 0) {
  const auto steps = strides(from);
  const std::size_t extra = to.size() - from.size();
  for (std::size_t d = extra; d < to.size(); ++d)
    if (from[d - extra] != 1) step_[d] = steps[d - extra];
}

void BroadcastWalk::next() {
  for (std::size_t d = to_.size(); d-- > 0;) {
    at_ += step_[d];
    if (++index_[d] < to_[d]) return;
    at_ -= step_[d] * to_[d];
    index_[d] = 0;
  }
}

bool view_axis(const Shape& shape, std::int64_t axis, AxisView& view) {
  if (!normal_axis(axis, shape.size())) return false;
  for (std::size_t d = 0; d < shape.size(); ++d) {
    const auto size = static_cast<std::size_t>(shape[d]);
    if (static_cast<std::int64_t>(d) < axis) view.outer *= size;
    else if (static_cast<std::int64_t>(d) == axis) view.axis = size;
    else view.inner *= size;
  }
  return true;
}

}  // namespace duolex::tensor
