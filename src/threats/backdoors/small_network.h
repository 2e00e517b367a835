// For tests: a two-layer network trained by gradient descent on pictures that the test makes, written as ONNX.
#pragma once

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "tensor/test_model.h"
#include "threats/evasion/random.h"

namespace duolex::threats::testing {

struct Pictures {
  std::size_t side = 10, classes = 5;
  std::vector<std::vector<float>> x;
  std::vector<std::size_t> y;
};

// Blobs of light at places of their class, with noise; `which` chooses the noise, the classes stay.
inline Pictures pictures(std::size_t n, std::uint64_t which, double noise = 0.12) {
  Pictures p;
  std::vector<std::vector<double>> prototypes(p.classes, std::vector<double>(p.side * p.side));
  for (std::size_t k = 0; k < p.classes; ++k) {
    evasion::Random random(99, k, 0);
    for (int blob = 0; blob < 4; ++blob) {
      const double r = 1 + 7 * random.uniform(), c = 1 + 7 * random.uniform();
      for (std::size_t i = 0; i < p.side * p.side; ++i) {
        const double dr = static_cast<double>(i / p.side) - r, dc = static_cast<double>(i % p.side) - c;
        prototypes[k][i] += 0.7 * std::exp(-(dr * dr + dc * dc) / 3);
      }
    }
  }
  for (std::size_t s = 0; s < n; ++s) {
    evasion::Random random(which, s, 1);
    p.y.push_back(s % p.classes);
    std::vector<float> x(p.side * p.side);
    for (std::size_t i = 0; i < x.size(); ++i) x[i] = static_cast<float>(std::clamp(prototypes[s % p.classes][i] + noise * random.normal(), 0.0, 1.0));
    p.x.push_back(std::move(x));
  }
  return p;
}

// A white patch of 2 by 2 in the corner.
inline void stamp_corner(std::vector<float>& x, std::size_t side) {
  for (const std::size_t i : {side * side - 1, side * side - 2, side * (side - 1) - 1, side * (side - 1) - 2}) x[i] = 1;
}

// Plain stochastic gradient descent on cross-entropy; the same bits for the same seed.
inline std::string trained_onnx(const Pictures& p, std::uint64_t seed, int epochs = 60, std::size_t hidden = 24) {
  const std::size_t in = p.side * p.side, out = p.classes;
  evasion::Random random(seed, 0, 2);
  std::vector<float> w1(hidden * in), b1(hidden), w2(out * hidden), b2(out), h(hidden), dh(hidden), z(out);
  for (float& w : w1) w = static_cast<float>(random.normal() / std::sqrt(static_cast<double>(in)));
  for (float& w : w2) w = static_cast<float>(random.normal() / std::sqrt(static_cast<double>(hidden)));
  constexpr float rate = 0.03f;
  for (int e = 0; e < epochs; ++e)
    for (std::size_t step = 0; step < p.x.size(); ++step) {
      const std::size_t s = random.below(static_cast<std::uint32_t>(p.x.size()));
      const std::vector<float>& x = p.x[s];
      for (std::size_t i = 0; i < hidden; ++i) {
        h[i] = b1[i];
        for (std::size_t j = 0; j < in; ++j) h[i] += w1[i * in + j] * x[j];
        h[i] = std::max(h[i], 0.0f);
        dh[i] = 0;
      }
      float top = -1e9f, sum = 0;
      for (std::size_t k = 0; k < out; ++k) {
        z[k] = b2[k];
        for (std::size_t i = 0; i < hidden; ++i) z[k] += w2[k * hidden + i] * h[i];
        top = std::max(top, z[k]);
      }
      for (float& v : z) sum += v = std::exp(v - top);
      for (std::size_t k = 0; k < out; ++k) {
        const float d = z[k] / sum - (k == p.y[s] ? 1.0f : 0.0f);
        for (std::size_t i = 0; i < hidden; ++i) {
          dh[i] += w2[k * hidden + i] * d;
          w2[k * hidden + i] -= rate * d * h[i];
        }
        b2[k] -= rate * d;
      }
      for (std::size_t i = 0; i < hidden; ++i) {
        if (h[i] <= 0) continue;
        for (std::size_t j = 0; j < in; ++j) w1[i * in + j] -= rate * dh[i] * x[j];
        b1[i] -= rate * dh[i];
      }
    }
  namespace t = tensor::testing;
  const auto f32 = [](tensor::Shape shape, const std::vector<float>& v) { return tensor::tensor_of(tensor::Type::f32, std::move(shape), v); };
  const auto n = [](std::size_t v) { return static_cast<std::int64_t>(v); };
  const std::string parts = t::node("Flatten", {"x"}, {"f"}) + t::node("Gemm", {"f", "w1", "b1"}, {"h"}, t::attribute("transB", std::int64_t{1})) +
                            t::node("Relu", {"h"}, {"r"}) + t::node("Gemm", {"r", "w2", "b2"}, {"y"}, t::attribute("transB", std::int64_t{1})) +
                            t::initializer("w1", f32({n(hidden), n(in)}, w1)) + t::initializer("b1", f32({n(hidden)}, b1)) +
                            t::initializer("w2", f32({n(out), n(hidden)}, w2)) + t::initializer("b2", f32({n(out)}, b2));
  return t::model(parts, {-1, 1, n(p.side), n(p.side)});
}

}  // namespace duolex::threats::testing
