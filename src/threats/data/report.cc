#include "threats/data/report.h"

#include <algorithm>
#include <map>

namespace duolex::threats::data {
namespace {

// Fixed here, before any data is seen.
constexpr double most_duplicates = 0.01, most_doubts = 0.05, least_p = 0.01;
constexpr std::size_t enough_for_poison = 100;  // rows of a class; of eight planted among fifty none was found

TestResult begin(const Inputs& in, const std::string& id, const std::string& goal, const std::string& criterion, std::vector<std::string> atlas) {
  TestResult r;
  r.id = "data." + id;
  r.goal = goal;
  r.criterion = criterion;
  r.inputs = in.others;
  r.inputs.insert(r.inputs.begin(), {in.data.name, in.sha256});
  r.provisions = {"AIA/art/10/2", "AIA/art/15/5", "CRA/anx/I/PartI/2/f"};
  r.atlas = std::move(atlas);
  return r;
}

Measure share(const std::string& what, std::size_t hits, std::size_t of) {
  return {what, of == 0 ? 0 : static_cast<double>(hits) / static_cast<double>(of), clopper_pearson(hits, of), 0.95, ""};
}

void judge(TestResult& r, bool met, const std::string& because) {
  r.verdict = met ? Verdict::met : Verdict::not_met;
  r.because = because;
}

std::string count(std::size_t n, const std::string& one, const std::string& many) { return std::to_string(n) + " " + (n == 1 ? one : many); }

TestResult integrity(const Inputs& in, const Report& out) {
  TestResult r = begin(in, "integrity", "Whether the data is the data of the baseline", "No row is added, removed or changed", {"AML.T0020", "AML.T0059"});
  if (!out.comparison) {
    r.because = "there is no baseline to compare with";
    r.not_tested.push_back("changes of the data: give an earlier manifest with --baseline");
    return r;
  }
  const Comparison& c = *out.comparison;
  r.measured = {{"rows added", static_cast<double>(c.added_count), {}, 0.95, ""},
                {"rows removed", static_cast<double>(c.removed_count), {}, 0.95, ""},
                {"rows changed", static_cast<double>(c.changed_count), {}, 0.95, ""},
                {"rows the same", static_cast<double>(c.same), {}, 0.95, ""}};
  const bool same = c.before == c.after;
  judge(r, same, same ? "the root is the same" : c.added_count + c.removed_count + c.changed_count == 0 ? "the same rows stand in another order"
                                                    : std::to_string(c.added_count) + " added, " + std::to_string(c.removed_count) + " removed, " + std::to_string(c.changed_count) + " changed");
  std::string signers;
  for (const std::string& s : in.baseline_signers) signers += (signers.empty() ? "" : ", ") + s;
  if (signers.empty()) r.not_tested.push_back("who made the baseline: give the key that signed it with --baseline-key");
  else r.because += "; the baseline is signed by " + signers;
  return r;
}

TestResult duplicates(const Inputs& in, const Report& out) {
  TestResult r = begin(in, "duplicates", "How much of the data repeats other data", "At most 1 % of the rows repeat an earlier one, and none with another label", {"AML.T0059"});
  const Duplicates& d = out.duplicates;
  const std::size_t n = in.data.rows.size();
  r.measured = {share("rows that repeat an earlier one", static_cast<std::size_t>(d.exact_rows), n),
                {"pairs that are nearly the same", static_cast<double>(d.near.size()), {}, 0.95, ""},
                {"repetitions with another label", static_cast<double>(d.contradicting.size()), {}, 0.95, ""}};
  judge(r, static_cast<double>(d.exact_rows) <= most_duplicates * static_cast<double>(n) && d.contradicting.empty(),
        std::to_string(d.exact_rows) + " of " + std::to_string(n) + " rows repeat an earlier one, " + std::to_string(d.contradicting.size()) + " with another label");
  if (!d.near_tested) r.not_tested.push_back("near duplicates: the rows have no numbers");
  if (d.near_tested && !d.near_complete) r.not_tested.push_back("near duplicates beyond the first: there are too many pairs to compare");
  r.not_tested.push_back("pictures or texts that a person would call the same and whose numbers differ");
  return r;
}

TestResult leakage(const Inputs& in, const Report& out) {
  TestResult r = begin(in, "leakage", "Whether test data was already in the training data", "No row stands in two splits", {"AML.T0020"});
  const bool splits = std::any_of(in.data.rows.begin(), in.data.rows.end(), [&](const Row& row) { return row.split != in.data.rows.front().split; });
  if (!splits && !in.reference) {
    r.because = "the data names no splits, and no other data was given";
    r.not_tested.push_back("leakage: name the training data with --reference, or the splits in the data");
    return r;
  }
  const std::size_t leaks = out.duplicates.leaking.size() + out.across.size();
  r.measured = {{"pairs across splits", static_cast<double>(leaks), {}, 0.95, ""}};
  judge(r, leaks == 0, leaks == 0 ? "no row stands in two splits" : count(leaks, "row stands", "rows stand") + " in two splits");
  if (in.reference) r.not_tested.push_back("near duplicates between the data and the reference");
  return r;
}

TestResult noise(const Inputs& in, const Report& out) {
  TestResult r = begin(in, "label_noise", "How many labels the rest of the data contradicts", "At most 5 % of the rows", {"AML.T0020", "AML.T0059"});
  const LabelNoise& l = out.noise;
  if (!l.tested) {
    r.because = l.why_not;
    r.not_tested.push_back("label noise: " + l.why_not);
    return r;
  }
  const std::size_t n = in.data.rows.size();
  r.measured = {share("rows with a doubtful label", l.doubts.size(), n), {"share of rows that the classifier labels as they are", l.accuracy, {}, 0.95, ""}};
  judge(r, static_cast<double>(l.doubts.size()) <= most_doubts * static_cast<double>(n), std::to_string(l.doubts.size()) + " of " + std::to_string(n) + " labels are doubtful (" + l.classifier + ")");
  if (l.accuracy < 0.7 && r.verdict == Verdict::met) {
    r.verdict = Verdict::inconclusive;
    r.because += "; the classifier fits the data too badly to rely upon";
  }
  r.not_tested.push_back("labels that are wrong in a way that the numbers do not show; a doubt is a reason to look, no proof");
  return r;
}

TestResult poison(const Inputs& in, const Report& out) {
  TestResult r = begin(in, "poison", "Whether a part of one class carries a trigger that no other class has",
                       "In no class stands a group apart (separation at least 2.5) whose rows differ from each other as the other classes do (spread at least 1.5) with a product of at least 6", {"AML.T0020", "AML.T0018.000"});
  const Poison& p = out.poison;
  if (!p.tested) {
    r.because = p.why_not;
    r.not_tested.push_back("poisoning: " + p.why_not);
    return r;
  }
  std::size_t classes = 0, rows = 0, apart = 0, apart_rows = 0;
  double most = 0;
  for (const ClassSuspicion& s : p.classes) {
    most = std::max(most, s.score());
    classes += s.suspected ? 1 : 0;
    rows += s.suspected ? s.rows.size() : 0;
    apart += s.apart ? 1 : 0;
    apart_rows += s.apart ? s.rows.size() : 0;
  }
  r.measured = {{"suspected classes", static_cast<double>(classes), {}, 0.95, ""}, share("suspected rows", rows, in.data.rows.size()),
                {"largest score of a class", most, {}, 0.95, ""}, {"groups that stand apart otherwise", static_cast<double>(apart), {}, 0.95, ""}};
  judge(r, classes == 0, classes == 0 ? "no class holds a group apart that differs as the other classes do" : count(classes, "class", "classes") + " with " + std::to_string(rows) + " suspected rows");
  if (classes == 0 && apart > 0) {
    r.verdict = Verdict::inconclusive;
    r.because = count(apart, "group", "groups") + " of " + std::to_string(apart_rows) + " rows far apart within a class: natural, or taken from one other class; look at the rows";
  }
  std::vector<std::size_t> sizes(p.classes.size(), 0);
  for (const Row& row : in.data.rows) ++sizes[static_cast<std::size_t>(row.label)];
  if (r.verdict == Verdict::met && *std::max_element(sizes.begin(), sizes.end()) < enough_for_poison) {
    r.verdict = Verdict::inconclusive;
    r.because = "no class has " + std::to_string(enough_for_poison) + " rows: poison among so few is seldom found";
  }
  if (p.classes.size() == 2) r.not_tested.push_back("whether a group that stands apart is natural: with two classes nothing tells it from poison");
  if (in.activations.empty()) r.not_tested.push_back("a model's activations: the data's own numbers were used; give activations with --features");
  r.not_tested.push_back("poison without a trigger, poison spread over all classes, fewer than some twenty rows in a class, and triggers that the numbers do not separate");
  return r;
}

TestResult drift(const Inputs& in, const Report& out) {
  TestResult r = begin(in, "drift", "Whether the data is distributed as the reference is", "Neither all numbers together nor one alone differ at p < 0.01 (permutation, corrected by Holm)", {"AML.T0059"});
  if (!out.drift || !out.drift->tested) {
    r.because = out.drift ? out.drift->why_not : "there is no reference to compare with";
    r.not_tested.push_back(out.drift ? "drift: " + out.drift->why_not : "drift: give earlier data with --reference");
    return r;
  }
  const Drift& d = *out.drift;
  const auto differing = static_cast<std::size_t>(std::count_if(d.features.begin(), d.features.end(), [](const FeatureDrift& f) { return f.adjusted < least_p; }));
  r.measured = {{"energy distance", d.energy, {}, 0.95, ""}, {"p of all numbers together", d.p, {}, 0.95, ""}, {"numbers that differ alone", static_cast<double>(differing), {}, 0.95, ""}};
  judge(r, d.p >= least_p && differing == 0, "p is " + std::to_string(d.p).substr(0, 5) + " for all numbers together; " + count(differing, "number differs", "numbers differ") + " alone");
  r.not_tested.push_back("rows beyond a sample of " + std::to_string(d.rows_used) + " of both; with " + std::to_string(d.permutations) + " permutations no p is below 0.001");
  return r;
}

}  // namespace

Report test_data(Inputs in) {
  Report out;
  out.manifest = manifest_of(in.data);
  if (in.baseline) out.comparison = compare(*in.baseline, out.manifest);
  out.duplicates = find_duplicates(in.data);
  if (in.reference) {
    out.reference_name = in.reference->name;
    std::map<Hash, std::size_t> known;
    for (std::size_t i = 0; i < in.reference->rows.size(); ++i) known.emplace(in.reference->rows[i].content, i);
    for (std::size_t i = 0; i < in.data.rows.size(); ++i)
      if (const auto found = known.find(in.data.rows[i].content); found != known.end() && out.across.size() < 10'000) {
        out.across.push_back({found->second, i, 0});
        out.reference_rows.push_back(in.reference->rows[found->second].name);
      }
    out.drift = find_drift(*in.reference, in.data, in.seed);
  }
  out.noise = find_label_noise(in.data, in.seed);
  std::vector<std::int32_t> labels;
  for (const Row& row : in.data.rows) labels.push_back(row.label);
  out.poison = find_poison(in.data.values, in.data.features, labels, in.data.classes.size());
  if (!in.activations.empty()) out.poison = either(std::move(out.poison), find_poison(in.activations, in.activation_width, labels, in.data.classes.size()));
  out.results = {integrity(in, out), duplicates(in, out), leakage(in, out), noise(in, out), poison(in, out), drift(in, out)};
  for (TestResult& r : out.results)
    for (const std::string& n : in.data.not_read) r.not_tested.push_back(n);
  out.data = std::move(in.data);
  return out;
}

}  // namespace duolex::threats::data
