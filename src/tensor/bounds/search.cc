#include "tensor/bounds/search.h"

#include <algorithm>
#include <cmath>

#include "tensor/random.h"

namespace duolex::tensor::bounds {

Search::Search(std::shared_ptr<const Prepared> prepared) : prepared_(prepared), runner_(prepared->network), point_(prepared) {}

void Search::enclose(const double* x, std::vector<double>& low, std::vector<double>& high) {
  point_.set_boxes(x, x);
  point_.intervals();
  const std::size_t output = prepared_->program().output;
  low.resize(prepared_->network.outputs());
  high.resize(low.size());
  for (std::size_t f = 0; f < low.size(); ++f) {
    low[f] = point_.low(output)[f * lanes];
    high[f] = point_.high(output)[f * lanes];
  }
}

std::optional<std::vector<float>> Search::misclassified(const float* x, std::size_t label, double eps, double domain_low,
                                                        double domain_high, std::uint64_t seed) {
  const std::size_t in = prepared_->network.inputs(), out = prepared_->network.outputs();
  std::vector<float> low(in), high(in), points(lanes * in), y(lanes * out), g(lanes * in);
  for (std::size_t f = 0; f < in; ++f) {
    // Rounded inward, so that the single-precision point is within the real ball.
    const double v = x[f], a = std::max(v - eps, std::min(domain_low, v)), b = std::min(v + eps, std::max(domain_high, v));
    low[f] = static_cast<float>(a);
    if (static_cast<double>(low[f]) < a) low[f] = std::nextafter(low[f], INFINITY);
    high[f] = static_cast<float>(b);
    if (static_cast<double>(high[f]) > b) high[f] = std::nextafter(high[f], -INFINITY);
    if (low[f] > high[f]) low[f] = high[f] = x[f];
  }
  constexpr int steps = 40;
  for (int round = 0; round < 2; ++round) {
    for (std::size_t c = 0; c < lanes; ++c) {
      const Random random(seed, static_cast<std::uint64_t>(round) * lanes + c + 1);
      for (std::size_t f = 0; f < in; ++f)
        points[c * in + f] = round == 0 && c == 0 ? x[f] : low[f] + static_cast<float>(random.uniform(f)) * (high[f] - low[f]);
    }
    for (int step = 0; step <= steps; ++step) {
      // Half of the starts go for the nearest other label, the others each for one of their own.
      const auto towards = [&](std::size_t c, const float* r) {
        std::size_t target = label == 0 ? 1 : 0;
        if (c % 2 == 0 || out < 3) {
          for (std::size_t j = 0; j < out; ++j)
            if (j != label && r[j] > r[target]) target = j;
        } else {
          target = (c / 2 + static_cast<std::size_t>(round) * lanes / 2) % (out - 1);
          target += target >= label ? 1 : 0;
        }
        return target;
      };
      runner_.gradients(points.data(), lanes, y.data(), 1,
                        [&](std::size_t c, const float* r, float* d) {
                          d[towards(c, r)] = 1;
                          d[label] = -1;
                        },
                        g.data());
      for (std::size_t c = 0; c < lanes; ++c) {
        const float* const r = y.data() + c * out;
        for (std::size_t j = 0; j < out; ++j) {
          if (j == label || r[j] < r[label]) continue;
          const std::vector<double> point(points.begin() + static_cast<std::ptrdiff_t>(c * in), points.begin() + static_cast<std::ptrdiff_t>((c + 1) * in));
          std::vector<double> least, most;
          enclose(point.data(), least, most);
          if (least[j] >= most[label]) return std::vector<float>(point.begin(), point.end());
        }
      }
      const float rate = static_cast<float>(0.5 * (1.0 - static_cast<double>(step) / (steps + 1)));
      for (std::size_t c = 0; c < lanes; ++c)
        for (std::size_t f = 0; f < in; ++f) {
          const float d = g[c * in + f];
          float& v = points[c * in + f];
          v = std::clamp(v + (d > 0 ? rate : d < 0 ? -rate : 0.0F) * (high[f] - low[f]), low[f], high[f]);
        }
    }
  }
  return std::nullopt;
}

std::optional<std::vector<double>> Search::satisfying(const std::vector<Case>& cases, std::uint64_t seed) {
  const std::size_t in = prepared_->network.inputs(), out = prepared_->network.outputs();
  const std::vector<double>& low = cases[0].lower;
  const std::vector<double>& high = cases[0].upper;
  const auto within = [&](std::size_t f, double v) {
    const auto single = static_cast<double>(static_cast<float>(std::clamp(v, low[f], high[f])));
    return single >= low[f] && single <= high[f] ? single : std::clamp(v, low[f], high[f]);
  };
  constexpr int steps = 40, rounds = 4;
  std::vector<double> x(lanes * in);
  std::vector<float> points(lanes * in), y(lanes * out), g(lanes * in);
  for (int round = 0; round < rounds; ++round) {
    for (std::size_t c = 0; c < lanes; ++c) {
      const Random random(seed, static_cast<std::uint64_t>(round) * lanes + c + 1);
      for (std::size_t f = 0; f < in; ++f) x[c * in + f] = within(f, low[f] + (round == 0 && c == 0 ? 0.5 : random.uniform(f)) * (high[f] - low[f]));
    }
    for (int step = 0; step <= steps; ++step) {
      std::copy(x.begin(), x.end(), points.begin());
      // Each start goes for one case, and there for the half-space that is missed by most.
      runner_.gradients(points.data(), lanes, y.data(), 1,
                        [&](std::size_t c, const float* r, float* d) {
                          const Case& goal = cases[(c + static_cast<std::size_t>(round)) % cases.size()];
                          const Halfspace* missed = nullptr;
                          double most = -INFINITY;
                          for (const Halfspace& half : goal.outputs) {
                            double value = -half.most;
                            for (const auto& [i, f] : half.terms) value += f * static_cast<double>(r[i]);
                            if (value > most) most = value, missed = &half;
                          }
                          if (missed != nullptr)
                            for (const auto& [i, f] : missed->terms) d[i] = static_cast<float>(f);
                        },
                        g.data());
      for (std::size_t c = 0; c < lanes; ++c) {
        const std::vector<double> result(y.begin() + static_cast<std::ptrdiff_t>(c * out), y.begin() + static_cast<std::ptrdiff_t>((c + 1) * out));
        const bool near = std::any_of(cases.begin(), cases.end(), [&](const Case& one) { return holds_throughout(one, result, result); });
        if (!near) continue;
        std::vector<double> point(x.begin() + static_cast<std::ptrdiff_t>(c * in), x.begin() + static_cast<std::ptrdiff_t>((c + 1) * in)), least, greatest;
        enclose(point.data(), least, greatest);
        if (std::any_of(cases.begin(), cases.end(), [&](const Case& one) { return holds_throughout(one, least, greatest); })) return point;
      }
      const double rate = 0.25 * (1.0 - static_cast<double>(step) / (steps + 1));
      for (std::size_t c = 0; c < lanes; ++c)
        for (std::size_t f = 0; f < in; ++f) {
          const float d = g[c * in + f];
          double& v = x[c * in + f];
          v = within(f, v - (d > 0 ? rate : d < 0 ? -rate : 0.0) * (high[f] - low[f]));
        }
    }
  }
  return std::nullopt;
}

}  // namespace duolex::tensor::bounds
