#include "threats/campaign/network_table.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>
#include <mutex>
#include <numeric>

#include "tensor/bounds/certify.h"
#include "threats/array.h"
#include "threats/campaign/row_loop.h"
#include "threats/campaign/stages.h"
#include "threats/campaign/table_rows.h"
#include "threats/evasion/parallel.h"
#include "threats/tabular/ascent.h"
#include "threats/tabular/attack.h"

namespace duolex::threats::campaign {
namespace {

namespace bounds = tensor::bounds;
using evasion::AttackSet;
using evasion::Goal;
using evasion::SampleResult;
using evasion::Task;
using tabular::Space;

constexpr std::uint32_t for_ascent = 0xa5c3, for_answers = 0x7ee5;
constexpr double infinity = std::numeric_limits<double>::infinity();

// One thread's view of the target, held against a label.
class NetworkJudge : public tabular::Answers {
 public:
  NetworkJudge(evasion::Oracle& oracle, const evasion::Target& target, const Goal& goal) : oracle_(oracle), outputs_(target.outputs()), twice_(target.has_gradient()), goal_(goal) {}

  [[nodiscard]] tabular::Margins margins(std::span<const double> row) const override {
    const std::vector<float> x(row.begin(), row.end());
    std::vector<float> scores(outputs_);
    oracle_.scores(x.data(), 1, scores.data());
    const double margin = goal_.margin(std::span<const float>(scores));
    return {margin, twice_ ? exact_margin(row) : margin};  // what can only be asked has one precision
  }
  [[nodiscard]] double exact_margin(std::span<const double> row) const override {
    const std::vector<float> x(row.begin(), row.end());
    std::vector<double> scores(outputs_);
    oracle_.exact_scores(x.data(), 1, scores.data());
    return goal_.margin(std::span<const double>(scores));
  }
  // The ends and even steps between them; of whole numbers all, where they are few.
  [[nodiscard]] std::vector<double> choices(const Space& space, std::size_t f) const override {
    constexpr int steps = 16;
    std::vector<double> values;
    if (!space.can_change(f)) return values;
    const bool whole = space.applied().features[f].integer;
    const double low = whole ? std::ceil(space.low(f)) : space.low(f), high = whole ? std::floor(space.high(f)) : space.high(f);
    if (!(low <= high) || !std::isfinite(low) || !std::isfinite(high)) return values;
    const int count = whole ? static_cast<int>(std::min(high - low, 64.0)) : steps;
    for (int i = 0; i <= count; ++i) {
      const double at = low + (high - low) * (count == 0 ? 0 : static_cast<double>(i) / count);
      const double v = i == count ? high : whole ? std::round(at) : static_cast<double>(static_cast<float>(at));
      if (v >= low && v <= high && (values.empty() || v != values.back())) values.push_back(v);
    }
    return values;
  }

 private:
  evasion::Oracle& oracle_;
  std::size_t outputs_;
  bool twice_;
  Goal goal_;
};

struct Setting {
  std::shared_ptr<evasion::Target> target;
  Allowed allowed;
  tabular::Table table;
  std::vector<double> labels;

  [[nodiscard]] std::span<const double> row(std::size_t i) const { return {table.row(i), table.columns}; }
  [[nodiscard]] const evasion::NetworkTarget* network() const { return dynamic_cast<const evasion::NetworkTarget*>(target.get()); }
  [[nodiscard]] const evasion::AskedTarget* asked() const { return dynamic_cast<const evasion::AskedTarget*>(target.get()); }
};

// The model of the files, or what was given in its place.
Result<std::shared_ptr<evasion::Target>> open_for_rows(const Plan& plan, const std::string& bytes, const std::string& inputs, std::shared_ptr<evasion::Target> target) {
  if (plan.scale != 1 || !plan.normalisation.mean.empty())
    return failure(error_in(plan.model, "takes rows of a table as they are: --scale, --mean and --deviation are for pictures; put the scaling into the model"));
  if (target == nullptr) {
    auto opened = open_target(plan, bytes, inputs);
    if (!opened) return opened;
    target = std::move(*opened);
  }
  if (plan.task == Task::classes && target->outputs() < 2)
    return failure(error_in(plan.model, "has one output", "say what it means: --threshold LEVEL for two classes, --tolerance T for a number"));
  if (plan.task != Task::classes && target->outputs() != 1)
    return failure(error_in(plan.model, "has " + std::to_string(target->outputs()) + " outputs; --threshold and --tolerance are for one"));
  return target;
}

Result<tabular::Table> read_rows_for(const evasion::Target& target, const std::string& file, const std::string& bytes) {
  auto table = read_table_for(file, bytes, target.form().size(), {});
  if (!table) return table;
  for (std::size_t i = 0; i < table->values.size(); ++i) {
    double& v = table->values[i];
    v = static_cast<double>(static_cast<float>(v));
    if (!std::isfinite(v))
      return failure(error_in(file, "row " + std::to_string(i / table->columns) + " has a value that is missing or too large: a network has no answer to it, and a black box is asked in numbers"));
  }
  return table;
}

Result<Setting> read_setting(const Plan& plan, const Files& files, const std::shared_ptr<evasion::Target>& given) {
  Setting s;
  auto target = open_for_rows(plan, files.model, files.inputs, given);
  if (!target) return tl::unexpected(target.error());
  s.target = std::move(*target);
  auto table = read_rows_for(*s.target, plan.inputs, files.inputs);
  if (!table) return tl::unexpected(table.error());
  s.table = std::move(*table);
  auto labels = read_table_labels(plan, s.target->outputs(), plan.labels, files.labels, s.table.rows);
  if (!labels) return tl::unexpected(labels.error());
  s.labels = std::move(*labels);
  auto allowed = apply_constraints(plan, s.table.names, s.table.columns);
  if (!allowed) return tl::unexpected(allowed.error());
  s.allowed = std::move(*allowed);
  if (auto fits = groups_hold(plan, s.allowed.applied, s.table); !fits) return tl::unexpected(fits.error());
  return s;
}

class Run {
 public:
  Run(const Plan& plan, const Files& files, const Setting& s, unsigned threads, const Hooks& hooks) : plan_(plan), files_(files), s_(s), threads_(threads), hooks_(hooks) {
    for (unsigned i = 0; i < threads; ++i) oracles_.push_back(s.target->oracle());
  }
  Findings run(const std::vector<SampleResult>& before);

 private:
  [[nodiscard]] bool stopped() const { return hooks_.stop && hooks_.stop(); }
  [[nodiscard]] Goal goal(std::size_t i) const { return {plan_.task, s_.labels[i], plan_.level}; }
  [[nodiscard]] NetworkJudge judge(unsigned worker, std::size_t i) const { return {*oracles_[worker], *s_.target, goal(i)}; }
  [[nodiscard]] Space space(std::size_t i, double radius) const { return {s_.allowed.applied, s_.allowed.metric, radius, true, s_.row(i)}; }
  [[nodiscard]] bool holds(std::size_t i, const std::vector<double>& row) const {
    return row.size() == s_.table.columns && space(i, plan_.epsilon).holds(row) && judge(0, i).margins(row).wrong();
  }
  void break_row(unsigned worker, const Space& space, SampleResult& r) const;
  SampleResult attack(unsigned worker, std::size_t i) const;
  void certify(Findings& out) const;
  void curve(Findings& out) const;
  void signs(Findings& out) const;
  void describe(Findings& out) const;
  void membership(Findings& out) const;
  void other_stages(Findings& out) const;
  [[nodiscard]] std::vector<CertifiedSample> prove(const std::shared_ptr<const bounds::Prepared>& prepared, const std::vector<std::size_t>& rows, double epsilon, bounds::Method method) const;
  void progress(const char* stage, std::size_t done, std::size_t of) const {
    const std::scoped_lock lock(one_at_a_time_);
    if (hooks_.progress) hooks_.progress(stage, done, of);
  }

  const Plan& plan_;
  const Files& files_;
  const Setting& s_;
  unsigned threads_;
  const Hooks& hooks_;
  std::vector<std::unique_ptr<evasion::Oracle>> oracles_{};
  mutable std::mutex one_at_a_time_{};
};

void Run::break_row(unsigned worker, const Space& space, SampleResult& r) const {
  const NetworkJudge j = judge(worker, r.number);
  const auto take = [&](const char* by, tabular::Example&& e) {
    r.broken_by = by;
    r.distance = e.distance;
    r.margin = j.exact_margin(e.row);
    r.row = std::move(e.row);
  };
  if (s_.target->has_gradient()) {
    tabular::Ascended up = ascend(j, *oracles_[worker], s_.target->outputs(), goal(r.number), space, plan_.effort.iterations, evasion::Random(plan_.seed, r.number, for_ascent));
    r.zero_gradient = up.zero_gradient;
    r.forward_calls += up.forward_calls;
    r.gradient_calls += up.gradient_calls;
    if (up.example) return take("gradient", std::move(*up.example));
  }
  if (plan_.effort.set != AttackSet::standard) return;
  tabular::Attacked a = attack_row(j, space, plan_.effort.queries, evasion::Random(plan_.seed, r.number, for_answers));
  r.forward_calls += a.tried;
  if (a.example) take(a.by.c_str(), std::move(*a.example));
}

SampleResult Run::attack(unsigned worker, std::size_t i) const {
  SampleResult r;
  r.number = i;
  const tabular::Margins m = judge(worker, i).margins(s_.row(i));
  r.finite = std::isfinite(m.exact);
  r.clean_margin = m.exact;
  r.clean_correct = r.finite && m.right();
  r.forward_calls = 1;
  if (r.clean_correct && plan_.effort.set != AttackSet::none) break_row(worker, space(i, plan_.epsilon), r);
  return r;
}

std::vector<CertifiedSample> Run::prove(const std::shared_ptr<const bounds::Prepared>& prepared, const std::vector<std::size_t>& rows, double epsilon, bounds::Method method) const {
  std::vector<CertifiedSample> found(rows.size());
  std::vector<std::unique_ptr<bounds::Certifier>> certifiers;
  for (unsigned i = 0; i < threads_; ++i) certifiers.push_back(std::make_unique<bounds::Certifier>(prepared));
  std::atomic<std::size_t> done{0};
  const bool all = evasion::in_parallel(
      rows.size(), threads_,
      [&](unsigned worker, std::size_t k) {
        const Space s = space(rows[k], epsilon);
        bounds::CertifyOptions options;
        options.method = method;
        options.seed = plan_.seed;
        for (std::size_t f = 0; f < s_.table.columns; ++f) {
          options.low.push_back(s.low(f));
          options.high.push_back(s.high(f));
        }
        const double start = hooks_.seconds ? hooks_.seconds() : 0;
        options.out_of_time = [&, start] { return stopped() || (hooks_.seconds && hooks_.seconds() - start > plan_.certify_seconds); };
        const std::vector<float> x(s_.row(rows[k]).begin(), s_.row(rows[k]).end());
        const bool bounded = std::all_of(options.low.begin(), options.low.end(), [](double v) { return std::isfinite(v); }) && std::all_of(options.high.begin(), options.high.end(), [](double v) { return std::isfinite(v); });
        const bounds::Certificate c = bounded ? certifiers[worker]->certify(x.data(), static_cast<std::size_t>(s_.labels[rows[k]]), options) : bounds::Certificate{};
        found[k] = {rows[k], c.outcome == bounds::Outcome::certified, false, c.margin, c.rounding};
        progress("proofs", ++done, rows.size());
      },
      [&] { return stopped(); });
  if (!all) found.clear();
  return found;
}

void Run::certify(Findings& out) const {
  if (plan_.certify.empty()) return;
  const auto refuse = [&](const std::string& why) { out.not_tested.push_back("certification: " + why); };
  if (plan_.certify == "smoothing") return refuse("randomised smoothing is about L2 around a picture, not about rows with constraints");
  if (plan_.task != Task::classes) return refuse("proofs are known for classes only");
  if (s_.network() == nullptr) return refuse(s_.asked() != nullptr ? "nothing can be proven of a black box" : "bounds are known for the engine's own networks, and not for a model in libtorch");
  const auto prepared = bounds::prepare(s_.network()->network(), bounds::Outputs::by_their_order);
  if (!prepared) return refuse(prepared.error().front().message);
  std::vector<std::size_t> open;
  for (const SampleResult& r : out.results)
    if (r.clean_correct && r.broken_by.empty()) open.push_back(r.number);
  out.certified = prove(*prepared, open, plan_.epsilon, plan_.certify == "bab" ? bounds::Method::branch_and_bound : bounds::Method::crown);
  if (out.certified.size() != open.size()) return refuse("interrupted");
  out.certification_ran = true;
  out.table->notes.push_back("proofs are about the smallest box around all allowed rows: whole numbers and groups are not used in them");
}

// Attacks from the smallest epsilon on, proofs from the largest down: who is broken stays so, what is proven stays so.
void Run::curve(Findings& out) const {
  if (plan_.curve.empty() || !out.complete || out.attacks.empty()) return;
  std::vector<double> epsilons = plan_.curve;
  std::sort(epsilons.begin(), epsilons.end());
  std::vector<std::size_t> left, open;
  for (const SampleResult& r : out.results)
    if (r.clean_correct) left.push_back(r.number);
  open = left;
  for (const double e : epsilons) {
    auto held = rows_that_hold(left, threads_, hooks_, [&](unsigned worker, std::size_t row) {
      SampleResult r;
      r.number = row;
      break_row(worker, space(row, e), r);
      return r.row.empty();
    });
    if (!held) return;
    left = std::move(*held);
    out.curve.push_back({e, left.size(), {}});
    progress("curve", out.curve.size(), epsilons.size());
  }
  const auto prepared = out.certification_ran ? bounds::prepare(s_.network()->network(), bounds::Outputs::by_their_order) : Result<std::shared_ptr<const bounds::Prepared>>(nullptr);
  if (!prepared || *prepared == nullptr) return;
  std::size_t proven = 0;
  for (std::size_t k = out.curve.size(); k-- > 0;) {
    auto found = prove(*prepared, open, out.curve[k].epsilon, bounds::Method::crown);
    if (found.size() != open.size()) return;
    if (out.curve[k].epsilon <= plan_.epsilon) found.insert(found.end(), out.certified.begin(), out.certified.end());
    proven += std::erase_if(open, [&](std::size_t row) { return std::any_of(found.begin(), found.end(), [row](const CertifiedSample& c) { return c.number == row && c.certified; }); });
    out.curve[k].certified = proven;
  }
}

// The signs of masking.cc for rows: without a bound means anywhere within ten times the range of the data. What can only be
// asked is still asked about rows alone: whole numbers, ranges and groups stay, and what never changes may.
void Run::signs(Findings& out) const {
  if (out.attacks.empty()) return;
  const bool asked = s_.asked() != nullptr;
  tabular::Applied anywhere{std::vector<tabular::Rule>(s_.table.columns), {}};
  for (std::size_t f = 0; f < s_.table.columns; ++f) {
    double low = infinity, high = -infinity;
    for (std::size_t i = 0; i < s_.table.rows; ++i) low = std::min(low, s_.table.row(i)[f]), high = std::max(high, s_.table.row(i)[f]);
    anywhere.features[f].low = low - 10 * (high - low) - 1;
    anywhere.features[f].high = high + 10 * (high - low) + 1;
    if (!asked) continue;
    const tabular::Rule& r = s_.allowed.applied.features[f];
    anywhere.features[f].integer = r.integer;
    if (r.low) anywhere.features[f].low = r.low;
    if (r.high) anywhere.features[f].high = r.high;
  }
  if (asked) anywhere.groups = s_.allowed.applied.groups;
  for (tabular::Applied::Group& g : anywhere.groups) g.fixed = false;
  const tabular::Metric far{evasion::Norm::linf, {}};
  std::size_t tried = 0, unbroken = 0, right = 0, flat = 0, changing = 0;
  for (const SampleResult& r : out.results) {
    if (!r.clean_correct) continue;
    ++right;
    flat += r.zero_gradient;
    if (tried == evasion::masking_samples) continue;
    ++tried;
    if (s_.network() == nullptr) changing += judge(0, r.number).exact_margin(s_.row(r.number)) != judge(0, r.number).exact_margin(s_.row(r.number));
    SampleResult trial;
    trial.number = r.number;
    break_row(0, Space(anywhere, far, infinity, true, s_.row(r.number)), trial);
    unbroken += trial.row.empty();
  }
  const double share = right == 0 ? 0 : static_cast<double>(flat) / static_cast<double>(right);
  const auto none = [&](const char* id, const char* why) { out.signs.push_back({id, false, false, 0, 0, 0, std::string("not measured: ") + why}); };
  if (asked) none("zero_gradient", "there is no gradient");
  else out.signs.push_back({"zero_gradient", true, share > 0.1, share, right, 0.1, std::to_string(flat) + " of " + std::to_string(right) + " samples have a gradient of zero in all that can change"});
  none("black_box_beats_white_box", asked ? "there is no attack with gradients beside the others" : "among whole numbers and groups a search by gradients is expected to miss some");
  none("non_monotone_loss", asked ? "there is no gradient" : "rows are brought to allowed ones, so that the loss has steps");
  out.signs.push_back({"unbounded_epsilon_fails", true, unbroken > 0, static_cast<double>(unbroken), tried, 0,
                       std::to_string(unbroken) + " of " + std::to_string(tried) + " samples were not broken anywhere within ten times the range of the data"});
  if (s_.network() == nullptr)
    out.signs.push_back({"randomised_output", true, changing > 0, static_cast<double>(changing), tried, 0, "the same row twice gave two results on " + std::to_string(changing) + " of " + std::to_string(tried) + " samples"});
  else out.signs.push_back({"randomised_output", true, false, 0, out.results.size(), 0, "a network of a file answers the same each time"});
  if (asked) return none("non_differentiable_operators", "a black box does not show its operators");
  const auto flats = s_.target->flat_operators();
  std::string names;
  for (const std::string& n : flats) names += (names.empty() ? "" : ", ") + n;
  out.signs.push_back({"non_differentiable_operators", true, !flats.empty(), static_cast<double>(flats.size()), 0, 0, flats.empty() ? "there are none" : "gradients do not pass " + names});
}

void Run::describe(Findings& out) const {
  const evasion::AskedTarget* const asked = s_.asked();
  out.table = TableFinding{s_.network() != nullptr ? "ONNX network" : asked == nullptr ? "TorchScript model" : asked->because.empty() ? "black box" : "ONNX network, asked alone", "none", 0, 0, s_.table.columns, {}, plan_.epsilon, {}, {}};
  for (const tabular::Rule& r : s_.allowed.applied.features) out.table->names.push_back(r.feature);
  if (plan_.backdoor) {
    out.backdoor.note = asked != nullptr ? "trigger inversion needs gradients" : "trigger inversion knows no budgets or constraints; run it without them";
    out.not_tested.push_back("backdoors: " + out.backdoor.note);
  }
  if (plan_.patch != 0) out.not_tested.push_back("patches: they are for pictures");
  if (plan_.corruptions) out.not_tested.push_back("corruptions: they are for pictures");
  if (asked == nullptr) return;
  out.not_tested.push_back("attacks with gradients: the target is a black box" + (asked->because.empty() ? "" : " (" + asked->because + ")") + "; examples are checked by asking it again, not in double precision");
  if (plan_.effort.set == AttackSet::apgd_ce) out.not_tested.push_back("evasion by APGD: a black box has no gradient; 'standard' searches without one");
}

void Run::membership(Findings& out) const {
  if (!plan_.confidentiality || stopped()) return;
  const auto margins = [&](const tabular::Table& table, const std::vector<double>& labels, const std::vector<std::size_t>& rows) {
    std::vector<double> m;
    for (const std::size_t i : rows) m.push_back(NetworkJudge(*oracles_[0], *s_.target, {plan_.task, labels[i], plan_.level}).exact_margin({table.row(i), table.columns}));
    for (double& v : m) v = std::isfinite(v) ? v : -1e300;
    return m;
  };
  const auto others = read_rows_for(*s_.target, plan_.non_members, files_.non_members);
  const auto labels = others ? read_table_labels(plan_, s_.target->outputs(), plan_.non_member_labels, files_.non_member_labels, others->rows) : tl::unexpected(others.error());
  if (!labels) {
    out.membership.note = labels.error().front().message;
  } else {
    std::vector<std::size_t> all(others->rows);
    std::iota(all.begin(), all.end(), std::size_t{0});
    out.membership = membership_from(margins(s_.table, s_.labels, out.picked), margins(*others, *labels, all), plan_.confidence);
  }
  if (!out.membership.tested) out.not_tested.push_back("membership inference: " + out.membership.note);
}

// Those of stages.h that take rows as numbers.
void Run::other_stages(Findings& out) const {
  const Rows rows{s_.target->form(), {s_.table.values.begin(), s_.table.values.end()}, s_.labels};
  const Work work{plan_, files_, *s_.target, s_.network(), rows, threads_, hooks_, &s_.allowed.applied};
  copy_network(work, out);
  disturb(work, out);
}

Findings Run::run(const std::vector<SampleResult>& before) {
  Findings out;
  describe(out);
  const bool gradients = s_.target->has_gradient() && plan_.effort.set != AttackSet::none, searches = plan_.effort.set == AttackSet::standard;
  if (gradients) out.attacks = {"gradient"};
  if (searches) out.attacks.insert(out.attacks.end(), {"coordinate", "restarts"});
  RowAttack how;
  how.still_holds = [&](const SampleResult& r) { return holds(r.number, r.row); };
  how.attack = [&](unsigned worker, std::size_t row) { return attack(worker, row); };
  how.failed = [&] { return !s_.target->failure().empty(); };
  how.estimate = [&](const std::vector<std::size_t>& rows) {
    Estimate e;
    const double n = static_cast<double>(rows.size()) * (1 + static_cast<double>(plan_.curve.size())), questions = searches ? n * 2 * plan_.effort.queries : 0, steps = gradients ? n * plan_.effort.iterations : 0;
    e.gradient_passes = 16 * steps;
    e.forward_passes = e.gradient_passes + questions;
    // Sixteen ascents cost about as much as three passes by themselves.
    if (!rows.empty()) e.seconds = seconds_of(hooks_, [&] { (void)judge(0, rows.front()).exact_margin(s_.row(rows.front())); }) * (questions + 3 * steps) / (s_.asked() == nullptr ? threads_ : 1);
    return e;
  };
  attack_rows(plan_, s_.table.rows, threads_, hooks_, before, how, out);
  certify(out);
  signs(out);
  curve(out);
  membership(out);
  other_stages(out);
  return out;
}

}  // namespace

Result<TreeRun> read_network_rows(const Plan& plan, const Files& files, const std::shared_ptr<evasion::Target>& target) {
  auto s = read_setting(plan, files, target);
  if (!s) return tl::unexpected(s.error());
  return TreeRun{{}, std::move(s->table), std::move(s->labels)};
}

Result<TreeRun> run_network_table(const Plan& plan, const Files& files, unsigned threads, const Hooks& hooks, const std::vector<SampleResult>& before,
                                  const std::shared_ptr<evasion::Target>& target) {
  auto s = read_setting(plan, files, target);
  if (!s) return tl::unexpected(s.error());
  TreeRun out;
  out.findings = Run(plan, files, *s, std::max(1u, threads), hooks).run(before);
  if (const Diagnostics wrong = s->target->failure(); !wrong.empty()) return tl::unexpected(wrong);
  out.table = std::move(s->table);
  out.labels = std::move(s->labels);
  return out;
}

Result<std::vector<bool>> verify_network_rows(const Plan& plan, const std::string& model_bytes, const std::vector<StoredRow>& rows, const std::vector<std::string>& names,
                                              const std::shared_ptr<evasion::Target>& given) {
  if (rows.empty()) return std::vector<bool>();
  const auto target = open_for_rows(plan, model_bytes, to_npy(array_of({1, rows[0].original.size()}, rows[0].original)), given);
  if (!target) return tl::unexpected(target.error());
  const std::size_t width = (*target)->form().size();
  const auto allowed = apply_constraints(plan, names, width);
  if (!allowed) return tl::unexpected(allowed.error());
  const auto oracle = (*target)->oracle();
  std::vector<bool> out;
  for (const StoredRow& r : rows) {
    const bool label = plan.task != Task::classes || (r.label >= 0 && r.label < static_cast<double>((*target)->outputs()) && r.label == std::floor(r.label));
    const bool fits = label && r.original.size() == width && r.example.size() == width;
    out.push_back(fits && Space(allowed->applied, allowed->metric, plan.epsilon, true, r.original).holds(r.example) &&
                  NetworkJudge(*oracle, **target, {plan.task, r.label, plan.level}).margins(r.example).wrong());
  }
  if (const Diagnostics wrong = (*target)->failure(); !wrong.empty()) return tl::unexpected(wrong);
  return out;
}

}  // namespace duolex::threats::campaign
