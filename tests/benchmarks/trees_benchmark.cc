// Proofs about ensembles of trees: one sum of least leaves, cliques of leaves that go together, and the search.
//
//   trees_benchmark [FOLDER]
//
// FOLDER: where scikit-learn keeps its data (/usr/lib/python3/dist-packages/sklearn/datasets/data on Debian). Boosted
// trees are trained here, on three quarters of the breast-cancer data; the rest is proven. Times are of the processor.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <numeric>
#include <sstream>
#include <string>
#include <vector>

#include "threats/tabular/search.h"

namespace {

namespace trees = duolex::trees;
namespace tabular = duolex::threats::tabular;
namespace evasion = duolex::threats::evasion;

struct Data {
  std::size_t width = 0;
  std::vector<std::vector<double>> x;
  std::vector<int> y;
};

// Each column over its range, so that one epsilon serves all.
Data read(const std::filesystem::path& file) {
  Data d;
  std::ifstream in(file);
  std::string line;
  std::getline(in, line);
  while (std::getline(in, line)) {
    std::vector<double> row;
    std::stringstream fields(line);
    for (std::string field; std::getline(fields, field, ',');) row.push_back(std::strtod(field.c_str(), nullptr));
    if (row.size() < 2) continue;
    d.y.push_back(static_cast<int>(row.back()));
    row.pop_back();
    d.width = row.size();
    d.x.push_back(std::move(row));
  }
  for (std::size_t f = 0; f < d.width; ++f) {
    double low = INFINITY, high = -INFINITY;
    for (const auto& r : d.x) low = std::min(low, r[f]), high = std::max(high, r[f]);
    for (auto& r : d.x) r[f] = high > low ? (r[f] - low) / (high - low) : 0;
  }
  return d;
}

// Gradient boosting with the logistic loss: the split of each node is the best of all.
class Boosting {
 public:
  Boosting(const Data& d, const std::vector<std::size_t>& rows) : d_(d), rows_(rows), score_(d.x.size(), 0.0) {
    e_.features = d.width;
    e_.base = {0};
    e_.single = false;
    e_.classifier = true;
    e_.kind = "made here";
  }
  trees::Ensemble grow(int count, int depth, double rate) {
    for (int t = 0; t < count; ++t) {
      e_.roots.push_back(node(rows_, depth, rate));
      for (const std::size_t i : rows_) {
        const auto& leaf = e_.leaves[trees::leaf_of(e_, e_.roots.back(), d_.x[i])];
        score_[i] += e_.weights[leaf.weight].value;
      }
    }
    return e_;
  }

 private:
  trees::Child node(const std::vector<std::size_t>& rows, int depth, double rate) {
    double g = 0, h = 0;
    for (const std::size_t i : rows) g += gradient(i), h += hessian(i);
    double best = 1e-3, cut = 0;
    std::size_t feature = 0;
    bool found = false;
    for (std::size_t f = 0; depth > 0 && f < d_.width; ++f) {
      std::vector<std::size_t> order = rows;
      std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return d_.x[a][f] < d_.x[b][f]; });
      double gl = 0, hl = 0;
      for (std::size_t k = 0; k + 1 < order.size(); ++k) {
        gl += gradient(order[k]);
        hl += hessian(order[k]);
        const double a = d_.x[order[k]][f], b = d_.x[order[k + 1]][f];
        if (a == b || hl < 0.5 || h - hl < 0.5) continue;
        const double gain = gl * gl / (hl + 1) + (g - gl) * (g - gl) / (h - hl + 1) - g * g / (h + 1);
        if (gain > best) best = gain, feature = f, cut = (a + b) / 2, found = true;
      }
    }
    if (!found) {
      e_.leaves.push_back({static_cast<std::uint32_t>(e_.weights.size()), 1});
      e_.weights.push_back({0, -rate * g / (h + 1)});
      return ~static_cast<trees::Child>(e_.leaves.size() - 1);
    }
    trees::Node n;
    n.feature = static_cast<std::uint32_t>(feature);
    n.cut = static_cast<std::uint32_t>(e_.cuts.size());
    n.cuts = 1;
    e_.cuts.push_back(cut);
    const auto self = static_cast<trees::Child>(e_.nodes.size());
    e_.nodes.push_back(n);
    std::vector<std::size_t> below, above;
    for (const std::size_t i : rows) (d_.x[i][feature] < cut ? below : above).push_back(i);
    const trees::Child l = node(below, depth - 1, rate), r = node(above, depth - 1, rate);
    e_.nodes[static_cast<std::size_t>(self)].left = l;
    e_.nodes[static_cast<std::size_t>(self)].right = r;
    return self;
  }
  double share(std::size_t i) const { return 1 / (1 + std::exp(-score_[i])); }
  double gradient(std::size_t i) const { return share(i) - d_.y[i]; }
  double hessian(std::size_t i) const { return share(i) * (1 - share(i)); }

  const Data& d_;
  const std::vector<std::size_t>& rows_;
  std::vector<double> score_;
  trees::Ensemble e_;
};

double seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

double middle(std::vector<double> v) {
  std::sort(v.begin(), v.end());
  return v.empty() ? 0 : v[v.size() / 2];
}

void measure(const Data& d, int count, int depth, double epsilon) {
  std::vector<std::size_t> train, test;
  for (std::size_t i = 0; i < d.x.size(); ++i) (i % 4 == 3 ? test : train).push_back(i);
  const trees::Ensemble e = Boosting(d, train).grow(count, depth, 0.1);
  const trees::Regions regions(e);
  const tabular::Applied applied{std::vector<tabular::Rule>(d.width), {}};
  const tabular::Metric metric{evasion::Norm::linf, {}};
  std::size_t right = 0, by_sum = 0, by_cliques = 0;
  std::vector<std::size_t> rows;
  double sum_time = 0, clique_time = 0;
  for (const std::size_t i : test) {
    const tabular::Judge judge(regions, {evasion::Task::classes, static_cast<double>(d.y[i]), 0});
    if (!judge.margins(d.x[i]).right()) continue;
    ++right;
    rows.push_back(i);
    const tabular::Space space(applied, metric, epsilon, false, d.x[i]);
    double start = seconds();
    by_sum += judge.bound(box_of(regions, space)).least >= 0;
    sum_time += seconds() - start;
    start = seconds();
    by_cliques += holds_at_once(judge, space);
    clique_time += seconds() - start;
  }
  std::printf("%d trees of depth %d, %zu leaves, %zu of %zu right; linf %.3g of each range\n", count, depth, e.leaves.size(), right, test.size(), epsilon);
  std::printf("  one sum        %4zu proven, %.3f s\n  with cliques   %4zu proven, %.3f s\n", by_sum, sum_time, by_cliques, clique_time);
  for (const std::size_t pieces : {0, 4096}) {
    std::size_t proven = 0, broken = 0, parts = 0;
    std::vector<double> reached;
    const double start = seconds();
    for (const std::size_t i : rows) {
      const tabular::Judge judge(regions, {evasion::Task::classes, static_cast<double>(d.y[i]), 0});
      const tabular::Space space(applied, metric, epsilon, false, d.x[i]);
      tabular::SearchLimits limits{.parts = 4000};
      limits.clique_pieces = pieces;
      const tabular::SearchResult found = nearest_example(judge, space, {}, limits);
      parts += found.parts;
      reached.push_back(std::min(found.none_below, epsilon));
      proven += found.none_below > epsilon;
      broken += found.nearest && found.nearest->distance <= epsilon;
    }
    std::printf("  search%-15s %4zu proven, %4zu broken, %4zu open, median proven distance %.4f, %8zu boxes, %.2f s\n", pieces == 0 ? "" : ", then cliques", proven, broken, right - proven - broken, middle(reached), parts, seconds() - start);
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::filesystem::path folder = argc > 1 ? argv[1] : "/usr/lib/python3/dist-packages/sklearn/datasets/data";
  const Data d = read(folder / "breast_cancer.csv");
  if (d.x.empty()) {
    std::printf("not measured: %s has no breast_cancer.csv\n", folder.c_str());
    return 77;
  }
  measure(d, 100, 4, 0.05);
  measure(d, 300, 6, 0.1);
  measure(d, 1000, 8, 0.05);
}
