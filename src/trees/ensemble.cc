#include "trees/ensemble.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace duolex::trees {
namespace {

bool goes_left(const Ensemble& e, const Node& n, double x) {
  if (std::isnan(x)) return n.missing_left;
  bool left = n.left_below;
  for (std::uint32_t i = n.cut; i < n.cut + n.cuts && e.cuts[i] <= x; ++i) left = !left;
  return left;
}

double logistic(double v) { return 1 / (1 + std::exp(-v)); }

}  // namespace

const char* name_of(Link link) {
  constexpr const char* names[] = {"identity", "logistic", "logistic for each class", "softmax", "exponential"};
  return names[static_cast<int>(link)];
}

void as_taken(const Ensemble& e, std::span<double> x) {
  if (e.single)
    for (double& v : x) v = static_cast<double>(static_cast<float>(v));
}

std::size_t leaf_of(const Ensemble& e, Child root, std::span<const double> x) {
  Child at = root;
  while (at >= 0) {
    const Node& n = e.nodes[static_cast<std::size_t>(at)];
    at = goes_left(e, n, x[n.feature]) ? n.left : n.right;
  }
  return static_cast<std::size_t>(~at);
}

std::size_t splits_passed(const Ensemble& e, std::span<const double> x) {
  std::size_t out = 0;
  for (const Child root : e.roots)
    for (Child at = root; at >= 0; ++out) {
      const Node& n = e.nodes[static_cast<std::size_t>(at)];
      at = goes_left(e, n, x[n.feature]) ? n.left : n.right;
    }
  return out;
}

std::size_t deepest(const Ensemble& e) {
  std::size_t out = 0;
  std::vector<std::pair<Child, std::size_t>> open;
  for (const Child root : e.roots) {
    std::size_t most = 0;
    open.assign(1, {root, 0});
    while (!open.empty()) {
      const auto [at, depth] = open.back();
      open.pop_back();
      most = std::max(most, depth);
      if (at < 0) continue;
      open.emplace_back(e.nodes[static_cast<std::size_t>(at)].left, depth + 1);
      open.emplace_back(e.nodes[static_cast<std::size_t>(at)].right, depth + 1);
    }
    out += most;
  }
  return out;
}

void exact_scores(const Ensemble& e, std::span<const double> x, std::span<double> out) {
  std::fill(out.begin(), out.end(), 0);
  for (const Child root : e.roots) {
    const Leaf& l = e.leaves[leaf_of(e, root, x)];
    for (std::uint32_t i = l.weight; i < l.weight + l.weights; ++i) out[e.weights[i].output] += e.weights[i].value;
  }
  for (std::size_t k = 0; k < out.size(); ++k) out[k] = out[k] / e.divisor + e.base[k];
}

void raw_scores(const Ensemble& e, std::span<const double> x, std::span<double> out) {
  if (!e.single) return exact_scores(e, x, out);
  std::vector<float> sum(out.size());
  if (e.base_first)
    for (std::size_t k = 0; k < out.size(); ++k) sum[k] = static_cast<float>(e.base[k]);
  for (const Child root : e.roots) {
    const Leaf& l = e.leaves[leaf_of(e, root, x)];
    for (std::uint32_t i = l.weight; i < l.weight + l.weights; ++i) sum[e.weights[i].output] += static_cast<float>(e.weights[i].value);
  }
  for (std::size_t k = 0; k < out.size(); ++k) {
    if (e.divisor != 1) sum[k] /= static_cast<float>(e.divisor);
    if (!e.base_first) sum[k] += static_cast<float>(e.base[k]);
    out[k] = static_cast<double>(sum[k]);
  }
}

std::vector<double> rounding(const Ensemble& e) {
  std::vector<double> most(e.outputs);
  // The largest magnitude of each tree's leaves, for each output.
  std::vector<Child> open;
  std::vector<double> of_tree(e.outputs), of_leaf(e.outputs);
  std::size_t terms = 3;
  for (const Child root : e.roots) {
    std::fill(of_tree.begin(), of_tree.end(), 0);
    open.assign(1, root);
    std::size_t widest = 1;
    while (!open.empty()) {
      const Child at = open.back();
      open.pop_back();
      if (at >= 0) {
        open.push_back(e.nodes[static_cast<std::size_t>(at)].left);
        open.push_back(e.nodes[static_cast<std::size_t>(at)].right);
        continue;
      }
      const Leaf& l = e.leaves[static_cast<std::size_t>(~at)];
      widest = std::max<std::size_t>(widest, l.weights);
      for (std::uint32_t i = l.weight; i < l.weight + l.weights; ++i) of_leaf[e.weights[i].output] += std::abs(e.weights[i].value);
      for (std::uint32_t i = l.weight; i < l.weight + l.weights; ++i) {
        const std::size_t k = e.weights[i].output;
        of_tree[k] = std::max(of_tree[k], of_leaf[k]);
      }
      for (std::uint32_t i = l.weight; i < l.weight + l.weights; ++i) of_leaf[e.weights[i].output] = 0;
    }
    terms += widest;
    for (std::size_t k = 0; k < e.outputs; ++k) most[k] += of_tree[k];
  }
  const double unit = (e.single ? 0x1p-24 : 0x1p-53) + 0x1p-53, nu = static_cast<double>(terms) * unit;
  for (std::size_t k = 0; k < e.outputs; ++k) {
    const double sum = most[k] / e.divisor + std::abs(e.base[k]) + std::abs(e.level);
    most[k] = nu < 0.5 ? sum * (nu / (1 - nu)) * 1.001 + 1e-300 : std::numeric_limits<double>::infinity();
  }
  return most;
}

void apply_link(const Ensemble& e, std::span<double> s) {
  if (e.link == Link::logistic || e.link == Link::logistic_each) {
    for (double& v : s) v = logistic(e.slope * v);
  } else if (e.link == Link::exponential) {
    for (double& v : s) v = std::exp(v);
  } else if (e.link == Link::softmax) {
    const double most = *std::max_element(s.begin(), s.end());
    double sum = 0;
    for (double& v : s) sum += v = std::exp(v - most);
    for (double& v : s) v /= sum;
  }
}

std::size_t scores_of(const Ensemble& e) { return e.classifier ? e.classes() : e.outputs; }

void to_scores(const Ensemble& e, std::span<const double> raw, std::span<double> out) {
  if (e.classifier && e.outputs == 1) {
    out[0] = 0;
    out[1] = raw[0] - e.level;
    return;
  }
  std::copy(raw.begin(), raw.end(), out.begin());
  if (!e.classifier) apply_link(e, out);
}

}  // namespace duolex::trees
