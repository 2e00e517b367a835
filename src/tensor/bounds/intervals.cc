// Intervals of values, how large they can be, and the lines that follow from them.
#include <algorithm>
#include <cmath>

#include "tensor/bounds/crown.h"
#include "tensor/bounds/curves.h"
#include "tensor/step.h"

namespace duolex::tensor::bounds {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

// 1 / (1 + sum of exp(other - own)), or its logarithm, from the side that `own` and `others` give.
double share(const Softmax& s, const double* own, const double* others, std::size_t at, std::size_t stride, double slack_sign) {
  double sum = 0, farthest = 0;
  for (std::size_t a = 0; a < s.axis; ++a) {
    if (a == at) continue;
    const double d = others[a * stride] - own[at * stride];
    farthest = std::max(farthest, std::min(800.0, std::fabs(d)));
    sum += std::exp(d);
  }
  const double relative = unit * (static_cast<double>(s.axis) + farthest + 16);
  const double value = s.logarithm ? -std::log1p(sum) : 1 / (1 + sum);
  return value + slack_sign * (relative * (std::fabs(value) + (s.logarithm ? 1 : 0)) + 1e-300);
}

}  // namespace

void Crown::shares(const Softmax& softmax, const double* low, const double* high, std::size_t boxes, double* least, double* most) {
  const std::size_t stride = softmax.inner * boxes;
  for (std::size_t o = 0; o < softmax.outer; ++o)
    for (std::size_t i = 0; i < stride; ++i)
      for (std::size_t e = 0, first = o * softmax.axis * stride + i; e < softmax.axis; ++e) {
        least[first + e * stride] = share(softmax, low + first, high + first, e, stride, -1);
        most[first + e * stride] = share(softmax, high + first, low + first, e, stride, 1);
      }
}

void Crown::interval_linear(std::size_t s) {
  const Step& step = prepared_->program().steps[s];
  const Linear& l = std::get<Linear>(step.operation);
  const StepBounds& extra = prepared_->steps[s];
  const double* const a = low(step.inputs[0]);
  const double* const b = high(step.inputs[0]);
  double* const lo = low(step.output);
  double* const hi = high(step.output);
  const double g = extra.gamma_forward;
  for (std::size_t i = 0; i < features(step.inputs[0]) * lanes; ++i) {
    const double m = 0.5 * a[i] + 0.5 * b[i], r = std::max(b[i] - m, m - a[i]) * (1 + 4 * unit);
    middle_[i] = m;
    radius_[i] = r + g * (std::fabs(m) + r);
  }
  const Block<double> block{kernels<double>(best_instruction_set()), scratch_.data()};
  product(l, block, middle_.data(), lo);
  product(extra.absolute, block, radius_.data(), hi);
  for (std::size_t i = 0; i < features(step.output) * lanes; ++i) {
    const double m = lo[i], r = hi[i] * (1 + 2 * g) + g * extra.bias_size[i / lanes] + 4 * unit * std::fabs(m) + 1e-300;
    lo[i] = m - r;
    hi[i] = m + r;
  }
}

// The same for one box: the patch of each pixel laid out in a row, with its sizes for measure() beside it.
void Crown::interval_of_one(std::size_t s) {
  constexpr std::size_t abreast = 8;
  const Step& step = prepared_->program().steps[s];
  const Linear& l = std::get<Linear>(step.operation);
  const StepBounds& extra = prepared_->steps[s];
  const double* const a = low(step.inputs[0]);
  const double* const b = high(step.inputs[0]);
  const double g = extra.gamma_forward;
  const std::size_t width = l.padded != 0 ? l.padded : features(step.inputs[0]);
  std::vector<double> middle(width, 0), radius(width, 0), size(width, 0);
  for (std::size_t i = 0; i < features(step.inputs[0]); ++i) {
    const double m = 0.5 * a[i] + 0.5 * b[i], r = std::max(b[i] - m, m - a[i]) * (1 + 4 * unit);
    const std::size_t at = l.padded != 0 ? static_cast<std::size_t>(l.place[i]) : i;
    middle[at] = m;
    radius[at] = r + g * (std::fabs(m) + r);
    size[at] = std::max(std::fabs(a[i]), std::fabs(b[i]));
  }
  const std::size_t columns = (l.columns + abreast - 1) / abreast * abreast;
  std::vector<double> patch(3 * columns, 0), weights(columns, 0);
  std::vector<double> rows(l.groups * l.rows * columns, 0);
  for (std::size_t r = 0; r < l.groups * l.rows; ++r) std::copy_n(l.weights.begin() + static_cast<std::ptrdiff_t>(r * l.columns), l.columns, rows.begin() + static_cast<std::ptrdiff_t>(r * columns));
  for (std::size_t group = 0; group < l.groups; ++group)
    for (std::size_t p = 0; p < l.pixels; ++p) {
      const std::size_t base = group * l.group_in + static_cast<std::size_t>(l.in[p]);
      for (std::size_t k = 0; k < l.columns; ++k) {
        const std::size_t at = base + static_cast<std::size_t>(l.taps[k]);
        patch[k] = middle[at];
        patch[columns + k] = radius[at];
        patch[2 * columns + k] = size[at];
      }
      for (std::size_t row = 0; row < l.rows; ++row) {
        const double* const w = rows.data() + (group * l.rows + row) * columns;
        double m[abreast] = {}, r[abreast] = {}, z[abreast] = {};
        for (std::size_t k = 0; k < columns; k += abreast)
          for (std::size_t j = 0; j < abreast; ++j) {
            const double v = w[k + j], v_size = std::fabs(v);
            m[j] += v * patch[k + j];
            r[j] += v_size * patch[columns + k + j];
            z[j] += v_size * patch[2 * columns + k + j];
          }
        double centre = 0, wide = 0, all = 0;
        for (std::size_t j = 0; j < abreast; ++j) centre += m[j], wide += r[j], all += z[j];
        const std::size_t f = group * l.rows * l.pixels + row * l.row + static_cast<std::size_t>(l.out[p]);
        centre += extra.bias[f];
        const double reach = wide * (1 + 2 * g) + g * (extra.bias_size[f] + all) + 4 * unit * std::fabs(centre) + 1e-300;
        low(step.output)[f] = centre - reach;
        high(step.output)[f] = centre + reach;
        magnitude_[s][f] = 1.001 * all + extra.bias_size[f];
      }
    }
}

void Crown::interval(std::size_t s) {
  const Step& step = prepared_->program().steps[s];
  const std::size_t in = step.inputs[0], n = features(step.output) * boxes_;
  double* const lo = low(step.output);
  double* const hi = high(step.output);
  const double* const a = low(in);
  const double* const b = high(in);
  const double* const c = step.inputs.size() > 1 ? low(step.inputs[1]) : nullptr;
  const double* const d = step.inputs.size() > 1 ? high(step.inputs[1]) : nullptr;
  if (std::holds_alternative<Linear>(step.operation)) {
    if (boxes_ == 1) interval_of_one(s);
    else interval_linear(s);
  } else if (const auto* scale = std::get_if<Scale>(&step.operation)) {
    for (std::size_t i = 0; i < n; ++i) {
      const double f = scale->factor[i / boxes_], t = scale->shift[i / boxes_], x = f * a[i], y = f * b[i];
      const double least = std::min(x, y), most = std::max(x, y);  // each end with its own roundings
      lo[i] = least + t - 8 * unit * (std::fabs(least) + std::fabs(t)) - 1e-300;
      hi[i] = most + t + 8 * unit * (std::fabs(most) + std::fabs(t)) + 1e-300;
    }
  } else if (const auto* sum = std::get_if<Sum>(&step.operation)) {
    for (std::size_t i = 0; i < n; ++i) {
      const double x = sum->first * a[i], y = sum->first * b[i], u = sum->second * c[i], v = sum->second * d[i];
      const double slack = 8 * unit * (std::max(std::fabs(x), std::fabs(y)) + std::max(std::fabs(u), std::fabs(v))) + 1e-300;
      lo[i] = std::min(x, y) + std::min(u, v) - slack;
      hi[i] = std::max(x, y) + std::max(u, v) + slack;
    }
  } else if (std::holds_alternative<Multiply>(step.operation)) {
    for (std::size_t i = 0; i < n; ++i) {
      const double p = a[i] * c[i], q = a[i] * d[i], r = b[i] * c[i], t = b[i] * d[i];
      const double least = std::min(std::min(p, q), std::min(r, t)), most = std::max(std::max(p, q), std::max(r, t));
      lo[i] = least - 2 * unit * std::fabs(least) - 1e-300;
      hi[i] = most + 2 * unit * std::fabs(most) + 1e-300;
      if (std::isnan(p) || std::isnan(q) || std::isnan(r) || std::isnan(t)) lo[i] = hi[i] = std::numeric_limits<double>::quiet_NaN();
    }
  } else if (const auto* sparse = std::get_if<Sparse>(&step.operation)) {
    for (std::size_t r = 0; r + 1 < sparse->begin.size(); ++r)
      for (std::size_t k = 0; k < boxes_; ++k) {
        double x = 0, y = 0, size = 0;
        for (std::size_t e = sparse->begin[r]; e < sparse->begin[r + 1]; ++e) {
          const std::size_t i = static_cast<std::size_t>(sparse->index[e]) * boxes_ + k;
          const double u = sparse->weight[e] * a[i], v = sparse->weight[e] * b[i];
          x += std::min(u, v);
          y += std::max(u, v);
          size += std::max(std::fabs(u), std::fabs(v));
        }
        const double slack = gamma(sparse->begin[r + 1] - sparse->begin[r]) * size + 1e-300;
        lo[r * boxes_ + k] = x - slack;
        hi[r * boxes_ + k] = y + slack;
      }
  } else if (const auto* maximum = std::get_if<Maximum>(&step.operation)) {
    for (std::size_t r = 0; r + 1 < maximum->begin.size(); ++r)
      for (std::size_t k = 0; k < boxes_; ++k) {
        double x = -infinity, y = -infinity;
        for (std::size_t e = maximum->begin[r]; e < maximum->begin[r + 1]; ++e) {
          const std::size_t i = static_cast<std::size_t>(maximum->index[e]) * boxes_ + k;
          x = std::max(x, a[i]);
          y = std::max(y, b[i]);
        }
        lo[r * boxes_ + k] = x;
        hi[r * boxes_ + k] = y;
      }
  } else if (const auto* softmax = std::get_if<Softmax>(&step.operation)) {
    shares(*softmax, a, b, boxes_, lo, hi);
  } else if (std::holds_alternative<MatrixProduct>(step.operation)) {
    interval_matrix_product(s);
  } else if (const auto* gather = std::get_if<Gather>(&step.operation)) {  // moves both ends
    for (std::size_t f = 0; f < gather->from.size(); ++f) {
      auto from = static_cast<std::size_t>(std::max(gather->from[f], 0));
      std::size_t input = 0;
      while (from >= features(step.inputs[input])) from -= features(step.inputs[input++]);
      for (std::size_t k = 0; k < boxes_; ++k) {
        lo[f * boxes_ + k] = gather->from[f] < 0 ? gather->fill : low(step.inputs[input])[from * boxes_ + k];
        hi[f * boxes_ + k] = gather->from[f] < 0 ? gather->fill : high(step.inputs[input])[from * boxes_ + k];
      }
    }
  } else {
    const Unary& unary = std::get<Unary>(step.operation);
    for (std::size_t i = 0; i < n; ++i) {
      const Span span = reach(unary, a[i], b[i]);
      lo[i] = span.low;
      hi[i] = span.high;
    }
  }
  // A variance is never negative, also where its roundings are larger than what is added to it.
  if (prepared_->steps[s].adds_up && std::all_of(a, a + features(in) * boxes_, [](double v) { return v >= 0; }))
    for (std::size_t i = 0; i < n; ++i) lo[i] = std::max(lo[i], 0.0);
  for (std::size_t i = 0; i < n; ++i)  // an interval that is none says nothing
    if (!(lo[i] <= hi[i])) {
      lo[i] = -infinity;
      hi[i] = infinity;
    }
}

// How large the summands of a step's outputs can be, from the intervals of its inputs.
void Crown::measure(std::size_t s) {
  const Step& step = prepared_->program().steps[s];
  std::vector<double>& magnitude = magnitude_[s];
  const auto size = [this](std::size_t value, std::size_t feature) {  // in any lane
    double most = 0;
    for (std::size_t i = feature * boxes_; i < (feature + 1) * boxes_; ++i) most = std::max({most, std::fabs(low(value)[i]), std::fabs(high(value)[i])});
    return most;
  };
  const std::size_t in = step.inputs[0];
  if (std::holds_alternative<Linear>(step.operation)) {
    if (boxes_ == 1) return;  // interval_of_one() has them
    const Block<double> block{kernels<double>(best_instruction_set()), scratch_.data()};
    for (std::size_t f = 0; f < features(in); ++f) std::fill_n(middle_.begin() + static_cast<std::ptrdiff_t>(f * lanes), lanes, size(in, f));
    product(prepared_->steps[s].absolute, block, middle_.data(), radius_.data());
    for (std::size_t f = 0; f < magnitude.size(); ++f) magnitude[f] = 1.001 * radius_[f * lanes] + prepared_->steps[s].bias_size[f];
  } else if (const auto* scale = std::get_if<Scale>(&step.operation)) {
    for (std::size_t f = 0; f < magnitude.size(); ++f) magnitude[f] = std::fabs(scale->factor[f]) * size(in, f) + std::fabs(scale->shift[f]);
  } else if (const auto* sum = std::get_if<Sum>(&step.operation)) {
    for (std::size_t f = 0; f < magnitude.size(); ++f) magnitude[f] = std::fabs(sum->first) * size(in, f) + std::fabs(sum->second) * size(step.inputs[1], f);
  } else if (const auto* sparse = std::get_if<Sparse>(&step.operation)) {
    for (std::size_t r = 0; r < magnitude.size(); ++r) {
      magnitude[r] = 0;
      for (std::size_t e = sparse->begin[r]; e < sparse->begin[r + 1]; ++e)
        magnitude[r] += std::fabs(sparse->weight[e]) * size(in, static_cast<std::size_t>(sparse->index[e]));
    }
  } else if (std::holds_alternative<Multiply>(step.operation)) {
    for (std::size_t f = 0; f < magnitude.size(); ++f) magnitude[f] = 2 * size(in, f) * size(step.inputs[1], f);
  } else if (std::holds_alternative<MatrixProduct>(step.operation) || std::holds_alternative<Softmax>(step.operation)) {
    measure_attention(s, size);
  } else {
    const std::size_t value = std::holds_alternative<Unary>(step.operation) ? in : step.output;
    for (std::size_t f = 0; f < magnitude.size(); ++f) magnitude[f] = size(value, f);
  }
}

void Crown::relax(std::size_t s) {
  const Step& step = prepared_->program().steps[s];
  if (std::holds_alternative<Maximum>(step.operation)) return;  // its lines follow from the intervals on the way
  const double* const lo = low(step.inputs[0]);
  const double* const hi = high(step.inputs[0]);
  const std::size_t n = features(step.output) * boxes_;
  Lines& line = lines_[s];
  if (std::holds_alternative<Softmax>(step.operation)) return relax_softmax(s);
  if (std::holds_alternative<MatrixProduct>(step.operation)) return relax_matrix_product(s);
  if (std::holds_alternative<Multiply>(step.operation)) {
    // x y = v x + u y - u v + (x - u)(y - v), with the last product bounded over the box: of the planes by McCormick
    // the mean of each pair.
    const double* const c = low(step.inputs[1]);
    const double* const d = high(step.inputs[1]);
    for (std::size_t i = 0; i < n; ++i) {
      const double u = 0.5 * lo[i] + 0.5 * hi[i], v = 0.5 * c[i] + 0.5 * d[i];
      const double rest = std::max(hi[i] - u, u - lo[i]) * std::max(d[i] - v, v - c[i]) * (1 + 8 * unit);
      const double room = 4 * unit * (std::fabs(u * v) + rest) + 1e-300;
      line.lower_slope[i] = v;
      line.upper_slope[i] = u;
      line.lower_shift[i] = -u * v - rest - room;
      line.upper_shift[i] = -u * v + rest + room;
    }
    return;
  }
  const Unary& unary = std::get<Unary>(step.operation);
  const bool relu = unary.function == Function::relu || (unary.function == Function::leaky_relu && unary.a >= 0 && unary.a <= 1);
  const double leak = unary.function == Function::relu ? 0 : unary.a;
  for (std::size_t i = 0; i < n; ++i) {
    const double l = lo[i], u = hi[i];
    double &ls = line.lower_slope[i], &lt = line.lower_shift[i], &us = line.upper_slope[i], &ut = line.upper_shift[i];
    lt = ut = 0;
    if (!relu) {
      const Lines2 two = lines_of(unary, l, u, {low(step.output)[i], high(step.output)[i]});
      ls = two.below.slope;
      lt = two.below.shift;
      us = two.above.slope;
      ut = two.above.shift;
    } else if (l >= 0) {
      ls = us = 1;
    } else if (u <= 0) {
      ls = us = leak;
    } else {
      // Any slope is right with a shift that lifts the line over both ends.
      us = std::clamp((u - leak * l) / (u - l), leak, 1.0);
      ls = parallel_ ? us : u > -l ? 1 : leak;
      ut = std::max(leak * l - us * l, u - us * u);
      ut += 8 * unit * (std::fabs(l) + std::fabs(u));
    }
  }
  for (std::size_t f = 0; f < kinds_[s].size(); ++f) {
    bool off = relu && leak == 0, same = relu;
    for (std::size_t i = f * boxes_; i < (f + 1) * boxes_; ++i) {
      off = off && hi[i] <= 0;
      same = same && lo[i] >= 0;
    }
    kinds_[s][f] = same ? Kind::same : off ? Kind::off : Kind::lines;
  }
}

}  // namespace duolex::tensor::bounds
