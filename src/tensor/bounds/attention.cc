// What attention is made of: products of two matrices that both vary, and softmax.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "tensor/bounds/crown.h"

namespace duolex::tensor::bounds {

namespace {

// The least of sum p[k] * v[k] over shares p within [p_low, p_high] that add up to 1. For any t it is at least
// t + sum of the least of p[k] * (v[k] - t); the best t is one of the v.
double least_mixture(const double* p_low, const double* p_high, const double* v, std::size_t n, std::vector<std::size_t>& order) {
  order.resize(n);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [v](std::size_t a, std::size_t b) { return v[a] < v[b]; });
  double room = 1, t = v[order[n - 1]];
  for (std::size_t k = 0; k < n; ++k) room -= p_low[k];
  for (const std::size_t k : order) {
    room -= p_high[k] - p_low[k];
    if (room <= 0) {
      t = v[k];
      break;
    }
  }
  double sum = 0, size = std::fabs(t);
  for (std::size_t k = 0; k < n; ++k) {
    const double d = v[k] - t, x = p_low[k] * d, y = p_high[k] * d;
    sum += std::min(x, y);
    size += std::max(std::fabs(x), std::fabs(y)) + (std::fabs(v[k]) + std::fabs(t)) * p_high[k];
  }
  return sum + t - gamma(n) * size - 1e-300;
}

}  // namespace

void Crown::interval_matrix_product(std::size_t s) {
  const Step& step = prepared_->program().steps[s];
  const MatrixProduct& m = std::get<MatrixProduct>(step.operation);
  const double *const a = low(step.inputs[0]), *const b = high(step.inputs[0]), *const c = low(step.inputs[1]), *const d = high(step.inputs[1]);
  std::vector<double> p_low(m.k), p_high(m.k), v(m.k);
  std::vector<std::size_t> order;
  for (std::size_t o = 0; o < features(step.output); ++o) {
    const std::size_t j = o % m.n, i = o / m.n % m.m, batch = o / m.n / m.m;
    for (std::size_t lane = 0; lane < boxes_; ++lane) {
      double least = 0, most = 0, size = 0;
      for (std::size_t k = 0; k < m.k; ++k) {
        const std::size_t x = (m.first[batch] + i * m.k + k) * boxes_ + lane, y = (m.second[batch] + k * m.n + j) * boxes_ + lane;
        const double p = a[x] * c[y], q = a[x] * d[y], r = b[x] * c[y], t = b[x] * d[y];
        const double under = std::min(std::min(p, q), std::min(r, t)), over = std::max(std::max(p, q), std::max(r, t));
        least += under;
        most += over;
        size += std::max(std::fabs(under), std::fabs(over));
        if (std::isnan(p + q + r + t)) size = std::numeric_limits<double>::quiet_NaN();
      }
      const double slack = gamma(m.k) * size + 1e-300;
      double& lo = low(step.output)[o * boxes_ + lane];
      double& hi = high(step.output)[o * boxes_ + lane];
      lo = least - slack;
      hi = most + slack;
      if (!prepared_->steps[s].mixes || !std::isfinite(size)) continue;
      for (const double sign : {1.0, -1.0}) {
        for (std::size_t k = 0; k < m.k; ++k) {
          const std::size_t x = (m.first[batch] + i * m.k + k) * boxes_ + lane, y = (m.second[batch] + k * m.n + j) * boxes_ + lane;
          p_low[k] = std::max(0.0, a[x]);
          p_high[k] = std::max(0.0, b[x]);
          v[k] = sign > 0 ? c[y] : -d[y];
        }
        const double bound = least_mixture(p_low.data(), p_high.data(), v.data(), m.k, order);
        if (sign > 0) lo = std::max(lo, bound);
        else hi = std::min(hi, -bound);
      }
    }
  }
}

// Each x y as in a product of two numbers: v x + u y - u v and what is left of it. Slopes belong to the inputs.
void Crown::relax_matrix_product(std::size_t s) {
  const Step& step = prepared_->program().steps[s];
  const MatrixProduct& m = std::get<MatrixProduct>(step.operation);
  Lines& line = lines_[s];
  std::vector<double> radius[2];
  for (const std::size_t side : {0U, 1U}) {
    const double *const lo = low(step.inputs[side]), *const hi = high(step.inputs[side]);
    std::vector<double>& middle = side == 0 ? line.lower_slope : line.upper_slope;
    radius[side].resize(middle.size());
    for (std::size_t i = 0; i < middle.size(); ++i) {
      middle[i] = 0.5 * lo[i] + 0.5 * hi[i];
      radius[side][i] = std::max(hi[i] - middle[i], middle[i] - lo[i]) * (1 + 4 * unit);
    }
  }
  for (std::size_t o = 0; o < features(step.output); ++o) {
    const std::size_t j = o % m.n, i = o / m.n % m.m, batch = o / m.n / m.m;
    for (std::size_t lane = 0; lane < boxes_; ++lane) {
      double sum = 0, rest = 0, size = 0;
      for (std::size_t k = 0; k < m.k; ++k) {
        const std::size_t x = (m.first[batch] + i * m.k + k) * boxes_ + lane, y = (m.second[batch] + k * m.n + j) * boxes_ + lane;
        const double uv = line.lower_slope[x] * line.upper_slope[y];
        sum += uv;
        size += std::fabs(uv);
        rest += radius[0][x] * radius[1][y];
      }
      const double away = rest + gamma(m.k) * (size + rest) + 1e-300;
      const std::size_t at = o * boxes_ + lane;
      line.lower_shift[at] = -sum - away;
      line.upper_shift[at] = -sum + away;
    }
    // Where the plane says less than the interval, the interval is taken, in all lanes.
    bool flat = true;
    for (std::size_t at = o * boxes_; at < (o + 1) * boxes_; ++at)
      flat = flat && !(high(step.output)[at] - low(step.output)[at] >= line.upper_shift[at] - line.lower_shift[at]);
    kinds_[s][o] = flat ? Kind::flat : Kind::lines;
    for (std::size_t at = o * boxes_; at < (o + 1) * boxes_ && flat; ++at) {
      line.lower_shift[at] = low(step.output)[at];
      line.upper_shift[at] = high(step.output)[at];
    }
  }
}

void Crown::carry_matrix_product(std::size_t s) {
  const Step& step = prepared_->program().steps[s];
  const MatrixProduct& m = std::get<MatrixProduct>(step.operation);
  const Lines& line = lines_[s];
  const std::size_t one = boxes_ == 1 ? 0 : 1;
  double error[lanes] = {};
  worked_ += 2 * static_cast<double>(m.k) * static_cast<double>(active_[step.output].size());
  for (const std::int32_t f : active_[step.output]) {
    const auto o = static_cast<std::size_t>(f);
    const double* const a = rows_.data() + place(step.output) + o * lanes;
    const double size = magnitude_[s][o];
    for (std::size_t c = 0; c < lanes; ++c) {
      const std::size_t at = o * boxes_ + c * one;
      const double shift = a[c] * (a[c] >= 0 ? line.lower_shift[at] : line.upper_shift[at]);
      constant_[c] += shift;
      sum_[c] += std::fabs(shift);
      error[c] += std::fabs(a[c]) * size;
      if (both_) {
        spread_[c] += std::fabs(a[c]) * (line.upper_shift[at] - line.lower_shift[at]);
        sum_[c] += std::fabs(a[c]) * (std::fabs(line.lower_shift[at]) + std::fabs(line.upper_shift[at]));
      }
    }
    if (kinds_[s][o] == Kind::flat) continue;
    const std::size_t j = o % m.n, i = o / m.n % m.m, batch = o / m.n / m.m;
    for (std::size_t k = 0; k < m.k; ++k) {
      const std::size_t first_at = m.first[batch] + i * m.k + k, second_at = m.second[batch] + k * m.n + j;
      double* const x = activate(step.inputs[0], static_cast<std::int32_t>(first_at));
      for (std::size_t c = 0; c < lanes; ++c) x[c] += a[c] * line.upper_slope[second_at * boxes_ + c * one];
      double* const y = activate(step.inputs[1], static_cast<std::int32_t>(second_at));
      for (std::size_t c = 0; c < lanes; ++c) y[c] += a[c] * line.lower_slope[first_at * boxes_ + c * one];
    }
  }
  // A coefficient of an input is a sum over all outputs that read it, from either side.
  const double g = gamma(2 * active_[step.output].size());
  for (std::size_t c = 0; c < lanes; ++c) error_[c] += g * error[c];
}

// From its value at the centre, softmax changes by derivatives p_i (d_ij - p_j), which lie around those with the middle
// of each share's interval. lower_slope has those middles, kinds_ where the interval says more than the plane.
void Crown::relax_softmax(std::size_t s) {
  const Step& step = prepared_->program().steps[s];
  const Softmax& softmax = std::get<Softmax>(step.operation);
  Lines& line = lines_[s];
  const std::size_t in = step.inputs[0], out = step.output, n = features(out) * boxes_;
  std::copy_n(low(out), n, line.lower_shift.begin());
  std::copy_n(high(out), n, line.upper_shift.begin());
  std::fill(kinds_[s].begin(), kinds_[s].end(), Kind::flat);
  if (softmax.logarithm) return;
  std::vector<double> centre(n), radius(n), under(n), over(n);
  for (std::size_t i = 0; i < n; ++i) {
    centre[i] = 0.5 * low(in)[i] + 0.5 * high(in)[i];
    radius[i] = std::max(high(in)[i] - centre[i], centre[i] - low(in)[i]) * (1 + 4 * unit);
    line.lower_slope[i] = 0.5 * low(out)[i] + 0.5 * high(out)[i];
  }
  shares(softmax, centre.data(), centre.data(), boxes_, under.data(), over.data());
  const std::size_t stride = softmax.inner * boxes_;
  std::vector<double> below(n), above(n);
  for (std::size_t o = 0; o < softmax.outer; ++o)
    for (std::size_t i = 0; i < stride; ++i) {
      const std::size_t first_at = o * softmax.axis * stride + i;
      const auto away = [&](std::size_t at) { return std::max(high(out)[at] - line.lower_slope[at], line.lower_slope[at] - low(out)[at]) * (1 + 4 * unit); };
      double moved = 0, loose = 0, mean = 0, mean_size = 0;  // sums over the axis of p r, d r, p c and |p c|
      for (std::size_t e = 0; e < softmax.axis; ++e) {
        const std::size_t at = first_at + e * stride;
        moved += line.lower_slope[at] * radius[at];
        loose += away(at) * radius[at];
        mean += line.lower_slope[at] * centre[at];
        mean_size += std::fabs(line.lower_slope[at] * centre[at]);
      }
      for (std::size_t e = 0; e < softmax.axis; ++e) {
        const std::size_t at = first_at + e * stride;
        const double p = line.lower_slope[at], d = away(at);
        // The own derivative p (1 - p) with the others' p_i p_j.
        const double own = d * std::max(std::fabs(1 - low(out)[at] - p), std::fabs(1 - high(out)[at] - p)) + 4 * unit;
        const double rest = p * loose + d * (moved + loose) + own * radius[at];
        const double size = p * (std::fabs(centre[at]) + mean_size) + rest + 1;
        const double shift = -p * (centre[at] - mean), slack = gamma(softmax.axis) * size + 1e-300;
        below[at] = under[at] + shift - rest - slack;
        above[at] = over[at] + shift + rest + slack;
      }
    }
  for (std::size_t f = 0; f < features(out); ++f) {
    bool better = true;
    for (std::size_t i = f * boxes_; i < (f + 1) * boxes_; ++i) better = better && above[i] - below[i] < high(out)[i] - low(out)[i];
    if (!better) continue;
    kinds_[s][f] = Kind::lines;
    for (std::size_t i = f * boxes_; i < (f + 1) * boxes_; ++i) {
      line.lower_shift[i] = below[i];
      line.upper_shift[i] = above[i];
    }
  }
}

void Crown::carry_softmax(std::size_t s) {
  const Step& step = prepared_->program().steps[s];
  const Softmax& softmax = std::get<Softmax>(step.operation);
  const Lines& line = lines_[s];
  const std::size_t one = boxes_ == 1 ? 0 : 1;
  double error[lanes] = {};
  std::vector<double> sums(softmax.outer * softmax.inner * lanes, 0);
  std::vector<char> reached(softmax.outer * softmax.inner, 0);
  const auto group = [&](std::int32_t f) {
    const auto at = static_cast<std::size_t>(f);
    return at / softmax.inner / softmax.axis * softmax.inner + at % softmax.inner;
  };
  for (const std::int32_t f : active_[step.output]) {
    const auto o = static_cast<std::size_t>(f);
    const double* const a = rows_.data() + place(step.output) + o * lanes;
    const bool slanted = kinds_[s][o] == Kind::lines;
    reached[group(f)] = reached[group(f)] != 0 || slanted;
    double* const x = slanted ? activate(step.inputs[0], f) : nullptr;
    for (std::size_t c = 0; c < lanes; ++c) {
      const std::size_t at = o * boxes_ + c * one;
      const double shift = a[c] * (a[c] >= 0 ? line.lower_shift[at] : line.upper_shift[at]);
      constant_[c] += shift;
      sum_[c] += std::fabs(shift);
      error[c] += std::fabs(a[c]) * magnitude_[s][o];
      if (both_) {
        spread_[c] += std::fabs(a[c]) * (line.upper_shift[at] - line.lower_shift[at]);
        sum_[c] += std::fabs(a[c]) * (std::fabs(line.lower_shift[at]) + std::fabs(line.upper_shift[at]));
      }
      if (!slanted) continue;
      const double share = a[c] * line.lower_slope[at];
      x[c] += share;
      sums[group(f) * lanes + c] += share;
    }
  }
  for (std::size_t g = 0; g < reached.size(); ++g) {
    if (reached[g] == 0) continue;
    for (std::size_t e = 0; e < softmax.axis; ++e) {
      const std::size_t f = (g / softmax.inner * softmax.axis + e) * softmax.inner + g % softmax.inner;
      double* const x = activate(step.inputs[0], static_cast<std::int32_t>(f));
      for (std::size_t c = 0; c < lanes; ++c) x[c] -= line.lower_slope[f * boxes_ + c * one] * sums[g * lanes + c];
    }
  }
  const double g = gamma(softmax.axis);
  for (std::size_t c = 0; c < lanes; ++c) error_[c] += g * error[c];
}

// Values of the relaxed network, on the side of each plane that the last bound took.
void Crown::relaxed_attention(std::size_t s) {
  const Step& step = prepared_->program().steps[s];
  const Lines& line = lines_[s];
  const double* const x = relaxed(step.inputs[0]);
  const double* const a = coefficients(step.output);
  double* const y = relaxed_.data() + place(step.output);
  const auto* const m = std::get_if<MatrixProduct>(&step.operation);
  const auto* const softmax = std::get_if<Softmax>(&step.operation);
  for (std::size_t o = 0; o < features(step.output); ++o)
    for (std::size_t c = 0; c < lanes; ++c) {
      const std::size_t at = o * lanes + c;
      const bool up = !has_coefficients(step.output, o) || a[at] >= 0;
      double sum = up ? line.lower_shift[at] : line.upper_shift[at];
      if (kinds_[s][o] == Kind::lines && m != nullptr) {
        const double* const z = relaxed(step.inputs[1]);
        const std::size_t j = o % m->n, i = o / m->n % m->m, batch = o / m->n / m->m;
        for (std::size_t k = 0; k < m->k; ++k) {
          const std::size_t first_at = (m->first[batch] + i * m->k + k) * lanes + c, second_at = (m->second[batch] + k * m->n + j) * lanes + c;
          sum += line.upper_slope[second_at] * x[first_at] + line.lower_slope[first_at] * z[second_at];
        }
      } else if (kinds_[s][o] == Kind::lines) {
        const std::size_t stride = softmax->inner * lanes, first_at = o / softmax->inner / softmax->axis * softmax->axis * stride + o % softmax->inner * lanes + c;
        double mean = 0;
        for (std::size_t e = 0; e < softmax->axis; ++e) mean += line.lower_slope[first_at + e * stride] * x[first_at + e * stride];
        sum += line.lower_slope[at] * (x[at] - mean);
      }
      y[at] = sum;
    }
}

// How large the summands can be, by which measure() accounts for their roundings.
void Crown::measure_attention(std::size_t s, const std::function<double(std::size_t, std::size_t)>& size) {
  const Step& step = prepared_->program().steps[s];
  std::vector<double>& magnitude = magnitude_[s];
  const std::size_t in = step.inputs[0];
  if (const auto* m = std::get_if<MatrixProduct>(&step.operation)) {
    for (std::size_t o = 0; o < magnitude.size(); ++o) {
      const std::size_t j = o % m->n, i = o / m->n % m->m, batch = o / m->n / m->m;
      magnitude[o] = 0;
      for (std::size_t k = 0; k < m->k; ++k) magnitude[o] += 2.01 * size(in, m->first[batch] + i * m->k + k) * size(step.inputs[1], m->second[batch] + k * m->n + j);
    }
    return;
  }
  const Softmax& softmax = std::get<Softmax>(step.operation);
  for (std::size_t o = 0; o < softmax.outer; ++o)
    for (std::size_t i = 0; i < softmax.inner; ++i) {
      double all = 0;
      for (std::size_t e = 0; e < softmax.axis; ++e) {
        const std::size_t f = (o * softmax.axis + e) * softmax.inner + i;
        all += size(step.output, f) * size(in, f);
      }
      for (std::size_t e = 0; e < softmax.axis; ++e) {
        const std::size_t f = (o * softmax.axis + e) * softmax.inner + i;
        magnitude[f] = softmax.logarithm ? size(step.output, f) : 1.01 * size(step.output, f) * (1 + size(in, f) + all);
      }
    }
}

}  // namespace duolex::tensor::bounds
