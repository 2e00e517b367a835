// Tightening the inputs of nonlinear steps, neuron by neuron.
#include <algorithm>
#include <cmath>

#include "tensor/bounds/crown.h"
#include "tensor/bounds/curves.h"

namespace duolex::tensor::bounds {

namespace {

// Of a large network: the width of intervals at the last station, as a share of the numbers themselves, from which nothing is
// expected to follow any more, half as much at the one before, and so on down to an eighth, since each that follows widens it; and the share of a window for values that others do not
// take the interval of.
constexpr double hopeless = 0.5, share_of_others = 0.01;

}  // namespace

void Crown::take_as_root() {
  for (std::size_t s = 0; s < prepared_->steps.size(); ++s) measure(s);
}

// Whether the lines of a nonlinear step depend on how narrow this interval is.
bool Crown::is_open(std::size_t value, std::size_t feature) const {
  for (std::size_t i = feature * boxes_; i < (feature + 1) * boxes_; ++i) {
    const double l = low(value)[i], u = high(value)[i];
    if (l < 0 && u > 0) return true;
    for (const std::size_t s : readers_[value]) {
      const Operation& op = prepared_->program().steps[s].operation;
      if (const auto* unary = std::get_if<Unary>(&op)) {
        if (unary->function == Function::relu || unary->function == Function::leaky_relu) continue;
        const Span by = slopes(*unary, l, u);
        if (!(by.high - by.low <= 1e-9 * (std::fabs(by.high) + std::fabs(by.low)))) return true;
      } else if (!std::holds_alternative<Maximum>(op) && l < u) {
        return true;
      }
    }
  }
  return false;
}

void Crown::tighten(std::size_t value, bool shared) {
  const std::size_t maker = prepared_->maker[value];
  if (maker == no_step || (prepared_->interval_is_best[value] && centre_.empty())) return;
  // The interval of a function of one number, whose input is tightened already, is as good.
  if (std::holds_alternative<Unary>(prepared_->program().steps[maker].operation)) return;
  const bool windowed = prepared_->large && boxes_ == 1;
  if (windowed && std::holds_alternative<Gather>(prepared_->program().steps[maker].operation)) return;
  // What others take the interval of is tightened whatever its own readers make of it.
  const bool everything = windowed && (prepared_->station[value] || features(value) <= prepared_->few);
  std::vector<std::int32_t> open;
  for (std::size_t f = 0; f < features(value); ++f)
    if (everything ? low(value)[f] < high(value)[f] : is_open(value, f)) open.push_back(static_cast<std::int32_t>(f));
  if (open.empty()) return;
  if (!shared) return tighten_each(value, open);
  // Neurons of the same pixel see the same part of the input.
  std::size_t from = maker;
  while (std::holds_alternative<Scale>(prepared_->program().steps[from].operation) && prepared_->maker[prepared_->program().steps[from].inputs[0]] != no_step)
    from = prepared_->maker[prepared_->program().steps[from].inputs[0]];
  if (std::holds_alternative<Sum>(prepared_->program().steps[from].operation)) {
    // Two maps of the same places: the pixel is that of the branch with weights.
    std::size_t branch = prepared_->program().steps[from].inputs[1];
    while (prepared_->maker[branch] != no_step && std::holds_alternative<Scale>(prepared_->program().steps[prepared_->maker[branch]].operation))
      branch = prepared_->program().steps[prepared_->maker[branch]].inputs[0];
    if (prepared_->maker[branch] != no_step) from = prepared_->maker[branch];
  }
  if (std::holds_alternative<Linear>(prepared_->program().steps[from].operation)) {
    const StepBounds& extra = prepared_->steps[from];
    std::stable_sort(open.begin(), open.end(), [&](std::int32_t x, std::int32_t y) {
      return extra.pixel[static_cast<std::size_t>(x) % extra.pixel.size()] < extra.pixel[static_cast<std::size_t>(y) % extra.pixel.size()];
    });
  }
  tighten_shared(value, open, windowed ? window(value, open) : Way{});
}

void Crown::tighten_each(std::size_t value, const std::vector<std::int32_t>& open) {
  double* const lo = low(value);
  double* const hi = high(value);
  double bound[lanes];
  for (const std::int32_t f : open)
    for (const double sign : {1.0, -1.0}) {
      clear_rows();
      double* const row = activate(value, f);
      std::fill(row, row + lanes, sign);
      carry(value, {}, bound);
      for (std::size_t c = 0; c < lanes; ++c) {
        const std::size_t i = static_cast<std::size_t>(f) * lanes + c;
        if (sign > 0) lo[i] = std::max(lo[i], bound[c]);
        else hi[i] = std::min(hi[i], -bound[c]);
      }
    }
}

void Crown::tighten_shared(std::size_t value, const std::vector<std::int32_t>& open, Way way) {
  double* const lo = low(value);
  double* const hi = high(value);
  double bound[lanes], above[lanes];
  const std::size_t abreast = way.both ? lanes : lanes / 2;
  for (std::size_t begin = 0; begin < open.size(); begin += abreast) {
    const std::size_t count = std::min(abreast, open.size() - begin);
    clear_rows();
    for (std::size_t i = 0; i < count; ++i) {
      double* const row = activate(value, open[begin + i]);
      row[way.both ? i : 2 * i] = 1;
      if (!way.both) row[2 * i + 1] = -1;
    }
    carry(value, way, bound, way.both ? above : nullptr);
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t f = static_cast<std::size_t>(open[begin + i]) * boxes_;
      const double l = std::max(lo[f], way.both ? bound[i] : bound[2 * i]), u = std::min(hi[f], way.both ? above[i] : -bound[2 * i + 1]);
      std::fill(lo + f, lo + f + boxes_, l);
      std::fill(hi + f, hi + f + boxes_, u);
    }
  }
}

// The longest way back to a station whose work for all neurons is within the limit, judged by those in the middle,
// which are bounded from the input.
Crown::Way Crown::window(std::size_t value, const std::vector<std::int32_t>& open) {
  const Program& program = prepared_->program();
  const std::size_t maker = prepared_->maker[value];
  const bool past_gates = features(value) <= prepared_->few;
  std::vector<std::int32_t> middle;
  const bool both = can_take_both(value, 0);
  const std::size_t abreast = both ? lanes : lanes / 2;
  for (std::size_t i = 0; i < std::min(abreast, open.size()); ++i) middle.push_back(open[std::min(open.size() - 1, open.size() / 2 / abreast * abreast + i)]);
  work_at_.assign(maker + 1, 0);
  tighten_shared(value, middle, {false, 0, past_gates, both});
  const bool passes_on = prepared_->station[value] || features(value) <= prepared_->few;
  const double limit = prepared_->window * (passes_on ? 1 : share_of_others) / std::ceil(static_cast<double>(open.size()) / static_cast<double>(abreast));
  Way best{false, maker, past_gates, both};
  bool first = true;
  for (std::size_t s = maker + 1; s-- > 0;) {
    if (s > 0 && !(s - 1 < maker && prepared_->station[program.steps[s - 1].output])) continue;
    if (work_at_[s] > limit && !first) break;
    best.from = s;
    first = false;
  }
  best.both = can_take_both(value, best.from);
  return best;
}

void Crown::refine(bool shared) {
  const Program& program = prepared_->program();
  const bool windowed = prepared_->large && boxes_ == 1;
  gave_up_ = false;
  parallel_ = windowed;
  std::vector<bool> done(known_at_.size(), false);
  for (std::size_t s = 0; s < prepared_->steps.size(); ++s) {
    const Step& step = program.steps[s];
    if (prepared_->steps[s].nonlinear)
      for (const std::size_t in : step.inputs) {
        if (done[in] || gave_up_) continue;
        done[in] = true;
        use_known(in);
        tighten(in, shared);
      }
    interval(s);
    if (boxes_ == 1) measure(s);
    if (prepared_->steps[s].nonlinear) relax(s);
    if (!windowed || gave_up_ || done[step.output] || !prepared_->station[step.output]) continue;
    done[step.output] = true;
    tighten(step.output, shared);
    if (features(step.output) <= prepared_->few) continue;
    double width = 0, size = 0;
    for (std::size_t f = 0; f < features(step.output); ++f) {
      width += high(step.output)[f] - low(step.output)[f];
      size += std::fabs(0.5 * low(step.output)[f] + 0.5 * high(step.output)[f]);
    }
    int stations = 0;  // that follow
    for (std::size_t later = s + 1; later < prepared_->steps.size(); ++later) {
      const std::size_t out = program.steps[later].output;
      stations += prepared_->station[out] && features(out) > prepared_->few;
    }
    if (width <= std::ldexp(hopeless, -std::min(stations, 3)) * size) continue;
    gave_up_ = true;
    gave_up_at_ = s;
  }
  if (!parallel_) return;
  // What is bounded next in one go takes the better of two slopes on each side.
  parallel_ = false;
  for (const std::size_t s : prepared_->activations) relax(s);
}

}  // namespace duolex::tensor::bounds
