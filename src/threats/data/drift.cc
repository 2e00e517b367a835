#include <algorithm>
#include <cmath>
#include <numeric>

#include "threats/data/matrix.h"
#include "threats/data/tests.h"
#include "threats/evasion/random.h"

namespace duolex::threats::data {
namespace {

constexpr std::size_t permutations = 999;
constexpr std::size_t most_sample = 400;     // rows of each side
constexpr std::size_t most_features = 2000;
constexpr std::uint32_t sample_purpose = 0x64726966, shuffle_purpose = 0x73687566;

// Rows by seeded keys, the smallest first: a sample without replacement.
std::vector<std::size_t> sample(std::size_t n, std::uint64_t seed, std::uint32_t side) {
  std::vector<std::pair<std::uint32_t, std::size_t>> keyed(n);
  for (std::size_t i = 0; i < n; ++i) keyed[i] = {evasion::Random(seed, i, sample_purpose + side).bits(), i};
  std::sort(keyed.begin(), keyed.end());
  std::vector<std::size_t> rows;
  for (std::size_t i = 0; i < std::min(n, most_sample); ++i) rows.push_back(keyed[i].second);
  std::sort(rows.begin(), rows.end());
  return rows;
}

// The largest gap of the two distribution functions; `order` sorts the joined values, `equal[i]` says that the i-th in
// order has the value of the next.
double gap(const std::vector<std::size_t>& order, const std::vector<bool>& equal, const std::vector<bool>& first, double n, double m) {
  double a = 0, b = 0, most = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    (first[order[i]] ? a : b) += 1;
    if (!equal[i]) most = std::max(most, std::abs(a / n - b / m));
  }
  return most;
}

}  // namespace

Drift find_drift(const DataSet& before, const DataSet& after, std::uint64_t seed) {
  Drift out;
  if (before.features == 0 || before.features != after.features) return out.why_not = "the two do not have the same numbers in a row", out;
  if (before.features > most_features) return out.why_not = "the rows have more than " + std::to_string(most_features) + " numbers", out;
  if (before.rows.size() < 10 || after.rows.size() < 10) return out.why_not = "fewer than 10 rows on one side", out;
  out.tested = true;
  const std::size_t d = before.features;
  const std::vector<std::size_t> left = sample(before.rows.size(), seed, 0), right = sample(after.rows.size(), seed, 1);
  const std::size_t n = left.size(), m = right.size(), all = n + m;
  std::vector<float> joined;
  for (const std::size_t r : left) joined.insert(joined.end(), before.row(r), before.row(r) + d);
  for (const std::size_t r : right) joined.insert(joined.end(), after.row(r), after.row(r) + d);
  const Matrix z = standardised(joined.data(), all, d);
  out.rows_used = all;
  out.permutations = permutations;

  // One set of shuffles serves all statistics.
  std::vector<std::vector<bool>> sides(permutations + 1, std::vector<bool>(all, false));
  for (std::size_t i = 0; i < n; ++i) sides[0][i] = true;
  for (std::size_t p = 1; p <= permutations; ++p) {
    std::vector<std::size_t> order(all);
    std::iota(order.begin(), order.end(), std::size_t{0});
    evasion::Random random(seed, p, shuffle_purpose);
    for (std::size_t i = all; i > 1; --i) std::swap(order[i - 1], order[random.below(static_cast<std::uint32_t>(i))]);
    for (std::size_t i = 0; i < n; ++i) sides[p][order[i]] = true;
  }

  Matrix distance(all, all);
  for (std::size_t i = 0; i < all; ++i)
    for (std::size_t k = 0; k < i; ++k) distance.row(i)[k] = distance.row(k)[i] = std::sqrt(squared_distance(z.row(i), z.row(k), d));
  const auto energy = [&](const std::vector<bool>& first) {
    double across = 0, inside = 0, outside = 0;
    for (std::size_t i = 0; i < all; ++i)
      for (std::size_t k = 0; k < i; ++k) (first[i] != first[k] ? across : first[i] ? inside : outside) += distance.row(i)[k];
    const double a = static_cast<double>(n), b = static_cast<double>(m);
    return 2 * across / (a * b) - 2 * inside / (a * a) - 2 * outside / (b * b);
  };
  out.energy = energy(sides[0]);
  std::size_t reached = 0;
  for (std::size_t p = 1; p <= permutations; ++p) reached += energy(sides[p]) >= out.energy ? 1 : 0;
  out.p = static_cast<double>(reached + 1) / static_cast<double>(permutations + 1);

  for (std::size_t f = 0; f < d; ++f) {
    std::vector<std::size_t> order(all);
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return z.row(a)[f] < z.row(b)[f]; });
    std::vector<bool> equal(all, false);
    for (std::size_t i = 0; i + 1 < all; ++i) equal[i] = z.row(order[i])[f] == z.row(order[i + 1])[f];
    FeatureDrift drift;
    drift.feature = f;
    drift.distance = gap(order, equal, sides[0], static_cast<double>(n), static_cast<double>(m));
    std::size_t as_large = 0;
    for (std::size_t p = 1; p <= permutations; ++p) as_large += gap(order, equal, sides[p], static_cast<double>(n), static_cast<double>(m)) >= drift.distance - 1e-12 ? 1 : 0;
    drift.p = static_cast<double>(as_large + 1) / static_cast<double>(permutations + 1);
    out.features.push_back(drift);
  }
  std::stable_sort(out.features.begin(), out.features.end(), [](const FeatureDrift& a, const FeatureDrift& b) { return a.p != b.p ? a.p < b.p : a.distance > b.distance; });
  double before_this = 0;
  for (std::size_t i = 0; i < out.features.size(); ++i) {
    before_this = std::max(before_this, std::min(1.0, out.features[i].p * static_cast<double>(out.features.size() - i)));
    out.features[i].adjusted = before_this;
  }
  return out;
}

}  // namespace duolex::threats::data
