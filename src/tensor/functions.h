// The functions of single numbers that networks are made of, with their derivatives.
#pragma once

#include <cmath>

#include "tensor/program.h"

namespace duolex::tensor {

template <class T>
T apply(const Unary& u, T x) {
  const T a = static_cast<T>(u.a), b = static_cast<T>(u.b);
  const auto logistic = [](T v) { return v >= 0 ? 1 / (1 + std::exp(-v)) : std::exp(v) / (1 + std::exp(v)); };
  const auto softplus = [](T v) { return std::log1p(std::exp(-std::fabs(v))) + (v > 0 ? v : 0); };
  switch (u.function) {
    case Function::relu: return x > 0 ? x : (x <= 0 ? T{0} : x);  // NaN stays
    case Function::leaky_relu: return x >= 0 ? x : a * x;
    case Function::elu: return x >= 0 ? x : a * std::expm1(x);
    case Function::selu: return x > 0 ? b * x : b * a * std::expm1(x);
    case Function::celu: return x >= 0 ? x : a * std::expm1(x / a);
    case Function::softplus: return softplus(x);
    case Function::softsign: return x / (1 + std::fabs(x));
    case Function::sigmoid: return logistic(x);
    case Function::hard_sigmoid: return std::fmin(T{1}, std::fmax(T{0}, a * x + b));
    case Function::hard_swish: return x * std::fmin(T{1}, std::fmax(T{0}, x / 6 + T{0.5}));
    case Function::tanh: return std::tanh(x);
    case Function::clip: return x < a ? (a < b ? a : b) : (x > b ? b : x);
    case Function::abs: return std::fabs(x);
    case Function::exp: return std::exp(x);
    case Function::log: return std::log(x);
    case Function::sqrt: return std::sqrt(x);
    case Function::square: return x * x;
    case Function::reciprocal: return 1 / x;
    case Function::erf: return std::erf(x);
    case Function::gelu: return T{0.5} * x * (1 + std::erf(x * T{0.70710678118654752440}));
    case Function::sin: return std::sin(x);
    case Function::cos: return std::cos(x);
    case Function::power: return std::pow(x, a);
    case Function::thresholded_relu: return x > a ? x : T{0};
    case Function::mish: return x * std::tanh(softplus(x));
    case Function::silu: return x * logistic(x);
    case Function::round: return std::nearbyint(x);
    case Function::floor: return std::floor(x);
    case Function::ceil: return std::ceil(x);
    case Function::sign: return x > 0 ? T{1} : (x < 0 ? T{-1} : x);
  }
  return x;
}

// The derivative at x, where y = apply(u, x).
template <class T>
T slope(const Unary& u, T x, T y) {
  const T a = static_cast<T>(u.a), b = static_cast<T>(u.b);
  const auto logistic = [](T v) { return v >= 0 ? 1 / (1 + std::exp(-v)) : std::exp(v) / (1 + std::exp(v)); };
  switch (u.function) {
    case Function::relu: return x > 0 ? T{1} : T{0};
    case Function::leaky_relu: return x >= 0 ? T{1} : a;
    case Function::elu: return x >= 0 ? T{1} : a * std::exp(x);
    case Function::selu: return x > 0 ? b : b * a * std::exp(x);
    case Function::celu: return x >= 0 ? T{1} : std::exp(x / a);
    case Function::softplus: return logistic(x);
    case Function::softsign: return 1 / ((1 + std::fabs(x)) * (1 + std::fabs(x)));
    case Function::sigmoid: return y * (1 - y);
    case Function::hard_sigmoid: return y > 0 && y < 1 ? a : T{0};
    case Function::hard_swish: return x <= -3 ? T{0} : (x >= 3 ? T{1} : x / 3 + T{0.5});
    case Function::tanh: return 1 - y * y;
    case Function::clip: return x < a || x > b ? T{0} : T{1};
    case Function::abs: return x > 0 ? T{1} : (x < 0 ? T{-1} : T{0});
    case Function::exp: return y;
    case Function::log: return 1 / x;
    case Function::sqrt: return T{0.5} / y;
    case Function::square: return 2 * x;
    case Function::reciprocal: return -y * y;
    case Function::erf: return T{1.12837916709551257390} * std::exp(-x * x);
    case Function::gelu:
      return T{0.5} * (1 + std::erf(x * T{0.70710678118654752440})) + x * T{0.39894228040143267794} * std::exp(-x * x / 2);
    case Function::sin: return std::cos(x);
    case Function::cos: return -std::sin(x);
    case Function::power: return a * std::pow(x, a - 1);
    case Function::thresholded_relu: return x > a ? T{1} : T{0};
    case Function::mish: {
      const T t = std::tanh(apply(Unary{Function::softplus, 0, 0}, x));
      return t + x * (1 - t * t) * logistic(x);
    }
    case Function::silu: return logistic(x) + y * (1 - logistic(x));
    case Function::round: case Function::floor: case Function::ceil: case Function::sign: return T{0};
  }
  return T{1};
}

}  // namespace duolex::tensor
