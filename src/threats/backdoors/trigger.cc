#include "threats/backdoors/trigger.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <numeric>

#include "threats/evasion/goal.h"
#include "threats/evasion/parallel.h"
#include "threats/evasion/random.h"

namespace duolex::threats::backdoors {
namespace {

using evasion::Form;
using evasion::Random;
using Rows = std::vector<std::span<const float>>;

constexpr std::uint32_t for_order = 0xbd0, for_start = 0xbd1;
constexpr std::size_t fewest_rows = 8;

// One number that moves by Adam (Kingma and Ba, 2015), through a sigmoid into (0, 1).
struct Parameter {
  double at = 0, mean = 0, square = 0;
  [[nodiscard]] double value() const { return 1 / (1 + std::exp(-at)); }
  void move(double by_value, int step) {
    constexpr double rate = 0.15, decay_mean = 0.5, decay_square = 0.9;
    const double v = value(), g = by_value * v * (1 - v);
    mean = decay_mean * mean + (1 - decay_mean) * g;
    square = decay_square * square + (1 - decay_square) * g * g;
    const double m = mean / (1 - std::pow(decay_mean, step)), s = square / (1 - std::pow(decay_square, step));
    at = std::clamp(at - rate * m / (std::sqrt(s) + 1e-9), -9.0, 9.0);
  }
};

class Inversion {
 public:
  Inversion(const evasion::Target& target, const Rows& made_from, const Rows& held_out, std::size_t to, Random random, const TriggerOptions& options)
      : form_(target.form()), area_(form_.height * form_.width), outputs_(target.outputs()), rows_(made_from), held_out_(held_out), options_(options),
        oracle_(target.oracle()), mask_(area_), pattern_(form_.size()) {
    out_.target = to;
    for (Parameter& p : mask_) p.at = -1 + 0.5 * random.normal();
    for (Parameter& p : pattern_) p.at = 0.5 * random.normal();
  }

  Trigger run() {
    const std::size_t n = rows_.size();
    std::vector<float> x(n * form_.size()), scores(n * outputs_), by_x(n * form_.size());
    // The price of the mask, against a loss that is a mean over rows; it rises while the trigger works.
    double price = 1.0 / static_cast<double>(area_);
    const evasion::Goal goal{evasion::Task::classes, static_cast<double>(out_.target), 0};
    const evasion::Loss loss{evasion::Loss::Kind::cross_entropy, 0};
    for (int step = 1; step <= options_.steps; ++step) {
      const auto [mask, pattern] = values();
      for (std::size_t i = 0; i < n; ++i) stamp(rows_[i], mask, pattern, std::span(x).subspan(i * form_.size(), form_.size()));
      oracle_->gradients(x.data(), n, scores.data(), [&](std::size_t, auto z, auto d) { (void)loss.at(goal, z, d); }, by_x.data());
      const double success = share(scores, n);
      const double size = std::accumulate(mask.begin(), mask.end(), 0.0);
      if (success >= options_.success && (!out_.made || size < out_.size)) {
        out_.made = true;
        out_.size = size;
        out_.mask = mask;
        out_.pattern = pattern;
      }
      price *= success >= options_.success ? 1.15 : 1 / 1.3;
      price = std::clamp(price, 1e-7, 1e3);
      descend(by_x, mask, pattern, price, step);
    }
    if (out_.made) out_.success_held_out = held_out_success();
    return std::move(out_);
  }

 private:
  [[nodiscard]] std::pair<std::vector<float>, std::vector<float>> values() const {
    std::vector<float> mask(area_), pattern(form_.size());
    std::transform(mask_.begin(), mask_.end(), mask.begin(), [](const Parameter& p) { return static_cast<float>(p.value()); });
    std::transform(pattern_.begin(), pattern_.end(), pattern.begin(), [](const Parameter& p) { return static_cast<float>(p.value()); });
    return {mask, pattern};
  }

  void stamp(std::span<const float> row, const std::vector<float>& mask, const std::vector<float>& pattern, std::span<float> to) const {
    for (std::size_t j = 0; j < row.size(); ++j) {
      const float m = mask[j % area_];
      to[j] = row[j] * (1 - m) + pattern[j] * m;
    }
  }

  [[nodiscard]] double share(const std::vector<float>& scores, std::size_t n) const {
    std::size_t there = 0;
    for (std::size_t i = 0; i < n; ++i) {
      const auto z = scores.begin() + static_cast<std::ptrdiff_t>(i * outputs_);
      there += static_cast<std::size_t>(std::max_element(z, z + static_cast<std::ptrdiff_t>(outputs_)) - z) == out_.target;
    }
    return static_cast<double>(there) / static_cast<double>(n);
  }

  void descend(const std::vector<float>& by_x, const std::vector<float>& mask, const std::vector<float>& pattern, double price, int step) {
    const std::size_t n = rows_.size(), size = form_.size();
    std::vector<double> by_mask(area_, price), by_pattern(size, 0.0);
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t j = 0; j < size; ++j) {
        const double g = static_cast<double>(by_x[i * size + j]) / static_cast<double>(n);
        by_mask[j % area_] += g * static_cast<double>(pattern[j] - rows_[i][j]);
        by_pattern[j] += g * static_cast<double>(mask[j % area_]);
      }
    for (std::size_t k = 0; k < area_; ++k) mask_[k].move(by_mask[k], step);
    for (std::size_t j = 0; j < size; ++j) pattern_[j].move(by_pattern[j], step);
  }

  [[nodiscard]] double held_out_success() {
    const std::size_t n = held_out_.size();
    if (n == 0) return 0;
    std::vector<float> x(n * form_.size()), scores(n * outputs_);
    for (std::size_t i = 0; i < n; ++i) stamp(held_out_[i], out_.mask, out_.pattern, std::span(x).subspan(i * form_.size(), form_.size()));
    oracle_->scores(x.data(), n, scores.data());
    return share(scores, n);
  }

  Form form_;
  std::size_t area_, outputs_;
  const Rows &rows_, &held_out_;
  const TriggerOptions& options_;
  std::unique_ptr<evasion::Oracle> oracle_;
  std::vector<Parameter> mask_, pattern_;
  Trigger out_{};
};

double median(std::vector<double> v) {
  if (v.empty()) return 0;
  std::sort(v.begin(), v.end());
  return v.size() % 2 == 1 ? v[v.size() / 2] : (v[v.size() / 2 - 1] + v[v.size() / 2]) / 2;
}

void judge(std::vector<Trigger>& triggers, std::size_t area, const TriggerOptions& options) {
  std::vector<double> sizes, deviations;
  for (const Trigger& t : triggers) sizes.push_back(t.made ? t.size : static_cast<double>(area));
  const double middle = median(sizes);
  for (const double s : sizes) deviations.push_back(std::abs(s - middle));
  const double spread = 1.4826 * median(deviations);
  for (std::size_t i = 0; i < triggers.size(); ++i) {
    Trigger& t = triggers[i];
    t.ratio = middle > 0 ? sizes[i] / middle : 1;
    t.anomaly = spread > 0 ? (middle - sizes[i]) / spread : 0;
    t.suspected = t.made && t.ratio <= options.most_ratio && t.success_held_out >= options.least_held_out &&
                  t.size <= options.most_area * static_cast<double>(area);
  }
}

}  // namespace

std::vector<Trigger> invert_triggers(const evasion::Target& target, const Rows& rows, const std::vector<std::size_t>& labels, std::uint64_t seed,
                                     unsigned threads, const TriggerOptions& options, const std::function<void(std::size_t)>& progress) {
  std::vector<std::size_t> order(rows.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  Random random(seed, 0, for_order);
  for (std::size_t i = 0; i + 1 < order.size(); ++i) std::swap(order[i], order[i + random.below(static_cast<std::uint32_t>(order.size() - i))]);
  std::vector<Trigger> out(target.outputs());
  std::atomic<std::size_t> done{0};
  evasion::in_parallel(out.size(), threads, [&](unsigned, std::size_t to) {
    Rows others, made_from, held_out;
    for (const std::size_t i : order)
      if (labels[i] != to) others.push_back(rows[i]);
    const std::size_t half = std::min(others.size() / 2, options.rows);
    made_from.assign(others.begin(), others.begin() + static_cast<std::ptrdiff_t>(half));
    held_out.assign(others.begin() + static_cast<std::ptrdiff_t>(half), others.begin() + static_cast<std::ptrdiff_t>(std::min(others.size(), 2 * half)));
    out[to].target = to;
    if (half >= fewest_rows) out[to] = Inversion(target, made_from, held_out, to, Random(seed, to, for_start), options).run();
    if (progress) progress(++done);
  });
  judge(out, target.form().height * target.form().width, options);
  return out;
}

}  // namespace duolex::threats::backdoors
