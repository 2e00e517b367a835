#include "threats/campaign/tree_campaign.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>
#include <mutex>

#include "threats/campaign/network_table.h"
#include "threats/campaign/row_loop.h"
#include "threats/campaign/stages.h"
#include "threats/campaign/table_rows.h"
#include "threats/evasion/parallel.h"
#include "threats/tabular/attack.h"

namespace duolex::threats::campaign {
namespace {

using evasion::AttackSet;
using evasion::Goal;
using evasion::SampleResult;
using evasion::Task;
using tabular::Judge;
using tabular::Space;

constexpr std::uint32_t for_trees = 0x7ee5;
constexpr double infinity = std::numeric_limits<double>::infinity();

// The model, the rows and what may be done to them.
struct Setting {
  trees::Ensemble ensemble;
  tabular::Applied applied;
  tabular::Metric metric;
  tabular::Table table;
  std::vector<double> labels;

  [[nodiscard]] std::span<const double> row(std::size_t i) const { return {table.row(i), table.columns}; }
  [[nodiscard]] Goal goal(const Plan& plan, std::size_t i) const { return {plan.task, labels[i], plan.level}; }
};

// The rows of a file as the ensemble takes them.
Result<tabular::Table> read_rows_for(const trees::Ensemble& e, const std::string& file, const std::string& bytes) {
  auto table = read_table_for(file, bytes, e.features, e.feature_names);
  if (table) trees::as_taken(e, table->values);
  return table;
}

Result<trees::Ensemble> read_model(const Plan& plan, const std::string& bytes) {
  auto e = trees::read_ensemble(plan.model, bytes);
  if (!e) return e;
  if (plan.task == Task::classes && !e->classifier)
    return failure(error_in(plan.model, "answers with a number", "say what it means: --threshold LEVEL for two classes, --tolerance T for a number"));
  if (plan.task != Task::classes) {
    if (e->outputs != 1) return failure(error_in(plan.model, "has " + std::to_string(e->outputs) + " outputs; --threshold and --tolerance are for one"));
    e->classifier = false;  // its one number is what counts
  }
  return e;
}

Result<Setting> read_setting(const Plan& plan, const Files& files) {
  if (plan.scale != 1 || !plan.normalisation.mean.empty())
    return failure(error_in(plan.model, "is an ensemble of trees: --scale, --mean and --deviation are for networks; its rows are taken as they are"));
  Setting s;
  auto e = read_model(plan, files.model);
  if (!e) return tl::unexpected(e.error());
  s.ensemble = std::move(*e);
  auto table = read_rows_for(s.ensemble, plan.inputs, files.inputs);
  if (!table) return tl::unexpected(table.error());
  s.table = std::move(*table);
  auto labels = read_table_labels(plan, s.ensemble.classes(), plan.labels, files.labels, s.table.rows);
  if (!labels) return tl::unexpected(labels.error());
  s.labels = std::move(*labels);
  auto space = apply_constraints(plan, s.ensemble.feature_names.empty() ? s.table.names : s.ensemble.feature_names, s.ensemble.features);
  if (!space) return tl::unexpected(space.error());
  s.applied = std::move(space->applied);
  s.metric = std::move(space->metric);
  if (auto fits = groups_hold(plan, s.applied, s.table); !fits) return tl::unexpected(fits.error());
  return s;
}

class Run {
 public:
  Run(const Plan& plan, const Files& files, const Setting& s, unsigned threads, const Hooks& hooks)
      : plan_(plan), files_(files), s_(s), threads_(threads), hooks_(hooks), regions_(s.ensemble) {}

  Findings run(const std::vector<SampleResult>& before);

 private:
  [[nodiscard]] bool stopped() const { return hooks_.stop && hooks_.stop(); }
  [[nodiscard]] Judge judge(std::size_t i) const { return {regions_, s_.goal(plan_, i)}; }
  [[nodiscard]] Space space(std::size_t i, double radius) const { return {s_.applied, s_.metric, radius, s_.ensemble.single, s_.row(i)}; }
  void progress(const char* stage, std::size_t done, std::size_t of) const {
    if (hooks_.progress) hooks_.progress(stage, done, of);
  }
  SampleResult attack(std::size_t i) const;
  void certify(Findings& out) const;
  void curve(Findings& out) const;
  void signs(Findings& out) const;
  void membership(Findings& out) const;
  void copy(Findings& out) const;
  void cost(Findings& out) const;
  void describe(Findings& out) const;
  [[nodiscard]] double farthest() const {
    double out = plan_.epsilon;
    for (const double e : plan_.curve) out = std::max(out, e);
    return out;
  }

  const Plan& plan_;
  const Files& files_;
  const Setting& s_;
  unsigned threads_;
  const Hooks& hooks_;
  trees::Regions regions_;
  mutable std::mutex one_at_a_time_{};
};

SampleResult Run::attack(std::size_t i) const {
  SampleResult r;
  r.number = i;
  const Judge j = judge(i);
  const tabular::Margins m = j.margins(s_.row(i));
  r.clean_margin = m.exact;
  r.clean_correct = m.right();
  r.forward_calls = 1;
  if (!r.clean_correct || plan_.effort.set != AttackSet::standard) return r;
  tabular::Attacked a = attack_row(j, space(i, plan_.epsilon), plan_.effort.queries, evasion::Random(plan_.seed, i, for_trees));
  r.forward_calls += a.tried;
  if (!a.example) return r;
  r.broken_by = a.by;
  r.distance = a.example->distance;
  r.margin = j.exact_margin(a.example->row);
  r.row = std::move(a.example->row);
  return r;
}

void Run::certify(Findings& out) const {
  if (plan_.certify == "smoothing") out.not_tested.push_back("randomised smoothing: it is for networks");
  if (plan_.certify.empty() || plan_.certify == "smoothing") return;
  const bool search = plan_.certify == "bab";
  std::vector<std::size_t> open;
  for (std::size_t k = 0; k < out.results.size(); ++k)
    if (out.results[k].clean_correct && (search || out.results[k].broken_by.empty())) open.push_back(k);
  std::vector<CertifiedSample> certified(open.size());
  std::vector<TableFinding::Distance> distances(open.size());
  std::vector<std::optional<tabular::Example>> nearest(open.size());
  std::atomic<std::size_t> done{0}, late{0};
  const bool all = evasion::in_parallel(
      open.size(), threads_,
      [&](unsigned, std::size_t k) {
        const SampleResult& r = out.results[open[k]];
        const Judge j = judge(r.number);
        certified[k].number = r.number;
        if (!search) {
          certified[k].certified = holds_at_once(j, space(r.number, plan_.epsilon));
        } else {
          const double start = hooks_.seconds ? hooks_.seconds() : 0;
          bool timed_out = false;
          const auto out_of_time = [&] { return timed_out = stopped() || (hooks_.seconds && hooks_.seconds() - start > plan_.certify_seconds); };
          std::optional<tabular::Example> known;
          if (!r.row.empty()) known = tabular::Example{r.row, r.distance};
          const tabular::SearchResult found = nearest_example(j, space(r.number, farthest()), std::move(known), {plan_.certify_parts, out_of_time});
          late += timed_out;
          certified[k].certified = found.none_below > plan_.epsilon;
          certified[k].falsified = found.nearest && found.nearest->distance <= plan_.epsilon;
          distances[k] = {r.number, found.none_below, found.nearest ? std::optional(found.nearest->distance) : std::nullopt, found.ended, found.parts};
          nearest[k] = found.nearest;
        }
        const std::scoped_lock lock(one_at_a_time_);
        progress("proofs", ++done, open.size());
      },
      [&] { return stopped(); });
  if (!all) {
    out.not_tested.push_back("certification: interrupted");
    return;
  }
  out.certification_ran = true;
  if (search) out.table->distances = std::move(distances);
  if (late > 0) out.table->notes.push_back(std::to_string(late) + " searches ended by the clock, so that another machine may prove more or less");
  for (std::size_t k = 0; k < open.size(); ++k) {
    SampleResult& r = out.results[open[k]];
    if (!certified[k].falsified) continue;
    if (r.broken_by.empty()) r.broken_by = "certifier";
    const Judge j = judge(r.number);
    r.row = without_needless_changes(j, space(r.number, plan_.epsilon), std::move(nearest[k]->row));
    r.distance = s_.metric.distance(s_.row(r.number), r.row);
    r.margin = j.exact_margin(r.row);
  }
  out.certified = std::move(certified);
}

void Run::curve(Findings& out) const {
  if (plan_.curve.empty() || !out.complete) return;
  std::vector<double> epsilons = plan_.curve;
  std::sort(epsilons.begin(), epsilons.end());
  if (!out.table->distances.empty()) {
    for (const double e : epsilons) {
      CurvePoint p{e, out.clean_correct(), 0};
      for (const TableFinding::Distance& d : out.table->distances) {
        p.correct -= d.nearest && *d.nearest <= e;
        *p.certified += d.none_below > e;
      }
      out.curve.push_back(p);
    }
    return;
  }
  if (plan_.effort.set != AttackSet::standard) return;
  std::vector<std::size_t> left;
  for (const SampleResult& r : out.results)
    if (r.clean_correct) left.push_back(r.number);
  for (const double e : epsilons) {
    auto held = rows_that_hold(left, threads_, hooks_, [&](unsigned, std::size_t row) { return !attack_row(judge(row), space(row, e), plan_.effort.queries, evasion::Random(plan_.seed, row, for_trees)).example; });
    if (!held) return;
    left = std::move(*held);
    out.curve.push_back({e, left.size(), {}});
    if (out.certification_ran) {
      std::vector<char> proven(left.size(), 0);
      if (!evasion::in_parallel(left.size(), threads_, [&](unsigned, std::size_t k) { proven[k] = holds_at_once(judge(left[k]), space(left[k], e)); }, [&] { return stopped(); })) return;
      out.curve.back().certified = static_cast<std::size_t>(std::count(proven.begin(), proven.end(), 1));
    }
    progress("curve", out.curve.size(), epsilons.size());
  }
}

// The signs of masking.cc, of which two apply to what has no gradient and is read from a file.
void Run::signs(Findings& out) const {
  if (plan_.effort.set != AttackSet::standard) return;
  std::size_t tried = 0, unbroken = 0;
  const tabular::Applied anything{std::vector<tabular::Rule>(s_.ensemble.features), {}};
  const tabular::Metric far{evasion::Norm::linf, {}};
  for (const SampleResult& r : out.results) {
    if (!r.clean_correct || tried == evasion::masking_samples) continue;
    ++tried;
    const Space whole(anything, far, infinity, s_.ensemble.single, s_.row(r.number));
    unbroken += !attack_row(judge(r.number), whole, plan_.effort.queries, evasion::Random(plan_.seed, r.number, for_trees + 1)).example;
  }
  const auto none = [&](const char* id) { out.signs.push_back({id, false, false, 0, 0, 0, "not measured: trees have no gradient, and none is used"}); };
  none("zero_gradient");
  none("black_box_beats_white_box");
  none("non_monotone_loss");
  out.signs.push_back({"unbounded_epsilon_fails", true, unbroken > 0, static_cast<double>(unbroken), tried, 0,
                       std::to_string(unbroken) + " of " + std::to_string(tried) + " samples were not broken although every change was allowed"});
  out.signs.push_back({"randomised_output", true, false, 0, out.results.size(), 0, "the trees of a file answer the same each time"});
  none("non_differentiable_operators");
}

void Run::membership(Findings& out) const {
  if (!plan_.confidentiality || stopped()) return;
  const auto margins = [&](const tabular::Table& table, const std::vector<double>& labels, const std::vector<std::size_t>& rows) {
    std::vector<double> m;
    for (const std::size_t i : rows) m.push_back(Judge(regions_, {plan_.task, labels[i], plan_.level}).exact_margin({table.row(i), table.columns}));
    return m;
  };
  const auto others = read_rows_for(s_.ensemble, plan_.non_members, files_.non_members);
  const auto labels = others ? read_table_labels(plan_, s_.ensemble.classes(), plan_.non_member_labels, files_.non_member_labels, others->rows) : tl::unexpected(others.error());
  if (!labels) {
    out.membership.note = labels.error().front().message;
  } else {
    std::vector<std::size_t> all(others->rows);
    for (std::size_t i = 0; i < all.size(); ++i) all[i] = i;
    out.membership = membership_from(margins(s_.table, s_.labels, out.picked), margins(*others, *labels, all), plan_.confidence);
  }
  if (!out.membership.tested) out.not_tested.push_back("membership inference: " + out.membership.note);
}

void Run::copy(Findings& out) const {
  if (plan_.extraction.empty() || stopped()) return;
  const trees::Ensemble& e = s_.ensemble;
  std::vector<float> rows;
  for (const std::size_t i : out.picked)
    for (const double v : s_.row(i)) rows.push_back(static_cast<float>(v));
  const extraction::Ask ask = [&](std::span<const float> x, std::span<float> p) {
    std::vector<double> row(x.begin(), x.end()), raw(e.outputs), scores(scores_of(e));
    exact_scores(e, row, raw);
    to_scores(e, raw, scores);
    if (plan_.task == Task::threshold) return as_two_classes(plan_, scores[0], p);
    if (plan_.task == Task::deviation) {
      p[0] = static_cast<float>(scores[0]);
      return;
    }
    // Whatever the link, the class with the highest score has the highest share.
    double most = *std::max_element(scores.begin(), scores.end()), sum = 0;
    for (double& s : scores) sum += s = std::exp(s - most);
    for (std::size_t k = 0; k < p.size(); ++k) p[k] = static_cast<float>(scores[k] / sum);
  };
  out.extraction = copy_by_answers(plan_, ask, rows, e.features, plan_.task == Task::deviation ? 1 : plan_.task == Task::threshold ? 2 : e.classes(), &s_.applied, e.single, hooks_, out.not_tested);
}

// The work for a row is the splits that it passes: counted, so that it does not depend on a clock.
void Run::cost(Findings& out) const {
  if (!plan_.availability || stopped()) return;
  const trees::Ensemble& e = s_.ensemble;
  AvailabilityFinding& a = out.availability;
  std::vector<double> seen;
  for (const std::size_t i : out.picked) seen.push_back(static_cast<double>(trees::splits_passed(e, s_.row(i))));
  std::sort(seen.begin(), seen.end());
  a.tested = !seen.empty();
  a.unit = "splits";
  a.median_cost = seen.empty() ? 0 : seen[seen.size() / 2];
  a.worst_seen = seen.empty() ? 0 : seen.back();
  a.worst_possible = static_cast<double>(trees::deepest(e));
  for (const auto& [name, value] : {std::pair{"a value missing", std::numeric_limits<double>::quiet_NaN()}, std::pair{"+infinity in one place", infinity}, std::pair{"-infinity in one place", -infinity}}) {
    AvailabilityFinding::Odd o{name, 0, 0, 0};
    for (const std::size_t i : out.picked) {
      std::vector<double> row(s_.row(i).begin(), s_.row(i).end()), raw(e.outputs);
      row[(i * 7919) % row.size()] = value;
      exact_scores(e, row, raw);
      ++o.rows;
      o.finite += std::all_of(raw.begin(), raw.end(), [](double s) { return std::isfinite(s); });
    }
    a.odd.push_back(o);
  }
  for (const auto& [name, change] : broken_rows(s_.applied)) {
    AvailabilityFinding::Odd o{name, 0, 0, 0};
    for (const std::size_t i : out.picked) {
      std::vector<float> broken(s_.row(i).begin(), s_.row(i).end());
      if (!change(i, broken)) continue;
      std::vector<double> raw(e.outputs);
      exact_scores(e, std::vector<double>(broken.begin(), broken.end()), raw);
      ++o.rows;
      o.finite += std::all_of(raw.begin(), raw.end(), [](double s) { return std::isfinite(s); });
    }
    a.odd.push_back(o);
  }
  a.note = "trees answer every row with a number, also one with values missing; whether that answer is wanted is for the product to decide";
  out.not_tested.push_back("availability: rows of other lengths, which the product's own reader meets first");
}

void Run::describe(Findings& out) const {
  const trees::Ensemble& e = s_.ensemble;
  out.table = TableFinding{e.kind, name_of(e.link), e.roots.size(), e.leaves.size(), e.features, {}, farthest(), {}, e.notes};
  for (const tabular::Rule& r : s_.applied.features) out.table->names.push_back(r.feature);
  if (plan_.effort.set == AttackSet::apgd_ce) out.not_tested.push_back("evasion by APGD: trees have no gradient");
  if (plan_.backdoor) out.not_tested.push_back("backdoors: trigger inversion is for networks");
  out.backdoor.note = plan_.backdoor ? "trigger inversion is for networks" : "";
  if (plan_.patch != 0) out.not_tested.push_back("patches: they are for pictures");
  if (plan_.corruptions) out.not_tested.push_back("corruptions: they are for pictures");
}

Findings Run::run(const std::vector<SampleResult>& before) {
  Findings out;
  describe(out);
  const bool searches = plan_.effort.set == AttackSet::standard;
  if (searches) out.attacks = {"coordinate", "restarts"};
  if (plan_.certify == "bab") out.attacks.push_back("certifier");
  RowAttack how;
  how.still_holds = [&](const SampleResult& r) { return r.row.size() == s_.ensemble.features && space(r.number, plan_.epsilon).holds(r.row) && judge(r.number).margins(r.row).wrong(); };
  how.attack = [&](unsigned, std::size_t row) { return attack(row); };
  how.estimate = [&](const std::vector<std::size_t>& rows) {
    Estimate e;
    const double n = static_cast<double>(rows.size());
    e.forward_passes = searches ? n * 2 * plan_.effort.queries * (1 + static_cast<double>(plan_.certify.empty() ? plan_.curve.size() : 0)) : n;
    if (!rows.empty()) e.seconds = seconds_of(hooks_, [&, j = judge(rows.front())] { (void)j.exact_margin(s_.row(rows.front())); }) * e.forward_passes / threads_;
    return e;
  };
  attack_rows(plan_, s_.table.rows, threads_, hooks_, before, how, out);
  certify(out);
  signs(out);
  curve(out);
  membership(out);
  copy(out);
  cost(out);
  return out;
}

}  // namespace

bool is_trees(const std::string& model_bytes) { return trees::looks_like_trees(model_bytes); }

bool is_table(const Plan& plan, const std::string& model_bytes) {
  return is_trees(model_bytes) || plan.norm == evasion::Norm::budgets || plan.constraints.has_value();
}

Result<TreeRun> run_table(const Plan& plan, const Files& files, unsigned threads, const Hooks& hooks, const std::vector<SampleResult>& before,
                          const std::shared_ptr<evasion::Target>& target) {
  if (target == nullptr && is_trees(files.model)) return run_trees(plan, files, threads, hooks, before);
  return run_network_table(plan, files, threads, hooks, before, target);
}

Result<TreeRun> read_tree_rows(const Plan& plan, const Files& files, const std::shared_ptr<evasion::Target>& target) {
  if (target != nullptr || !is_trees(files.model)) return read_network_rows(plan, files, target);
  auto s = read_setting(plan, files);
  if (!s) return tl::unexpected(s.error());
  return TreeRun{{}, std::move(s->table), std::move(s->labels)};
}

Result<TreeRun> run_trees(const Plan& plan, const Files& files, unsigned threads, const Hooks& hooks, const std::vector<SampleResult>& before) {
  auto s = read_setting(plan, files);
  if (!s) return tl::unexpected(s.error());
  TreeRun out;
  out.findings = Run(plan, files, *s, threads, hooks).run(before);
  out.table = std::move(s->table);
  out.labels = std::move(s->labels);
  return out;
}

Result<std::vector<bool>> verify_rows(const Plan& plan, const std::string& model_bytes, const std::vector<StoredRow>& rows,
                                      const std::vector<std::string>& names, const std::shared_ptr<evasion::Target>& target) {
  if (target != nullptr || !is_trees(model_bytes)) return verify_network_rows(plan, model_bytes, rows, names, target);
  Setting s;
  auto e = read_model(plan, model_bytes);
  if (!e) return tl::unexpected(e.error());
  s.ensemble = std::move(*e);
  auto space = apply_constraints(plan, s.ensemble.feature_names.empty() ? names : s.ensemble.feature_names, s.ensemble.features);
  if (!space) return tl::unexpected(space.error());
  s.applied = std::move(space->applied);
  s.metric = std::move(space->metric);
  const trees::Regions regions(s.ensemble);
  std::vector<bool> out;
  for (const StoredRow& r : rows) {
    const bool label = plan.task != Task::classes || (r.label >= 0 && r.label < static_cast<double>(s.ensemble.classes()) && r.label == std::floor(r.label));
    const bool fits = label && r.original.size() == s.ensemble.features && r.example.size() == s.ensemble.features;
    out.push_back(fits && Space(s.applied, s.metric, plan.epsilon, s.ensemble.single, r.original).holds(r.example) &&
                  Judge(regions, {plan.task, r.label, plan.level}).margins(r.example).wrong());
  }
  return out;
}

}  // namespace duolex::threats::campaign
