#include "threats/interval.h"

#include <algorithm>
#include <cmath>

namespace duolex::threats {
namespace {

constexpr double accuracy = 1e-12;

// Lentz's evaluation of the continued fraction; converges fast for x below (a + 1) / (a + b + 2).
double continued_fraction(double a, double b, double x) {
  constexpr double tiny = 1e-300;
  const auto kept_away = [](double v) { return std::abs(v) < tiny ? tiny : v; };
  double c = 1, d = 1 / kept_away(1 - (a + b) * x / (a + 1));
  double h = d;
  for (int m = 1; m <= 100'000; ++m) {
    const double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / kept_away(1 + even * d);
    c = kept_away(1 + even / c);
    h *= d * c;
    const double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / kept_away(1 + odd * d);
    c = kept_away(1 + odd / c);
    const double step = d * c;
    h *= step;
    if (std::abs(step - 1) < 1e-15) break;
  }
  return h;
}

// lgamma writes a global sign; the variant with an argument does not.
double log_gamma(double x) {
  int sign = 0;
  return ::lgamma_r(x, &sign);
}

// Where beta_below(a, b, ·) reaches p.
double beta_quantile(double a, double b, double p) {
  double low = 0, high = 1;
  while (high - low > accuracy / 4) {
    const double middle = low + (high - low) / 2;
    if (middle <= low || middle >= high) break;
    (beta_below(a, b, middle) < p ? low : high) = middle;
  }
  return low + (high - low) / 2;
}

}  // namespace

double beta_below(double a, double b, double x) {
  if (!(x > 0)) return 0;
  if (!(x < 1)) return 1;
  const double front = std::exp(log_gamma(a + b) - log_gamma(a) - log_gamma(b) + a * std::log(x) + b * std::log1p(-x));
  if (x < (a + 1) / (a + b + 2)) return front * continued_fraction(a, b, x) / a;
  return 1 - front * continued_fraction(b, a, 1 - x) / b;
}

Interval clopper_pearson(std::size_t hits, std::size_t trials, double confidence) {
  if (trials == 0) return {0, 1};
  const double k = static_cast<double>(hits), n = static_cast<double>(trials), tail = (1 - confidence) / 2;
  Interval out;
  out.low = hits == 0 ? 0 : std::max(0.0, beta_quantile(k, n - k + 1, tail) - accuracy);
  out.high = hits >= trials ? 1 : std::min(1.0, beta_quantile(k + 1, n - k, 1 - tail) + accuracy);
  return out;
}

}  // namespace duolex::threats
