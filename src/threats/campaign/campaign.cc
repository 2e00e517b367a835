#include "threats/campaign/campaign.h"

#include <algorithm>
#include <map>

#include "tensor/evaluate.h"
#include "tensor/onnx.h"
#include "threats/array.h"
#include "threats/campaign/estimate.h"
#include "threats/campaign/stages.h"
#include "threats/campaign/tree_campaign.h"

namespace duolex::threats::campaign {
namespace {

using evasion::AttackSet;
using evasion::Sample;
using evasion::SampleResult;

// The results of an earlier run that can be taken over: the same sample, and examples that hold.
std::map<std::size_t, SampleResult> taken_over(const Plan& plan, const evasion::Target& target, const Rows& rows,
                                               const std::vector<SampleResult>& before) {
  std::map<std::size_t, SampleResult> out;
  const auto oracle = target.oracle();
  for (const SampleResult& r : before) {
    if (r.number >= rows.count() || (has_reference(plan.task) && !rows.references[r.number])) continue;
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

Result<tensor::Shape> shape_of_row(const Plan& plan, const std::string& inputs) {
  if (!inputs.starts_with("\x93NUMPY") && is_table(plan, "")) {
    const auto table = tabular::read_table(plan.inputs, inputs);
    if (!table) return tl::unexpected(table.error());
    return tensor::Shape{static_cast<std::int64_t>(table->columns)};
  }
  const auto rows = read_npy(plan.inputs, inputs);
  if (!rows) return tl::unexpected(rows.error());
  if (rows->shape.size() < 2) return failure(error_in(plan.inputs, "rows of at least one number are needed"));
  tensor::Shape shape(rows->shape.begin() + 1, rows->shape.end());
  if (plan.layout == Layout::nhwc && shape.size() == 3) shape = {shape[2], shape[0], shape[1]};
  return shape;
}

Result<evasion::Form> form_of_rows(const Plan& plan, const std::string& inputs) {
  auto shape = shape_of_row(plan, inputs);
  if (!shape) return tl::unexpected(shape.error());
  shape->insert(shape->begin(), 1);
  return evasion::form_of(*shape);
}

Result<std::shared_ptr<evasion::Target>> open_black_box(const Plan& plan, const std::string& inputs, evasion::Ask ask) {
  const auto form = form_of_rows(plan, inputs);
  if (!form) return tl::unexpected(form.error());
  std::vector<float> first;  // any row serves to count the scores
  if (is_table(plan, "")) {
    const auto table = tabular::read_table(plan.inputs, inputs);
    if (!table) return tl::unexpected(table.error());
    first.assign(table->values.begin(), table->values.end());
  } else {
    first = as_f32(*read_npy(plan.inputs, inputs));
  }
  if (first.size() < form->size()) return failure(error_in(plan.inputs, "there are no rows"));
  first.resize(form->size());
  for (float& v : first) v = static_cast<float>(v * plan.scale);
  auto target = evasion::open_asked(*form, first, std::move(ask), plan.normalisation);
  if (!target) return tl::unexpected(target.error());
  return std::shared_ptr<evasion::Target>(std::move(*target));
}

Result<std::map<std::string, tensor::Tensor>> fixed_inputs(const std::vector<std::pair<std::string, double>>& fixed, const tensor::Model& model) {
  std::map<std::string, tensor::Tensor> out;
  for (const auto& [name, value] : fixed) {
    const auto found = std::find_if(model.graph.inputs.begin(), model.graph.inputs.end(), [n = name](const tensor::ValueInfo& v) { return v.name == n; });
    if (found == model.graph.inputs.end()) return failure(error_in(model.file, "has no input '" + name + "' to be fixed"));
    tensor::Shape shape = found->shape;
    for (std::int64_t& d : shape) d = d < 0 ? 1 : d;
    const auto count = tensor::element_count(shape, 1 << 20);
    if (!count) return failure(error_in(model.file, "the input '" + name + "' of shape " + tensor::to_string(shape) + " is too large to be fixed"));
    if (found->type == tensor::Type::i64) out[name] = tensor::tensor_of(found->type, shape, std::vector<std::int64_t>(*count, static_cast<std::int64_t>(value)));
    else if (found->type == tensor::Type::i32) out[name] = tensor::tensor_of(found->type, shape, std::vector<std::int32_t>(*count, static_cast<std::int32_t>(value)));
    else if (found->type == tensor::Type::f32) out[name] = tensor::tensor_of(found->type, shape, std::vector<float>(*count, static_cast<float>(value)));
    else return failure(error_in(model.file, "not tested: the input '" + name + "' of type " + tensor::name_of(found->type) + " fixed"));
  }
  return out;
}

namespace {

// Row by row through the evaluator, which knows more operators and no gradients. A row that takes minutes ends it.
constexpr std::uint64_t most_operations = std::uint64_t{1} << 36;

evasion::Ask by_evaluator(std::shared_ptr<const tensor::Model> model, std::string input, std::size_t output, std::map<std::string, tensor::Datum> all, tensor::Shape shape) {
  return [model = std::move(model), input = std::move(input), output, all = std::move(all), shape = std::move(shape)](const std::vector<float>& rows, std::size_t n) mutable -> Result<std::vector<float>> {
    std::vector<float> scores;
    const std::size_t size = n == 0 ? 0 : rows.size() / n;
    for (std::size_t i = 0; i < n; ++i) {
      const auto begin = rows.begin() + static_cast<std::ptrdiff_t>(i * size);
      all.insert_or_assign(input, tensor::datum(tensor::tensor_of(tensor::Type::f32, shape, std::vector<float>(begin, begin + static_cast<std::ptrdiff_t>(size)))));
      tensor::InterpretLimits limits;
      limits.operations = most_operations;
      const auto y = tensor::evaluate(*model, all, limits);
      if (!y) return tl::unexpected(y.error());
      const tensor::Datum& d = (*y)[output];
      if (d.kind != tensor::Datum::Kind::tensor || d.tensor->type == tensor::Type::string) return failure(error_in(model->file, "not tested: a model whose output is no tensor of numbers"));
      for (std::size_t k = 0; k < d.tensor->elements(); ++k) scores.push_back(static_cast<float>(d.tensor->number(k)));
    }
    return scores;
  };
}

}  // namespace

Result<tensor::Network> compile_network(const Plan& plan, const tensor::Model& model, const std::optional<tensor::Shape>& row) {
  auto fixed = fixed_inputs(plan.fixed, model);
  if (!fixed) return tl::unexpected(fixed.error());
  tensor::NetworkOptions options;
  options.fixed = std::move(*fixed);
  options.output = plan.output;
  auto network = tensor::Network::compile(model, options);
  // What the model leaves open, the rows it is tested on close.
  if (network || !row) return network;
  options.input_shape = *row;
  return tensor::Network::compile(model, options);
}

Result<std::shared_ptr<evasion::Target>> open_target(const Plan& plan, const std::string& model_bytes, const std::string& inputs) {
  auto model = tensor::read_onnx(plan.model, model_bytes);
  if (!model) return tl::unexpected(model.error());
  auto shape = shape_of_row(plan, inputs);
  auto network = compile_network(plan, *model, shape ? std::optional(*shape) : std::nullopt);
  if (!network && has_reference(plan.task)) return tl::unexpected(network.error());  // the shape of its answers is needed
  if (network && plan.task == evasion::Task::classes) {
    // A sequence of scores or a map of them is no class: labels would be held against places in it.
    const tensor::Shape& out = network->output_shape();
    if (std::count_if(out.begin(), out.end(), [](std::int64_t d) { return d > 1; }) > 1)
      return failure(error_in(plan.model, "not tested: it answers with " + tensor::to_string(out) + ", a sequence or a map, and not with one score for each class",
                              "say when such an answer has changed: --map-overlap or --map-changed, --sequence-edits"));
  }
  if (network) return std::make_shared<evasion::NetworkTarget>(std::move(*network), plan.normalisation);
  const Diagnostics why = network.error();
  if (!shape || !why.front().message.starts_with("not tested: operator")) return tl::unexpected(why);
  auto fixed = fixed_inputs(plan.fixed, *model);
  if (!fixed) return tl::unexpected(fixed.error());
  std::map<std::string, tensor::Datum> given;
  std::vector<std::string> open;
  for (const tensor::ValueInfo& v : model->graph.inputs)
    if (const auto found = fixed->find(v.name); found != fixed->end()) given.emplace(v.name, tensor::datum(std::move(found->second)));
    else open.push_back(v.name);
  std::size_t output = 0;
  const auto& outputs = model->graph.outputs;
  while (output < outputs.size() && !plan.output.empty() && outputs[output].name != plan.output) ++output;
  if (open.size() != 1 || output >= outputs.size() || (plan.output.empty() && outputs.size() != 1)) return tl::unexpected(why);
  shape->insert(shape->begin(), 1);
  auto asked = open_black_box(plan, inputs, by_evaluator(std::make_shared<const tensor::Model>(std::move(*model)), open[0], output, std::move(given), *shape));
  if (!asked) return tl::unexpected(why);
  dynamic_cast<evasion::AskedTarget&>(**asked).because = why.front().message;
  return asked;
}

Result<Findings> run(const Plan& plan, const Files& files, unsigned threads, const Hooks& hooks, const std::vector<SampleResult>& before,
                     std::shared_ptr<evasion::Target> target) {
  if (is_table(plan, "")) return failure(error_in(plan.model, "budgets and constraints are about rows of a table: run_table()"));
  if (target == nullptr) {
    auto opened = open_target(plan, files.model, files.inputs);
    if (!opened) return tl::unexpected(opened.error());
    target = std::move(*opened);
  }
  const evasion::Target& t = *target;
  const auto* const network = dynamic_cast<const evasion::NetworkTarget*>(target.get());
  const auto* const asked = dynamic_cast<const evasion::AskedTarget*>(target.get());
  auto rows = read_rows(plan, plan.inputs, files.inputs, plan.labels, files.labels, t.form(), t.outputs());
  if (!rows) return tl::unexpected(rows.error());
  if (const auto referred = refer(plan, t, picked(plan, rows->count()), *rows); !referred) return tl::unexpected(referred.error());
  Findings out;
  if (asked != nullptr) out.not_tested.push_back("attacks with gradients: the target is a black box" + (asked->because.empty() ? "" : " (" + asked->because + ")") + "; examples are checked by asking it again, not in double precision");
  out.rows = rows->count();
  out.picked = picked(plan, rows->count());
  out.attacks = attacks_of(plan.effort, t, plan.norm, plan.task);
  std::map<std::size_t, SampleResult> known = taken_over(plan, t, *rows, before);
  out.settled_before = known.size();
  std::vector<Sample> samples;
  for (const std::size_t i : out.picked)
    if (!known.contains(i)) samples.push_back(rows->sample(plan, i));
  out.estimate = estimate(plan, t, *rows, samples, asked == nullptr ? threads : 1, hooks.seconds);
  if (hooks.estimated) hooks.estimated(out.estimate);

  const evasion::Ball ball{plan.norm, plan.epsilon};
  std::size_t ended = known.size();
  const auto on_end = [&](const SampleResult& r) {
    if (asked != nullptr && !asked->failure().empty()) return;  // what it would have said of this row is not known
    ++ended;
    if (hooks.ended) hooks.ended(r);
    if (hooks.progress) hooks.progress("attacks", ended, out.picked.size());
  };
  for (auto& r : attack_all(t, ball, samples, plan.effort, plan.seed, threads, on_end, hooks.stop))
    if (r) known.insert_or_assign(r->number, std::move(*r));
  for (const std::size_t i : out.picked)
    if (const auto found = known.find(i); found != known.end()) out.results.push_back(std::move(found->second));
  out.complete = out.results.size() == out.picked.size();
  const Work work{plan, files, t, network, *rows, threads, hooks};
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
  certify_curve(work, out);
  corrupt(work, out);
  stick_patches(work, out);
  look_for_backdoors(work, out);
  infer_membership(work, out);
  copy_network(work, out);
  disturb(work, out);
  if (const Diagnostics wrong = t.failure(); !wrong.empty()) return tl::unexpected(wrong);
  return out;
}

}  // namespace duolex::threats::campaign
