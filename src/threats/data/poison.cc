// Poison with a trigger shows as a direction along which one class, and no other, falls into two groups: the trigger.
// Spectral signatures look for the direction of largest variance in a class; here the variance of the other classes
// is divided out first, so that what all classes vary in cannot hide it, and no class needs to be named.
#include <algorithm>
#include <cmath>
#include <limits>

#include "threats/data/matrix.h"
#include "threats/data/tests.h"

namespace duolex::threats::data {
namespace {

constexpr double shrink = 0.05;            // of the mean variance, added to each direction
constexpr std::size_t most_width = 1024;   // features; a covariance of more is not affordable
constexpr std::size_t fewest_rows = 20;    // of a class

// The best cut of numbers into two groups by their squares, at least two in each.
double best_cut(std::vector<double> t) {
  std::sort(t.begin(), t.end());
  const std::size_t n = t.size();
  double all = 0, squares = 0;
  for (const double v : t) {
    all += v;
    squares += v * v;
  }
  double left = 0, least = std::numeric_limits<double>::infinity(), cut = t[n / 2];
  for (std::size_t i = 1; i < n; ++i) {
    left += t[i - 1];
    if (i < 2 || n - i < 2) continue;
    const double right = all - left;
    const double rest = squares - left * left / static_cast<double>(i) - right * right / static_cast<double>(n - i);
    if (rest < least) {
      least = rest;
      cut = (t[i - 1] + t[i]) / 2;
    }
  }
  return cut;
}

void add_ridge(Matrix& m) {
  double trace = 0;
  for (std::size_t i = 0; i < m.rows; ++i) trace += m.row(i)[i];
  const double ridge = std::max(shrink * trace / static_cast<double>(std::max<std::size_t>(m.rows, 1)), 1e-9);
  for (std::size_t i = 0; i < m.rows; ++i) m.row(i)[i] += ridge;
}

struct Groups {
  std::vector<bool> high;
  double separation = 0;
};

Groups split(const Matrix& z, const std::vector<std::size_t>& rows, const std::vector<double>& u) {
  std::vector<double> t;
  for (const std::size_t r : rows) t.push_back(dot(z.row(r), u.data(), z.columns));
  const double cut = best_cut(t);
  Groups g;
  double sum[2] = {0, 0}, squares[2] = {0, 0}, count[2] = {0, 0};
  for (const double v : t) {
    const bool high = v > cut;
    g.high.push_back(high);
    sum[high] += v;
    squares[high] += v * v;
    ++count[high];
  }
  if (count[0] == 0 || count[1] == 0) return g;
  double width = 0;
  for (const int side : {0, 1}) width += std::sqrt(std::max(0.0, squares[side] / count[side] - sum[side] / count[side] * (sum[side] / count[side])));
  g.separation = (sum[1] / count[1] - sum[0] / count[0]) / std::max(width, 1e-9);
  return g;
}

}  // namespace

Poison find_poison(const std::vector<float>& features, std::size_t width, const std::vector<std::int32_t>& labels, std::size_t classes) {
  Poison out;
  if (width == 0 || features.size() != width * labels.size()) return out.why_not = "the rows have no numbers to compare them by", out;
  if (width > most_width) return out.why_not = "the rows have more than " + std::to_string(most_width) + " numbers; give a model's activations instead", out;
  if (std::any_of(labels.begin(), labels.end(), [&](std::int32_t l) { return l < 0 || static_cast<std::size_t>(l) >= classes; }))
    return out.why_not = "not every row has a label", out;
  if (classes < 2 || classes > 1000) return out.why_not = "between 2 and 1000 classes are needed", out;
  const Matrix z = centred(features.data(), labels.size(), width);
  std::vector<std::vector<std::size_t>> rows(classes);
  for (std::size_t i = 0; i < labels.size(); ++i) rows[static_cast<std::size_t>(labels[i])].push_back(i);
  std::vector<double> mean;
  Matrix all(width, width);
  std::vector<Matrix> own;
  for (std::size_t c = 0; c < classes; ++c) {
    own.push_back(covariance(z, rows[c], mean));
    for (std::size_t i = 0; i < all.values.size(); ++i) all.values[i] += own[c].values[i] * static_cast<double>(rows[c].size());
  }
  std::size_t large = 0;
  for (const auto& r : rows) large += r.size() >= fewest_rows ? 1 : 0;
  if (large < 2) return out.why_not = "fewer than two classes have " + std::to_string(fewest_rows) + " rows", out;
  out.tested = true;
  for (std::size_t c = 0; c < classes; ++c) {
    ClassSuspicion s;
    s.label = static_cast<std::int32_t>(c);
    if (rows[c].size() >= fewest_rows) {
      Matrix others(width, width);
      const double count = static_cast<double>(labels.size() - rows[c].size()), here = static_cast<double>(rows[c].size());
      for (std::size_t i = 0; i < all.values.size(); ++i) others.values[i] = (all.values[i] - own[c].values[i] * here) / count;
      Matrix base = others;
      add_ridge(base);
      Direction direction = most_unlike(own[c], base);
      s.ratio = direction.ratio;
      Groups groups = split(z, rows[c], direction.u);
      // Fisher's direction between the two groups, as long as it changes them.
      for (int step = 0; step < 6; ++step) {
        std::vector<std::size_t> high, low;
        for (std::size_t i = 0; i < rows[c].size(); ++i) (groups.high[i] ? high : low).push_back(rows[c][i]);
        if (high.size() < 2 || low.size() < 2) break;
        std::vector<double> high_mean, low_mean;
        Matrix within = covariance(z, high, high_mean);
        const Matrix below = covariance(z, low, low_mean);
        for (std::size_t i = 0; i < within.values.size(); ++i)
          within.values[i] = ((within.values[i] * static_cast<double>(high.size()) + below.values[i] * static_cast<double>(low.size())) / here + others.values[i]) / 2;
        add_ridge(within);
        if (!cholesky(within)) break;
        std::vector<double> u(width);
        for (std::size_t i = 0; i < width; ++i) u[i] = high_mean[i] - low_mean[i];
        solve_cholesky(within, u.data());
        const Groups next = split(z, rows[c], u);
        const bool same = next.high == groups.high;
        groups = next;
        if (same) break;
      }
      s.separation = groups.separation;
      const auto high = static_cast<std::size_t>(std::count(groups.high.begin(), groups.high.end(), true));
      const bool smaller = high * 2 <= groups.high.size();
      for (std::size_t i = 0; i < rows[c].size(); ++i)
        if (groups.high[i] == smaller) s.rows.push_back(rows[c][i]);
    }
    out.classes.push_back(std::move(s));
  }
  // Each class against the median of the others.
  std::vector<double> ratios;
  for (const ClassSuspicion& s : out.classes) ratios.push_back(s.ratio);
  for (std::size_t c = 0; c < classes; ++c) {
    std::vector<double> others;
    for (std::size_t k = 0; k < classes; ++k)
      if (k != c && rows[k].size() >= fewest_rows) others.push_back(ratios[k]);
    std::sort(others.begin(), others.end());
    ClassSuspicion& s = out.classes[c];
    const std::size_t m = others.size();
    const double median = m == 0 ? 0 : m % 2 == 1 ? others[m / 2] : (others[m / 2 - 1] + others[m / 2]) / 2;
    s.ratio = median > 0 ? s.ratio / median : 0;
    s.suspected = s.score() >= poison_score;
  }
  return out;
}

Poison either(Poison one, const Poison& other) {
  if (!one.tested) return other;
  if (!other.tested) return one;
  for (std::size_t c = 0; c < one.classes.size() && c < other.classes.size(); ++c)
    if (other.classes[c].score() > one.classes[c].score()) one.classes[c] = other.classes[c];
  return one;
}

}  // namespace duolex::threats::data
