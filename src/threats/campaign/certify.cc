#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdio>
#include <limits>

#include "tensor/bounds/certify.h"
#include "threats/campaign/stages.h"
#include "threats/evasion/parallel.h"

namespace duolex::threats::campaign {

namespace bounds = tensor::bounds;

namespace {

// Why nothing can be proven about this target and plan; "" when something can.
std::string obstacle(const Work& work) {
  if (work.plan.norm == evasion::Norm::budgets) return "proofs are known for linf, l2 and l1 only";
  if (work.plan.task != evasion::Task::classes) return "proofs are known for classes only";
  if (work.network == nullptr) return work.target.has_gradient() ? "bounds are known for the engine's own networks, and not for a model in libtorch" : "a black box has no weights to prove anything about";
  return "";
}

// The ball and the box as the model sees them after the normalisation, rounded outwards: one box, whose corners are
// their images. A counter-example in it is not looked for; attacks have done so before the normalisation.
std::vector<float> normalise(const Work& work, std::size_t number, bounds::CertifyOptions& options) {
  const evasion::Form& form = work.rows.form;
  const auto row = work.rows.row(number);
  std::vector<float> x(row.size());
  options.low.resize(row.size());
  options.high.resize(row.size());
  options.ball = work.plan.norm == evasion::Norm::l2 ? bounds::CertifyOptions::Ball::l2 : work.plan.norm == evasion::Norm::l1 ? bounds::CertifyOptions::Ball::l1 : bounds::CertifyOptions::Ball::none;
  options.centre.resize(row.size());
  options.radius.resize(row.size());
  const bool scaled = !work.plan.normalisation.mean.empty();
  for (std::size_t i = 0; i < row.size(); ++i) {
    const std::size_t channel = i / (form.height * form.width) % form.channels;
    const double mean = scaled ? work.plan.normalisation.mean[channel] : 0.0F, deviation = scaled ? work.plan.normalisation.deviation[channel] : 1.0F, v = row[i];
    const double low = std::nextafter(std::max(0.0, v - options.eps), -INFINITY), high = std::nextafter(std::min(1.0, v + options.eps), INFINITY);
    // Each operation rounds once; two steps outwards are more than both.
    const auto outwards = [](double at, double to) { return std::nextafter(std::nextafter(std::nextafter(at, to), to), to); };
    options.low[i] = outwards((outwards(low - mean, -INFINITY)) / deviation, -INFINITY);
    options.high[i] = outwards((outwards(high - mean, INFINITY)) / deviation, INFINITY);
    x[i] = scaled ? (row[i] - work.plan.normalisation.mean[channel]) / work.plan.normalisation.deviation[channel] : row[i];
    // Not the number in single precision; the division's rounding is one among those of the bound.
    options.centre[i] = (v - mean) / deviation;
    options.radius[i] = outwards(outwards(options.eps, INFINITY) / deviation, INFINITY);
  }
  return x;
}

// One for each thread, made when it is first used: of a large network it has hundreds of megabytes.
using Certifiers = std::vector<std::unique_ptr<bounds::Certifier>>;

// One result a sample, in their order; nothing when it was stopped.
std::optional<std::vector<CertifiedSample>> prove(const Work& work, const std::shared_ptr<const bounds::Prepared>& prepared, Certifiers& certifiers, const std::vector<std::size_t>& samples,
                                                  const bounds::CertifyOptions& options, const std::string& stage) {
  std::vector<CertifiedSample> found(samples.size());
  certifiers.resize(work.threads);
  std::atomic<std::size_t> done{0};
  const bool all = evasion::in_parallel(
      samples.size(), work.threads,
      [&](unsigned worker, std::size_t i) {
        const std::size_t number = samples[i];
        bounds::CertifyOptions mine = options;
        const double start = work.hooks.seconds ? work.hooks.seconds() : 0;
        mine.out_of_time = [&, start] { return work.stopped() || (work.hooks.seconds && work.hooks.seconds() - start > work.plan.certify_seconds); };
        std::vector<float> normalised;
        const float* x = work.rows.row(number).data();
        if (!work.plan.normalisation.mean.empty() || work.plan.norm != evasion::Norm::linf) {
          normalised = normalise(work, number, mine);
          x = normalised.data();
        }
        if (certifiers[worker] == nullptr) certifiers[worker] = std::make_unique<bounds::Certifier>(prepared);
        const bounds::Certificate c = certifiers[worker]->certify(x, static_cast<std::size_t>(work.rows.labels[number]), mine);
        found[i] = {number, c.outcome == bounds::Outcome::certified, c.outcome == bounds::Outcome::falsified, c.margin, c.rounding, c.counter_example, c.given_up_at};
        if (work.hooks.progress) work.hooks.progress(stage, ++done, samples.size());
      },
      [&] { return work.stopped(); });
  if (!all) return std::nullopt;
  return found;
}

bounds::CertifyOptions options_of(const Plan& plan, double epsilon) {
  bounds::CertifyOptions options;
  options.method = plan.certify == "bab" ? bounds::Method::branch_and_bound : bounds::Method::crown;
  options.eps = epsilon;
  options.seed = plan.seed;
  return options;
}

// Of a large network with bounds that are too wide for two samples, those that lead by most, the others are left: each would
// take seconds, and a smaller lead is harder to prove. They stay unproven, which is said.
std::optional<std::vector<CertifiedSample>> prove_unless_hopeless(const Work& work, const std::shared_ptr<const bounds::Prepared>& prepared, Certifiers& certifiers, const std::vector<const evasion::SampleResult*>& samples,
                                                                  const bounds::CertifyOptions& options, const std::string& stage, std::vector<std::string>& not_tested) {
  constexpr std::size_t probes = 2;
  const auto numbers = [](const auto& of) {
    std::vector<std::size_t> all;
    for (const evasion::SampleResult* r : of) all.push_back(r->number);
    return all;
  };
  if (!prepared->large || samples.size() <= probes) return prove(work, prepared, certifiers, numbers(samples), options, stage);
  std::vector<const evasion::SampleResult*> by_lead = samples;
  std::stable_sort(by_lead.begin(), by_lead.end(), [](const auto* a, const auto* b) { return a->clean_margin > b->clean_margin; });
  auto found = prove(work, prepared, certifiers, numbers(std::vector(by_lead.begin(), by_lead.begin() + probes)), options, stage);
  if (!found) return std::nullopt;
  const std::vector<const evasion::SampleResult*> rest(by_lead.begin() + probes, by_lead.end());
  if (std::all_of(found->begin(), found->end(), [](const CertifiedSample& c) { return !c.given_up_at.empty(); })) {
    char epsilon[32];
    std::snprintf(epsilon, sizeof epsilon, "%.3g", options.eps);
    not_tested.push_back("proofs of " + std::to_string(rest.size()) + " samples at epsilon " + epsilon + ": of the two with the largest leads the bounds are too wide to go on with at " + found->front().given_up_at);
    for (const evasion::SampleResult* r : rest) found->push_back({r->number, false, false, -std::numeric_limits<double>::infinity()});
  } else {
    auto more = prove(work, prepared, certifiers, numbers(rest), options, stage);
    if (!more) return std::nullopt;
    found->insert(found->end(), more->begin(), more->end());
  }
  // In the order in which they were asked for.
  std::vector<CertifiedSample> ordered;
  for (const evasion::SampleResult* r : samples)
    ordered.push_back(*std::find_if(found->begin(), found->end(), [r](const CertifiedSample& c) { return c.number == r->number; }));
  return ordered;
}

void search_epsilon(const Work& work, const std::shared_ptr<const bounds::Prepared>& prepared, Certifiers& certifiers, Findings& out) {
  constexpr double doublings = 20, fine = 1.3;  // within the last an answer is near enough
  const int tries = prepared->large ? 5 : 8;
  std::vector<const evasion::SampleResult*> right;
  for (const evasion::SampleResult& r : out.results)
    if (r.clean_correct) right.push_back(&r);
  std::stable_sort(right.begin(), right.end(), [](const auto* a, const auto* b) { return a->clean_margin > b->clean_margin; });
  right.resize(std::min(right.size(), work.plan.certify_search));
  CertifySearch search;
  search.smallest = std::ldexp(work.plan.epsilon, -static_cast<int>(doublings));
  if (certifiers.empty()) certifiers.resize(work.threads);
  if (certifiers[0] == nullptr) certifiers[0] = std::make_unique<bounds::Certifier>(prepared);
  double beyond = 0;  // the logarithm of the smallest epsilon that the best sample was tried at in vain, over the plan's
  for (std::size_t i = 0; i < right.size(); ++i) {
    const std::size_t number = right[i]->number;
    CertifySearch::Sample& sample = search.samples.emplace_back(CertifySearch::Sample{number, 0, work.plan.epsilon});
    bounds::CertifyOptions unused;
    const std::vector<float> x = normalise(work, number, unused);
    const double lead = certifiers[0]->lead(x.data(), static_cast<std::size_t>(work.rows.labels[number]));
    double low = -doublings, high = 0, next = i == 0 ? -doublings / 2 : beyond;
    for (int tried = 0; tried < tries && high - low > fine && next < 0; ++tried) {
      const double epsilon = work.plan.epsilon * std::exp2(next);
      const auto found = prove(work, prepared, certifiers, {number}, options_of(work.plan, epsilon), "the epsilon of proofs");
      if (!found) return;
      (found->front().certified ? low : high) = next;
      (found->front().certified ? sample.proven_at : sample.open_at) = epsilon;
      if (!found->front().certified && i != 0 && tried == 0) break;
      next = 0.5 * (low + high);
      // What the bounds of a large network lose grows with the square of epsilon or faster, where it is more than the slope of the network.
      const double lost = lead - found->front().margin;
      if (prepared->large && found->front().certified && lost > 0) next = std::min(next, low + std::max(0.5 * fine, 0.5 * std::log2(lead / lost)));
    }
    if (sample.proven_at > 0 || i == 0) beyond = high;
  }
  out.certify_search = std::move(search);
}

}  // namespace

void certify(const Work& work, Findings& out) {
  const Plan& plan = work.plan;
  if (plan.certify.empty() || plan.certify == "smoothing") return;
  const auto refuse = [&](const std::string& why) { out.not_tested.push_back("certification: " + why); };
  if (const std::string why = obstacle(work); !why.empty()) return refuse(why);
  const auto prepared = bounds::prepare(work.network->network(), bounds::Outputs::by_their_order);
  if (!prepared) return refuse(prepared.error().front().message);
  if ((*prepared)->large && plan.certify == "bab") out.not_tested.push_back("branch and bound: the network is too large for it; each sample has one bound");
  // A sample that an attack broke cannot be proven; a wrong one need not.
  std::vector<std::size_t> open;
  std::vector<const evasion::SampleResult*> samples;
  for (std::size_t i = 0; i < out.results.size(); ++i)
    if (out.results[i].clean_correct && out.results[i].broken_by.empty()) {
      open.push_back(i);
      samples.push_back(&out.results[i]);
    }
  Certifiers certifiers;
  auto found = prove_unless_hopeless(work, *prepared, certifiers, samples, options_of(plan, plan.epsilon), "proofs", out.not_tested);
  if (!found) return refuse("interrupted");
  const auto oracle = work.target.oracle();
  for (std::size_t i = 0; i < open.size(); ++i) {
    evasion::SampleResult& r = out.results[open[i]];
    const CertifiedSample& c = (*found)[i];
    if (!c.falsified) continue;
    // The certifier's counter-example counts when it holds by the measure of every other.
    const evasion::Sample sample = work.rows.sample(plan, r.number);
    const evasion::Ball ball{plan.norm, plan.epsilon};
    std::vector<float> example = c.counter_example;
    if (example.size() != sample.x.size()) continue;
    ball.project(sample.x, example);
    if (!verify(*oracle, work.target.outputs(), ball, sample, example)) continue;
    r.broken_by = "certifier";
    r.distance = distance(plan.norm, sample.x, example);
    r.example = std::move(example);
  }
  out.certification_ran = true;
  out.certified = std::move(*found);
  if (plan.certify_search != 0 && out.certified_correct() == 0) search_epsilon(work, *prepared, certifiers, out);
}

// From the largest epsilon down: what is proven there is proven at every smaller one. Bounds in one go, also where the
// plan's own epsilon was searched with branch and bound.
void certify_curve(const Work& work, Findings& out) {
  if (!out.certification_ran || work.network == nullptr || out.curve.empty()) return;
  if (out.certify_search) {
    // Nothing is proven at the plan's epsilon, and how far proofs reach is known for some samples.
    for (CurvePoint& point : out.curve)
      point.certified = static_cast<std::size_t>(std::count_if(out.certify_search->samples.begin(), out.certify_search->samples.end(), [&](const CertifySearch::Sample& s) { return s.proven_at >= point.epsilon; }));
    return;
  }
  const auto prepared = bounds::prepare(work.network->network(), bounds::Outputs::by_their_order);
  if (!prepared) return;
  std::vector<const evasion::SampleResult*> open;
  for (const evasion::SampleResult& r : out.results)
    if (r.clean_correct) open.push_back(&r);
  std::size_t proven = 0;
  Certifiers certifiers;
  for (std::size_t k = out.curve.size(); k-- > 0;) {
    CurvePoint& point = out.curve[k];
    const auto settle = [&](const std::vector<CertifiedSample>& by) {
      std::erase_if(open, [&](const evasion::SampleResult* r) {
        const bool is = std::any_of(by.begin(), by.end(), [number = r->number](const CertifiedSample& c) { return c.number == number && c.certified; });
        proven += is;
        return is;
      });
    };
    if (point.epsilon <= work.plan.epsilon) settle(out.certified);
    bounds::CertifyOptions options = options_of(work.plan, point.epsilon);
    options.method = bounds::Method::crown;
    const auto found = prove_unless_hopeless(work, *prepared, certifiers, open, options, "proofs of the curve", out.not_tested);
    if (!found) return;
    settle(*found);
    point.certified = proven;
  }
}

}  // namespace duolex::threats::campaign
