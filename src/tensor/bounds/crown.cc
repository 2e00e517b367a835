#include "tensor/bounds/crown.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "tensor/bounds/lane_ops.h"
#include "tensor/step.h"

namespace duolex::tensor::bounds {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

}  // namespace

Crown::Crown(std::shared_ptr<const Prepared> prepared, Boxes boxes) : prepared_(std::move(prepared)), boxes_(boxes == Boxes::one ? 1 : lanes) {
  const Program& program = prepared_->program();
  low_.resize(program.frame * boxes_);
  high_.resize(program.frame * boxes_);
  rows_.resize(program.frame * lanes);
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
  readers_.resize(program.values.size());
  shared_.assign(program.values.size(), false);
  std::vector<bool> read(program.values.size(), false);
  for (const Step& step : program.steps)
    for (const std::size_t in : step.inputs) {
      shared_[in] = shared_[in] || read[in];
      read[in] = true;
    }
  for (const std::size_t s : prepared_->activations)
    for (const std::size_t in : program.steps[s].inputs) {
      readers_[in].push_back(s);
      if (known_at_[in] != no_step || in == 0) continue;
      known_at_[in] = known_count_;
      known_count_ += features(in);
    }
  for (std::size_t s = 0; s < program.steps.size(); ++s) {
    magnitude_[s].assign(features(program.steps[s].output), 0);
    if (!prepared_->steps[s].nonlinear || std::holds_alternative<Maximum>(program.steps[s].operation)) continue;
    const std::size_t n = features(program.steps[s].output) * boxes_;
    kinds_[s].assign(features(program.steps[s].output), Kind::lines);
    const bool matrices = std::holds_alternative<MatrixProduct>(program.steps[s].operation);
    const auto slopes = [&](std::size_t side) { return std::vector<double>(matrices ? features(program.steps[s].inputs[side]) * boxes_ : n); };
    lines_[s] = {slopes(0), std::vector<double>(n), slopes(1), std::vector<double>(n)};
  }
}

void Crown::set_box(std::size_t lane, const double* lower, const double* upper) {
  for (std::size_t f = 0; f < features(0); ++f) {
    low(0)[f * boxes_ + lane] = lower[f];
    high(0)[f * boxes_ + lane] = upper[f];
  }
}

void Crown::set_boxes(const double* lower, const double* upper) {
  for (std::size_t lane = 0; lane < boxes_; ++lane) set_box(lane, lower, upper);
  rounding_ = 0;
}

void Crown::set_ball(Round round, std::vector<double> centre, std::vector<double> radius) {
  round_ = round;
  centre_ = std::move(centre);
  radii_ = std::move(radius);
}

void Crown::intervals() {
  for (std::size_t s = 0; s < prepared_->steps.size(); ++s) interval(s);
}

void Crown::forget() {
  known_low_.assign(known_count_ * boxes_, -infinity);
  known_high_.assign(known_count_ * boxes_, infinity);
}

void Crown::know() {
  forget();
  for (std::size_t v = 0; v < known_at_.size(); ++v)
    if (known_at_[v] != no_step) {
      std::copy(low(v), low(v) + features(v) * boxes_, known_low_.begin() + static_cast<std::ptrdiff_t>(known_at_[v] * boxes_));
      std::copy(high(v), high(v) + features(v) * boxes_, known_high_.begin() + static_cast<std::ptrdiff_t>(known_at_[v] * boxes_));
    }
}

void Crown::use_known(std::size_t value) {
  if (known_at_[value] == no_step || known_low_.empty()) return;
  const std::size_t at = known_at_[value] * boxes_;
  for (std::size_t i = 0; i < features(value) * boxes_; ++i) {
    low(value)[i] = std::max(low(value)[i], known_low_[at + i]);
    high(value)[i] = std::min(high(value)[i], known_high_[at + i]);
  }
}

void Crown::lower(const double* rows, double* bounds) {
  clear_rows();
  const std::size_t value = prepared_->program().output;
  for (std::size_t f = 0; f < features(value); ++f)
    std::memcpy(activate(value, static_cast<std::int32_t>(f)), rows + f * lanes, lanes * sizeof(double));
  carry(value, {true, 0, true}, bounds);
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
      forward(step, program.values, block, relaxed_.data());
      continue;
    }
    const double* const x = relaxed(step.inputs[0]);
    const double* const a = coefficients(step.output);
    double* const y = relaxed_.data() + place(step.output);
    const Lines& line = lines_[s];
    if (std::holds_alternative<Multiply>(step.operation)) {
      const double* const z = relaxed(step.inputs[1]);
      for (std::size_t i = 0; i < features(step.output) * lanes; ++i) {
        const bool up = !has_coefficients(step.output, i / lanes) || a[i] >= 0;
        y[i] = line.lower_slope[i] * x[i] + line.upper_slope[i] * z[i] + (up ? line.lower_shift[i] : line.upper_shift[i]);
      }
      continue;
    }
    if (std::holds_alternative<MatrixProduct>(step.operation) || std::holds_alternative<Softmax>(step.operation)) {
      relaxed_attention(s);
      continue;
    }
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
