#include "threats/campaign/campaign.h"

#include <algorithm>
#include <map>

#include "tensor/onnx.h"
#include "threats/array.h"
#include "threats/campaign/stages.h"

namespace duolex::threats::campaign {
namespace {

using evasion::AttackSet;
using evasion::Sample;
using evasion::SampleResult;

// One batch of each kind is timed; what the attacks can need at most is known from the effort.
Estimate estimate(const Plan& plan, const evasion::Target& target, const Rows& rows, const std::vector<Sample>& samples, unsigned threads,
                  const std::function<double()>& seconds) {
  Estimate out;
  const double n = static_cast<double>(samples.size()), runs = 1 + static_cast<double>(plan.curve.size());
  for (const std::string& name : attacks_of(plan.effort, target, plan.norm, plan.task)) {
    const double targets = name.ends_with("-t") ? static_cast<double>(std::min(plan.effort.targets, std::max<std::size_t>(target.outputs(), 2) - 1)) : 1;
    if (name == "square") out.forward_passes += n * runs * plan.effort.queries;
    else out.gradient_passes += n * runs * targets * plan.effort.iterations * (name == "fab-t" ? 2 : 1);
  }
  if (!seconds || samples.empty()) return out;
  const auto oracle = target.oracle();
  const std::size_t lanes = target.lanes(), size = target.form().size();
  std::vector<float> x(lanes * size), scores(lanes * target.outputs()), by_x(lanes * size);
  for (std::size_t i = 0; i < lanes; ++i) std::copy_n(rows.row(samples[i % samples.size()].number).begin(), size, x.begin() + static_cast<std::ptrdiff_t>(i * size));
  oracle->scores(x.data(), lanes, scores.data());
  const double t0 = seconds();
  oracle->scores(x.data(), lanes, scores.data());
  const double t1 = seconds();
  oracle->gradients(x.data(), lanes, scores.data(), [](std::size_t, auto, std::span<float> d) { d[0] = 1; }, by_x.data());
  const double t2 = seconds();
  const double per = static_cast<double>(lanes) * threads;
  out.seconds = out.forward_passes * (t1 - t0) / per + out.gradient_passes * (t2 - t1) / per;
  return out;
}

// The results of an earlier run that can be taken over: the same sample, and examples that hold.
std::map<std::size_t, SampleResult> taken_over(const Plan& plan, const evasion::Target& target, const Rows& rows,
                                               const std::vector<SampleResult>& before) {
  std::map<std::size_t, SampleResult> out;
  const auto oracle = target.oracle();
  for (const SampleResult& r : before) {
    if (r.number >= rows.count()) continue;
    const bool holds = r.broken_by.empty() || verify(*oracle, target.outputs(), {plan.norm, plan.epsilon}, rows.sample(plan, r.number), r.example);
    if (holds) out.insert_or_assign(r.number, r);
  }
  return out;
}

}  // namespace

std::size_t SmoothingFinding::right_to(double radius) const {
  return static_cast<std::size_t>(std::count_if(samples.begin(), samples.end(), [&](const Sample& s) { return s.right && s.radius >= radius; }));
}
std::size_t Findings::clean_correct() const {
  return static_cast<std::size_t>(std::count_if(results.begin(), results.end(), [](const SampleResult& r) { return r.clean_correct; }));
}
std::size_t Findings::attacked_correct() const {
  // A counter-example of the certifier breaks a sample as any other does.
  std::size_t n = 0;
  for (const SampleResult& r : results) n += r.clean_correct && r.broken_by.empty();
  return n;
}
std::size_t Findings::certified_correct() const {
  return static_cast<std::size_t>(std::count_if(certified.begin(), certified.end(), [](const CertifiedSample& c) { return c.certified; }));
}

Result<std::shared_ptr<evasion::NetworkTarget>> open_target(const Plan& plan, const std::string& model_bytes, const std::string& inputs) {
  const auto model = tensor::read_onnx(plan.model, model_bytes);
  if (!model) return tl::unexpected(model.error());
  auto network = tensor::Network::compile(*model);
  // What the model leaves open, the rows it is tested on close.
  if (!network)
    if (const auto rows = read_npy(plan.inputs, inputs); rows && rows->shape.size() > 1) {
      tensor::Shape shape(rows->shape.begin() + 1, rows->shape.end());
      if (plan.layout == Layout::nhwc && shape.size() == 3) shape = {shape[2], shape[0], shape[1]};
      network = tensor::Network::compile(*model, {.input_shape = shape});
    }
  if (!network) return tl::unexpected(network.error());
  return std::make_shared<evasion::NetworkTarget>(std::move(*network), plan.normalisation);
}

Result<Findings> run(const Plan& plan, const Files& files, unsigned threads, const Hooks& hooks, const std::vector<SampleResult>& before) {
  if (plan.norm == evasion::Norm::budgets || plan.constraints)
    return failure(error_in(plan.model, "not tested: budgets and constraints against a network", "they are for ensembles of trees; give a network a norm and an epsilon"));
  const auto target = open_target(plan, files.model, files.inputs);
  if (!target) return tl::unexpected(target.error());
  const evasion::NetworkTarget& t = **target;
  const auto rows = read_rows(plan, plan.inputs, files.inputs, plan.labels, files.labels, t.form(), t.outputs());
  if (!rows) return tl::unexpected(rows.error());
  Findings out;
  out.rows = rows->count();
  out.picked = picked(plan, rows->count());
  out.attacks = attacks_of(plan.effort, t, plan.norm, plan.task);
  std::map<std::size_t, SampleResult> known = taken_over(plan, t, *rows, before);
  out.settled_before = known.size();
  std::vector<Sample> samples;
  for (const std::size_t i : out.picked)
    if (!known.contains(i)) samples.push_back(rows->sample(plan, i));
  out.estimate = estimate(plan, t, *rows, samples, threads, hooks.seconds);
  if (hooks.estimated) hooks.estimated(out.estimate);

  const evasion::Ball ball{plan.norm, plan.epsilon};
  std::size_t ended = known.size();
  const auto on_end = [&](const SampleResult& r) {
    ++ended;
    if (hooks.ended) hooks.ended(r);
    if (hooks.progress) hooks.progress("attacks", ended, out.picked.size());
  };
  for (auto& r : attack_all(t, ball, samples, plan.effort, plan.seed, threads, on_end, hooks.stop))
    if (r) known.insert_or_assign(r->number, std::move(*r));
  for (const std::size_t i : out.picked)
    if (const auto found = known.find(i); found != known.end()) out.results.push_back(std::move(found->second));
  out.complete = out.results.size() == out.picked.size();
  const Work work{plan, files, t, *rows, threads, hooks};
  certify(work, out);
  smooth_samples(work, out);
  if (plan.effort.set != AttackSet::none) {
    std::vector<Sample> correct;
    for (const SampleResult& r : out.results)
      if (r.clean_correct && correct.size() < evasion::masking_samples) correct.push_back(rows->sample(plan, r.number));
    const evasion::MaskingTrial trial = try_masking(t, ball, correct, plan.effort, plan.seed, threads);
    out.signs = masking_signs(t, plan.effort, plan.norm, plan.task, out.results, trial);
  }
  draw_curve(work, out);
  corrupt(work, out);
  stick_patches(work, out);
  look_for_backdoors(work, out);
  infer_membership(work, out);
  copy_network(work, out);
  disturb(work, out);
  return out;
}

}  // namespace duolex::threats::campaign
