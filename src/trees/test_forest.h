// Forests drawn at random, for tests.
#pragma once

#include <algorithm>
#include <cmath>
#include <functional>
#include <random>

#include "trees/ensemble.h"

namespace duolex::trees::testing {

// Splits on one to three cuts, which are multiples of 0.05.
inline Ensemble drawn(unsigned seed, std::size_t trees, std::size_t depth, std::size_t features, std::size_t outputs) {
  std::mt19937 g(seed);
  std::uniform_real_distribution<double> u(0, 1);
  Ensemble e;
  e.features = features;
  e.outputs = outputs;
  e.base.assign(outputs, 0);
  e.single = false;
  const std::function<Child(std::size_t)> grow = [&](std::size_t left) -> Child {
    if (left == 0 || u(g) < 0.1) {
      e.leaves.push_back({static_cast<std::uint32_t>(e.weights.size()), static_cast<std::uint32_t>(outputs)});
      for (std::size_t k = 0; k < outputs; ++k) e.weights.push_back({static_cast<std::uint32_t>(k), u(g) - 0.5});
      return ~static_cast<Child>(e.leaves.size() - 1);
    }
    Node n;
    n.feature = static_cast<std::uint32_t>(g() % features);
    n.cut = static_cast<std::uint32_t>(e.cuts.size());
    n.cuts = 1 + g() % 3;
    for (std::uint32_t i = 0; i < n.cuts; ++i) e.cuts.push_back(std::round(u(g) * 20) / 20);
    std::sort(e.cuts.begin() + n.cut, e.cuts.end());
    e.cuts.erase(std::unique(e.cuts.begin() + n.cut, e.cuts.end()), e.cuts.end());
    n.cuts = static_cast<std::uint32_t>(e.cuts.size()) - n.cut;
    n.left_below = g() % 2 == 0;
    n.missing_left = g() % 2 == 0;
    const std::size_t self = e.nodes.size();
    e.nodes.push_back(n);
    const Child l = grow(left - 1), r = grow(left - 1);
    e.nodes[self].left = l;
    e.nodes[self].right = r;
    return static_cast<Child>(self);
  };
  for (std::size_t t = 0; t < trees; ++t) e.roots.push_back(grow(depth));
  return e;
}

}  // namespace duolex::trees::testing
