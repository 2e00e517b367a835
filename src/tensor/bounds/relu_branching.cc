#include "tensor/bounds/relu_branching.h"

#include <algorithm>
#include <cmath>

namespace duolex::tensor::bounds {

namespace {

constexpr std::uint32_t no_neuron = static_cast<std::uint32_t>(-1);
constexpr int root_rounds = 30, part_rounds = 10;
constexpr double slope_rate = 0.1, weight_rate = 0.05, decay = 0.97;

// One step of Adam upward, with the usual constants.
struct Adam {
  std::vector<double> first, second;
  explicit Adam(std::size_t n) : first(n, 0), second(n, 0) {}
  double step(std::size_t i, double gradient, int round, double rate) {
    first[i] = 0.9 * first[i] + 0.1 * gradient;
    second[i] = 0.999 * second[i] + 0.001 * gradient * gradient;
    const double a = first[i] / (1 - std::pow(0.9, round + 1)), b = second[i] / (1 - std::pow(0.999, round + 1));
    return rate * a / (std::sqrt(b) + 1e-12);
  }
};

}  // namespace

ReluBranching::ReluBranching(std::shared_ptr<const Prepared> prepared) : prepared_(prepared), crown_(prepared) {}

void ReluBranching::start(const Crown& root, std::size_t most_parts, std::function<bool()> out_of_time) {
  crown_ = root;
  most_parts_ = most_parts;
  out_of_time_ = std::move(out_of_time);
  parts_ = 0;
  neurons_.clear();
  root_lines_ = {};
  const Program& program = prepared_->program();
  for (const std::size_t s : prepared_->activations) {
    const auto* unary = std::get_if<Unary>(&program.steps[s].operation);
    crown_.splits[s] = {};
    if (unary == nullptr || unary->function != Function::relu) continue;
    const std::size_t in = program.steps[s].inputs[0], n = program.values[in].features;
    crown_.splits[s].weights.assign(n * lanes, 0);
    for (std::size_t f = 0; f < n; ++f) {
      if (!(crown_.low(in)[f * lanes] < 0 && crown_.high(in)[f * lanes] > 0)) continue;
      neurons_.push_back({s, static_cast<std::int32_t>(f)});
      const Lines& line = crown_.lines(s);
      root_lines_.lower_slope.push_back(line.lower_slope[f * lanes]);
      root_lines_.upper_slope.push_back(line.upper_slope[f * lanes]);
      root_lines_.upper_shift.push_back(line.upper_shift[f * lanes]);
    }
  }
}

// Lane c holds part c; lanes beyond the last part repeat it.
void ReluBranching::load(const std::vector<Part>& parts) {
  for (const std::size_t s : prepared_->activations) {
    for (const std::int32_t f : crown_.splits[s].list) std::fill_n(crown_.splits[s].weights.begin() + f * static_cast<std::ptrdiff_t>(lanes), lanes, 0.0);
    crown_.splits[s].list.clear();
  }
  for (std::size_t i = 0; i < neurons_.size(); ++i) {
    Lines& line = crown_.lines(neurons_[i].step);
    const std::size_t at = static_cast<std::size_t>(neurons_[i].feature) * lanes;
    for (std::size_t c = 0; c < lanes; ++c) {
      line.lower_slope[at + c] = parts[std::min(c, parts.size() - 1)].slopes[i];
      line.upper_slope[at + c] = root_lines_.upper_slope[i];
      line.upper_shift[at + c] = root_lines_.upper_shift[i];
    }
  }
  for (std::size_t c = 0; c < lanes; ++c)
    for (const Cut& cut : parts[std::min(c, parts.size() - 1)].cuts) {
      const Neuron& neuron = neurons_[cut.neuron];
      Lines& line = crown_.lines(neuron.step);
      Crown::Split& split = crown_.splits[neuron.step];
      const std::size_t at = static_cast<std::size_t>(neuron.feature) * lanes + c;
      line.lower_slope[at] = line.upper_slope[at] = cut.sign > 0 ? 1 : 0;
      line.upper_shift[at] = 0;
      split.weights[at] = -static_cast<double>(cut.sign) * static_cast<double>(cut.weight);
      if (std::find(split.list.begin(), split.list.end(), neuron.feature) == split.list.end()) split.list.push_back(neuron.feature);
    }
}

void ReluBranching::improve(std::vector<Part>& parts, const std::vector<double>& rows, int rounds) {
  load(parts);
  Adam slopes(neurons_.size() * lanes), weights(lanes * 512);
  std::vector<std::vector<bool>> is_cut(parts.size(), std::vector<bool>(neurons_.size(), false));
  for (std::size_t c = 0; c < parts.size(); ++c)
    for (const Cut& cut : parts[c].cuts) is_cut[c][cut.neuron] = true;
  std::vector<Part> best = parts;
  double bounds[lanes];
  double rate = 1;
  for (int round = 0; round < rounds; ++round, rate *= decay) {
    crown_.lower(rows.data(), bounds);
    bool done = true;
    for (std::size_t c = 0; c < parts.size(); ++c) {
      if (bounds[c] > best[c].bound) {
        parts[c].bound = bounds[c];
        best[c] = parts[c];
      }
      done = done && best[c].bound > threshold_;
    }
    if (done || round + 1 == rounds) break;
    crown_.relaxed_forward();
    for (std::size_t i = 0; i < neurons_.size(); ++i) {
      const Neuron& neuron = neurons_[i];
      const Step& step = prepared_->program().steps[neuron.step];
      const auto f = static_cast<std::size_t>(neuron.feature);
      if (!crown_.has_coefficients(step.output, f)) continue;
      const double* const a = crown_.coefficients(step.output) + f * lanes;
      const double* const z = crown_.relaxed(step.inputs[0]) + f * lanes;
      double* const slope = crown_.lines(neuron.step).lower_slope.data() + f * lanes;
      for (std::size_t c = 0; c < parts.size(); ++c) {
        if (is_cut[c][i] || best[c].bound > threshold_ || a[c] <= 0) continue;
        slope[c] = std::clamp(slope[c] + slopes.step(i * lanes + c, a[c] * z[c], round, slope_rate * rate), 0.0, 1.0);
        parts[c].slopes[i] = static_cast<float>(slope[c]);
        slope[c] = static_cast<double>(parts[c].slopes[i]);
      }
    }
    for (std::size_t c = 0; c < parts.size(); ++c)
      for (std::size_t k = 0; k < parts[c].cuts.size(); ++k) {
        Cut& cut = parts[c].cuts[k];
        const Neuron& neuron = neurons_[cut.neuron];
        const std::size_t at = static_cast<std::size_t>(neuron.feature) * lanes + c;
        if (best[c].bound > threshold_ || k >= 512) continue;
        const double z = crown_.relaxed(prepared_->program().steps[neuron.step].inputs[0])[at];
        cut.weight = static_cast<float>(std::max(0.0, static_cast<double>(cut.weight) + weights.step(k * lanes + c, -static_cast<double>(cut.sign) * z, round, weight_rate * rate)));
        crown_.splits[neuron.step].weights[at] = -static_cast<double>(cut.sign) * static_cast<double>(cut.weight);
      }
  }
  parts = std::move(best);
}

std::vector<std::uint32_t> ReluBranching::choose(const std::vector<Part>& parts, const std::vector<double>& rows) {
  constexpr std::size_t candidates = lanes / 2;
  std::vector<std::vector<std::pair<double, std::uint32_t>>> ranked(parts.size());
  for (std::size_t c = 0; c < parts.size(); ++c) {
    std::vector<bool> cut(neurons_.size(), false);
    for (const Cut& k : parts[c].cuts) cut[k.neuron] = true;
    for (std::size_t i = 0; i < neurons_.size(); ++i) {
      const Step& step = prepared_->program().steps[neurons_[i].step];
      const auto f = static_cast<std::size_t>(neurons_[i].feature);
      if (cut[i] || !crown_.has_coefficients(step.output, f)) continue;
      const double a = crown_.coefficients(step.output)[f * lanes + c];
      // What the relaxation can give away at this neuron: more through the upper line than through the lower.
      const double score = std::fabs(a) * root_lines_.upper_shift[i] * (a < 0 ? 1 : 0.5);
      if (score > 0) ranked[c].emplace_back(-score, static_cast<std::uint32_t>(i));
    }
    const std::size_t keep = std::min(candidates, ranked[c].size());
    std::partial_sort(ranked[c].begin(), ranked[c].begin() + static_cast<std::ptrdiff_t>(keep), ranked[c].end());
    ranked[c].resize(keep);
  }
  std::vector<std::uint32_t> chosen(parts.size(), no_neuron);
  std::vector<double> same(rows.size());
  for (std::size_t c = 0; c < parts.size(); ++c) {
    if (ranked[c].empty()) continue;
    for (std::size_t o = 0; o < rows.size(); ++o) same[o] = rows[o / lanes * lanes];
    std::vector<Part> trial;
    for (const auto& [score, neuron] : ranked[c])
      for (const float sign : {1.0F, -1.0F}) {
        trial.push_back(parts[c]);
        trial.back().cuts.push_back({neuron, sign, 0});
      }
    load(trial);
    double bounds[lanes], best = -INFINITY;
    crown_.lower(same.data(), bounds);
    for (std::size_t k = 0; k < ranked[c].size(); ++k) {
      const double worse = std::min(bounds[2 * k], bounds[2 * k + 1]), better = std::max(bounds[2 * k], bounds[2 * k + 1]);
      const double value = std::min(worse, threshold_) + 0.1 * std::min(better, threshold_);
      if (value > best) {
        best = value;
        chosen[c] = ranked[c][k].second;
      }
    }
  }
  return chosen;
}

bool ReluBranching::prove(const std::vector<double>& row, double threshold) {
  threshold_ = threshold;
  std::vector<double> rows(row.size() * lanes);
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = row[i / lanes];
  Part whole;
  whole.slopes.assign(root_lines_.lower_slope.begin(), root_lines_.lower_slope.end());
  whole.bound = -INFINITY;
  std::vector<Part> open{whole};
  ++parts_;
  improve(open, rows, root_rounds);
  if (open[0].bound > threshold_) return true;
  while (!open.empty()) {
    if (over()) return false;
    std::vector<Part> batch;
    while (!open.empty() && batch.size() < lanes / 2) {
      batch.push_back(std::move(open.back()));
      open.pop_back();
    }
    // choose() needs the coefficients of these parts.
    double bounds[lanes];
    load(batch);
    crown_.lower(rows.data(), bounds);
    const std::vector<std::uint32_t> chosen = choose(batch, rows);
    std::vector<Part> children;
    for (std::size_t c = 0; c < batch.size(); ++c) {
      if (chosen[c] == no_neuron) return false;  // every Relu is decided, and it is still not positive
      for (const float sign : {1.0F, -1.0F}) {
        children.push_back(batch[c]);
        children.back().cuts.push_back({chosen[c], sign, 0});
      }
    }
    parts_ += children.size();
    improve(children, rows, part_rounds);
    std::stable_sort(children.begin(), children.end(), [](const Part& a, const Part& b) { return a.bound < b.bound; });
    for (Part& child : children)
      if (!(child.bound > threshold_)) open.push_back(std::move(child));
  }
  return true;
}

}  // namespace duolex::tensor::bounds
