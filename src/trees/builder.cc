#include "trees/builder.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace duolex::trees {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

}  // namespace

double above(const Ensemble& e, double t) {
  if (!e.single) return std::nextafter(t, infinity);
  const float f = static_cast<float>(t);
  // For a limit between two f32, the next f32 above it.
  if (static_cast<double>(f) > t) return f;
  return std::nextafterf(f, std::numeric_limits<float>::infinity());
}

Intervals of_categories(const Ensemble& e, const std::vector<std::uint32_t>& numbers) {
  std::vector<std::uint32_t> sorted = numbers;
  std::sort(sorted.begin(), sorted.end());
  Intervals out;
  for (const std::uint32_t k : sorted) {
    const double low = k == 0 ? above(e, -1) : k, high = k + 1.0;
    if (!out.empty() && out.back().second >= low) out.back().second = high;
    else out.emplace_back(low, high);
  }
  return out;
}

Intervals complement(const Intervals& of) {
  Intervals out;
  double from = -infinity;
  for (const auto& [low, high] : of) {
    if (low > from) out.emplace_back(from, low);
    from = high;
  }
  if (from < infinity || of.empty()) out.emplace_back(from, infinity);
  return out;
}

void Builder::set_cuts(Node& node, const Intervals& left) {
  node.cut = static_cast<std::uint32_t>(out_.cuts.size());
  node.left_below = !left.empty() && left.front().first == -infinity;
  for (const auto& [low, high] : left) {
    if (low != -infinity) out_.cuts.push_back(low);
    if (high != infinity) out_.cuts.push_back(high);
  }
  node.cuts = static_cast<std::uint32_t>(out_.cuts.size()) - node.cut;
}

std::optional<std::string> Builder::add_tree(std::size_t count, std::size_t root, const std::function<Numbered(std::size_t)>& about,
                                             const std::function<std::optional<std::string>(std::size_t, Node&)>& split,
                                             const std::function<std::optional<std::string>(std::size_t)>& weigh) {
  if (root >= count) return "a tree without nodes";
  if (out_.roots.size() >= limits_.trees) return "more than " + std::to_string(limits_.trees) + " trees";
  if (seen_.size() < count) seen_.resize(count);
  struct Open {
    std::size_t number;
    std::int64_t parent;  // in out_.nodes; −1: the root
    bool left;
  };
  std::vector<Open> open{{root, -1, false}};
  out_.roots.push_back(0);
  while (!open.empty()) {
    const Open o = open.back();
    open.pop_back();
    if (seen_[o.number] == out_.roots.size()) return "node " + std::to_string(o.number) + " is reached twice";
    seen_[o.number] = static_cast<std::uint32_t>(out_.roots.size());
    if (out_.nodes.size() + out_.leaves.size() >= limits_.nodes) return "more than " + std::to_string(limits_.nodes) + " nodes";
    const Numbered n = about(o.number);
    Child self;
    if (n.leaf) {
      self = ~static_cast<Child>(out_.leaves.size());
      const std::uint32_t first = static_cast<std::uint32_t>(out_.weights.size());
      if (auto wrong = weigh(o.number)) return wrong;
      out_.leaves.push_back({first, static_cast<std::uint32_t>(out_.weights.size()) - first});
    } else {
      self = static_cast<Child>(out_.nodes.size());
      Node node;
      if (auto wrong = split(o.number, node)) return wrong;
      if (node.feature >= out_.features)
        return "node " + std::to_string(o.number) + " asks for feature " + std::to_string(node.feature) + " of " + std::to_string(out_.features);
      out_.nodes.push_back(node);
      for (const std::int64_t child : {n.right, n.left}) {
        if (child < 0 || static_cast<std::size_t>(child) >= count)
          return "node " + std::to_string(o.number) + " has the child " + std::to_string(child) + " of " + std::to_string(count) + " nodes";
        open.push_back({static_cast<std::size_t>(child), self, child == n.left});
      }
      if (n.left == n.right) return "node " + std::to_string(o.number) + " has one child twice";
    }
    if (o.parent < 0) out_.roots.back() = self;
    else (o.left ? out_.nodes[static_cast<std::size_t>(o.parent)].left : out_.nodes[static_cast<std::size_t>(o.parent)].right) = self;
  }
  return std::nullopt;
}

}  // namespace duolex::trees
