#include "threats/data/poison_groups.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace duolex::threats::data {
namespace {

constexpr std::size_t least_group = 5, folds = 5, most_directions = 48, starts = 8, most_span = 16;

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

struct Widths {
  double mean[2] = {0, 0}, deviation[2] = {0, 0};
  std::size_t count[2] = {0, 0};
};
Widths widths(const std::vector<double>& t, const Side& in) {
  Widths w;
  for (std::size_t i = 0; i < t.size(); ++i) {
    w.mean[in[i]] += t[i];
    ++w.count[in[i]];
  }
  for (const int side : {0, 1}) w.mean[side] /= static_cast<double>(std::max<std::size_t>(w.count[side], 1));
  for (std::size_t i = 0; i < t.size(); ++i) w.deviation[in[i]] += (t[i] - w.mean[in[i]]) * (t[i] - w.mean[in[i]]);
  for (const int side : {0, 1}) w.deviation[side] = std::sqrt(w.deviation[side] / static_cast<double>(std::max<std::size_t>(w.count[side], 1))) + 1e-9;
  return w;
}
double apart(const Widths& w) { return (w.mean[1] - w.mean[0]) / (w.deviation[0] + w.deviation[1]); }

std::vector<std::size_t> members(const Side& in, bool of) {
  std::vector<std::size_t> out;
  for (std::size_t i = 0; i < in.size(); ++i)
    if (in[i] == of) out.push_back(i);
  return out;
}
bool both_large(const Side& in) {
  const auto n = static_cast<std::size_t>(std::count(in.begin(), in.end(), true));
  return n >= least_group && in.size() - n >= least_group;
}

// Fisher's direction from the rest to the group. The rows are whitened, so that where few rows say little the identity,
// which is what other classes vary by, stands in. Empty when there is none.
std::vector<double> direction(const Matrix& w, const std::vector<std::size_t>& high, const std::vector<std::size_t>& low) {
  std::vector<double> high_mean, low_mean;
  Matrix within = covariance(w, high, high_mean);
  const Matrix below = covariance(w, low, low_mean);
  const double h = static_cast<double>(high.size()), l = static_cast<double>(low.size());
  for (std::size_t i = 0; i < within.values.size(); ++i) within.values[i] = (within.values[i] * h + below.values[i] * l) / (h + l) / 2;
  for (std::size_t i = 0; i < within.rows; ++i) within.row(i)[i] += 0.5;
  add_ridge(within, 0.05);
  if (!cholesky(within)) return {};
  std::vector<double> u(w.columns);
  for (std::size_t i = 0; i < u.size(); ++i) u[i] = high_mean[i] - low_mean[i];
  solve_cholesky(within, u.data());
  return u;
}

std::vector<double> projected(const Matrix& w, const std::vector<double>& u) {
  std::vector<double> t(w.rows);
  for (std::size_t i = 0; i < w.rows; ++i) t[i] = dot(w.row(i), u.data(), w.columns);
  return t;
}

Side above(const std::vector<double>& t, double cut) {
  Side out(t.size());
  for (std::size_t i = 0; i < t.size(); ++i) out[i] = t[i] > cut;
  return out;
}

// Fisher's direction and the cut along it, as long as they change the groups. False when a group gets too small.
bool refine(const Matrix& w, Side& in) {
  for (int step = 0; step < 8 && both_large(in); ++step) {
    const std::vector<double> u = direction(w, members(in, true), members(in, false));
    if (u.empty()) return false;
    const std::vector<double> t = projected(w, u);
    const Widths g = widths(t, in);
    Side next = above(t, (g.mean[1] * g.deviation[0] + g.mean[0] * g.deviation[1]) / (g.deviation[0] + g.deviation[1]));
    const bool same = next == in;
    in = std::move(next);
    if (same) break;
  }
  return both_large(in);
}

// How far the groups stand apart along directions that were found without the rows they are measured on.
double separation(const Matrix& w, const Side& in) {
  std::vector<std::size_t> fold(in.size());
  std::size_t seen[2] = {0, 0};
  for (std::size_t i = 0; i < in.size(); ++i) fold[i] = seen[in[i]]++ % folds;
  std::vector<double> t(in.size(), 0);
  for (std::size_t f = 0; f < folds; ++f) {
    std::vector<std::size_t> high, low;
    for (std::size_t i = 0; i < in.size(); ++i)
      if (fold[i] != f) (in[i] ? high : low).push_back(i);
    const std::vector<double> u = direction(w, high, low);
    if (u.empty()) return 0;
    double mean[2] = {0, 0};
    for (const std::size_t i : high) mean[1] += dot(w.row(i), u.data(), w.columns) / static_cast<double>(high.size());
    for (const std::size_t i : low) mean[0] += dot(w.row(i), u.data(), w.columns) / static_cast<double>(low.size());
    const double gap = mean[1] - mean[0];
    if (!(gap > 0)) return 0;
    for (std::size_t i = 0; i < in.size(); ++i)
      if (fold[i] == f) t[i] = (dot(w.row(i), u.data(), w.columns) - (mean[0] + mean[1]) / 2) / gap;
  }
  return apart(widths(t, in));
}

// Where the other classes differ from each other, rows that came from them differ too; rows of one kind do not. In units
// of what rows of a class vary by, the two groups taken for classes of their own, and against the rest of the class where
// that varies more. The larger of both ratios, each less twice its error; `in` becomes the group that varies.
double spread(const ClassInContext& c, Side& in) {
  if (c.others.rows < 2) return 1;  // one other class does not differ from itself
  std::vector<double> mean;
  Matrix within = c.within;
  for (const bool of : {true, false}) {
    const std::vector<std::size_t> rows = members(in, of);
    const Matrix own = covariance(c.rows, rows, mean);
    for (std::size_t i = 0; i < within.values.size(); ++i) within.values[i] += own.values[i] * static_cast<double>(rows.size());
  }
  for (double& v : within.values) v /= static_cast<double>(c.other_rows + in.size());
  add_ridge(within, 0.02);
  if (!cholesky(within)) return 0;
  Matrix means = c.others, rows = c.rows;
  for (std::size_t i = 0; i < means.rows; ++i) solve_lower(within, means.row(i));
  std::vector<std::size_t> all(means.rows);
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = i;
  Matrix span = leading(covariance(means, all, mean), std::min({most_span, means.rows - 1, means.columns}));
  for (std::size_t i = 0; i < rows.rows; ++i) solve_lower(within, rows.row(i));
  const Matrix there = along(rows, span);
  double variance[2] = {0, 0}, least[2] = {0, 0};
  for (const bool of : {true, false}) {
    const std::vector<std::size_t> members_of = members(in, of);
    const Matrix own = covariance(there, members_of, mean);
    for (std::size_t k = 0; k < own.rows; ++k) variance[of] += own.row(k)[k];
    least[of] = std::max(0.0, 1 - 2 * std::sqrt(2.0 / static_cast<double>((members_of.size() - 1) * span.rows)));
  }
  const double usual = static_cast<double>(span.rows);
  const double group = variance[1] / std::max(variance[0], usual) * least[1], rest = variance[0] / std::max(variance[1], usual) * least[0];
  if (rest > group) in.flip();
  return std::max(group, rest);
}

}  // namespace

std::vector<std::size_t> assigned(const Matrix& z, const std::vector<std::size_t>& known, const Side& in, const std::vector<std::size_t>& candidates) {
  std::vector<std::size_t> high, low, out;
  for (std::size_t i = 0; i < known.size(); ++i) (in[i] ? high : low).push_back(known[i]);
  std::vector<double> high_mean, low_mean;
  Matrix within = covariance(z, high, high_mean);
  const Matrix below = covariance(z, low, low_mean);
  const double h = static_cast<double>(high.size()), l = static_cast<double>(low.size());
  for (std::size_t i = 0; i < within.values.size(); ++i) within.values[i] = (within.values[i] * h + below.values[i] * l) / (h + l);
  add_ridge(within, 0.02);
  if (!cholesky(within)) return high;
  std::vector<double> u(z.columns);
  for (std::size_t i = 0; i < u.size(); ++i) u[i] = high_mean[i] - low_mean[i];
  solve_cholesky(within, u.data());
  std::vector<double> t;
  for (const std::size_t r : known) t.push_back(dot(z.row(r), u.data(), z.columns));
  const Widths g = widths(t, in);
  const double cut = (g.mean[1] * g.deviation[0] + g.mean[0] * g.deviation[1]) / (g.deviation[0] + g.deviation[1]);
  for (const std::size_t r : candidates)
    if (dot(z.row(r), u.data(), z.columns) > cut) out.push_back(r);
  return out;
}

void add_ridge(Matrix& m, double share) {
  double trace = 0;
  for (std::size_t i = 0; i < m.rows; ++i) trace += m.row(i)[i];
  const double ridge = std::max(share * trace / static_cast<double>(std::max<std::size_t>(m.rows, 1)), 1e-9);
  for (std::size_t i = 0; i < m.rows; ++i) m.row(i)[i] += ridge;
}

Groups find_groups(const ClassInContext& c) {
  Groups best;
  Matrix base = c.within;
  for (double& v : base.values) v /= static_cast<double>(std::max<std::size_t>(c.other_rows, 1));
  add_ridge(base, 0.05);
  if (c.rows.rows < 2 * least_group || !cholesky(base)) return best;
  Matrix white = c.rows;
  for (std::size_t i = 0; i < white.rows; ++i) solve_lower(base, white.row(i));
  std::vector<double> mean, values;
  std::vector<std::size_t> all(white.rows);
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = i;
  // What the class varies in more than others do: the rest is noise to the search.
  Matrix axes = principal(covariance(white, all, mean), values);
  axes.rows = std::min(axes.rows, most_directions);
  axes.values.resize(axes.rows * axes.columns);
  const Matrix w = along(white, axes);

  const auto attempt = [&](Side in) {
    if (!refine(w, in)) return false;
    Groups g{std::move(in), 0, 0};
    g.separation = separation(w, g.in);
    g.spread = spread(c, g.in);
    if (!(g.score() > best.score())) return false;
    best = std::move(g);
    return true;
  };
  for (std::size_t k = 0; k < std::min(starts, w.columns); ++k) {
    std::vector<double> t(w.rows);
    for (std::size_t i = 0; i < w.rows; ++i) t[i] = w.row(i)[k];
    static_cast<void>(attempt(above(t, best_cut(t))));
  }
  // A group may hold a natural one besides: each half of either group, as long as that scores higher.
  for (int round = 0; round < 2 && !best.in.empty(); ++round) {
    bool better = false;
    const Side now = best.in;
    for (const bool of : {true, false}) {
      const std::vector<std::size_t> rows = members(now, of);
      if (rows.size() < 2 * least_group + 2) continue;
      const Matrix within = principal(covariance(w, rows, mean), values);
      for (std::size_t k = 0; k < std::min<std::size_t>(2, within.rows); ++k) {
        std::vector<double> t;
        for (const std::size_t r : rows) t.push_back(dot(w.row(r), within.row(k), w.columns));
        const double cut = best_cut(t);
        for (const bool high : {true, false}) {
          Side in(w.rows, false);
          for (std::size_t i = 0; i < rows.size(); ++i) in[rows[i]] = (t[i] > cut) == high;
          better = attempt(std::move(in)) || better;
        }
      }
    }
    if (!better) break;
  }
  return best;
}

}  // namespace duolex::threats::data
