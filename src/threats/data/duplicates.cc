#include <algorithm>
#include <cmath>
#include <cstring>
#include <set>
#include <string_view>

#include "threats/data/matrix.h"
#include "threats/data/tests.h"

namespace duolex::threats::data {
namespace {

constexpr std::size_t most_comparisons = 100'000'000;
constexpr std::size_t most_pairs = 10'000;

void judge(const DataSet& data, const Pair& pair, Duplicates& out) {
  const Row &a = data.rows[pair.first], &b = data.rows[pair.second];
  if (a.split != b.split && out.leaking.size() < most_pairs) out.leaking.push_back(pair);
  if (pair.distance == 0 && a.label != b.label && out.contradicting.size() < most_pairs) out.contradicting.push_back(pair);
}

// Rows are sorted along one direction of length 1. Two rows that are near each other are at least as near along it, so
// that only rows within the distance along the line need to be compared: no pair is missed.
// `rows`: of rows that hold the same in the same split, the first.
void find_near(const DataSet& data, const std::vector<std::size_t>& rows, Duplicates& out) {
  const std::size_t n = rows.size(), d = data.features;
  const Matrix z = standardised(data.values.data(), data.rows.size(), d);
  const double most = near_distance * std::sqrt(static_cast<double>(d));
  std::vector<double> direction(d);
  for (std::size_t i = 0; i < d; ++i) direction[i] = 1.0 + static_cast<double>((i * 7919) % 13) / 13.0;
  const double length = std::sqrt(dot(direction.data(), direction.data(), d));
  std::vector<std::pair<double, std::size_t>> line(n);
  for (std::size_t i = 0; i < n; ++i) line[i] = {dot(z.row(rows[i]), direction.data(), d) / length, rows[i]};
  std::sort(line.begin(), line.end());
  std::size_t comparisons = 0;
  out.near_tested = out.near_complete = true;
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t k = i + 1; k < n && line[k].first - line[i].first <= most; ++k) {
      if (++comparisons * std::max<std::size_t>(d, 16) > most_comparisons * 16 || out.near.size() >= most_pairs) {
        out.near_complete = false;
        return;
      }
      const std::size_t a = std::min(line[i].second, line[k].second), b = std::max(line[i].second, line[k].second);
      // Most pairs are told apart by their first numbers.
      if (squared_distance(z.row(a), z.row(b), std::min<std::size_t>(d, 8)) > most * most) continue;
      const double squared = squared_distance(z.row(a), z.row(b), d);
      if (squared <= most * most && data.rows[a].content != data.rows[b].content) out.near.push_back({a, b, std::sqrt(squared / static_cast<double>(d))});
    }
}

}  // namespace

Duplicates find_duplicates(const DataSet& data) {
  Duplicates out;
  // Rows of the same content side by side, each time in their order.
  std::vector<std::size_t> order(data.rows.size()), kept;
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    const int by_content = std::memcmp(data.rows[a].content.data(), data.rows[b].content.data(), sizeof(Hash));
    return by_content != 0 ? by_content < 0 : a < b;
  });
  struct Repeat {
    std::size_t row, first;
    bool new_in_split;
  };
  std::vector<Repeat> repeats;
  std::set<std::string_view> splits;  // of one content
  std::size_t first = 0;
  for (std::size_t k = 0; k < order.size(); ++k) {
    const Row& row = data.rows[order[k]];
    const bool begins = k == 0 || row.content != data.rows[order[k - 1]].content;
    if (begins) {
      first = order[k];
      splits.clear();
    }
    // The first row of the same content in each split stands for the others there.
    const bool new_in_split = splits.insert(row.split).second;
    if (new_in_split) kept.push_back(order[k]);
    if (!begins) repeats.push_back({order[k], first, new_in_split});
  }
  std::sort(kept.begin(), kept.end());
  std::sort(repeats.begin(), repeats.end(), [](const Repeat& a, const Repeat& b) { return a.row < b.row; });
  out.exact_rows = repeats.size();
  for (std::size_t i = 0; i < std::min(repeats.size(), most_pairs); ++i) {
    const Pair pair{repeats[i].first, repeats[i].row, 0};
    out.exact.push_back(pair);
    if (data.rows[pair.first].label != data.rows[pair.second].label) out.contradicting.push_back(pair);
    if (repeats[i].new_in_split && data.rows[pair.first].split != data.rows[pair.second].split) out.leaking.push_back(pair);
  }
  if (data.features > 0) find_near(data, kept, out);
  std::sort(out.near.begin(), out.near.end(), [](const Pair& a, const Pair& b) {
    return a.distance != b.distance ? a.distance < b.distance : std::make_pair(a.first, a.second) < std::make_pair(b.first, b.second);
  });
  for (const Pair& pair : out.near) judge(data, pair, out);
  return out;
}

}  // namespace duolex::threats::data
