// What an operator of the interpreter sees. Not for others.
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "tensor/interpret.h"

namespace duolex::tensor {

struct Call {
  const Node& node;
  std::int64_t opset;
  const std::vector<const Tensor*>& in;  // null where left out
  std::vector<Tensor>& out;              // as many as the node names
  const InterpretLimits& limits;
  std::string error = {};
  std::uint64_t done = 0;

  [[nodiscard]] bool has(std::size_t i) const { return i < in.size() && in[i] != nullptr; }
  [[nodiscard]] const Tensor& at(std::size_t i) const { return *in[i]; }
  bool fail(const std::string& message) {
    error = message;
    return false;
  }
  // "not tested: operator X: why"
  bool unsupported(const std::string& why) {
    return fail("not tested: operator " + node.op + ": " + why);
  }
  // Whether a result of this shape may be made.
  bool allows(const Shape& shape) {
    const auto n = element_count(shape, limits.numbers);
    return n ? true : fail("a result of shape " + to_string(shape) + " is too large");
  }
  // Counts multiply-adds; false when they are too many.
  bool work(std::uint64_t operations) {
    done += std::min(operations, limits.operations + 1);
    return done <= limits.operations || unsupported("more than " + std::to_string(limits.operations) + " operations");
  }
  bool needs(std::size_t inputs) {
    for (std::size_t i = 0; i < inputs; ++i)
      if (!has(i)) return fail("input " + std::to_string(i) + " is missing");
    return true;
  }
  bool give(Tensor tensor) {
    out[0] = std::move(tensor);
    return true;
  }
};

using Operator = bool (*)(Call&);
using Operators = std::map<std::string, Operator>;

void add_shape_operators(Operators& operators);
void add_elementwise_operators(Operators& operators);
void add_reduction_operators(Operators& operators);
void add_index_operators(Operators& operators);
void add_resize_operators(Operators& operators);
void add_linear_operators(Operators& operators);
void add_convolution_operators(Operators& operators);
void add_pooling_operators(Operators& operators);
void add_quantisation_operators(Operators& operators);
void add_recurrent_operators(Operators& operators);
void add_sampling_operators(Operators& operators);
void add_signal_operators(Operators& operators);
void add_text_operators(Operators& operators);
void add_set_operators(Operators& operators);

// Resize as weighted sums of elements of a tensor of shape `from`; the first input itself is not looked at.
struct ResizeRows {
  Shape to;
  std::vector<std::uint32_t> begin;  // of each result; one more at the end
  std::vector<std::int32_t> index;
  std::vector<double> weight;
};
bool resize_rows(Call& call, const Shape& from, std::size_t most, ResizeRows& rows);
// " (node 'name', byte 4711)"
[[nodiscard]] std::string place_of(const Node& node);
// The whole numbers of a one-dimensional tensor or scalar.
[[nodiscard]] std::vector<std::int64_t> whole_numbers(const Tensor& tensor);
// Steps between neighbours of each dimension, row-major.
[[nodiscard]] std::vector<std::int64_t> strides(const Shape& shape);
// Negative axes count from the end; false when it is out of range.
bool normal_axis(std::int64_t& axis, std::size_t rank);
// The elements of a tensor at these places (-1: zero, or `fill` if given) in a new shape.
[[nodiscard]] Tensor take(const Tensor& tensor, Shape shape, const std::vector<std::int64_t>& from, const Tensor* fill = nullptr);

// Counts through a shape in row-major order.
class Counter {
 public:
  explicit Counter(const Shape& shape) : shape_(shape), at_(shape.size(), 0) {}
  [[nodiscard]] const Shape& at() const { return at_; }
  void next() {
    for (std::size_t d = shape_.size(); d-- > 0;) {
      if (++at_[d] < shape_[d]) return;
      at_[d] = 0;
    }
  }

 private:
  Shape shape_, at_;
};

}  // namespace duolex::tensor
