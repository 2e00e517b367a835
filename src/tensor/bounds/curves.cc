#include "tensor/bounds/curves.h"

#include <algorithm>
#include <cmath>

#include "tensor/bounds/prepared.h"
#include "tensor/functions.h"

namespace duolex::tensor::bounds {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr Span everything{-infinity, infinity};

// A few units in the last place of what was computed, and of what it was computed from.
Span widened(double low, double high, double from = 0) {
  const double room = 16 * unit;
  return {low - room * (std::fabs(low) + from) - 1e-300, high + room * (std::fabs(high) + from) + 1e-300};
}

// Where a function that falls and then rises turns, and a bound below it there.
struct Valley {
  double at, least;
};
const Valley* valley_of(Function f) {
  static const Valley swish{-1.5, -0.375}, sigmoid_swish{-1.27846454276107, -0.27846454276108}, gelu{-0.75179152469, -0.16997120748000};
  switch (f) {
    case Function::hard_swish: return &swish;
    case Function::silu: return &sigmoid_swish;
    case Function::gelu: return &gelu;
    default: return nullptr;
  }
}

// A derivative that rises up to 0 and falls behind it, by the size of its argument.
double hill(Function f, double x) {
  const double a = std::fabs(x);
  switch (f) {
    case Function::sigmoid: {
      const double e = std::exp(-a);
      return e / ((1 + e) * (1 + e));
    }
    case Function::tanh: {
      const double e = std::exp(-2 * a);
      return 4 * e / ((1 + e) * (1 + e));
    }
    case Function::softsign: return 1 / ((1 + a) * (1 + a));
    default: return 1.12837916709551257390 * std::exp(-a * a);  // erf
  }
}

double derivative(const Unary& u, double x) { return slope(u, x, apply(u, x)); }

// Of a derivative that is monotone between the given places, whose values there lie within `extremes`.
Span between(const Unary& u, double low, double high, std::initializer_list<double> places, Span extremes) {
  const double a = derivative(u, low), b = derivative(u, high);
  Span s{std::min(a, b), std::max(a, b)};
  for (const double p : places)
    if (low <= p + 1e-6 && high >= p - 1e-6) {
      s.low = p < 0 ? std::min(s.low, extremes.low) : s.low;
      s.high = p > 0 ? std::max(s.high, extremes.high) : s.high;
    }
  return widened(s.low, s.high, 1);
}

}  // namespace

bool has_bounds(const Unary& u) {
  switch (u.function) {
    case Function::relu: case Function::leaky_relu: case Function::softplus: case Function::softsign: case Function::sigmoid:
    case Function::hard_swish: case Function::tanh: case Function::clip: case Function::abs: case Function::exp: case Function::log:
    case Function::sqrt: case Function::square: case Function::reciprocal: case Function::erf: case Function::gelu: case Function::silu:
      return true;
    case Function::hard_sigmoid: return u.a >= 0;
    case Function::elu: case Function::celu: return u.a > 0;
    case Function::selu: return u.a > 0 && u.b > 0;
    default: return false;
  }
}

Span reach(const Unary& u, double low, double high) {
  if (!(low <= high)) return everything;
  const double a = apply(u, low), b = apply(u, high);
  if (const Valley* const v = valley_of(u.function)) {
    if (!std::isfinite(low) || !std::isfinite(high)) return {v->least - 1e-12, std::isfinite(high) ? std::max(high, 0.0) : infinity};
    const bool turns = low <= v->at + 1e-6 && high >= v->at - 1e-6;
    const Span s = widened(turns ? v->least - 1e-12 : std::min(a, b), std::max(a, b), 4);
    return {std::max(s.low, v->least - 1e-12), s.high};
  }
  switch (u.function) {
    case Function::relu: case Function::clip: return {a, b};
    case Function::abs: return {low <= 0 && high >= 0 ? 0 : std::min(a, b), std::max(a, b)};
    case Function::square: return {low <= 0 && high >= 0 ? 0 : widened(std::min(a, b), 0).low, widened(0, std::max(a, b)).high};
    case Function::reciprocal: return low > 0 || high < 0 ? widened(b, a) : everything;
    case Function::log: return low > 0 ? widened(a, b, 1) : Span{-infinity, high > 0 ? widened(0, b, 1).high : infinity};
    case Function::sqrt: return low >= 0 ? Span{std::max(0.0, widened(a, b).low), widened(a, b).high} : everything;
    case Function::hard_sigmoid: {
      const double from = std::max(std::fabs(u.a * low), std::fabs(u.a * high)) + std::fabs(u.b);
      const Span s = widened(a, b, std::isfinite(from) ? std::min(from, 4 + std::fabs(u.b)) : 0);
      return {std::max(0.0, s.low), std::min(1.0, s.high)};
    }
    default: return widened(a, b);
  }
}

Span slopes(const Unary& u, double low, double high) {
  const bool over_zero = low <= 0 && high >= 0;
  switch (u.function) {
    case Function::relu: case Function::leaky_relu: {
      const double leak = u.function == Function::relu ? 0 : u.a;
      if (low > 0) return {1, 1};
      if (high < 0) return {leak, leak};
      return {std::min(leak, 1.0), std::max(leak, 1.0)};
    }
    case Function::abs: return {low > 0 ? 1.0 : -1.0, high < 0 ? -1.0 : 1.0};
    case Function::clip:
      if (low > u.a && high < u.b) return {1, 1};
      return {0, high < u.a || low > u.b ? 0.0 : 1.0};
    case Function::hard_sigmoid: {
      const Span s = widened(u.a * low + u.b, u.a * high + u.b, std::fabs(u.b) + 1);
      if (s.low > 0 && s.high < 1) return {u.a, u.a};
      return {0, s.high < 0 || s.low > 1 ? 0.0 : u.a};
    }
    case Function::hard_swish: {
      if (high < -3) return {0, 0};
      if (low > 3) return {1, 1};
      const auto inside = [](double x) { return std::clamp(x, -3.0, 3.0) / 3 + 0.5; };
      Span s{inside(low), inside(high)};
      if (low <= -3) s.high = std::max(s.high, 0.0);
      if (high >= 3) s.low = std::min(s.low, 1.0);
      return widened(s.low, s.high, 1);
    }
    case Function::square: return widened(2 * low, 2 * high);
    case Function::exp: return widened(std::exp(low), std::exp(high));
    case Function::softplus: {
      const Unary sigmoid{Function::sigmoid, 0, 0};
      return widened(apply(sigmoid, low), apply(sigmoid, high));
    }
    case Function::reciprocal:
      if (!(low > 0 || high < 0)) return everything;
      return low > 0 ? widened(-1 / (low * low), -1 / (high * high)) : widened(-1 / (high * high), -1 / (low * low));
    case Function::log: return low > 0 ? widened(1 / high, 1 / low) : everything;
    case Function::sqrt: return low > 0 ? widened(0.5 / std::sqrt(high), 0.5 / std::sqrt(low)) : everything;
    case Function::sigmoid: case Function::tanh: case Function::softsign: case Function::erf: {
      const double a = hill(u.function, low), b = hill(u.function, high);
      return widened(std::min(a, b), over_zero ? hill(u.function, 0) : std::max(a, b));
    }
    case Function::gelu: return between(u, low, high, {-1.4142135623730951, 1.4142135623730951}, {-0.12891, 1.12891});
    case Function::silu: return between(u, low, high, {-2.3993572805, 2.3993572805}, {-0.09984, 1.09984});
    case Function::elu: case Function::selu: case Function::celu: {
      // a * exp(x) (or its like) up to 0, one number behind it.
      const double behind = u.function == Function::selu ? u.b : 1;
      if (low > 0) return {behind, behind};
      const double at_low = derivative(u, std::min(low, -1e-300));
      const double at_end = derivative(u, std::min(high, -1e-300));
      Span s{std::min(at_low, at_end), std::max(at_low, at_end)};
      if (high >= 0) s = {std::min(s.low, behind), std::max(s.high, behind)};
      return widened(s.low, s.high);
    }
    default: return everything;
  }
}

Lines2 lines_of(const Unary& u, double low, double high, Span values) {
  Lines2 flat{{0, values.low}, {0, values.high}};
  if (!std::isfinite(low) || !std::isfinite(high)) return flat;
  const Span by = slopes(u, low, high);
  if (!std::isfinite(by.low) || !std::isfinite(by.high)) return flat;
  // f(x) - k x changes by at most the distance of k from the derivatives for each unit of x.
  const double k = 0.5 * by.low + 0.5 * by.high, c = 0.5 * low + 0.5 * high;
  const double radius = std::max(high - c, c - low) * (1 + 4 * unit);
  const double away = std::max(by.high - k, k - by.low) * (1 + 4 * unit) * radius * (1 + 4 * unit);
  const Span middle = reach(u, c, c);
  const double room = 8 * unit * (std::fabs(middle.low) + std::fabs(middle.high) + std::fabs(k * c) + away) + 1e-300;
  Lines2 slanted{{k, middle.low - k * c - away - room}, {k, middle.high - k * c + away + room}};
  if (!std::isfinite(slanted.below.shift) || !std::isfinite(slanted.above.shift)) return flat;
  // Half-way between: a flat line is better where the function is nearly flat but for an end of the interval.
  if (slanted.above.shift - slanted.below.shift > values.high - values.low) return flat;
  return slanted;
}

}  // namespace duolex::tensor::bounds
