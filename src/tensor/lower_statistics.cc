// Operators that are made of steps that are there: a response against the channels around, the mean of several values.
#include <algorithm>

#include "tensor/lowering.h"

namespace duolex::tensor {

// x · (bias + alpha / size · Σ x²)^−beta, over the channels around.
bool Lowering::response_normalization(const Node& node) {
  const Shape from = shape(node, 0);
  const std::int64_t size = node.integer("size", 0);
  if (from.size() < 3 || size < 1 || from[1] < 1) return fail(node, "LRN: no channels, or no size");
  const std::size_t x = operand(node, 0).value, n = program_.values[x].features, inner = n / static_cast<std::size_t>(from[1]);
  const std::size_t most = n * static_cast<std::size_t>(std::min(size, from[1]));
  if (most > options_.weight_limit || !charge(node, 3 * most + 4 * n)) return fail(node, "LRN: too large");
  Sparse around;
  around.begin.push_back(0);
  for (std::int64_t c = 0; c < from[1]; ++c)
    for (std::size_t i = 0; i < inner; ++i) {
      for (std::int64_t k = std::max<std::int64_t>(0, c - (size - 1) / 2); k <= std::min(from[1] - 1, c + size / 2); ++k) around.index.push_back(static_cast<std::int32_t>(static_cast<std::size_t>(k) * inner + i));
      around.begin.push_back(static_cast<std::uint32_t>(around.index.size()));
    }
  around.weight.assign(around.index.size(), node.number("alpha", 1e-4F) / static_cast<double>(size));
  Scale shifted{std::vector<double>(n, 1), std::vector<double>(n, node.number("bias", 1)), {}, {}};
  std::size_t squares = 0, sums = 0, base = 0, factor = 0;
  return add(node, Unary{Function::square, 0, 0}, {x}, n, squares) && add(node, std::move(around), {squares}, n, sums) && add(node, std::move(shifted), {sums}, n, base) &&
         add(node, Unary{Function::power, -node.number("beta", 0.75F), 0}, {base}, n, factor) && output(node, Multiply{}, {x, factor}, from);
}

bool Lowering::mean(const Node& node) {
  if (node.inputs.size() == 1) return same(node);
  Shape to = shape(node, 0);
  for (std::size_t i = 1; i < node.inputs.size(); ++i) {
    const auto wider = has(node, i) ? broadcast_shape(to, shape(node, i)) : std::nullopt;
    if (!wider) return fail(node, "Mean: inputs that do not fit");
    to = *wider;
  }
  const std::size_t n = element_count(to, options_.frame_limit).value_or(0);
  if (n == 0 || !charge(node, 4 * n)) return n == 0 ? fail(node, "a value of shape " + to_string(to) + " cannot be used") : false;
  std::size_t sum = 0;
  for (std::size_t i = 0; i < node.inputs.size(); ++i) {
    std::size_t one = 0;
    if (!broadcast(node, operand(node, i), to, one)) return false;
    if (i != 0 && !add(node, Sum{1, 1}, {sum, one}, n, one)) return false;
    sum = one;
  }
  return output(node, Scale{std::vector<double>(n, 1.0 / static_cast<double>(node.inputs.size())), std::vector<double>(n, 0), {}, {}}, {sum}, to);
}

}  // namespace duolex::tensor
