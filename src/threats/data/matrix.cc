#include "threats/data/matrix.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

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

void solve_lower(const Matrix& l, double* b) {
  for (std::size_t i = 0; i < l.rows; ++i) b[i] = (b[i] - dot(l.row(i), b, i)) / l.row(i)[i];
}

void solve_cholesky(const Matrix& l, double* b) {
  solve_lower(l, b);
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

Matrix principal(Matrix a, std::vector<double>& values) {
  const std::size_t d = a.rows;
  Matrix v(d, d);
  for (std::size_t i = 0; i < d; ++i) v.row(i)[i] = 1;
  for (int sweep = 0; sweep < 30; ++sweep) {
    double off = 0, on = 0;
    for (std::size_t i = 0; i < d; ++i)
      for (std::size_t k = 0; k < d; ++k) (i == k ? on : off) += a.row(i)[k] * a.row(i)[k];
    if (!(off > 1e-22 * on)) break;
    for (std::size_t p = 0; p + 1 < d; ++p)
      for (std::size_t q = p + 1; q < d; ++q) {
        const double apq = a.row(p)[q];
        if (apq == 0) continue;
        const double theta = (a.row(q)[q] - a.row(p)[p]) / (2 * apq);
        const double t = (theta >= 0 ? 1.0 : -1.0) / (std::abs(theta) + std::sqrt(theta * theta + 1)), c = 1 / std::sqrt(t * t + 1), s = t * c;
        const auto turn = [&](double* x, double* y) {
          const double before = *x;
          *x = c * before - s * *y;
          *y = s * before + c * *y;
        };
        for (std::size_t k = 0; k < d; ++k) turn(a.row(k) + p, a.row(k) + q);
        for (std::size_t k = 0; k < d; ++k) turn(a.row(p) + k, a.row(q) + k);
        for (std::size_t k = 0; k < d; ++k) turn(v.row(p) + k, v.row(q) + k);
      }
  }
  std::vector<std::size_t> order(d);
  for (std::size_t i = 0; i < d; ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(), [&](std::size_t i, std::size_t k) { return a.row(i)[i] > a.row(k)[k]; });
  Matrix out(d, d);
  values.resize(d);
  for (std::size_t i = 0; i < d; ++i) {
    std::copy_n(v.row(order[i]), d, out.row(i));
    values[i] = a.row(order[i])[order[i]];
  }
  return out;
}

Matrix leading(const Matrix& a, std::size_t count) {
  const std::size_t d = a.rows;
  Matrix v(std::min(count, d), d), next = v;
  // A start that no symmetry of the data makes orthogonal to the answer.
  std::uint32_t state = 1;
  for (double& x : v.values) x = static_cast<double>((state = state * 1664525u + 1013904223u) >> 8) / double{1 << 24} - 0.5;
  for (int step = 0; step < 30; ++step) {
    for (std::size_t i = 0; i < v.rows; ++i)
      for (std::size_t k = 0; k < d; ++k) next.row(i)[k] = dot(a.row(k), v.row(i), d);
    for (std::size_t i = 0; i < v.rows; ++i) {
      for (int twice = 0; twice < 2; ++twice)
        for (std::size_t k = 0; k < i; ++k) {
          const double share = dot(next.row(i), next.row(k), d);
          for (std::size_t j = 0; j < d; ++j) next.row(i)[j] -= share * next.row(k)[j];
        }
      const double length = std::sqrt(dot(next.row(i), next.row(i), d));
      for (std::size_t j = 0; j < d; ++j) next.row(i)[j] = length > 1e-150 ? next.row(i)[j] / length : 0;
    }
    std::swap(v, next);
  }
  return v;
}

Matrix along(const Matrix& m, const Matrix& directions) {
  Matrix out(m.rows, directions.rows);
  for (std::size_t i = 0; i < m.rows; ++i)
    for (std::size_t k = 0; k < directions.rows; ++k) out.row(i)[k] = dot(m.row(i), directions.row(k), m.columns);
  return out;
}

}  // namespace duolex::threats::data
