// A model compiled for one input: a straight line of steps over feature maps. Constants are folded, shapes are known.
// The fast forward pass, gradients and bounds all walk these steps. For users: network.h.
#pragma once

#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "tensor/tensor.h"

namespace duolex::tensor {

// A value during the pass: `features` numbers for each sample, at features `offset` … of the frame.
struct Value {
  std::size_t features = 0, offset = 0;
};

template <class T>
struct Packed {
  std::vector<T> product, adjoint;  // all groups, one after the other; see kernels.h
  std::vector<T> bias;              // groups * rows
};

// A weighted linear operator (convolution, matrix product): `groups` products of the same geometry.
struct Linear {
  std::size_t groups = 1, rows = 0, columns = 0, pixels = 0;
  std::vector<std::int32_t> taps, in, out;
  std::size_t row = 1;              // see kernels.h
  std::size_t group_in = 0;         // features of the (padded) input between groups
  std::size_t padded = 0;           // features of the padded input; 0: the input is read where it lies
  std::vector<std::int32_t> place;  // input feature -> padded feature
  std::vector<double> weights;      // [groups][rows][columns], as in the model
  std::vector<double> bias;         // [groups * rows]
  std::vector<double> folded;       // where bounds joined a Scale into it: how large the two summands of a bias were
  Packed<float> f32;
  Packed<double> f64;
  [[nodiscard]] std::size_t group_out() const { return rows * row; }
};

// y[i] = factor[i] * x[i] + shift[i]
struct Scale {
  std::vector<double> factor, shift;
  std::vector<float> factor_f32, shift_f32;
};

// y[i] = the i-th of `from`, an index into the inputs one after the other; -1 is `fill`.
struct Gather {
  std::vector<std::int32_t> from;
  double fill = 0;
};

// y[i] = sum over row i of weight * x[index]
struct Sparse {
  std::vector<std::uint32_t> begin;  // rows + 1
  std::vector<std::int32_t> index;
  std::vector<double> weight;
};

// y = first * a + second * b
struct Sum {
  double first = 1, second = 1;
};

struct Multiply {};
struct Divide {};

enum class Function : std::uint8_t {
  relu, leaky_relu, elu, selu, celu, softplus, softsign, sigmoid, hard_sigmoid, hard_swish, tanh, clip, abs, exp, log,
  sqrt, square, reciprocal, erf, gelu, sin, cos, power, thresholded_relu, mish, silu,
  round, floor, ceil, sign,  // these have a gradient of zero everywhere
};
struct Unary {
  Function function = Function::relu;
  double a = 0, b = 0;
};

// y[i] = max over row i of x[index]; the first of equals has the gradient.
struct Maximum {
  std::vector<std::uint32_t> begin;
  std::vector<std::int32_t> index;
};

// y = softmax along the middle of [outer, axis, inner], or its logarithm
struct Softmax {
  std::size_t outer = 1, axis = 1, inner = 1;
  bool logarithm = false;
};

// y[b] = a[b] [m x k] times b[b] [k x n]: both vary with the sample
struct MatrixProduct {
  std::size_t batch = 1, m = 1, k = 1, n = 1;
  std::vector<std::uint32_t> first, second;  // where matrix b begins in each input
};

using Operation = std::variant<Linear, Scale, Gather, Sparse, Sum, Multiply, Divide, Unary, Maximum, Softmax, MatrixProduct>;

struct Step {
  Operation operation;
  std::vector<std::size_t> inputs;  // values
  std::size_t output = 0;
  std::vector<bool> first_gradient;  // per input: no later step has a gradient for it
  std::string op, node;              // of the model, for messages
};

struct Program {
  std::vector<Value> values;  // the first is the input
  std::vector<Step> steps;
  std::size_t output = 0;
  Shape input_shape, output_shape;  // with a first dimension of 1 for the batch
  std::size_t frame = 0;      // features of all values
  // The same values where those that are never needed at the same time share their places: for a pass that keeps
  // nothing, and for gradients.
  std::vector<Value> compact;
  std::size_t compact_frame = 0;
  std::size_t scratch = 0;    // features of the largest padded input
  std::vector<std::string> operators, flat_operators;
};

void pack(Linear& linear);

}  // namespace duolex::tensor
