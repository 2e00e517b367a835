#include "tensor/bounds/crown.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "tensor/bounds/lane_ops.h"
#include "tensor/functions.h"
#include "tensor/step.h"

namespace duolex::tensor::bounds {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

}  // namespace

Crown::Crown(std::shared_ptr<const Prepared> prepared) : prepared_(std::move(prepared)) {
  const Program& program = prepared_->program();
  const std::size_t frame = program.frame * lanes;
  low_.resize(frame);
  high_.resize(frame);
  rows_.resize(frame);
  std::size_t widest = 0;
  for (const Value& v : program.values) widest = std::max(widest, v.features);
  middle_.resize(widest * lanes);
  radius_.resize(widest * lanes);
  scratch_.resize(program.scratch * lanes);
  magnitude_.resize(program.steps.size());
  active_.resize(program.values.size());
  active_flag_.assign(program.frame, 0);
  scratch_stamp_.assign(std::max(program.scratch, program.frame), 0);
  pixel_stamp_.assign(program.frame, 0);
  lines_.resize(program.steps.size());
  kinds_.resize(program.steps.size());
  splits.resize(program.steps.size());
  known_at_.assign(program.values.size(), no_step);
  for (const std::size_t s : prepared_->activations) {
    const std::size_t in = program.steps[s].inputs[0];
    if (known_at_[in] != no_step || in == 0) continue;
    known_at_[in] = known_count_;
    known_count_ += features(in);
  }
  for (std::size_t s = 0; s < program.steps.size(); ++s) {
    magnitude_[s].assign(features(program.steps[s].output), 0);
    if (!prepared_->steps[s].nonlinear || std::holds_alternative<Maximum>(program.steps[s].operation)) continue;
    const std::size_t n = features(program.steps[s].output) * lanes;
    kinds_[s].assign(features(program.steps[s].output), Kind::lines);
    lines_[s] = {std::vector<double>(n), std::vector<double>(n), std::vector<double>(n), std::vector<double>(n)};
  }
}

void Crown::set_box(std::size_t lane, const double* lower, const double* upper) {
  for (std::size_t f = 0; f < features(0); ++f) {
    low(0)[f * lanes + lane] = lower[f];
    high(0)[f * lanes + lane] = upper[f];
  }
}

void Crown::set_boxes(const double* lower, const double* upper) {
  for (std::size_t lane = 0; lane < lanes; ++lane) set_box(lane, lower, upper);
  rounding_ = 0;
}

void Crown::interval(std::size_t s) {
  const Step& step = prepared_->program().steps[s];
  const std::size_t in = step.inputs[0], n = features(step.output) * lanes;
  double* const lo = low(step.output);
  double* const hi = high(step.output);
  const double* const a = low(in);
  const double* const b = high(in);
  if (const auto* l = std::get_if<Linear>(&step.operation)) {
    const StepBounds& extra = prepared_->steps[s];
    const double g = extra.gamma_forward;
    for (std::size_t i = 0; i < features(in) * lanes; ++i) {
      const double m = 0.5 * a[i] + 0.5 * b[i], r = std::max(b[i] - m, m - a[i]) * (1 + 4 * unit);
      middle_[i] = m;
      radius_[i] = r + g * (std::fabs(m) + r);
    }
    const Block<double> block{kernels<double>(best_instruction_set()), scratch_.data()};
    product(*l, block, middle_.data(), lo);
    product(extra.absolute, block, radius_.data(), hi);
    for (std::size_t i = 0; i < n; ++i) {
      const double m = lo[i], r = hi[i] * (1 + 2 * g) + g * std::fabs(extra.bias[i / lanes]) + 4 * unit * std::fabs(m) + 1e-300;
      lo[i] = m - r;
      hi[i] = m + r;
    }
    return;
  }
  if (const auto* scale = std::get_if<Scale>(&step.operation)) {
    for (std::size_t i = 0; i < n; ++i) {
      const double f = scale->factor[i / lanes], t = scale->shift[i / lanes], x = f * a[i], y = f * b[i];
      const double slack = 8 * unit * (std::max(std::fabs(x), std::fabs(y)) + std::fabs(t)) + 1e-300;
      lo[i] = std::min(x, y) + t - slack;
      hi[i] = std::max(x, y) + t + slack;
    }
    return;
  }
  if (const auto* sum = std::get_if<Sum>(&step.operation)) {
    const double* const c = low(step.inputs[1]);
    const double* const d = high(step.inputs[1]);
    for (std::size_t i = 0; i < n; ++i) {
      const double x = sum->first * a[i], y = sum->first * b[i], u = sum->second * c[i], v = sum->second * d[i];
      const double slack = 8 * unit * (std::max(std::fabs(x), std::fabs(y)) + std::max(std::fabs(u), std::fabs(v))) + 1e-300;
      lo[i] = std::min(x, y) + std::min(u, v) - slack;
      hi[i] = std::max(x, y) + std::max(u, v) + slack;
    }
    return;
  }
  if (const auto* sparse = std::get_if<Sparse>(&step.operation)) {
    for (std::size_t r = 0; r + 1 < sparse->begin.size(); ++r)
      for (std::size_t c = 0; c < lanes; ++c) {
        double x = 0, y = 0, size = 0;
        for (std::size_t e = sparse->begin[r]; e < sparse->begin[r + 1]; ++e) {
          const std::size_t i = static_cast<std::size_t>(sparse->index[e]) * lanes + c;
          const double u = sparse->weight[e] * a[i], v = sparse->weight[e] * b[i];
          x += std::min(u, v);
          y += std::max(u, v);
          size += std::max(std::fabs(u), std::fabs(v));
        }
        const double slack = gamma(sparse->begin[r + 1] - sparse->begin[r]) * size + 1e-300;
        lo[r * lanes + c] = x - slack;
        hi[r * lanes + c] = y + slack;
      }
    return;
  }
  if (const auto* maximum = std::get_if<Maximum>(&step.operation)) {
    for (std::size_t r = 0; r + 1 < maximum->begin.size(); ++r)
      for (std::size_t c = 0; c < lanes; ++c) {
        double x = -infinity, y = -infinity;
        for (std::size_t e = maximum->begin[r]; e < maximum->begin[r + 1]; ++e) {
          const std::size_t i = static_cast<std::size_t>(maximum->index[e]) * lanes + c;
          x = std::max(x, a[i]);
          y = std::max(y, b[i]);
        }
        lo[r * lanes + c] = x;
        hi[r * lanes + c] = y;
      }
    return;
  }
  if (std::holds_alternative<Gather>(step.operation)) {  // moves both ends
    const Block<double> block{kernels<double>(best_instruction_set()), scratch_.data()};
    forward(step, prepared_->program(), block, low_.data());
    forward(step, prepared_->program(), block, high_.data());
    return;
  }
  const Unary& unary = std::get<Unary>(step.operation);
  const bool exact = unary.function == Function::relu || unary.function == Function::clip;
  for (std::size_t i = 0; i < n; ++i) {
    const double x = apply(unary, a[i]), y = apply(unary, b[i]);
    lo[i] = exact ? x : x - 8 * unit * std::fabs(x) - 1e-300;
    hi[i] = exact ? y : y + 8 * unit * std::fabs(y) + 1e-300;
  }
}

void Crown::intervals() {
  for (std::size_t s = 0; s < prepared_->steps.size(); ++s) interval(s);
}

void Crown::take_as_root() {
  const Program& program = prepared_->program();
  std::vector<double> size(program.frame, 0);  // the largest absolute value of each feature, in any lane
  for (const Value& v : program.values)
    for (std::size_t f = 0; f < v.features && v.offset + f < program.frame; ++f)
      for (std::size_t c = 0; c < lanes; ++c) {
        const std::size_t i = (v.offset + f) * lanes + c;
        size[v.offset + f] = std::max({size[v.offset + f], std::fabs(low_[i]), std::fabs(high_[i])});
      }
  const Block<double> block{kernels<double>(best_instruction_set()), scratch_.data()};
  for (std::size_t s = 0; s < program.steps.size(); ++s) {
    const Step& step = program.steps[s];
    const double* const in = size.data() + first(step.inputs[0]);
    std::vector<double>& magnitude = magnitude_[s];
    if (std::holds_alternative<Linear>(step.operation)) {
      for (std::size_t i = 0; i < features(step.inputs[0]) * lanes; ++i) middle_[i] = in[i / lanes];
      product(prepared_->steps[s].absolute, block, middle_.data(), radius_.data());
      for (std::size_t f = 0; f < magnitude.size(); ++f) magnitude[f] = 1.001 * radius_[f * lanes] + std::fabs(prepared_->steps[s].bias[f]);
    } else if (const auto* scale = std::get_if<Scale>(&step.operation)) {
      for (std::size_t f = 0; f < magnitude.size(); ++f) magnitude[f] = std::fabs(scale->factor[f]) * in[f] + std::fabs(scale->shift[f]);
    } else if (const auto* sum = std::get_if<Sum>(&step.operation)) {
      const double* const other = size.data() + first(step.inputs[1]);
      for (std::size_t f = 0; f < magnitude.size(); ++f) magnitude[f] = std::fabs(sum->first) * in[f] + std::fabs(sum->second) * other[f];
    } else if (const auto* sparse = std::get_if<Sparse>(&step.operation)) {
      for (std::size_t r = 0; r < magnitude.size(); ++r) {
        magnitude[r] = 0;
        for (std::size_t e = sparse->begin[r]; e < sparse->begin[r + 1]; ++e)
          magnitude[r] += std::fabs(sparse->weight[e]) * in[static_cast<std::size_t>(sparse->index[e])];
      }
    } else if (std::holds_alternative<Unary>(step.operation)) {
      std::copy(in, in + magnitude.size(), magnitude.begin());
    } else {
      const double* const out = size.data() + first(step.output);
      std::copy(out, out + magnitude.size(), magnitude.begin());
    }
  }
}

void Crown::relax(std::size_t s) {
  const Step& step = prepared_->program().steps[s];
  if (std::holds_alternative<Maximum>(step.operation)) return;  // its lines follow from the intervals on the way
  const Unary& unary = std::get<Unary>(step.operation);
  const double* const lo = low(step.inputs[0]);
  const double* const hi = high(step.inputs[0]);
  Lines& line = lines_[s];
  const bool relu = unary.function == Function::relu || (unary.function == Function::leaky_relu && unary.a >= 0 && unary.a <= 1);
  const double leak = unary.function == Function::relu ? 0 : unary.a;
  for (std::size_t i = 0; i < features(step.output) * lanes; ++i) {
    const double l = lo[i], u = hi[i];
    double &ls = line.lower_slope[i], &lt = line.lower_shift[i], &us = line.upper_slope[i], &ut = line.upper_shift[i];
    lt = ut = 0;
    if (!relu) {
      ls = us = 0;
      lt = low(step.output)[i];
      ut = high(step.output)[i];
    } else if (l >= 0) {
      ls = us = 1;
    } else if (u <= 0) {
      ls = us = leak;
    } else {
      ls = u > -l ? 1 : leak;
      // Any slope is right with a shift that lifts the line over both ends.
      us = std::clamp((u - leak * l) / (u - l), leak, 1.0);
      ut = std::max(leak * l - us * l, u - us * u);
      ut += 8 * unit * (std::fabs(l) + std::fabs(u));
    }
  }
  for (std::size_t f = 0; f < kinds_[s].size(); ++f) {
    bool off = relu && leak == 0, same = relu;
    for (std::size_t i = f * lanes; i < (f + 1) * lanes; ++i) {
      off = off && hi[i] <= 0;
      same = same && lo[i] >= 0;
    }
    kinds_[s][f] = same ? Kind::same : off ? Kind::off : Kind::lines;
  }
}

void Crown::tighten(std::size_t value, bool shared) {
  const std::size_t maker = prepared_->maker[value];
  if (maker == no_step || prepared_->interval_is_best[value]) return;
  double* const lo = low(value);
  double* const hi = high(value);
  std::vector<std::int32_t> open;
  for (std::size_t f = 0; f < features(value); ++f) {
    bool unsure = false;
    for (std::size_t c = 0; c < (shared ? 1 : lanes); ++c) unsure |= lo[f * lanes + c] < 0 && hi[f * lanes + c] > 0;
    if (unsure) open.push_back(static_cast<std::int32_t>(f));
  }
  double bound[lanes];
  if (!shared) {
    for (const std::int32_t f : open)
      for (const double sign : {1.0, -1.0}) {
        clear_rows();
        double* const row = activate(value, f);
        std::fill(row, row + lanes, sign);
        carry(value, false, bound);
        for (std::size_t c = 0; c < lanes; ++c) {
          const std::size_t i = static_cast<std::size_t>(f) * lanes + c;
          if (sign > 0) lo[i] = std::max(lo[i], bound[c]);
          else hi[i] = std::min(hi[i], -bound[c]);
        }
      }
    return;
  }
  // Neurons of the same pixel see the same part of the input.
  if (std::holds_alternative<Linear>(prepared_->program().steps[maker].operation)) {
    const StepBounds& extra = prepared_->steps[maker];
    std::stable_sort(open.begin(), open.end(), [&](std::int32_t x, std::int32_t y) {
      return extra.pixel[static_cast<std::size_t>(x) % extra.pixel.size()] < extra.pixel[static_cast<std::size_t>(y) % extra.pixel.size()];
    });
  }
  for (std::size_t begin = 0; begin < open.size(); begin += lanes / 2) {
    const std::size_t count = std::min(lanes / 2, open.size() - begin);
    clear_rows();
    for (std::size_t i = 0; i < count; ++i) {
      double* const row = activate(value, open[begin + i]);
      row[2 * i] = 1;
      row[2 * i + 1] = -1;
    }
    carry(value, false, bound);
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t f = static_cast<std::size_t>(open[begin + i]) * lanes;
      const double l = std::max(lo[f], bound[2 * i]), u = std::min(hi[f], -bound[2 * i + 1]);
      std::fill(lo + f, lo + f + lanes, l);
      std::fill(hi + f, hi + f + lanes, u);
    }
  }
}

void Crown::forget() {
  known_low_.assign(known_count_ * lanes, -infinity);
  known_high_.assign(known_count_ * lanes, infinity);
}

void Crown::know() {
  forget();
  for (std::size_t v = 0; v < known_at_.size(); ++v)
    if (known_at_[v] != no_step) {
      std::copy(low(v), low(v) + features(v) * lanes, known_low_.begin() + static_cast<std::ptrdiff_t>(known_at_[v] * lanes));
      std::copy(high(v), high(v) + features(v) * lanes, known_high_.begin() + static_cast<std::ptrdiff_t>(known_at_[v] * lanes));
    }
}

void Crown::use_known(std::size_t value) {
  if (known_at_[value] == no_step || known_low_.empty()) return;
  const std::size_t at = known_at_[value] * lanes;
  for (std::size_t i = 0; i < features(value) * lanes; ++i) {
    low(value)[i] = std::max(low(value)[i], known_low_[at + i]);
    high(value)[i] = std::min(high(value)[i], known_high_[at + i]);
  }
}

void Crown::refine(bool shared) {
  std::vector<bool> done(known_at_.size(), false);
  for (std::size_t s = 0; s < prepared_->steps.size(); ++s) {
    const std::size_t in = prepared_->program().steps[s].inputs[0];
    if (prepared_->steps[s].nonlinear && !done[in]) {
      done[in] = true;
      use_known(in);
      tighten(in, shared);
    }
    interval(s);
    if (prepared_->steps[s].nonlinear) relax(s);
  }
}

void Crown::lower(const double* rows, double* bounds) {
  clear_rows();
  const std::size_t value = prepared_->program().output;
  for (std::size_t f = 0; f < features(value); ++f)
    std::memcpy(activate(value, static_cast<std::int32_t>(f)), rows + f * lanes, lanes * sizeof(double));
  carry(value, true, bounds);
}

void Crown::worst_inputs(double* inputs) const {
  const double* const a = coefficients(0);
  for (std::size_t i = 0; i < features(0) * lanes; ++i) {
    const double v = has_coefficients(0, i / lanes) ? a[i] : 0;
    inputs[i] = v > 0 ? low(0)[i] : v < 0 ? high(0)[i] : 0.5 * low(0)[i] + 0.5 * high(0)[i];
  }
}

void Crown::relaxed_forward() {
  const Program& program = prepared_->program();
  relaxed_.resize(low_.size());
  worst_inputs(relaxed_.data() + place(0));
  const Block<double> block{kernels<double>(best_instruction_set()), scratch_.data()};
  for (std::size_t s = 0; s < program.steps.size(); ++s) {
    const Step& step = program.steps[s];
    if (!prepared_->steps[s].nonlinear || std::holds_alternative<Maximum>(step.operation)) {
      forward(step, program, block, relaxed_.data());
      continue;
    }
    const double* const x = relaxed(step.inputs[0]);
    const double* const a = coefficients(step.output);
    double* const y = relaxed_.data() + place(step.output);
    const Lines& line = lines_[s];
    for (std::size_t f = 0; f < features(step.output); ++f) {
      const std::size_t begin = f * lanes, end = begin + lanes;
      if (kinds_[s][f] == Kind::off) std::fill(y + begin, y + end, 0.0);
      else if (kinds_[s][f] == Kind::same) std::copy(x + begin, x + end, y + begin);
      else
        for (std::size_t i = begin; i < end; ++i) {
          const bool up = !has_coefficients(step.output, f) || a[i] >= 0;
          y[i] = up ? line.lower_slope[i] * x[i] + line.lower_shift[i] : line.upper_slope[i] * x[i] + line.upper_shift[i];
        }
    }
  }
}

}  // namespace duolex::tensor::bounds
