#include "threats/evasion/smoothing.h"

#include <algorithm>
#include <cmath>

#include "threats/interval.h"

namespace duolex::threats::evasion {
namespace {

// How often each class has the highest score in `draws` noisy copies of x; ties go to the lower class.
std::vector<std::size_t> count(const Target& target, Oracle& oracle, std::span<const float> x, double sigma, std::size_t draws, Random& random) {
  const std::size_t size = x.size(), outputs = target.outputs(), lanes = std::max<std::size_t>(1, target.lanes());
  std::vector<float> noisy(lanes * size), scores(lanes * outputs);
  std::vector<std::size_t> counts(outputs);
  for (std::size_t done = 0; done < draws;) {
    const std::size_t n = std::min(lanes, draws - done);
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t k = 0; k < size; ++k) noisy[i * size + k] = static_cast<float>(static_cast<double>(x[k]) + sigma * random.normal());
    oracle.scores(noisy.data(), n, scores.data());
    for (std::size_t i = 0; i < n; ++i) {
      const float* const s = scores.data() + i * outputs;
      // NaN speaks for no class.
      if (std::all_of(s, s + outputs, [](float v) { return !std::isnan(v); })) ++counts[static_cast<std::size_t>(std::max_element(s, s + outputs) - s)];
    }
    done += n;
  }
  return counts;
}

}  // namespace

double normal_quantile(double p) {
  double low = -40, high = 40;
  for (int i = 0; i < 200; ++i) {
    const double middle = (low + high) / 2;
    (0.5 * std::erfc(-middle / std::sqrt(2.0)) <= p * (1 - 1e-14) ? low : high) = middle;
  }
  return low;
}

Smoothed smooth(const Target& target, Oracle& oracle, std::span<const float> x, const Smoothing& s, Random random) {
  Smoothed out;
  const std::vector<std::size_t> first = count(target, oracle, x, s.sigma, s.first, random);
  out.choice = static_cast<std::size_t>(std::max_element(first.begin(), first.end()) - first.begin());
  out.hits = count(target, oracle, x, s.sigma, s.draws, random)[out.choice];
  out.share = clopper_pearson(out.hits, s.draws, 1 - 2 * s.alpha).low;
  if (!(out.share > 0.5)) return out;
  out.abstained = false;
  out.radius = s.sigma * normal_quantile(out.share);
  return out;
}

}  // namespace duolex::threats::evasion
