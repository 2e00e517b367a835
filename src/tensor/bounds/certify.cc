#include "tensor/bounds/certify.h"

#include <algorithm>
#include <cmath>

#include "tensor/bounds/crown.h"
#include "tensor/bounds/relu_branching.h"
#include "tensor/bounds/search.h"

namespace duolex::tensor::bounds {

struct Certifier::State {
  std::shared_ptr<const Prepared> prepared;
  Crown crown;
  std::unique_ptr<ReluBranching> branching{};  // and the search, when they are asked for
  std::unique_ptr<Search> search{};

  explicit State(std::shared_ptr<const Prepared> p) : prepared(p), crown(p, p->large ? Boxes::one : Boxes::each) {}

  // What the intervals say.
  [[nodiscard]] double interval_margin(std::size_t label) {
    const std::size_t output = prepared->program().output, boxes = crown.boxes();
    double margin = INFINITY;
    for (std::size_t j = 0; j < prepared->network.outputs(); ++j)
      if (j != label) margin = std::min(margin, crown.low(output)[label * boxes] - crown.high(output)[j * boxes]);
    return margin;
  }

  // The smallest proven margin against each other label; `margins` by label.
  void bound(std::size_t label, std::vector<double>& margins) {
    const std::size_t n = prepared->network.outputs();
    margins.assign(n, 0);
    std::vector<double> rows(n * lanes);
    double bounds[lanes];
    std::vector<std::size_t> others;
    for (std::size_t j = 0; j < n; ++j)
      if (j != label) others.push_back(j);
    for (std::size_t begin = 0; begin < others.size(); begin += lanes) {
      std::fill(rows.begin(), rows.end(), 0.0);
      for (std::size_t c = 0; c < lanes; ++c) {
        const std::size_t j = others[std::min(begin + c, others.size() - 1)];
        rows[label * lanes + c] = 1;
        rows[j * lanes + c] = -1;
      }
      crown.lower(rows.data(), bounds);
      for (std::size_t c = 0; c < lanes && begin + c < others.size(); ++c) margins[others[begin + c]] = bounds[c];
    }
  }
};

Certifier::Certifier(std::shared_ptr<const Prepared> prepared) : state_(std::make_unique<State>(std::move(prepared))) {}
Certifier::~Certifier() = default;
Certifier::Certifier(Certifier&&) noexcept = default;

double Certifier::lead(const float* x, std::size_t label) {
  State& s = *state_;
  const std::vector<double> point(x, x + s.prepared->network.inputs());
  s.crown.set_boxes(point.data(), point.data());
  s.crown.intervals();
  return s.interval_margin(label);
}

Certificate Certifier::certify(const float* x, std::size_t label, const CertifyOptions& options) {
  State& s = *state_;
  const Network& network = s.prepared->network;
  const std::size_t in = network.inputs(), out = network.outputs();
  Certificate result;
  std::vector<double> low(in), high(in);
  for (std::size_t f = 0; f < in; ++f) {
    const double v = x[f];
    if (!options.low.empty()) {
      low[f] = std::min(options.low[f], v);
      high[f] = std::max(options.high[f], v);
      continue;
    }
    low[f] = std::max(std::nextafter(v - options.eps, -INFINITY), std::min(options.domain_low, v));
    high[f] = std::min(std::nextafter(v + options.eps, INFINITY), std::max(options.domain_high, v));
  }
  s.crown.set_boxes(low.data(), high.data());
  s.crown.clear_ball();
  if (options.ball != CertifyOptions::Ball::none)
    s.crown.set_ball(options.ball == CertifyOptions::Ball::l2 ? Crown::Round::l2 : Crown::Round::l1, options.centre, options.radius);
  s.crown.intervals();
  result.margin = s.interval_margin(label);
  result.by = Method::interval;
  if (result.margin > 0 || out == 1) {
    result.outcome = out > 1 ? Outcome::certified : Outcome::unknown;
    return result;
  }
  if (options.method == Method::interval) return result;
  s.crown.take_as_root();
  s.crown.refine(true);
  if (s.crown.gave_up()) {
    const Step& step = s.prepared->program().steps[s.crown.gave_up_at()];
    result.given_up_at = step.op + (step.node.empty() ? "" : " '" + step.node + "'");
    result.steps_before = s.crown.gave_up_at();
    result.steps = s.prepared->program().steps.size();
    return result;
  }
  std::vector<double> margins;
  s.bound(label, margins);
  result.by = Method::crown;
  result.rounding = s.crown.rounding();
  for (std::size_t j = 0; j < out; ++j)
    if (j != label) result.margin = j == (label == 0 ? 1U : 0U) ? margins[j] : std::min(result.margin, margins[j]);
  if (result.margin > 0) {
    result.outcome = Outcome::certified;
    return result;
  }
  if (options.method == Method::crown || s.prepared->large) return result;
  if (s.branching == nullptr) {
    s.branching = std::make_unique<ReluBranching>(s.prepared);
    s.search = std::make_unique<Search>(s.prepared);
  }
  result.by = Method::branch_and_bound;
  if (!options.low.empty()) {
    // What lies in a box need not be allowed by whoever gave it.
  } else if (auto found = s.search->misclassified(x, label, options.eps, options.domain_low, options.domain_high, options.seed)) {
    result.outcome = Outcome::falsified;
    result.counter_example = std::move(*found);
    return result;
  }
  // The labels that are nearly certified first: an undecided one ends the sample.
  std::vector<std::size_t> open;
  for (std::size_t j = 0; j < out; ++j)
    if (j != label && margins[j] <= 0) open.push_back(j);
  std::sort(open.begin(), open.end(), [&](std::size_t a, std::size_t b) { return margins[a] < margins[b]; });
  s.branching->start(s.crown, options.most_parts, options.out_of_time);
  for (const std::size_t j : open) {
    std::vector<double> row(out, 0);
    row[label] = 1;
    row[j] = -1;
    const bool proven = s.branching->prove(row);
    result.parts = s.branching->parts();
    result.rounding = std::max(result.rounding, s.branching->rounding());
    if (!proven) return result;
  }
  // Each label that was open has a positive margin now; how large is not kept.
  result.margin = 0;
  for (std::size_t j = 0; j < out; ++j)
    if (j != label && margins[j] > 0) result.margin = result.margin == 0 ? 0 : std::min(result.margin, margins[j]);
  result.outcome = Outcome::certified;
  return result;
}

}  // namespace duolex::tensor::bounds
