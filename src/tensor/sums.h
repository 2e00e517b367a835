// Weighted sums in double precision, for the operators that are made of them. Not for others.
#pragma once

#include "tensor/numbers.h"
#include "tensor/window.h"

namespace duolex::tensor {

// The operands of a convolution as numbers: x [batch, channels, …], w [filters, channels / groups, …], bias or nothing.
struct Convolution {
  std::size_t batch = 0, channels = 0, filters = 0, groups = 1;
  Window window{};
};

// Reads the geometry from the shapes of x and w and the node's attributes; false after call.fail().
bool plan_convolution(Call& call, const Shape& x, const Shape& w, Convolution& plan);
[[nodiscard]] Shape result_shape(const Convolution& plan);
// y[batch][filter][…]: `filter(n, f, row)` is told each finished filter of each sample.
bool convolve(Call& call, const Convolution& plan, const std::vector<double>& x, const std::vector<double>& w,
              const std::function<void(std::size_t sample, std::size_t filter, const std::vector<double>& pixels)>& done);

// How two tensors meet in a matrix product; batches are broadcast.
struct Product2 {
  Shape shape;  // of the result
  std::size_t m = 1, k = 1, n = 1;
  std::vector<std::size_t> first, second;  // which matrix of each makes the b-th result
};
bool plan_product(Call& call, const Shape& a, const Shape& b, Product2& plan);
// Row by row: `done(b, i, row)` is told n sums.
bool multiply(Call& call, const Product2& plan, const std::vector<double>& a, const std::vector<double>& b,
              const std::function<void(std::size_t matrix, std::size_t row, const std::vector<double>& sums)>& done);

}  // namespace duolex::tensor
