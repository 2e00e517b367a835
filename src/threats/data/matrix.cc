#include "threats/data/matrix.h"

#include <algorithm>
#include <cmath>

namespace duolex::threats::data {

double dot(const double* a, const double* b, std::size_t n) {
  // Four sums side by side: the same order on every machine, and the processor need not wait for each.
  double s0 = 0, s1 = 0, s2 = 0, s3 = 0;
  std::size_t i = 0;
  for (; i + 4 <= n; i += 4) {
    s0 += a[i] * b[i];
    s1 += a[i + 1] * b[i + 1];
    s2 += a[i + 2] * b[i + 2];
    s3 += a[i + 3] * b[i + 3];
  }
  for (; i < n; ++i) s0 += a[i] * b[i];
  return (s0 + s1) + (s2 + s3);
}

double squared_distance(const double* a, const double* b, std::size_t n) {
  double sum = 0;
  for (std::size_t i = 0; i < n; ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
  return sum;
}

bool cholesky(Matrix& a) {
  for (std::size_t i = 0; i < a.rows; ++i) {
    double* const ri = a.row(i);
    for (std::size_t j = 0; j < i; ++j) ri[j] = (ri[j] - dot(ri, a.row(j), j)) / a.row(j)[j];
    const double left = ri[i] - dot(ri, ri, i);
    if (!(left > 0)) return false;
    ri[i] = std::sqrt(left);
  }
  return true;
}

void solve_cholesky(const Matrix& l, double* b) {
  for (std::size_t i = 0; i < l.rows; ++i) b[i] = (b[i] - dot(l.row(i), b, i)) / l.row(i)[i];
  for (std::size_t i = l.rows; i-- > 0;) {
    b[i] /= l.row(i)[i];
    for (std::size_t j = 0; j < i; ++j) b[j] -= l.row(i)[j] * b[i];
  }
}

namespace {

Matrix scaled(const float* values, std::size_t rows, std::size_t columns, bool each) {
  Matrix out(rows, columns);
  double all = 0;
  std::vector<double> mean(columns, 0), deviation(columns, 0);
  for (std::size_t c = 0; c < columns; ++c) {
    double sum = 0, squares = 0;
    std::size_t n = 0;
    for (std::size_t r = 0; r < rows; ++r)
      if (const float v = values[r * columns + c]; std::isfinite(v)) {
        sum += v;
        ++n;
      }
    mean[c] = n > 0 ? sum / static_cast<double>(n) : 0;
    for (std::size_t r = 0; r < rows; ++r)
      if (const float v = values[r * columns + c]; std::isfinite(v)) squares += (v - mean[c]) * (v - mean[c]);
    deviation[c] = n > 0 ? std::sqrt(squares / static_cast<double>(n)) : 0;
    all += squares;
  }
  all = std::sqrt(all / std::max<double>(1, static_cast<double>(rows * columns)));
  for (std::size_t r = 0; r < rows; ++r)
    for (std::size_t c = 0; c < columns; ++c) {
      const float v = values[r * columns + c];
      const double scale = each ? deviation[c] : all;
      if (!std::isfinite(v) || !(scale > 1e-12)) continue;
      const double z = (v - mean[c]) / scale;
      out.row(r)[c] = each ? std::clamp(z, -4.0, 4.0) : z;
    }
  return out;
}

void multiply(const Matrix& m, const std::vector<double>& x, std::vector<double>& out) {
  for (std::size_t i = 0; i < m.rows; ++i) out[i] = dot(m.row(i), x.data(), m.columns);
}

}  // namespace

Matrix standardised(const float* values, std::size_t rows, std::size_t columns) { return scaled(values, rows, columns, true); }
Matrix centred(const float* values, std::size_t rows, std::size_t columns) { return scaled(values, rows, columns, false); }

Matrix covariance(const Matrix& m, const std::vector<std::size_t>& rows, std::vector<double>& mean) {
  const std::size_t d = m.columns;
  Matrix out(d, d);
  mean.assign(d, 0);
  if (rows.empty()) return out;
  for (const std::size_t r : rows)
    for (std::size_t c = 0; c < d; ++c) mean[c] += m.row(r)[c];
  for (double& v : mean) v /= static_cast<double>(rows.size());
  std::vector<double> x(d);
  for (const std::size_t r : rows) {
    for (std::size_t c = 0; c < d; ++c) x[c] = m.row(r)[c] - mean[c];
    for (std::size_t i = 0; i < d; ++i) {
      if (x[i] == 0) continue;
      double* const row = out.row(i);
      for (std::size_t j = 0; j <= i; ++j) row[j] += x[i] * x[j];
    }
  }
  for (std::size_t i = 0; i < d; ++i)
    for (std::size_t j = 0; j <= i; ++j) out.row(j)[i] = out.row(i)[j] = out.row(i)[j] / static_cast<double>(rows.size());
  return out;
}

Direction most_unlike(const Matrix& a, Matrix b) {
  const std::size_t d = a.rows;
  Direction out;
  out.u.assign(d, 0);
  const Matrix plain = b;
  if (d == 0 || !cholesky(b)) return out;
  std::vector<double> u(d), next(d);
  // A start that no symmetry of the data makes orthogonal to the answer.
  for (std::size_t i = 0; i < d; ++i) u[i] = 1.0 + 0.001 * static_cast<double>((i * 7919) % 101);
  double before = 0;
  for (int step = 0; step < 300; ++step) {
    multiply(a, u, next);
    solve_cholesky(b, next.data());
    const double length = std::sqrt(dot(next.data(), next.data(), d));
    if (!(length > 0)) return out;
    for (std::size_t i = 0; i < d; ++i) u[i] = next[i] / length;
    if (step > 10 && std::abs(length - before) < 1e-10 * length) break;
    before = length;
  }
  multiply(a, u, next);
  const double top = dot(u.data(), next.data(), d);
  multiply(plain, u, next);
  const double bottom = dot(u.data(), next.data(), d);
  out.ratio = bottom > 0 ? top / bottom : 0;
  out.u = std::move(u);
  return out;
}

}  // namespace duolex::threats::data
