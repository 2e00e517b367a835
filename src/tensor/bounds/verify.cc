#include "tensor/bounds/verify.h"

#include <algorithm>
#include <cmath>

#include "tensor/bounds/crown.h"
#include "tensor/bounds/input_branching.h"
#include "tensor/bounds/relu_branching.h"
#include "tensor/bounds/search.h"

namespace duolex::tensor::bounds {

namespace {

constexpr std::size_t few_inputs = 24;

// Cases over many inputs: for each some half-space is shown to be missed everywhere, splitting Relus where needed.
Verification branch_on_relus(const std::shared_ptr<const Prepared>& prepared, const std::vector<Case>& cases, const VerifyOptions& options) {
  Verification result;
  Crown crown(prepared);
  ReluBranching branching(prepared);
  std::vector<double> lower, upper;
  for (std::size_t f = 0; f < cases[0].lower.size(); ++f) {
    lower.push_back(std::nextafter(cases[0].lower[f], -INFINITY));
    upper.push_back(std::nextafter(cases[0].upper[f], INFINITY));
  }
  crown.set_boxes(lower.data(), upper.data());
  crown.intervals();
  crown.take_as_root();
  crown.refine(true);
  branching.start(crown, options.most_parts, options.out_of_time);
  const std::size_t out = prepared->network.outputs();
  for (const Case& c : cases) {
    std::vector<double> best_row;
    double best = -INFINITY, best_most = 0;
    for (const Halfspace& half : c.outputs) {
      std::vector<double> row(out, 0), rows(out * lanes), bounds(lanes);
      for (const auto& [i, f] : half.terms) row[i] = f;
      for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = row[i / lanes];
      crown.lower(rows.data(), bounds.data());
      if (bounds[0] - half.most <= best) continue;
      best = bounds[0] - half.most;
      best_row = row;
      best_most = half.most + 4 * unit * std::fabs(half.most);
    }
    if (best_row.empty()) return result;
    const bool proven = branching.prove(best_row, best_most);
    result.parts = branching.parts();
    if (!proven) return result;
  }
  result.verdict = Verdict::unsat;
  return result;
}

}  // namespace

Result<Verification> verify(std::shared_ptr<const Prepared> prepared, const Property& property, const VerifyOptions& options) {
  const Network& network = prepared->network;
  if (property.inputs != network.inputs() || property.outputs != network.outputs())
    return failure(error_in("", "the property is about " + std::to_string(property.inputs) + " inputs and " + std::to_string(property.outputs) +
                                    " outputs, the network has " + std::to_string(network.inputs()) + " and " + std::to_string(network.outputs())));
  Verification total;
  total.verdict = Verdict::unsat;
  // Cases over the same box are decided together.
  std::vector<std::vector<Case>> groups;
  for (const Case& c : property.cases) {
    const auto same = std::find_if(groups.begin(), groups.end(), [&](const auto& g) { return g[0].lower == c.lower && g[0].upper == c.upper; });
    if (same == groups.end()) groups.push_back({c});
    else same->push_back(c);
  }
  Search search(prepared);
  for (const auto& group : groups)
    if (auto point = search.satisfying(group, options.seed)) {
      std::vector<double> low, high;
      search.enclose(point->data(), low, high);
      total.verdict = Verdict::sat;
      total.input = std::move(*point);
      for (std::size_t o = 0; o < low.size(); ++o) total.output.push_back(0.5 * low[o] + 0.5 * high[o]);
      return total;
    }
  for (const auto& group : groups) {
    Verification part = network.inputs() <= few_inputs ? branch_on_inputs(prepared, group, options) : branch_on_relus(prepared, group, options);
    part.parts += total.parts;
    if (part.verdict == Verdict::sat) return part;
    if (part.verdict == Verdict::undecided) total.verdict = Verdict::undecided;
    total.parts = part.parts;
  }
  return total;
}

}  // namespace duolex::tensor::bounds
