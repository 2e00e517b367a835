#include "threats/campaign/network_table.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>
#include <mutex>

#include "tensor/bounds/certify.h"
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

// One thread's view of the network, held against a label.
class NetworkJudge : public tabular::Answers {
 public:
  NetworkJudge(evasion::Oracle& oracle, std::size_t outputs, const Goal& goal) : oracle_(oracle), outputs_(outputs), goal_(goal) {}

  [[nodiscard]] tabular::Margins margins(std::span<const double> row) const override {
    const std::vector<float> x(row.begin(), row.end());
    std::vector<float> scores(outputs_);
    oracle_.scores(x.data(), 1, scores.data());
    return {goal_.margin(std::span<const float>(scores)), exact_margin(row)};
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
  Goal goal_;
};

struct Setting {
  std::shared_ptr<evasion::NetworkTarget> target;
  Allowed allowed;
  tabular::Table table;
  std::vector<double> labels;

  [[nodiscard]] std::span<const double> row(std::size_t i) const { return {table.row(i), table.columns}; }
};

Result<std::shared_ptr<evasion::NetworkTarget>> open_network(const Plan& plan, const std::string& bytes) {
  if (plan.scale != 1 || !plan.normalisation.mean.empty())
    return failure(error_in(plan.model, "takes rows of a table as they are: --scale, --mean and --deviation are for pictures; put the scaling into the model"));
  auto model = tensor::read_onnx(plan.model, bytes);
  if (!model) return tl::unexpected(model.error());
  auto network = compile_network(plan, *model, std::nullopt);
  if (!network) return tl::unexpected(network.error());
  if (plan.task == Task::classes && network->outputs() < 2)
    return failure(error_in(plan.model, "has one output", "say what it means: --threshold LEVEL for two classes, --tolerance T for a number"));
  if (plan.task != Task::classes && network->outputs() != 1)
    return failure(error_in(plan.model, "has " + std::to_string(network->outputs()) + " outputs; --threshold and --tolerance are for one"));
  return std::make_shared<evasion::NetworkTarget>(std::move(*network), evasion::Normalisation{});
}

Result<Setting> read_setting(const Plan& plan, const Files& files) {
  Setting s;
  auto target = open_network(plan, files.model);
  if (!target) return tl::unexpected(target.error());
  s.target = std::move(*target);
  auto table = read_table_for(plan.inputs, files.inputs, s.target->form().size(), {});
  if (!table) return tl::unexpected(table.error());
  s.table = std::move(*table);
  for (std::size_t i = 0; i < s.table.values.size(); ++i) {
    double& v = s.table.values[i];
    v = static_cast<double>(static_cast<float>(v));
    if (!std::isfinite(v)) return failure(error_in(plan.inputs, "row " + std::to_string(i / s.table.columns) + " has a value that is missing or too large: a network has no answer to it"));
  }
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
  Run(const Plan& plan, const Setting& s, unsigned threads, const Hooks& hooks) : plan_(plan), s_(s), threads_(threads), hooks_(hooks) {
    for (unsigned i = 0; i < threads; ++i) oracles_.push_back(s.target->oracle());
  }
  Findings run(const std::vector<SampleResult>& before);

 private:
  [[nodiscard]] bool stopped() const { return hooks_.stop && hooks_.stop(); }
  [[nodiscard]] Goal goal(std::size_t i) const { return {plan_.task, s_.labels[i], plan_.level}; }
  [[nodiscard]] NetworkJudge judge(unsigned worker, std::size_t i) const { return {*oracles_[worker], s_.target->outputs(), goal(i)}; }
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
  [[nodiscard]] std::vector<CertifiedSample> prove(const std::shared_ptr<const bounds::Prepared>& prepared, const std::vector<std::size_t>& rows, double epsilon, bounds::Method method) const;
  void progress(const char* stage, std::size_t done, std::size_t of) const {
    const std::scoped_lock lock(one_at_a_time_);
    if (hooks_.progress) hooks_.progress(stage, done, of);
  }

  const Plan& plan_;
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
  tabular::Ascended up = ascend(j, *oracles_[worker], s_.target->outputs(), goal(r.number), space, plan_.effort.iterations, evasion::Random(plan_.seed, r.number, for_ascent));
  r.zero_gradient = up.zero_gradient;
  r.forward_calls += up.forward_calls;
  r.gradient_calls += up.gradient_calls;
  if (up.example) return take("gradient", std::move(*up.example));
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
  const auto prepared = bounds::prepare(s_.target->network());
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
  if (plan_.curve.empty() || !out.complete || plan_.effort.set == AttackSet::none) return;
  std::vector<double> epsilons = plan_.curve;
  std::sort(epsilons.begin(), epsilons.end());
  std::vector<std::size_t> left, open;
  for (const SampleResult& r : out.results)
    if (r.clean_correct) left.push_back(r.number);
  open = left;
  for (const double e : epsilons) {
    std::vector<char> held(left.size(), 1);
    const bool all = evasion::in_parallel(
        left.size(), threads_,
        [&](unsigned worker, std::size_t k) {
          SampleResult r;
          r.number = left[k];
          break_row(worker, space(left[k], e), r);
          held[k] = r.row.empty();
        },
        [&] { return stopped(); });
    if (!all) return;
    std::vector<std::size_t> next;
    for (std::size_t k = 0; k < left.size(); ++k)
      if (held[k] != 0) next.push_back(left[k]);
    left = std::move(next);
    out.curve.push_back({e, left.size(), {}});
    progress("curve", out.curve.size(), epsilons.size());
  }
  const auto prepared = out.certification_ran ? bounds::prepare(s_.target->network()) : Result<std::shared_ptr<const bounds::Prepared>>(nullptr);
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

// The signs of masking.cc for rows: without a bound means anywhere within ten times the range of the data.
void Run::signs(Findings& out) const {
  if (plan_.effort.set == AttackSet::none) return;
  tabular::Applied anywhere{std::vector<tabular::Rule>(s_.table.columns), {}};
  for (std::size_t f = 0; f < s_.table.columns; ++f) {
    double low = infinity, high = -infinity;
    for (std::size_t i = 0; i < s_.table.rows; ++i) low = std::min(low, s_.table.row(i)[f]), high = std::max(high, s_.table.row(i)[f]);
    anywhere.features[f].low = low - 10 * (high - low) - 1;
    anywhere.features[f].high = high + 10 * (high - low) + 1;
  }
  const tabular::Metric far{evasion::Norm::linf, {}};
  std::size_t tried = 0, unbroken = 0, right = 0, flat = 0;
  for (const SampleResult& r : out.results) {
    if (!r.clean_correct) continue;
    ++right;
    flat += r.zero_gradient;
    if (tried == evasion::masking_samples) continue;
    ++tried;
    SampleResult trial;
    trial.number = r.number;
    break_row(0, Space(anywhere, far, infinity, true, s_.row(r.number)), trial);
    unbroken += trial.row.empty();
  }
  const double share = right == 0 ? 0 : static_cast<double>(flat) / static_cast<double>(right);
  out.signs.push_back({"zero_gradient", true, share > 0.1, share, right, 0.1, std::to_string(flat) + " of " + std::to_string(right) + " samples have a gradient of zero in all that can change"});
  const auto none = [&](const char* id, const char* why) { out.signs.push_back({id, false, false, 0, 0, 0, std::string("not measured: ") + why}); };
  none("black_box_beats_white_box", "among whole numbers and groups a search by gradients is expected to miss some");
  none("non_monotone_loss", "rows are brought to allowed ones, so that the loss has steps");
  out.signs.push_back({"unbounded_epsilon_fails", true, unbroken > 0, static_cast<double>(unbroken), tried, 0,
                       std::to_string(unbroken) + " of " + std::to_string(tried) + " samples were not broken anywhere within ten times the range of the data"});
  out.signs.push_back({"randomised_output", true, false, 0, out.results.size(), 0, "a network of a file answers the same each time"});
  const auto flats = s_.target->flat_operators();
  std::string names;
  for (const std::string& n : flats) names += (names.empty() ? "" : ", ") + n;
  out.signs.push_back({"non_differentiable_operators", true, !flats.empty(), static_cast<double>(flats.size()), 0, 0, flats.empty() ? "there are none" : "gradients do not pass " + names});
}

void Run::describe(Findings& out) const {
  out.table = TableFinding{"ONNX network", "none", 0, 0, s_.table.columns, {}, plan_.epsilon, {}, {}};
  for (const tabular::Rule& r : s_.allowed.applied.features) out.table->names.push_back(r.feature);
  const auto not_here = [&](bool asked, const std::string& what) {
    if (asked) out.not_tested.push_back(what + ": not with budgets or constraints; run without them");
  };
  not_here(plan_.backdoor, "backdoors");
  out.backdoor.note = plan_.backdoor ? "not with budgets or constraints; run without them" : "";
  not_here(plan_.patch != 0, "patches");
  not_here(plan_.corruptions, "corruptions");
  not_here(plan_.confidentiality, "membership inference");
  not_here(!plan_.extraction.empty(), "extraction");
  not_here(plan_.availability, "availability");
}

Findings Run::run(const std::vector<SampleResult>& before) {
  Findings out;
  out.rows = s_.table.rows;
  out.picked = picked(plan_, s_.table.rows);
  describe(out);
  if (plan_.effort.set != AttackSet::none) out.attacks = {"gradient"};
  if (plan_.effort.set == AttackSet::standard) out.attacks.insert(out.attacks.end(), {"coordinate", "restarts"});
  std::vector<std::optional<SampleResult>> results(out.picked.size());
  for (const SampleResult& r : before) {
    const auto at = std::lower_bound(out.picked.begin(), out.picked.end(), r.number);
    if (at == out.picked.end() || *at != r.number) continue;
    if (r.broken_by.empty() ? r.row.empty() : holds(r.number, r.row)) results[static_cast<std::size_t>(at - out.picked.begin())] = r;
  }
  std::vector<std::size_t> open;
  for (std::size_t k = 0; k < results.size(); ++k)
    if (!results[k]) open.push_back(k);
  out.settled_before = results.size() - open.size();
  const double n = static_cast<double>(open.size()) * (1 + static_cast<double>(plan_.curve.size()));
  if (plan_.effort.set != AttackSet::none) out.estimate.gradient_passes = n * 16 * plan_.effort.iterations;
  out.estimate.forward_passes = out.estimate.gradient_passes + (plan_.effort.set == AttackSet::standard ? n * 2 * plan_.effort.queries : 0);
  if (hooks_.seconds && !open.empty()) {
    const std::size_t first = out.picked[open.front()];
    const double start = hooks_.seconds();
    for (int i = 0; i < 16; ++i) (void)judge(0, first).exact_margin(s_.row(first));
    out.estimate.seconds = (hooks_.seconds() - start) / 16 * (n * 2 * plan_.effort.queries + n * 3 * plan_.effort.iterations) / threads_;
  }
  if (hooks_.estimated) hooks_.estimated(out.estimate);
  std::size_t ended = out.settled_before;
  evasion::in_parallel(
      open.size(), threads_,
      [&](unsigned worker, std::size_t k) {
        SampleResult r = attack(worker, out.picked[open[k]]);
        const std::scoped_lock lock(one_at_a_time_);
        if (hooks_.ended) hooks_.ended(r);
        ++ended;
        if (hooks_.progress) hooks_.progress("attacks", ended, out.picked.size());
        results[open[k]] = std::move(r);
      },
      [&] { return stopped(); });
  for (auto& r : results)
    if (r) out.results.push_back(std::move(*r));
  out.complete = out.results.size() == out.picked.size();
  certify(out);
  signs(out);
  curve(out);
  return out;
}

}  // namespace

Result<TreeRun> read_network_rows(const Plan& plan, const Files& files) {
  auto s = read_setting(plan, files);
  if (!s) return tl::unexpected(s.error());
  return TreeRun{{}, std::move(s->table), std::move(s->labels)};
}

Result<TreeRun> run_network_table(const Plan& plan, const Files& files, unsigned threads, const Hooks& hooks, const std::vector<SampleResult>& before) {
  auto s = read_setting(plan, files);
  if (!s) return tl::unexpected(s.error());
  TreeRun out;
  out.findings = Run(plan, *s, std::max(1u, threads), hooks).run(before);
  out.table = std::move(s->table);
  out.labels = std::move(s->labels);
  return out;
}

Result<std::vector<bool>> verify_network_rows(const Plan& plan, const std::string& model_bytes, const std::vector<StoredRow>& rows, const std::vector<std::string>& names) {
  const auto target = open_network(plan, model_bytes);
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
                  NetworkJudge(*oracle, (*target)->outputs(), {plan.task, r.label, plan.level}).margins(r.example).wrong());
  }
  return out;
}

}  // namespace duolex::threats::campaign
