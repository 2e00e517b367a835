#include "threats/campaign/plan.h"

#include <nlohmann/json.hpp>

#include "text/json_out.h"

namespace duolex::threats::campaign {
namespace {

using nlohmann::ordered_json;

constexpr int format_version = 1;
constexpr const char* tasks[] = {"classes", "threshold", "deviation", "map", "sequence"};

// Keys are read in any order; one that is missing, or of another type, is an error with its name.
class Reader {
 public:
  Reader(const std::string& file, const ordered_json& json) : file_(file), json_(json) {}

  template <class T>
  T get(const char* key) {
    const auto found = json_.find(key);
    bool fits = found != json_.end();
    if (fits) {
      if constexpr (std::is_same_v<T, std::string>) fits = found->is_string();
      if constexpr (std::is_same_v<T, bool>) fits = found->is_boolean();
      if constexpr (std::is_floating_point_v<T>) fits = found->is_number();
      if constexpr (std::is_integral_v<T> && !std::is_same_v<T, bool>) fits = found->is_number_unsigned();
    }
    if (fits) return found->template get<T>();
    wrong(key);
    return T{};
  }
  template <class T>
  std::optional<T> maybe(const char* key) {
    const auto found = json_.find(key);
    if (found == json_.end() || found->is_null()) return std::nullopt;
    return get<T>(key);
  }
  template <class T>
  std::vector<T> numbers(const char* key) {
    std::vector<T> out;
    const auto found = json_.find(key);
    if (found == json_.end() || !found->is_array()) return wrong(key), out;
    for (const ordered_json& n : *found)
      if (n.is_number()) out.push_back(n.get<T>());
      else wrong(key);
    return out;
  }
  void wrong(const std::string& key) { errors.push_back(error_in(file_, "'" + key + "' is missing or of the wrong type")); }

  Diagnostics errors{};

 private:
  const std::string& file_;
  const ordered_json& json_;
};

}  // namespace

ordered_json to_json(const Plan& p) {
  ordered_json j = {{"format", format_version}, {"test", "probe model"}, {"model", p.model}, {"inputs", p.inputs}, {"labels", p.labels}};
  j["layout"] = p.layout == Layout::nchw ? "nchw" : "nhwc";
  j["scale"] = p.scale;
  j["mean"] = p.normalisation.mean;
  j["deviation"] = p.normalisation.deviation;
  j["fixed"] = ordered_json::object();
  for (const auto& [name, value] : p.fixed) j["fixed"][name] = value;
  j["output"] = p.output;
  j["runtime"] = p.runtime;
  if (p.torch) j["torch"] = true;
  j["arrays"] = p.arrays;
  j["task"] = tasks[static_cast<int>(p.task)];
  j["level"] = p.level;
  if (has_reference(p.task)) {
    j["measure"] = name_of(p.criterion.measure);
    j["limit"] = p.criterion.limit;
    j["blank"] = p.criterion.blank;
  }
  j["norm"] = name_of(p.norm);
  j["epsilon"] = p.epsilon;
  j["attacks"] = name_of(p.effort.set);
  j["iterations"] = p.effort.iterations;
  j["targets"] = p.effort.targets;
  j["queries"] = p.effort.queries;
  j["certify"] = p.certify;
  j["certify_seconds"] = p.certify_seconds;
  j["certify_parts"] = p.certify_parts;
  if (p.certify_search != 0) j["certify_search"] = p.certify_search;
  j["sigma"] = p.smoothing.sigma;
  j["draws"] = p.smoothing.draws;
  j["constraints"] = p.constraints ? to_json(*p.constraints) : ordered_json(nullptr);
  j["backdoor"] = p.backdoor;
  j["confidentiality"] = p.confidentiality;
  j["non_members"] = p.non_members;
  j["non_member_labels"] = p.non_member_labels;
  j["extraction"] = p.extraction;
  j["availability"] = p.availability;
  j["patch"] = p.patch;
  j["corruptions"] = p.corruptions;
  j["curve"] = p.curve;
  j["seed"] = p.seed;
  j["sample"] = p.sample ? ordered_json(*p.sample) : ordered_json(nullptr);
  j["require"] = p.require ? ordered_json(*p.require) : ordered_json(nullptr);
  j["confidence"] = p.confidence;
  return j;
}

std::string plan_text(const Plan& plan) { return text::to_json_text(to_json(plan), text::JsonLayout::pretty); }

Result<Plan> read_plan(const std::string& file, const std::string& bytes) {
  const ordered_json j = ordered_json::parse(bytes, nullptr, false);
  if (!j.is_object()) return failure(error_in(file, "is no plan: no JSON object"));
  Reader r(file, j);
  if (r.get<int>("format") != format_version) return failure(error_in(file, "is no plan of format 1"));
  Plan p;
  p.model = r.get<std::string>("model");
  p.inputs = r.get<std::string>("inputs");
  p.labels = r.get<std::string>("labels");
  const std::string layout = r.get<std::string>("layout"), task = r.get<std::string>("task");
  p.layout = layout == "nhwc" ? Layout::nhwc : Layout::nchw;
  if (layout != "nhwc" && layout != "nchw") r.wrong("layout");
  p.scale = r.get<double>("scale");
  p.normalisation = {r.numbers<float>("mean"), r.numbers<float>("deviation")};
  if (p.normalisation.mean.size() != p.normalisation.deviation.size()) r.wrong("deviation");
  bool known = false;
  for (int i = 0; i < 5; ++i)
    if (task == tasks[i]) p.task = static_cast<evasion::Task>(i), known = true;
  if (!known) r.wrong("task");
  if (has_reference(p.task)) {
    const std::string measure = r.get<std::string>("measure");
    known = false;
    for (const auto m : {evasion::Measure::changed, evasion::Measure::overlap, evasion::Measure::edits}) {
      if (measure == name_of(m) && (m == evasion::Measure::edits) == (p.task == evasion::Task::sequence)) p.criterion.measure = m, known = true;
    }
    if (!known) r.wrong("measure");
    p.criterion.limit = r.get<double>("limit");
    p.criterion.blank = r.get<std::size_t>("blank");
    if (p.task == evasion::Task::sequence && !(p.criterion.limit >= 1)) r.wrong("limit");
  }
  if (const auto found = j.find("fixed"); found != j.end() && found->is_object())
    for (const auto& [name, value] : found->items())
      if (value.is_number()) p.fixed.emplace_back(name, value.get<double>());
      else r.wrong("fixed");
  p.output = r.maybe<std::string>("output").value_or("");
  p.runtime = r.maybe<std::string>("runtime").value_or("");
  p.torch = r.maybe<bool>("torch").value_or(false);
  p.arrays = r.maybe<bool>("arrays").value_or(false);
  p.level = r.get<double>("level");
  const auto norm = evasion::norm_named(r.get<std::string>("norm"));
  const auto set = evasion::attack_set_named(r.get<std::string>("attacks"));
  if (!norm) r.wrong("norm");
  if (!set) r.wrong("attacks");
  p.norm = norm.value_or(evasion::Norm::linf);
  p.epsilon = r.get<double>("epsilon");
  p.effort = {set.value_or(evasion::AttackSet::none), r.get<int>("iterations"), r.get<std::size_t>("targets"), r.get<int>("queries")};
  p.certify = r.get<std::string>("certify");
  p.certify_seconds = r.get<double>("certify_seconds");
  p.certify_parts = r.maybe<std::size_t>("certify_parts").value_or(p.certify_parts);
  p.certify_search = r.maybe<std::size_t>("certify_search").value_or(0);
  p.smoothing.sigma = r.maybe<double>("sigma").value_or(p.smoothing.sigma);
  p.smoothing.draws = r.maybe<std::size_t>("draws").value_or(p.smoothing.draws);
  if (!(p.smoothing.sigma > 0) || p.smoothing.draws == 0) r.wrong("sigma");
  if (const auto found = j.find("constraints"); found != j.end() && !found->is_null()) {
    auto constraints = tabular::read_constraints(file + ".json", text::to_json_text(*found, text::JsonLayout::compact));
    if (!constraints) r.errors.insert(r.errors.end(), constraints.error().begin(), constraints.error().end());
    else p.constraints = std::move(*constraints);
  }
  p.backdoor = r.get<bool>("backdoor");
  p.confidentiality = r.get<bool>("confidentiality");
  p.non_members = r.get<std::string>("non_members");
  p.non_member_labels = r.get<std::string>("non_member_labels");
  if (j.contains("extraction"))
    for (const double n : r.numbers<double>("extraction")) {
      if (!(n >= 1 && n <= 1e6)) r.wrong("extraction");
      else p.extraction.push_back(static_cast<std::size_t>(n));
    }
  p.availability = r.maybe<bool>("availability").value_or(false);
  p.patch = r.maybe<std::size_t>("patch").value_or(0);
  p.corruptions = r.get<bool>("corruptions");
  p.curve = r.numbers<double>("curve");
  p.seed = r.get<std::uint64_t>("seed");
  p.sample = r.maybe<std::size_t>("sample");
  p.require = r.maybe<double>("require");
  p.confidence = r.get<double>("confidence");
  if (!(p.confidence > 0 && p.confidence < 1)) r.wrong("confidence");
  if (!r.errors.empty()) return failure(std::move(r.errors));
  return p;
}

}  // namespace duolex::threats::campaign
