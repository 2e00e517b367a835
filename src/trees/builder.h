// What the three readers share: trees as their files have them, into the common form, with every index checked.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "trees/ensemble.h"

namespace duolex::trees {

// [low, high) of each interval that goes left, ascending and apart.
using Intervals = std::vector<std::pair<double, double>>;

struct Numbered {
  std::int64_t left = -1, right = -1;  // numbers of nodes in the same tree
  bool leaf = false;
};

class Builder {
 public:
  Builder(Ensemble& out, const Limits& limits) : out_(out), limits_(limits) {}

  // A tree whose node i of `count` is described by about(i); root is node `root`. A node that is a leaf is filled by
  // weigh(i), which adds to Ensemble::weights; another by split(i, Node&). Says what is wrong: a child that does not
  // exist, a node that is reached twice, too many nodes.
  [[nodiscard]] std::optional<std::string> add_tree(std::size_t count, std::size_t root, const std::function<Numbered(std::size_t)>& about,
                                                    const std::function<std::optional<std::string>(std::size_t, Node&)>& split,
                                                    const std::function<std::optional<std::string>(std::size_t)>& weigh);

  // The numbers of `left` go left.
  void set_cuts(Node& node, const Intervals& left);

 private:
  Ensemble& out_;
  const Limits& limits_;
  std::vector<std::uint32_t> seen_{};  // by number of a node: the last tree in which it was reached
};

// The least number above t of those that the model takes.
[[nodiscard]] double above(const Ensemble& e, double t);
// Bits of whole numbers: number k stands for [k, k + 1), 0 for (−1, 1), as a conversion to int has it.
[[nodiscard]] Intervals of_categories(const Ensemble& e, const std::vector<std::uint32_t>& numbers);
// The rest of the line of numbers.
[[nodiscard]] Intervals complement(const Intervals& of);

}  // namespace duolex::trees
