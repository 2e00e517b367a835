#include "trees/regions.h"

#include <algorithm>
#include <limits>

namespace duolex::trees {

Regions::Regions(const Ensemble& e) : e_(e), starts_(e.features + 1), places_(e.cuts.size()) {
  std::vector<std::vector<double>> of(e.features);
  for (const Node& n : e.nodes) of[n.feature].insert(of[n.feature].end(), e.cuts.begin() + n.cut, e.cuts.begin() + n.cut + n.cuts);
  for (std::size_t f = 0; f < e.features; ++f) {
    std::sort(of[f].begin(), of[f].end());
    of[f].erase(std::unique(of[f].begin(), of[f].end()), of[f].end());
    cuts_.insert(cuts_.end(), of[f].begin(), of[f].end());
    starts_[f + 1] = static_cast<std::uint32_t>(cuts_.size());
  }
  for (const Node& n : e.nodes)
    for (std::uint32_t i = n.cut; i < n.cut + n.cuts; ++i)
      places_[i] = static_cast<std::uint32_t>(std::lower_bound(of[n.feature].begin(), of[n.feature].end(), e.cuts[i]) - of[n.feature].begin());
}

std::uint32_t Regions::cell_of(std::size_t feature, double x) const {
  const auto first = cuts_.begin() + starts_[feature], last = cuts_.begin() + starts_[feature + 1];
  return static_cast<std::uint32_t>(std::upper_bound(first, last, x) - first);
}

double Regions::low_of(std::size_t feature, std::uint32_t cell) const {
  return cell == 0 ? -std::numeric_limits<double>::infinity() : cuts_[starts_[feature] + cell - 1];
}

double Regions::end_of(std::size_t feature, std::uint32_t cell) const {
  return cell + 1 == cells(feature) ? std::numeric_limits<double>::infinity() : cuts_[starts_[feature] + cell];
}

Regions::Bound Regions::bound(const Box& box, const Aim& aim) const {
  Bound out;
  double widest = 0;
  static thread_local std::vector<Child> open;
  for (const Child root : e_.roots) {
    double least = std::numeric_limits<double>::infinity(), most = -least;
    std::optional<Division> first;
    open.assign(1, root);
    while (!open.empty()) {
      const Child at = open.back();
      open.pop_back();
      if (at < 0) {
        const Leaf& l = e_.leaves[static_cast<std::size_t>(~at)];
        double v = 0;
        for (std::uint32_t i = l.weight; i < l.weight + l.weights; ++i) {
          const Weight& w = e_.weights[i];
          if (w.output == aim.one) v += aim.sign * w.value;
          else if (aim.other && w.output == *aim.other) v -= aim.sign * w.value;
        }
        least = std::min(least, v);
        most = std::max(most, v);
        continue;
      }
      const Node& n = e_.nodes[static_cast<std::size_t>(at)];
      if (box.missing[n.feature]) {
        open.push_back(n.missing_left ? n.left : n.right);
        continue;
      }
      // Cut k lies at or below every number of cell k + 1: the cuts passed by the lowest and by the highest cell.
      const Range r = box.ranges[n.feature];
      const auto from = places_.begin() + n.cut, to = from + n.cuts;
      auto below = from;
      while (below != to && *below < r.low) ++below;
      const bool left = ((below - from) % 2 == 0) == n.left_below;
      const bool mixed = below != to && *below < r.high;
      if (mixed && !first) first = {n.feature, *below + 1};
      if (left || mixed) open.push_back(n.left);
      if (!left || mixed) open.push_back(n.right);
    }
    out.least += least;
    out.most += most;
    if (first && most - least > widest) {
      widest = most - least;
      out.division = first;
    }
  }
  return out;
}

}  // namespace duolex::trees
