#include "threats/campaign/rows.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "threats/array.h"
#include "threats/evasion/random.h"

namespace duolex::threats::campaign {
namespace {

using evasion::Form;
using evasion::Task;

constexpr std::uint32_t for_sample = 0x5a0;

std::string text_of(const std::vector<std::size_t>& shape) {
  std::string out = "[";
  for (std::size_t i = 0; i < shape.size(); ++i) out += (i == 0 ? "" : ", ") + std::to_string(shape[i]);
  return out + "]";
}

using Shape = std::vector<std::size_t>;

// Whether an array of this shape, rows aside, is the form in the layout.
bool is_form(const Shape& rest, const Form& f, Layout layout) {
  if (f.channels == 1 && f.height == 1) return std::accumulate(rest.begin(), rest.end(), std::size_t{1}, std::multiplies<>()) == f.size();
  if (rest == Shape{f.size()}) return layout == Layout::nchw;
  if (layout == Layout::nhwc) return rest == Shape{f.height, f.width, f.channels};
  return rest == Shape{f.channels, f.height, f.width} || (f.channels == 1 && rest == Shape{f.height, f.width});
}

Result<std::vector<float>> inputs_of(const Plan& plan, const std::string& file, const Array& a, const Form& form) {
  if (a.shape.empty() || a.shape[0] == 0) return failure(error_in(file, "holds no rows"));
  const Shape rest(a.shape.begin() + 1, a.shape.end());
  if (!is_form(rest, form, plan.layout)) {
    const Layout other = plan.layout == Layout::nchw ? Layout::nhwc : Layout::nchw;
    const std::string wanted = form.height == 1 && form.channels == 1 ? std::to_string(form.size()) + " numbers"
                                                                      : std::to_string(form.channels) + " channels of " + std::to_string(form.height) +
                                                                            " by " + std::to_string(form.width);
    return failure(error_in(file, "has the shape " + text_of(a.shape) + "; the model takes rows of " + wanted,
                            is_form(rest, form, other) ? std::string("declare --layout ") + (other == Layout::nhwc ? "nhwc" : "nchw") : ""));
  }
  const std::vector<double> stored = as_f64(a);
  const std::size_t n = a.shape[0], size = form.size();
  std::vector<float> x(n * size);
  for (std::size_t i = 0; i < stored.size(); ++i) {
    const double v = stored[i] * plan.scale;
    if (!(v >= 0 && v <= 1)) {
      char number[40];
      std::snprintf(number, sizeof number, "%g", v);
      return failure(error_in(file, "row " + std::to_string(i / size) + " holds " + number + ", outside [0, 1]",
                              std::isfinite(v) && v > 1 ? "declare what is done to the data before the model takes it, such as --scale 1/255"
                                                        : "the attacks move in [0, 1]; bring the data there and declare the model's own scaling with --mean and --deviation"));
    }
    const std::size_t row = i / size, at = i % size;
    std::size_t to = at;
    if (plan.layout == Layout::nhwc && !(form.channels == 1 && form.height == 1)) {
      const std::size_t channel = at % form.channels, place = at / form.channels;
      to = channel * form.height * form.width + place;
    }
    x[row * size + to] = static_cast<float>(v);
  }
  return x;
}

Result<std::vector<double>> labels_of(const Plan& plan, const std::string& file, const Array& a, std::size_t outputs) {
  const bool flat = a.shape.size() == 1 || (a.shape.size() == 2 && a.shape[1] == 1);
  if (!flat) return failure(error_in(file, "has the shape " + text_of(a.shape) + "; one label for each row is needed"));
  if (plan.task == Task::deviation) {
    std::vector<double> out = as_f64(a);
    for (std::size_t i = 0; i < out.size(); ++i)
      if (!std::isfinite(out[i])) return failure(error_in(file, "row " + std::to_string(i) + " is not finite"));
    return out;
  }
  const auto whole = as_i64(file, a);
  if (!whole) return tl::unexpected(whole.error());
  const std::int64_t classes = plan.task == Task::threshold ? 2 : static_cast<std::int64_t>(outputs);
  std::vector<double> out;
  for (std::size_t i = 0; i < whole->size(); ++i) {
    const std::int64_t y = (*whole)[i];
    if (y < 0 || y >= classes)
      return failure(error_in(file, "row " + std::to_string(i) + " has the label " + std::to_string(y) + "; the model has " + std::to_string(classes) + " classes"));
    out.push_back(static_cast<double>(y));
  }
  return out;
}

// Where the model's own answer is what others are held against; its label is 0 throughout.
Result<Rows> inputs_without_labels(const Plan& plan, const std::string& inputs, std::string_view input_bytes, const Form& form, std::size_t outputs) {
  if (outputs < 2) return failure(error_in(plan.model, "has one output, which is no map and no sequence"));
  if (!plan.normalisation.mean.empty() && plan.normalisation.mean.size() != form.channels)
    return failure(error_in(plan.model, "takes " + std::to_string(form.channels) + " channels; --mean names " + std::to_string(plan.normalisation.mean.size())));
  const auto a = read_npy(inputs, input_bytes);
  if (!a) return tl::unexpected(a.error());
  auto x = inputs_of(plan, inputs, *a, form);
  if (!x) return tl::unexpected(x.error());
  return Rows{form, std::move(*x), std::vector<double>(a->shape[0], 0)};
}

}  // namespace

Result<Rows> read_rows(const Plan& plan, const std::string& inputs, std::string_view input_bytes, const std::string& labels,
                       std::string_view label_bytes, const Form& form, std::size_t outputs) {
  if (has_reference(plan.task)) return inputs_without_labels(plan, inputs, input_bytes, form, outputs);
  if (plan.task == Task::classes && outputs < 2)
    return failure(error_in(plan.model, "has one output", "say what it means: --threshold LEVEL for two classes, --tolerance T for a number"));
  if (plan.task != Task::classes && outputs != 1)
    return failure(error_in(plan.model, "has " + std::to_string(outputs) + " outputs; --threshold and --tolerance are for one"));
  const std::size_t channels = plan.normalisation.mean.size();
  if (channels != 0 && channels != form.channels)
    return failure(error_in(plan.model, "takes " + std::to_string(form.channels) + " channels; --mean names " + std::to_string(channels)));
  const auto a = read_npy(inputs, input_bytes);
  if (!a) return tl::unexpected(a.error());
  const auto b = read_npy(labels, label_bytes);
  if (!b) return tl::unexpected(b.error());
  auto x = inputs_of(plan, inputs, *a, form);
  if (!x) return tl::unexpected(x.error());
  auto y = labels_of(plan, labels, *b, outputs);
  if (!y) return tl::unexpected(y.error());
  if (y->size() != a->shape[0])
    return failure(error_in(labels, "has " + std::to_string(y->size()) + " labels for " + std::to_string(a->shape[0]) + " rows"));
  return Rows{form, std::move(*x), std::move(*y)};
}

Result<std::shared_ptr<const evasion::Reference>> reference_of(const Plan& plan, const evasion::Target& target, evasion::Oracle& oracle, std::span<const float> x) {
  std::size_t symbols = 0;
  if (plan.task == Task::sequence) {
    const auto* const network = dynamic_cast<const evasion::NetworkTarget*>(&target);
    if (network == nullptr) return failure(error_in(plan.model, "not tested: a sequence from a black box, which does not say how many symbols it has"));
    const tensor::Shape& shape = network->network().output_shape();
    symbols = static_cast<std::size_t>(shape.back());
    if (shape.size() < 2 || symbols < 2 || target.outputs() == symbols || plan.criterion.blank >= symbols)
      return failure(error_in(plan.model, "answers with " + tensor::to_string(shape) + ", which is no sequence of scores of symbols with such a blank"));
  }
  std::vector<double> scores(target.outputs());
  oracle.exact_scores(x.data(), 1, scores.data());
  return std::make_shared<const evasion::Reference>(evasion::refer_to(plan.criterion, plan.level, symbols, scores));
}

Result<void> refer(const Plan& plan, const evasion::Target& target, const std::vector<std::size_t>& which, Rows& rows) {
  if (!has_reference(plan.task)) return {};
  rows.references.resize(rows.count());
  const auto oracle = target.oracle();
  for (const std::size_t i : which) {
    auto reference = reference_of(plan, target, *oracle, rows.row(i));
    if (!reference) return tl::unexpected(reference.error());
    rows.references[i] = std::move(*reference);
  }
  return {};
}

std::vector<std::size_t> picked(const Plan& plan, std::size_t count) {
  std::vector<std::size_t> rows(count);
  std::iota(rows.begin(), rows.end(), std::size_t{0});
  if (!plan.sample || *plan.sample >= count) return rows;
  evasion::Random random(plan.seed, 0, for_sample);
  for (std::size_t i = 0; i < *plan.sample; ++i)
    std::swap(rows[i], rows[i + random.below(static_cast<std::uint32_t>(count - i))]);
  rows.resize(*plan.sample);
  std::sort(rows.begin(), rows.end());
  return rows;
}

}  // namespace duolex::threats::campaign
