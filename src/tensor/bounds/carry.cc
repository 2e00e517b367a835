// Linear bounds on their way back through the steps.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>

#include "tensor/bounds/crown.h"
#include "tensor/bounds/lane_ops.h"
#include "tensor/step.h"

namespace duolex::tensor::bounds {

void Crown::activate_all(std::size_t value) {
  if (active_[value].size() == features(value)) return;
  for (std::size_t f = 0; f < features(value); ++f) (void)activate(value, static_cast<std::int32_t>(f));
}

void Crown::clear_rows() {
  for (std::size_t v = 0; v < active_.size(); ++v) {
    for (const std::int32_t f : active_[v]) active_flag_[first(v) + static_cast<std::size_t>(f)] = 0;
    active_[v].clear();
  }
}

// What is left at a value goes into the constant, by the value's interval.
void Crown::settle(std::size_t value) {
  double total[lanes] = {}, width[lanes] = {};
  smallest_over_box(active_[value].data(), active_[value].size(), rows_.data() + place(value), low(value), high(value), boxes_, total, sum_);
  if (both_) width_over_box(active_[value].data(), active_[value].size(), rows_.data() + place(value), low(value), high(value), width);
  if (value == 0 && !centre_.empty()) settle_ball(total, width);
  for (std::size_t c = 0; c < lanes; ++c) {
    constant_[c] += total[c];
    spread_[c] += width[c];
  }
}

// Over the ball: the value at its centre less the dual norm of the coefficients. What is larger, this or the bound over
// the box, holds.
void Crown::settle_ball(double* total, double* width) {
  double at_centre[lanes] = {}, norm[lanes] = {}, size[lanes] = {};
  for (const std::int32_t f : active_[0]) {
    const double* const a = rows_.data() + place(0) + static_cast<std::size_t>(f) * lanes;
    const double x = centre_[static_cast<std::size_t>(f)], r = radii_[static_cast<std::size_t>(f)];
    for (std::size_t c = 0; c < lanes; ++c) {
      const double reach = std::fabs(a[c]) * r;
      at_centre[c] += a[c] * x;
      size[c] += std::fabs(a[c] * x);
      norm[c] = round_ == Round::l1 ? std::max(norm[c], reach) : norm[c] + reach * reach;
    }
  }
  for (std::size_t c = 0; c < lanes; ++c) {
    const double away = (round_ == Round::l1 ? norm[c] : std::sqrt(norm[c])) * (1 + gamma(active_[0].size())) + 1e-150;
    const double above = std::min(total[c] + width[c], at_centre[c] + away);
    if (at_centre[c] - away > total[c] || both_) sum_[c] += size[c] + away;
    total[c] = std::max(total[c], at_centre[c] - away);
    width[c] = std::max(0.0, above - total[c]);
  }
}

// Whether lines are parallel on the way back from a value: all but a maximum's are, where relax() made them so.
bool Crown::can_take_both(std::size_t value, std::size_t from) const {
  for (std::size_t s = from; s <= prepared_->maker[value]; ++s)
    if (std::holds_alternative<Maximum>(prepared_->program().steps[s].operation)) return false;
  return parallel_;
}

void Crown::carry(std::size_t value, Way way, double* bounds, double* above) {
  for (std::size_t c = 0; c < lanes; ++c) constant_[c] = error_[c] = sum_[c] = spread_[c] = 0;
  both_ = way.both;
  const Program& program = prepared_->program();
  const std::size_t last = prepared_->maker[value];
  const double begun = worked_;
  const std::vector<std::int32_t> none;
  if (last != no_step)
    for (std::size_t s = last + 1; s-- > way.from;) {
      const Step& step = program.steps[s];
      const bool any = !active_[step.output].empty();
      if (any && !way.past_gates && step.output != value && prepared_->narrow[step.output]) {
        settle(step.output);
        continue;
      }
      worked_ += static_cast<double>(active_[step.output].size());
      if (prepared_->steps[s].nonlinear) {
        if (any) carry_activation(s);
        for (const std::int32_t f : way.with_splits ? splits[s].list : none) {
          double* const row = activate(step.inputs[0], f);
          const double* const w = splits[s].weights.data() + static_cast<std::size_t>(f) * lanes;
          const double size = magnitude_[s][static_cast<std::size_t>(f)];
          for (std::size_t c = 0; c < lanes; ++c) {
            row[c] += w[c];
            error_[c] += 2 * unit * (std::fabs(row[c]) + std::fabs(w[c])) * size;
          }
        }
      } else if (any && std::holds_alternative<Linear>(step.operation)) {
        carry_linear(s);
      } else if (any) {
        carry_other(s);
      }
      if (s < work_at_.size()) work_at_[s] = worked_ - begun;
    }
  for (std::size_t v = 0; v < program.values.size(); ++v)
    if (!active_[v].empty() && (prepared_->maker[v] == no_step || prepared_->maker[v] < way.from)) settle(v);
  for (std::size_t c = 0; c < lanes; ++c) {
    const double slack = 1.02 * (error_[c] + static_cast<double>(prepared_->terms) * unit * sum_[c]) + 1e-290;
    bounds[c] = constant_[c] - slack;
    rounding_ = std::max(rounding_, slack);
    if (!(bounds[c] <= 1e300)) bounds[c] = -std::numeric_limits<double>::infinity();  // no number: nothing is known
    if (above == nullptr) continue;
    // The spread is a sum of as many roundings, of up to twice what sum_ has.
    above[c] = constant_[c] + spread_[c] + 3 * slack;
    rounding_ = std::max(rounding_, 3 * slack);
    if (!(above[c] >= -1e300)) above[c] = std::numeric_limits<double>::infinity();
  }
}

// x y between two planes of the same slopes.
void Crown::carry_product(std::size_t s) {
  const Step& step = prepared_->program().steps[s];
  const Lines& line = lines_[s];
  double error[lanes] = {};
  // A factor that is a few numbers spread over a map, such as a gate, is reached past the spreading.
  const std::size_t spread = prepared_->steps[s].spread;
  const Gather* const gate = spread == no_step ? nullptr : &std::get<Gather>(prepared_->program().steps[spread].operation);
  const std::size_t second = gate == nullptr ? step.inputs[1] : prepared_->program().steps[spread].inputs[0];
  for (const std::int32_t f : active_[step.output]) {
    const double* const a = rows_.data() + place(step.output) + static_cast<std::size_t>(f) * lanes;
    double* const x = activate(step.inputs[0], f);
    double* const y = activate(second, gate == nullptr ? f : gate->from[static_cast<std::size_t>(f)]);
    const std::size_t at = static_cast<std::size_t>(f) * boxes_;
    const double size = magnitude_[s][static_cast<std::size_t>(f)];
    if (boxes_ == 1) {
      carry_through_plane(a, {line.lower_slope[at], line.upper_slope[at], line.lower_shift[at], line.upper_shift[at], size}, x, y, constant_, spread_, sum_, error);
      continue;
    }
    for (std::size_t c = 0; c < lanes; ++c) {
      const double v = a[c], shift = v * (v >= 0 ? line.lower_shift[at + c] : line.upper_shift[at + c]);
      x[c] += v * line.lower_slope[at + c];
      y[c] += v * line.upper_slope[at + c];
      constant_[c] += shift;
      sum_[c] += std::fabs(shift);
      error[c] += std::fabs(v) * size;
    }
  }
  for (std::size_t c = 0; c < lanes; ++c) error_[c] += (gate == nullptr ? 8 * unit : gamma(active_[step.output].size())) * error[c];
}

void Crown::carry_activation(std::size_t s) {
  const Step& step = prepared_->program().steps[s];
  if (std::holds_alternative<Multiply>(step.operation)) return carry_product(s);
  if (std::holds_alternative<MatrixProduct>(step.operation)) return carry_matrix_product(s);
  if (std::holds_alternative<Softmax>(step.operation)) return carry_softmax(s);
  const std::vector<std::int32_t>& list = active_[step.output];
  const std::size_t in = step.inputs[0];
  const double* const a = rows_.data() + place(step.output);
  double error[lanes] = {};
  if (const auto* maximum = std::get_if<Maximum>(&step.operation)) {
    const double* const lo = low(in);
    const double* const hi = high(in);
    const auto at = [this](std::int32_t i, std::size_t c) { return boxes_ == 1 ? static_cast<std::size_t>(i) : static_cast<std::size_t>(i) * lanes + c; };
    for (const std::int32_t f : list)
      for (std::size_t c = 0; c < lanes; ++c) {
        const double v = a[static_cast<std::size_t>(f) * lanes + c];
        if (v == 0) continue;
        std::size_t best = maximum->begin[static_cast<std::size_t>(f)];
        double top = -std::numeric_limits<double>::infinity();
        for (std::size_t e = best; e < maximum->begin[static_cast<std::size_t>(f) + 1]; ++e) {
          const std::size_t i = at(maximum->index[e], c);
          if (lo[i] > lo[at(maximum->index[best], c)]) best = e;
          top = std::max(top, hi[i]);
        }
        bool decided = true;  // one input is always the largest
        const double floor = lo[at(maximum->index[best], c)];
        for (std::size_t e = maximum->begin[static_cast<std::size_t>(f)]; e < maximum->begin[static_cast<std::size_t>(f) + 1]; ++e)
          decided = decided && (e == best || hi[at(maximum->index[e], c)] <= floor);
        if (v > 0 || decided) {
          activate(in, maximum->index[best])[c] += v;
          error[c] += std::fabs(v) * magnitude_[s][static_cast<std::size_t>(f)];
        } else {
          constant_[c] += v * top;
          sum_[c] += std::fabs(v * top);
        }
      }
    for (std::size_t c = 0; c < lanes; ++c) error_[c] += gamma(64) * error[c];
    return;
  }
  const Lines& line = lines_[s];
  const std::vector<Kind>& kinds = kinds_[s];
  listed_.clear();
  touched_.clear();
  for (const std::int32_t f : list) {
    const Kind kind = kinds[static_cast<std::size_t>(f)];
    if (kind == Kind::off) continue;
    const double* const from = a + static_cast<std::size_t>(f) * lanes;
    if (kind == Kind::lines) {
      (void)activate(in, f);
      listed_.push_back(f);
      continue;
    }
    if (shared_[in] || has_coefficients(in, static_cast<std::size_t>(f))) touched_.push_back(f);  // an addition, which rounds
    double* const to = activate(in, f);
    for (std::size_t c = 0; c < lanes; ++c) to[c] += from[c];
  }
  if (!touched_.empty())
    account(touched_.data(), touched_.size(), a, nullptr, magnitude_[s].data(), 8 * unit, constant_, sum_, error_);
  if (both_)
    carry_through_parallels(listed_.data(), listed_.size(), a, line.lower_slope.data(), line.lower_shift.data(), line.upper_shift.data(), magnitude_[s].data(),
                            rows_.data() + place(in), constant_, spread_, sum_, error);
  else carry_through_lines(listed_.data(), listed_.size(), a, line.lower_slope.data(), line.lower_shift.data(), line.upper_slope.data(),
                      line.upper_shift.data(), magnitude_[s].data(), boxes_, rows_.data() + place(in), constant_, sum_, error);
  for (std::size_t c = 0; c < lanes; ++c) error_[c] += 8 * unit * error[c];
}

void Crown::carry_other(std::size_t s) {
  const Step& step = prepared_->program().steps[s];
  const std::vector<std::int32_t>& list = active_[step.output];
  const double* const a = rows_.data() + place(step.output);
  const auto add = [](double* to, double factor, const double* from) {
    for (std::size_t c = 0; c < lanes; ++c) to[c] += factor * from[c];
  };
  const double* shift = nullptr;
  std::size_t most = 1;
  std::vector<double> fill;
  if (const auto* scale = std::get_if<Scale>(&step.operation)) {
    shift = scale->shift.data();
    for (const std::int32_t f : list) add(activate(step.inputs[0], f), scale->factor[static_cast<std::size_t>(f)], a + static_cast<std::size_t>(f) * lanes);
  } else if (const auto* sum = std::get_if<Sum>(&step.operation)) {
    for (const std::int32_t f : list) {
      add(activate(step.inputs[0], f), sum->first, a + static_cast<std::size_t>(f) * lanes);
      add(activate(step.inputs[1], f), sum->second, a + static_cast<std::size_t>(f) * lanes);
    }
  } else if (const auto* sparse = std::get_if<Sparse>(&step.operation)) {
    most = list.size();
    for (const std::int32_t f : list)
      for (std::size_t e = sparse->begin[static_cast<std::size_t>(f)]; e < sparse->begin[static_cast<std::size_t>(f) + 1]; ++e)
        add(activate(step.inputs[0], sparse->index[e]), sparse->weight[e], a + static_cast<std::size_t>(f) * lanes);
  } else {
    const Gather& gather = std::get<Gather>(step.operation);
    most = list.size();
    if (gather.fill != 0) {
      fill.assign(gather.from.size(), 0);
      for (std::size_t i = 0; i < fill.size(); ++i) fill[i] = gather.from[i] < 0 ? gather.fill : 0;
      shift = fill.data();
    }
    for (const std::int32_t f : list) {
      if (gather.from[static_cast<std::size_t>(f)] < 0) continue;
      auto from = static_cast<std::size_t>(gather.from[static_cast<std::size_t>(f)]);
      std::size_t input = 0;
      while (from >= features(step.inputs[input])) from -= features(step.inputs[input++]);
      add(activate(step.inputs[input], static_cast<std::int32_t>(from)), 1, a + static_cast<std::size_t>(f) * lanes);
    }
  }
  account(list.data(), list.size(), a, shift, magnitude_[s].data(), gamma(most + step.inputs.size()), constant_, sum_, error_);
}

void Crown::carry_linear(std::size_t s) {
  const Step& step = prepared_->program().steps[s];
  const Linear& l = std::get<Linear>(step.operation);
  const StepBounds& extra = prepared_->steps[s];
  const std::size_t in = step.inputs[0], out = step.output, group_out = l.rows * l.pixels;
  double* const to = rows_.data() + place(in);
  const double* const a = rows_.data() + place(out);
  account(active_[out].data(), active_[out].size(), a, extra.bias.data(), magnitude_[s].data(), extra.gamma_backward, constant_, sum_, error_);
  const Kernels<double>& kernel = kernels<double>(best_instruction_set());
  worked_ += static_cast<double>(active_[out].size()) * static_cast<double>(l.columns);
  // Single features: their row of weights, times their coefficients.
  const bool depthwise = l.rows == 1 && l.groups > 1 && active_[out].size() < l.groups * l.pixels;
  if (active_[out].size() <= 2 || depthwise || (l.pixels == 1 && active_[out].size() * 8 < l.rows)) {
    for (const std::int32_t f : std::vector<std::int32_t>(active_[out])) {
      const std::size_t g = static_cast<std::size_t>(f) / group_out, local = static_cast<std::size_t>(f) % group_out;
      const auto p = static_cast<std::size_t>(extra.pixel[local]), m = static_cast<std::size_t>(extra.row[local]);
      const double* const w = l.weights.data() + (g * l.rows + m) * l.columns;
      const std::size_t base = g * l.group_in + static_cast<std::size_t>(l.in[p]);
      touched_.clear();
      weights_.clear();
      for (std::size_t k = 0; k < l.columns; ++k) {
        const std::size_t at = base + static_cast<std::size_t>(l.taps[k]);
        std::int32_t feature = static_cast<std::int32_t>(at);
        if (l.padded != 0) feature = extra.same_in_groups == 0 ? extra.unplace[at] : extra.unplace[at - g * l.group_in];  // the first group's are near
        if (feature < 0) continue;
        feature += static_cast<std::int32_t>(l.padded != 0 ? g * extra.same_in_groups : 0);
        (void)activate(in, feature);
        touched_.push_back(feature);
        weights_.push_back(w[k]);
      }
      add_row(touched_.data(), touched_.size(), weights_.data(), 1, a + static_cast<std::size_t>(f) * lanes, to);
    }
    return;
  }
  // Whole pixels: the adjoint kernel on those that have coefficients.
  ++stamp_;
  std::vector<std::vector<std::int32_t>> pixels(l.groups);
  const std::size_t count = active_[out].size();
  for (std::size_t i = 0; i < count; ++i) {
    const auto f = static_cast<std::size_t>(active_[out][i]), g = f / group_out;
    const auto p = static_cast<std::size_t>(extra.pixel[f % group_out]);
    if (pixel_stamp_[g * l.pixels + p] == stamp_) continue;
    pixel_stamp_[g * l.pixels + p] = stamp_;
    pixels[g].push_back(static_cast<std::int32_t>(p));
  }
  std::size_t all = 0;
  for (const auto& p : pixels) all += p.size();
  if (all == l.groups * l.pixels) {
    activate_all(out);
    const bool fresh = active_[in].empty();
    if (!fresh) activate_all(in);
    adjoint(l, Block<double>{kernel, scratch_.data()}, a, to, features(in), fresh);
    if (!fresh) return;
    active_[in].resize(features(in));
    std::iota(active_[in].begin(), active_[in].end(), 0);
    std::fill_n(active_flag_.begin() + static_cast<std::ptrdiff_t>(first(in)), features(in), std::uint8_t{1});
    return;
  }
  for (std::size_t g = 0; g < l.groups; ++g) {
    if (pixels[g].empty()) continue;
    std::sort(pixels[g].begin(), pixels[g].end());
    pixels_in_.clear();
    pixels_out_.clear();
    touched_.clear();
    ++stamp_;
    for (const std::int32_t p : pixels[g]) {
      const std::int32_t from = l.in[static_cast<std::size_t>(p)], at = l.out[static_cast<std::size_t>(p)];
      pixels_in_.push_back(from);
      pixels_out_.push_back(at);
      for (std::size_t m = 0; m < l.rows; ++m) (void)activate(out, static_cast<std::int32_t>(g * group_out + m * l.row) + at);
      for (const std::int32_t k : l.taps) {
        const auto place_at = static_cast<std::size_t>(from + k);
        if (scratch_stamp_[place_at] == stamp_) continue;
        scratch_stamp_[place_at] = stamp_;
        touched_.push_back(from + k);
        if (l.padded != 0) std::memset(scratch_.data() + (g * l.group_in + place_at) * lanes, 0, lanes * sizeof(double));
        else (void)activate(in, static_cast<std::int32_t>(g * l.group_in) + from + k);
      }
    }
    double* const target = (l.padded != 0 ? scratch_.data() : to) + g * l.group_in * lanes;
    kernel.adjoint({l.f64.adjoint.data() + g * (l.f64.adjoint.size() / l.groups), l.rows, l.columns, pixels_in_.size(), l.taps.data(),
                    pixels_in_.data(), pixels_out_.data(), l.row, a + g * group_out * lanes, target});
    if (l.padded == 0) continue;
    for (const std::int32_t at : touched_) {
      const std::int32_t feature = extra.unplace[g * l.group_in + static_cast<std::size_t>(at)];
      if (feature < 0) continue;
      double* const row = activate(in, feature);
      const double* const from = scratch_.data() + (g * l.group_in + static_cast<std::size_t>(at)) * lanes;
      for (std::size_t c = 0; c < lanes; ++c) row[c] += from[c];
    }
  }
}

}  // namespace duolex::tensor::bounds
