// The little linear algebra that the tests of data need: dense, row by row, in double precision, no threads.
#pragma once

#include <cstddef>
#include <vector>

namespace duolex::threats::data {

struct Matrix {
  std::size_t rows = 0, columns = 0;
  std::vector<double> values;
  Matrix() = default;
  Matrix(std::size_t r, std::size_t c) : rows(r), columns(c), values(r * c, 0.0) {}
  [[nodiscard]] double* row(std::size_t i) { return values.data() + i * columns; }
  [[nodiscard]] const double* row(std::size_t i) const { return values.data() + i * columns; }
};

[[nodiscard]] double dot(const double* a, const double* b, std::size_t n);
[[nodiscard]] double squared_distance(const double* a, const double* b, std::size_t n);

// The lower triangular L with L·Lᵀ = a, in place; the upper part is left as it was. False when `a` is not positive
// definite.
[[nodiscard]] bool cholesky(Matrix& a);
// Solves L·Lᵀ·x = b for one right-hand side, in place.
void solve_cholesky(const Matrix& l, double* b);

// Columns to mean 0 and deviation 1, cut at ±4; constant columns become 0; missing values (NaN) become 0.
[[nodiscard]] Matrix standardised(const float* values, std::size_t rows, std::size_t columns);
// The same centring, one scale for all columns.
[[nodiscard]] Matrix centred(const float* values, std::size_t rows, std::size_t columns);

// The covariance of some rows around their own mean, which is written to `mean`.
[[nodiscard]] Matrix covariance(const Matrix& m, const std::vector<std::size_t>& rows, std::vector<double>& mean);

// The directions of largest variance of a symmetric matrix, one a row of length 1, largest first. All of them, exactly,
// by Jacobi's rotations: for some hundred columns. `values`: the variance along each.
[[nodiscard]] Matrix principal(Matrix a, std::vector<double>& values);
// The first `count` of them by orthogonal iteration from a fixed start: for larger ones, and nearly.
[[nodiscard]] Matrix leading(const Matrix& a, std::size_t count);

// Solves L·x = b, in place.
void solve_lower(const Matrix& l, double* b);
// Each row of `m` as coordinates along the rows of `directions`.
[[nodiscard]] Matrix along(const Matrix& m, const Matrix& directions);

}  // namespace duolex::threats::data
