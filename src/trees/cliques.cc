#include "trees/cliques.h"

#include <algorithm>
#include <limits>

namespace duolex::trees {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

struct Side {
  std::uint32_t feature = 0;
  Range range{};
};
// A leaf, or leaves that meet: what it adds, and where it is narrower than the box, ascending by feature.
struct Piece {
  double value = 0;
  std::vector<Side> sides;
};

struct List {
  std::vector<Piece> pieces;
  std::vector<std::uint32_t> features;  // that its pieces narrow, ascending

  void settle() {
    features.clear();
    for (const Piece& p : pieces)
      for (const Side& s : p.sides) features.push_back(s.feature);
    std::sort(features.begin(), features.end());
    features.erase(std::unique(features.begin(), features.end()), features.end());
  }
  [[nodiscard]] double least() const {
    double v = infinity;
    for (const Piece& p : pieces) v = std::min(v, p.value);
    return v;
  }
};

// Whether the two meet, and where.
bool meet(const Piece& a, const Piece& b, Piece& both) {
  both.sides.clear();
  std::size_t i = 0, j = 0;
  while (i < a.sides.size() || j < b.sides.size()) {
    if (j == b.sides.size() || (i < a.sides.size() && a.sides[i].feature < b.sides[j].feature)) {
      both.sides.push_back(a.sides[i++]);
    } else if (i == a.sides.size() || b.sides[j].feature < a.sides[i].feature) {
      both.sides.push_back(b.sides[j++]);
    } else {
      const Range r{std::max(a.sides[i].range.low, b.sides[j].range.low), std::min(a.sides[i].range.high, b.sides[j].range.high)};
      if (r.low > r.high) return false;
      both.sides.push_back({a.sides[i].feature, r});
      ++i, ++j;
    }
  }
  both.value = a.value + b.value;
  return true;
}

std::size_t shared(const List& a, const List& b) {
  std::size_t n = 0;
  for (std::size_t i = 0, j = 0; i < a.features.size() && j < b.features.size();) {
    if (a.features[i] == b.features[j]) ++n, ++i, ++j;
    else if (a.features[i] < b.features[j]) ++i;
    else ++j;
  }
  return n;
}

double aimed(const Ensemble& e, const Leaf& l, const Regions::Aim& aim) {
  double v = 0;
  for (std::uint32_t i = l.weight; i < l.weight + l.weights; ++i) {
    const Weight& w = e.weights[i];
    if (w.output == aim.one) v += aim.sign * w.value;
    else if (aim.other && w.output == *aim.other) v -= aim.sign * w.value;
  }
  return v;
}

// The leaves of a tree that the box reaches; false when there are too many.
bool reach(const Regions& regions, const Box& box, const Regions::Aim& aim, Child root, std::size_t most, std::vector<Piece>& out) {
  const Ensemble& e = regions.ensemble();
  struct Open {
    Child at;
    std::vector<Side> sides;
  };
  std::vector<Open> open;
  open.push_back({root, {}});
  while (!open.empty()) {
    Open o = std::move(open.back());
    open.pop_back();
    if (o.at < 0) {
      if (out.size() == most) return false;
      out.push_back({aimed(e, e.leaves[static_cast<std::size_t>(~o.at)], aim), std::move(o.sides)});
      continue;
    }
    const Node& n = e.nodes[static_cast<std::size_t>(o.at)];
    if (box.missing[n.feature]) {
      open.push_back({n.missing_left ? n.left : n.right, std::move(o.sides)});
      continue;
    }
    const auto at = std::lower_bound(o.sides.begin(), o.sides.end(), n.feature, [](const Side& s, std::uint32_t f) { return s.feature < f; });
    const bool known = at != o.sides.end() && at->feature == n.feature;
    const Range r = known ? at->range : box.ranges[n.feature];
    // Between two cuts all cells go the same way.
    bool left = n.left_below;
    std::uint32_t from = r.low;
    for (std::uint32_t k = n.cut; k <= n.cut + n.cuts; ++k) {
      const std::uint32_t last = k == n.cut + n.cuts ? r.high : std::min(r.high, regions.place_of_cut(k));
      if (from <= last) {
        Open child{left ? n.left : n.right, o.sides};
        if (from != r.low || last != r.high) {
          const auto place = std::lower_bound(child.sides.begin(), child.sides.end(), n.feature, [](const Side& s, std::uint32_t f) { return s.feature < f; });
          if (known) place->range = {from, last};
          else child.sides.insert(place, {n.feature, {from, last}});
        }
        open.push_back(std::move(child));
        from = last + 1;
      }
      left = !left;
    }
  }
  return true;
}

}  // namespace

CliqueBound clique_bound(const Regions& regions, const Box& box, const Regions::Aim& aim, const CliqueLimits& limits) {
  std::vector<List> lists;
  double sure = 0;  // of trees that are decided
  std::size_t leaves = 0;
  for (const Child root : regions.ensemble().roots) {
    List list;
    if (!reach(regions, box, aim, root, limits.leaves - leaves, list.pieces)) return {-infinity, 0};
    leaves += list.pieces.size();
    if (list.pieces.size() == 1) {
      sure += list.pieces[0].value;
      continue;
    }
    list.settle();
    lists.push_back(std::move(list));
  }
  CliqueBound out{sure, 0};
  // The shortest with that of the next few that narrows the most features along with it.
  constexpr std::size_t looked_at = 12;
  const auto shorter = [](const List& a, const List& b) { return a.pieces.size() > b.pieces.size(); };
  std::stable_sort(lists.begin(), lists.end(), shorter);
  while (!lists.empty()) {
    List one = std::move(lists.back());
    lists.pop_back();
    std::size_t partner = lists.size(), most = 0;
    for (std::size_t k = 0; k < std::min(looked_at, lists.size()); ++k) {
      const std::size_t i = lists.size() - 1 - k;
      if (const std::size_t n = shared(one, lists[i]); n > most) most = n, partner = i;
    }
    // Lists that have nothing in common are no tighter together.
    List both;
    bool fits = partner < lists.size();
    if (fits) {
      Piece piece;
      for (const Piece& a : one.pieces) {
        for (const Piece& b : lists[partner].pieces)
          if (meet(a, b, piece)) both.pieces.push_back(piece);
        if (both.pieces.size() > limits.pieces) {
          fits = false;
          break;
        }
      }
    }
    if (!fits) {
      out.least += one.least();
      ++out.lists;
      continue;
    }
    lists.erase(lists.begin() + static_cast<std::ptrdiff_t>(partner));
    both.settle();
    lists.insert(std::upper_bound(lists.begin(), lists.end(), both, shorter), std::move(both));
  }
  return out;
}

}  // namespace duolex::trees
