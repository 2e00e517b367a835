#include "threats/evasion/criterion.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

namespace duolex::threats::evasion {
namespace {

constexpr double beyond = 1, fine = 1e-6;  // a place counts no further than this beyond its change; least share

template <class T>
std::uint32_t best_of(std::span<const T> step) {
  return static_cast<std::uint32_t>(std::max_element(step.begin(), step.end()) - step.begin());
}

std::vector<std::uint32_t> read(const std::vector<std::uint32_t>& best, std::size_t blank) {
  std::vector<std::uint32_t> text;
  for (std::size_t t = 0; t < best.size(); ++t)
    if (best[t] != blank && (t == 0 || best[t] != best[t - 1])) text.push_back(best[t]);
  return text;
}

std::size_t edits(const std::vector<std::uint32_t>& a, const std::vector<std::uint32_t>& b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t corner = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = corner + (a[i - 1] != b[j - 1]);
      corner = row[j];
      row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row.back();
}

// The share that is decided otherwise, or the overlap.
template <class T>
double measured_map(const Reference& r, std::span<const T> z) {
  std::size_t otherwise = 0, both = 0, any = 0;
  for (std::size_t i = 0; i < z.size(); ++i) {
    const double v = static_cast<double>(z[i]);
    if (std::isnan(v)) return v;
    const bool now = v > r.level, before = r.above[i] != 0;
    otherwise += now != before;
    both += now && before;
    any += now || before;
  }
  if (r.criterion.measure == Measure::overlap) return any == 0 ? 1 : static_cast<double>(both) / static_cast<double>(any);
  return static_cast<double>(otherwise) / static_cast<double>(z.size());
}

template <class T>
double of_map(const Reference& r, std::span<const T> z) {
  const double measured = measured_map(r, z);
  return r.criterion.measure == Measure::overlap ? measured - r.criterion.limit : r.criterion.limit - measured;
}

template <class T>
double of_sequence(const Reference& r, std::span<const T> z) {
  std::vector<std::uint32_t> best(r.best.size());
  double lead = 0;
  for (std::size_t t = 0; t < best.size(); ++t) {
    const std::span<const T> step = z.subspan(t * r.symbols, r.symbols);
    if (std::any_of(step.begin(), step.end(), [](T v) { return std::isnan(v); })) return std::numeric_limits<double>::quiet_NaN();
    best[t] = best_of(step);
    double rival = -std::numeric_limits<double>::infinity();
    for (std::size_t s = 0; s < step.size(); ++s)
      if (s != r.best[t]) rival = std::max(rival, static_cast<double>(step[s]));
    lead += (static_cast<double>(step[r.best[t]]) - rival) / static_cast<double>(best.size());
  }
  const double distance = static_cast<double>(edits(r.text, read(best, r.criterion.blank)));
  const double rest = 0.5 + 0.499 * lead / (1 + std::abs(lead));  // within (0, 1)
  return r.criterion.limit - distance - 1 + rest;
}

// The odds' logarithm and its derivative, or the score itself.
struct Pushed {
  double value, by_score;
};
Pushed pushed(bool shares, double v) {
  if (!shares) return {v, 1};
  return {std::log((v + fine) / (1 - v + fine)), 1 / (v + fine) + 1 / (1 - v + fine)};
}

double push_map(const Reference& r, std::span<const float> z, std::span<float> d) {
  const std::size_t above = static_cast<std::size_t>(std::count(r.above.begin(), r.above.end(), 1)), n = z.size();
  // Where overlap counts, what lies above weighs as much as all the rest.
  const bool balanced = r.criterion.measure == Measure::overlap && above != 0 && above != n;
  const double each_above = balanced ? 0.5 / static_cast<double>(above) : 1 / static_cast<double>(n);
  const double each_other = balanced ? 0.5 / static_cast<double>(n - above) : 1 / static_cast<double>(n);
  const double level = pushed(r.shares, r.level).value;
  double sum = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const double sign = r.above[i] != 0 ? -1 : 1, weight = r.above[i] != 0 ? each_above : each_other;
    const Pushed p = pushed(r.shares, static_cast<double>(z[i]));
    const double away = sign * (p.value - level);
    sum += weight * std::min(away, beyond);
    d[i] = away < beyond ? static_cast<float>(weight * sign * p.by_score) : 0.0F;
  }
  return sum;
}

double push_sequence(const Reference& r, std::span<const float> z, std::span<float> d) {
  std::fill(d.begin(), d.end(), 0.0F);
  const double each = 1 / static_cast<double>(r.best.size());
  double sum = 0;
  for (std::size_t t = 0; t < r.best.size(); ++t) {
    const std::size_t first = t * r.symbols, own = r.best[t];
    std::size_t rival = own == 0 ? 1 : 0;
    for (std::size_t s = 0; s < r.symbols; ++s)
      if (s != own && z[first + s] > z[first + rival]) rival = s;
    const Pushed up = pushed(r.shares, static_cast<double>(z[first + rival])), down = pushed(r.shares, static_cast<double>(z[first + own]));
    const double away = up.value - down.value;
    sum += each * std::min(away, beyond);
    if (away >= beyond) continue;
    d[first + rival] = static_cast<float>(each * up.by_score);
    d[first + own] = static_cast<float>(-each * down.by_score);
  }
  return sum;
}

}  // namespace

const char* name_of(Measure measure) {
  constexpr const char* names[] = {"changed", "overlap", "edits"};
  return names[static_cast<int>(measure)];
}

Reference refer_to(const Criterion& criterion, double level, std::size_t symbols, std::span<const double> scores) {
  Reference r{criterion, level, symbols, std::all_of(scores.begin(), scores.end(), [](double v) { return v >= 0 && v <= 1; })};
  if (criterion.measure != Measure::edits) {
    r.shares = r.shares && level > 0 && level < 1;
    for (const double v : scores) r.above.push_back(v > level);
    return r;
  }
  for (std::size_t at = 0; at + symbols <= scores.size(); at += symbols) r.best.push_back(best_of(scores.subspan(at, symbols)));
  r.text = read(r.best, criterion.blank);
  return r;
}

double margin_of(const Reference& r, std::span<const float> z) { return r.criterion.measure == Measure::edits ? of_sequence(r, z) : of_map(r, z); }
double margin_of(const Reference& r, std::span<const double> z) { return r.criterion.measure == Measure::edits ? of_sequence(r, z) : of_map(r, z); }

double measured_of(const Reference& r, std::span<const double> z) {
  if (r.criterion.measure != Measure::edits) return measured_map(r, z);
  if (std::any_of(z.begin(), z.end(), [](double v) { return std::isnan(v); })) return std::numeric_limits<double>::quiet_NaN();
  std::vector<std::uint32_t> best;
  for (std::size_t t = 0; t < r.best.size(); ++t) best.push_back(best_of(z.subspan(t * r.symbols, r.symbols)));
  return static_cast<double>(edits(r.text, read(best, r.criterion.blank)));
}

double push_away(const Reference& r, std::span<const float> z, std::span<float> d) {
  return r.criterion.measure == Measure::edits ? push_sequence(r, z, d) : push_map(r, z, d);
}

}  // namespace duolex::threats::evasion
