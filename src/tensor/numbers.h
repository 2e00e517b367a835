// Reading and writing elements of any numeric type. Floating types compute in double and round once at the end, whole
// numbers in 64 bits, wrapping.
#pragma once

#include "tensor/operator_call.h"

namespace duolex::tensor {

[[nodiscard]] bool is_floating(Type type);
[[nodiscard]] bool is_whole(Type type);  // signed or unsigned
void set_number(Tensor& tensor, std::size_t i, double value);
void set_integer(Tensor& tensor, std::size_t i, std::int64_t value);  // keeps the low bits
// All elements as doubles, and back.
[[nodiscard]] std::vector<double> numbers_of(const Tensor& tensor);
[[nodiscard]] Tensor from_numbers(Type type, Shape shape, const std::vector<double>& values);

// Broadcasting over any number of shapes; nothing when they do not fit or are too large.
[[nodiscard]] std::optional<Shape> common_shape(const std::vector<const Tensor*>& tensors, std::size_t most);
// Walks through a broadcast shape with the element of one tensor at each place.
class BroadcastWalk {
 public:
  BroadcastWalk(const Shape& from, const Shape& to);
  [[nodiscard]] std::size_t at() const { return static_cast<std::size_t>(at_); }
  void next();

 private:
  Shape to_, index_;
  std::vector<std::int64_t> step_;
  std::int64_t at_ = 0;
};

// [outer, axis, inner] around an axis. False when there is no such axis.
struct AxisView {
  std::size_t outer = 1, axis = 1, inner = 1;
};
bool view_axis(const Shape& shape, std::int64_t axis, AxisView& view);

}  // namespace duolex::tensor
