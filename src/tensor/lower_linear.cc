// Weighted sums: convolutions, matrix products and what is the same as one.
#include <algorithm>
#include <cmath>

#include "tensor/lowering.h"
#include "tensor/operator_call.h"

namespace duolex::tensor {

namespace {

std::vector<double> numbers_of(const Tensor& tensor) {
  std::vector<double> numbers(tensor.elements());
  for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = tensor.number(i);
  return numbers;
}

template <class T>
void pack_as(const Linear& l, Packed<T>& packed) {
  const std::size_t product = (l.rows + weight_block - 1) / weight_block * weight_block * l.columns;
  const std::size_t adjoint = (l.columns + weight_block - 1) / weight_block * weight_block * l.rows;
  packed.product.assign(l.groups * product, T{0});
  packed.adjoint.assign(l.groups * adjoint, T{0});
  for (std::size_t g = 0; g < l.groups; ++g)
    for (std::size_t m = 0; m < l.rows; ++m)
      for (std::size_t k = 0; k < l.columns; ++k) {
        const T w = static_cast<T>(l.weights[(g * l.rows + m) * l.columns + k]);
        packed.product[g * product + (m / weight_block * l.columns + k) * weight_block + m % weight_block] = w;
        packed.adjoint[g * adjoint + (k / weight_block * l.rows + m) * weight_block + k % weight_block] = w;
      }
  packed.bias.assign(l.bias.begin(), l.bias.end());
}

}  // namespace

void pack(Linear& linear) {
  pack_as(linear, linear.f32);
  pack_as(linear, linear.f64);
}

bool Lowering::window(const Node& node, const Shape& from, std::vector<std::int64_t> kernel, Window& w) {
  const std::string wrong = read_window(node, from, std::move(kernel), w);
  return wrong.empty() || fail(node, wrong.starts_with("not tested") ? wrong : node.op + ": " + wrong);
}

bool Lowering::convolve(const Node& node, std::size_t value, const Window& w, std::int64_t channels, std::int64_t groups,
                        std::int64_t filters, std::vector<double> weights, std::vector<double> bias) {
  const std::size_t rank = w.from.size();
  const bool padded = w.padded();
  Shape room{channels};
  for (std::size_t d = 0; d < rank; ++d) room.push_back(w.from[d] + w.before[d] + w.after[d]);
  const auto room_size = element_count(room, options_.frame_limit);
  if (!room_size) return fail(node, "one sample needs more than " + std::to_string(options_.frame_limit) + " numbers");
  const auto pixels = element_count(w.to, options_.frame_limit);
  Linear l;
  l.groups = static_cast<std::size_t>(groups);
  l.rows = static_cast<std::size_t>(filters / groups);
  l.columns = weights.size() / static_cast<std::size_t>(filters);
  l.pixels = pixels.value_or(0);
  l.row = l.pixels;
  l.weights = std::move(weights);
  l.bias = std::move(bias);
  const auto steps = strides(room);
  l.group_in = static_cast<std::size_t>(channels / groups * steps[0]);
  if (!pixels || !charge(node, 8 * l.weights.size() + l.columns + 2 * l.pixels + (padded ? *room_size : 0))) return pixels ? false : fail(node, "too large");
  Shape taps{channels / groups};
  taps.insert(taps.end(), w.kernel.begin(), w.kernel.end());
  Counter tap(taps);
  for (std::size_t k = 0; k < l.columns; ++k, tap.next()) {
    std::int64_t at = tap.at()[0] * steps[0];
    for (std::size_t d = 0; d < rank; ++d) at += tap.at()[d + 1] * w.dilation[d] * steps[d + 1];
    l.taps.push_back(static_cast<std::int32_t>(at));
  }
  Counter pixel(w.to);
  for (std::size_t p = 0; p < l.pixels; ++p, pixel.next()) {
    std::int64_t at = 0;
    for (std::size_t d = 0; d < rank; ++d) at += pixel.at()[d] * w.stride[d] * steps[d + 1];
    l.in.push_back(static_cast<std::int32_t>(at));
    l.out.push_back(static_cast<std::int32_t>(p));
  }
  if (padded) {
    l.padded = *room_size;
    Shape from{channels};
    from.insert(from.end(), w.from.begin(), w.from.end());
    Counter at(from);
    for (std::size_t i = 0; i < program_.values[value].features; ++i, at.next()) {
      std::int64_t place = at.at()[0] * steps[0];
      for (std::size_t d = 0; d < rank; ++d) place += (at.at()[d + 1] + w.before[d]) * steps[d + 1];
      l.place.push_back(static_cast<std::int32_t>(place));
    }
  }
  Shape shape{1, filters};
  shape.insert(shape.end(), w.to.begin(), w.to.end());
  return output(node, std::move(l), {value}, shape);
}

bool Lowering::conv(const Node& node) {
  if (!has(node, 1) || !is_constant(node, 1) || (has(node, 2) && !is_constant(node, 2)) || is_constant(node, 0))
    return unsupported(node, "weights that depend on the input");
  const Shape& from = shape(node, 0);
  const Tensor& weights = constant(node, 1);
  const std::int64_t groups = node.integer("group", 1);
  if (weights.shape.size() != from.size() || from.size() < 3 || from[0] != 1 || groups < 1 || from[1] % groups != 0 ||
      weights.shape[0] % groups != 0 || weights.shape[1] != from[1] / groups || weights.elements() == 0)
    return fail(node, "Conv: weights " + to_string(weights.shape) + " do not fit input " + to_string(from));
  Window w;
  if (!window(node, from, {weights.shape.begin() + 2, weights.shape.end()}, w)) return false;
  if (!std::equal(w.kernel.begin(), w.kernel.end(), weights.shape.begin() + 2)) return fail(node, "Conv: kernel_shape is not that of the weights");
  std::vector<double> bias(static_cast<std::size_t>(weights.shape[0]), 0);
  if (has(node, 2)) {
    if (constant(node, 2).elements() != bias.size()) return fail(node, "Conv: a bias of another size");
    bias = numbers_of(constant(node, 2));
  }
  return convolve(node, operand(node, 0).value, w, from[1], groups, weights.shape[0], numbers_of(weights), bias);
}

// The same as a convolution with the kernel turned round over an input with zeros between its elements.
bool Lowering::conv_transpose(const Node& node) {
  if (!has(node, 1) || !is_constant(node, 1) || (has(node, 2) && !is_constant(node, 2)) || is_constant(node, 0))
    return unsupported(node, "weights that depend on the input");
  const Shape& from = shape(node, 0);
  const Tensor& weights = constant(node, 1);
  const std::int64_t groups = node.integer("group", 1);
  if (weights.shape.size() != from.size() || from.size() < 3 || from[0] != 1 || groups < 1 || weights.shape[0] != from[1] ||
      from[1] % groups != 0 || weights.elements() == 0)
    return fail(node, "ConvTranspose: weights " + to_string(weights.shape) + " do not fit input " + to_string(from));
  if (node.text("auto_pad", "NOTSET") != "NOTSET" || node.attribute("output_shape") != nullptr) return unsupported(node, "auto_pad or output_shape");
  Window w;
  if (!window(node, from, {weights.shape.begin() + 2, weights.shape.end()}, w)) return false;
  const std::size_t rank = w.from.size();
  auto extra = node.integers("output_padding");
  if (extra.empty()) extra.assign(rank, 0);
  if (extra.size() != rank || !std::equal(w.kernel.begin(), w.kernel.end(), weights.shape.begin() + 2)) return fail(node, "ConvTranspose: attributes do not fit");
  Shape spread{from[1]};
  Window c;  // over the spread input, padding by Gather since it may be negative
  for (std::size_t d = 0; d < rank; ++d) {
    const std::int64_t reach = (w.kernel[d] - 1) * w.dilation[d];
    const std::int64_t size = (w.from[d] - 1) * w.stride[d] + 1 + 2 * reach - w.before[d] - w.after[d] + extra[d];
    if (size <= reach || extra[d] < 0) return fail(node, "ConvTranspose: nothing is left");
    spread.push_back(size);
    c.from.push_back(size);
    c.to.push_back(size - reach);
    c.before.push_back(0);
    c.after.push_back(0);
    c.stride.push_back(1);
  }
  c.kernel = w.kernel;
  c.dilation = w.dilation;
  const auto n = element_count(spread, options_.frame_limit);
  if (!n || !charge(node, *n)) return n ? false : fail(node, "too large");
  std::vector<std::int32_t> map;
  Shape in{from[1]};
  in.insert(in.end(), w.from.begin(), w.from.end());
  const auto steps = strides(in);
  Counter at(spread);
  for (std::size_t i = 0; i < *n; ++i, at.next()) {
    std::int64_t f = at.at()[0] * steps[0];
    for (std::size_t d = 0; d < rank && f >= 0; ++d) {
      const std::int64_t s = at.at()[d + 1] - (w.kernel[d] - 1) * w.dilation[d] + w.before[d];
      f = s < 0 || s % w.stride[d] != 0 || s / w.stride[d] >= w.from[d] ? -1 : f + s / w.stride[d] * steps[d + 1];
    }
    map.push_back(static_cast<std::int32_t>(f));
  }
  std::size_t value = 0;
  if (!add(node, Gather{std::move(map), 0}, {operand(node, 0).value}, *n, value)) return false;
  const std::int64_t in_group = from[1] / groups, out_group = weights.shape[1], filters = out_group * groups;
  const std::int64_t taps = static_cast<std::int64_t>(element_count(w.kernel).value_or(0));
  std::vector<double> turned(weights.elements());
  for (std::int64_t g = 0; g < groups; ++g)
    for (std::int64_t i = 0; i < in_group; ++i)
      for (std::int64_t o = 0; o < out_group; ++o)
        for (std::int64_t t = 0; t < taps; ++t)
          turned[static_cast<std::size_t>(((g * out_group + o) * in_group + i) * taps + taps - 1 - t)] =
              weights.number(static_cast<std::size_t>(((g * in_group + i) * out_group + o) * taps + t));
  std::vector<double> bias(static_cast<std::size_t>(filters), 0);
  if (has(node, 2)) {
    if (constant(node, 2).elements() != bias.size()) return fail(node, "ConvTranspose: a bias of another size");
    bias = numbers_of(constant(node, 2));
  }
  return convolve(node, value, c, from[1], groups, filters, std::move(turned), std::move(bias));
}

bool Lowering::gemm(const Node& node) {
  if (!has(node, 1)) return fail(node, "Gemm without its second input");
  if (is_constant(node, 0) || !is_constant(node, 1)) return unsupported(node, "a second factor that depends on the input");
  const Shape& a = shape(node, 0);
  const Tensor& b = constant(node, 1);
  const bool turn_a = node.integer("transA", 0) != 0, turn_b = node.integer("transB", 0) != 0;
  if (a.size() != 2 || b.shape.size() != 2) return fail(node, "Gemm: factors are matrices");
  const std::int64_t m = a[turn_a ? 1 : 0], k = a[turn_a ? 0 : 1], n = b.shape[turn_b ? 0 : 1];
  if (b.shape[turn_b ? 1 : 0] != k || k < 1 || n < 1 || m < 1) return fail(node, "Gemm: " + to_string(a) + " and " + to_string(b.shape) + " do not fit");
  if (!charge(node, 8 * b.elements())) return false;
  const double alpha = node.number("alpha", 1), beta = node.number("beta", 1);
  Linear l;
  l.rows = static_cast<std::size_t>(n);
  l.columns = static_cast<std::size_t>(k);
  l.pixels = static_cast<std::size_t>(m);
  for (std::int64_t o = 0; o < n; ++o)
    for (std::int64_t i = 0; i < k; ++i) l.weights.push_back(alpha * b.number(static_cast<std::size_t>(turn_b ? o * k + i : i * n + o)));
  for (std::int64_t i = 0; i < k; ++i) l.taps.push_back(static_cast<std::int32_t>(turn_a ? i * m : i));
  for (std::int64_t p = 0; p < m; ++p) {
    l.in.push_back(static_cast<std::int32_t>(turn_a ? p : p * k));
    l.out.push_back(static_cast<std::int32_t>(p * n));
  }
  l.bias.assign(l.rows, 0);
  std::vector<double> c;
  if (has(node, 2)) {
    if (!is_constant(node, 2)) return unsupported(node, "a summand that depends on the input");
    const auto fits = broadcast_shape(shape(node, 2), {m, n});
    if (!fits || *fits != Shape{m, n}) return fail(node, "Gemm: the summand does not fit");
    c = broadcast_numbers(constant(node, 2), {m, n});
    for (double& v : c) v *= beta;
  }
  if (m == 1 && !c.empty()) l.bias = c;
  if (!output(node, std::move(l), {operand(node, 0).value}, {m, n})) return false;
  if (m == 1 || c.empty()) return true;
  const std::size_t product = names_.at(node.outputs[0]).value;
  return output(node, Scale{std::vector<double>(c.size(), 1), c, {}, {}}, {product}, {m, n});
}

bool Lowering::matmul(const Node& node) {
  if (!has(node, 1)) return fail(node, "MatMul without its second input");
  const Shape a = shape(node, 0), b = shape(node, 1);
  if (a.size() < 2 || b.size() < 2) return unsupported(node, "with a vector");
  const std::int64_t m = a[a.size() - 2], k = a.back(), n = b.back();
  if (b[b.size() - 2] != k || k < 1 || n < 1 || m < 1) return fail(node, "MatMul: " + to_string(a) + " and " + to_string(b) + " do not fit");
  const Shape outer_a(a.begin(), a.end() - 2), outer_b(b.begin(), b.end() - 2);
  const auto outer = broadcast_shape(outer_a, outer_b);
  if (!outer) return fail(node, "MatMul: " + to_string(a) + " and " + to_string(b) + " do not fit");
  Shape shape_out = *outer;
  shape_out.push_back(m);
  shape_out.push_back(n);
  const std::size_t batch = element_count(*outer).value_or(0);
  if (batch == 0 || batch > options_.frame_limit || !charge(node, batch * static_cast<std::size_t>(m + n))) return batch != 0 ? fail(node, "too large") : false;
  if (!is_constant(node, 0) && is_constant(node, 1) && element_count(outer_b).value_or(0) == 1) {
    Linear l;
    const Tensor& w = constant(node, 1);
    if (!charge(node, 8 * w.elements())) return false;
    l.rows = static_cast<std::size_t>(n);
    l.columns = static_cast<std::size_t>(k);
    l.pixels = batch * static_cast<std::size_t>(m);
    for (std::int64_t o = 0; o < n; ++o)
      for (std::int64_t i = 0; i < k; ++i) l.weights.push_back(w.number(static_cast<std::size_t>(i * n + o)));
    for (std::int64_t i = 0; i < k; ++i) l.taps.push_back(static_cast<std::int32_t>(i));
    for (std::size_t p = 0; p < l.pixels; ++p) {
      l.in.push_back(static_cast<std::int32_t>(p * l.columns));
      l.out.push_back(static_cast<std::int32_t>(p * l.rows));
    }
    l.bias.assign(l.rows, 0);
    return output(node, std::move(l), {operand(node, 0).value}, shape_out);
  }
  if (is_constant(node, 0) && !is_constant(node, 1) && element_count(outer_a).value_or(0) == 1) {
    Linear l;
    const Tensor& w = constant(node, 0);
    if (!charge(node, 8 * w.elements() + 2 * batch * static_cast<std::size_t>(n))) return false;
    l.rows = static_cast<std::size_t>(m);
    l.columns = static_cast<std::size_t>(k);
    l.pixels = batch * static_cast<std::size_t>(n);
    l.row = static_cast<std::size_t>(n);
    for (std::size_t i = 0; i < w.elements(); ++i) l.weights.push_back(w.number(i));
    for (std::int64_t i = 0; i < k; ++i) l.taps.push_back(static_cast<std::int32_t>(i * n));
    for (std::size_t p = 0; p < l.pixels; ++p) {
      const std::size_t matrix = p / l.row, column = p % l.row;
      l.in.push_back(static_cast<std::int32_t>(matrix * l.columns * l.row + column));
      l.out.push_back(static_cast<std::int32_t>(matrix * l.rows * l.row + column));
    }
    l.bias.assign(l.rows, 0);
    return output(node, std::move(l), {operand(node, 1).value}, shape_out);
  }
  MatrixProduct product;
  product.batch = batch;
  product.m = static_cast<std::size_t>(m);
  product.k = static_cast<std::size_t>(k);
  product.n = static_cast<std::size_t>(n);
  for (const std::int32_t i : broadcast_index(outer_a, *outer)) product.first.push_back(static_cast<std::uint32_t>(static_cast<std::int64_t>(i) * m * k));
  for (const std::int32_t i : broadcast_index(outer_b, *outer)) product.second.push_back(static_cast<std::uint32_t>(static_cast<std::int64_t>(i) * k * n));
  std::size_t first = operand(node, 0).value, second = operand(node, 1).value;
  if (is_constant(node, 0) && !materialise(node, operand(node, 0), first)) return false;
  if (is_constant(node, 1) && !materialise(node, operand(node, 1), second)) return false;
  return output(node, std::move(product), {first, second}, shape_out);
}

bool Lowering::batch_normalization(const Node& node) {
  const Shape& from = shape(node, 0);
  for (std::size_t i = 1; i < 5; ++i)
    if (!has(node, i) || !is_constant(node, i) || is_constant(node, 0)) return unsupported(node, "statistics that depend on the input");
  if (node.integer("training_mode", 0) != 0) return unsupported(node, "in training mode");
  if (from.size() < 2) return fail(node, "BatchNormalization: no channels");
  const auto channels = static_cast<std::size_t>(from[1]);
  for (std::size_t i = 1; i < 5; ++i)
    if (constant(node, i).elements() != channels) return fail(node, "BatchNormalization: statistics of another size");
  const double epsilon = node.number("epsilon", 1e-5F);
  const std::size_t features = program_.values[operand(node, 0).value].features, inner = features / std::max<std::size_t>(1, channels);
  if (!charge(node, 4 * features)) return false;
  Scale scale;
  for (std::size_t f = 0; f < features; ++f) {
    const std::size_t c = f / inner % channels;
    const double factor = constant(node, 1).number(c) / std::sqrt(constant(node, 4).number(c) + epsilon);
    scale.factor.push_back(factor);
    scale.shift.push_back(constant(node, 2).number(c) - constant(node, 3).number(c) * factor);
  }
  return output(node, std::move(scale), {operand(node, 0).value}, from);
}

}  // namespace duolex::tensor
