#include "threats/campaign/report.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>

#include "text/figures.h"
#include "threats/campaign/answers.h"

namespace duolex::threats::campaign {
namespace {

using nlohmann::ordered_json;
using text::figure;
using text::percent;

ordered_json interval_json(std::size_t hits, std::size_t of, double confidence) {
  const Interval i = clopper_pearson(hits, of, confidence);
  return {{"low", i.low}, {"high", i.high}, {"confidence", confidence}};
}

ordered_json backdoor_json(const Plan& plan, const BackdoorFinding& b) {
  if (!plan.backdoor) return nullptr;
  ordered_json classes = ordered_json::array();
  for (const auto& c : b.classes)
    classes.push_back({{"target", c.target}, {"mask_size", c.mask_size}, {"ratio_to_median", c.ratio}, {"anomaly_index", c.anomaly},
                       {"success_held_out", c.success}, {"suspected", c.suspected}});
  return {{"tested", b.tested}, {"suspected", b.tested ? ordered_json(b.suspected) : ordered_json(nullptr)}, {"targets", b.targets},
          {"classes", classes}, {"note", b.note}};
}

ordered_json membership_json(const Plan& plan, const MembershipFinding& m) {
  if (!plan.confidentiality) return nullptr;
  return {{"tested", m.tested}, {"members", m.members}, {"non_members", m.non_members}, {"auc", m.auc},
          {"false_positive_rate", m.low_rate}, {"true_positive_rate", m.true_positive_at_low},
          {"interval", {{"low", m.true_positive.low}, {"high", m.true_positive.high}, {"confidence", plan.confidence}}},
          {"lower_bound_of_leakage", true}, {"note", m.note}};
}

ordered_json table_json(const Plan& plan, const TableFinding& t) {
  ordered_json distances = ordered_json::array();
  std::vector<double> exact;
  std::size_t within = 0, none = 0, open = 0;
  for (const TableFinding::Distance& d : t.distances) {
    const bool nowhere = std::isinf(d.none_below);
    none += nowhere;
    within += d.exact && d.nearest.has_value();
    open += !nowhere && !(d.exact && d.nearest);
    if (d.exact && d.nearest) exact.push_back(*d.nearest);
    distances.push_back({{"row", d.row}, {"none_below", nowhere ? ordered_json(nullptr) : ordered_json(d.none_below)},
                         {"nearest", d.nearest ? ordered_json(*d.nearest) : ordered_json(nullptr)}, {"exact", d.exact}, {"parts", d.parts}});
  }
  std::sort(exact.begin(), exact.end());
  ordered_json j = {{"kind", t.kind}, {"trees", t.trees}, {"leaves", t.leaves}, {"features", t.features}, {"link", t.link}, {"notes", t.notes}, {"feature_names", t.names}};
  j["constraints"] = plan.constraints ? to_json(*plan.constraints) : ordered_json(nullptr);
  if (!t.distances.empty())
    j["nearest_wrong_row"] = {{"searched_to", t.radius}, {"exact", within}, {"none_within", none}, {"open", open},
                              {"median_of_exact", exact.empty() ? ordered_json(nullptr) : ordered_json(exact[exact.size() / 2])}, {"rows", distances}};
  return j;
}

std::vector<std::string> not_tested(const Plan& plan, const Findings& f) {
  std::vector<std::string> out = f.not_tested;
  if (!f.complete) out.push_back("samples that the run did not reach: " + std::to_string(f.picked.size() - f.results.size()));
  if (plan.effort.set == evasion::AttackSet::none) out.push_back("evasion: no attack was asked for");
  if (plan.effort.set == evasion::AttackSet::apgd_ce && !f.table)
    out.push_back(has_reference(plan.task) ? "attacks beyond APGD on the margin of the criterion" : "attacks beyond APGD on cross-entropy");
  if (has_reference(plan.task)) out.push_back("whether the answer to a sample as it is is right: it is what the others are held against");
  if (!plan.backdoor) out.push_back("backdoors: not asked for");
  if (!plan.confidentiality && plan.extraction.empty()) out.push_back("confidentiality: not asked for");
  if (!plan.availability) out.push_back("availability: not asked for");
  out.push_back(f.table ? "rows beyond the distance and the constraints of the plan, and values taken away or put in" : "perturbations other than the ball and box of the plan");
  return out;
}

}  // namespace

Decision decide(const Plan& plan, const Findings& f) {
  if (!f.complete) return {"inconclusive", "the run was interrupted"};
  std::string signs;
  for (const evasion::Sign& s : f.signs)
    if (s.present) signs += (signs.empty() ? "" : "; ") + s.id + ": " + s.meaning;
  if (!signs.empty()) return {"inconclusive", signs};
  if (plan.effort.set == evasion::AttackSet::none) return {"not_tested", "no attack was asked for"};
  if (f.attacks.empty()) return {"not_tested", "none of the attacks that were asked for can be made on this model"};
  if (f.clean_correct() == 0) return {"inconclusive", "no sample is predicted right to begin with"};
  if (!plan.require) return {"measured", "no criterion was set before the run (--require SHARE)"};
  const Interval i = clopper_pearson(f.attacked_correct(), f.results.size(), plan.confidence);
  const std::string seen = percent(i.low) + " to " + percent(i.high) + ", demanded " + percent(*plan.require);
  const std::string held = has_reference(plan.task) ? "unchanged under every attack of the set: " : "right under every attack of the set: ";
  if (i.low >= *plan.require) return {"met", held + seen};
  if (i.high < *plan.require) return {"not_met", held + seen};
  return {"inconclusive", "the demanded share lies within the interval: " + seen + "; more samples would narrow it"};
}

ordered_json result_json(const Plan& plan, const Findings& f, const Provenance& p) {
  const std::size_t n = f.results.size();
  const bool attacked = plan.effort.set != evasion::AttackSet::none && !f.attacks.empty(), certified = f.certification_ran;
  ordered_json j = {{"format", 1}, {"test", "probe model"}, {"samples", n}};
  j["samples_planned"] = f.picked.size();
  j["rows"] = f.rows;
  const auto count = [&](const char* key, bool known, std::size_t hits) {
    j[key] = known ? ordered_json(hits) : ordered_json(nullptr);
    j[std::string(key) + "_interval"] = known ? interval_json(hits, n, plan.confidence) : ordered_json(nullptr);
  };
  count("clean_correct", true, f.clean_correct());
  count("attacked_correct", attacked, f.attacked_correct());
  count("certified_correct", certified, f.certified_correct());
  if (certified || attacked)
    j["bracket"] = {{"certified", certified ? ordered_json(f.certified_correct()) : ordered_json(0)},
                    {"attacked", attacked ? ordered_json(f.attacked_correct()) : ordered_json(f.clean_correct())},
                    {"low", certified ? clopper_pearson(f.certified_correct(), n, plan.confidence).low : 0.0},
                    {"high", clopper_pearson(attacked ? f.attacked_correct() : f.clean_correct(), n, plan.confidence).high}};
  if (certified) {
    double rounding = 0;
    for (const CertifiedSample& c : f.certified)
      if (c.certified) rounding = std::max(rounding, c.rounding);
    j["certification"] = {{"method", plan.certify},
                          {"about", "the network as a function of real numbers, with the weights of the file"},
                          {"arithmetic", "double precision; intervals are rounded outward, and what roundings can amount to in any other bound is computed and taken off"},
                          {"largest_rounding", rounding}};
    if (f.certified_correct() == 0 && !f.certified.empty()) {
      double closest = -std::numeric_limits<double>::infinity();
      for (const CertifiedSample& c : f.certified) closest = std::max(closest, c.margin);
      j["certification"]["closest_bound"] = std::isfinite(closest) ? ordered_json(closest) : ordered_json(nullptr);
    }
    if (f.certify_search) {
      ordered_json rows = ordered_json::array();
      double best = 0;
      for (const CertifySearch::Sample& s : f.certify_search->samples) {
        best = std::max(best, s.proven_at);
        rows.push_back({{"sample", s.number}, {"proven_at", s.proven_at > 0 ? ordered_json(s.proven_at) : ordered_json(nullptr)}, {"open_at", s.open_at}});
      }
      j["certification"]["largest_epsilon"] = {{"proven_at", best > 0 ? ordered_json(best) : ordered_json(nullptr)}, {"searched_down_to", f.certify_search->smallest}, {"samples", rows}};
    }
  }
  if (has_reference(plan.task)) {
    j["answer"] = criterion_json(plan.task, plan.level, plan.criterion);
    j["answer"]["changed_when"] = changed_when(plan.task, plan.level, plan.criterion, HeldAgainst::sample);
  }
  j["norm"] = name_of(plan.norm);
  j["epsilon"] = plan.epsilon;
  ordered_json attacks = ordered_json::array();
  std::size_t refuted = 0, forwards = 0, gradients = 0, unfinite = 0;
  std::map<std::string, std::size_t> broken;
  for (const evasion::SampleResult& r : f.results) {
    if (!r.broken_by.empty()) ++broken[r.broken_by];
    refuted += r.refuted;
    forwards += r.forward_calls;
    gradients += r.gradient_calls;
    unfinite += !r.finite;
  }
  for (const std::string& name : f.attacks) attacks.push_back({{"name", name}, {"broken", broken[name]}});
  j["attacks"] = attacks;
  j["examples_refuted_in_double_precision"] = refuted;
  j["passes"] = {{"forward", forwards}, {"gradient", gradients}};
  j["samples_without_finite_scores"] = unfinite;
  ordered_json signs = ordered_json::array();
  for (const evasion::Sign& s : f.signs)
    signs.push_back({{"id", s.id}, {"tested", s.tested}, {"present", s.present}, {"value", s.value}, {"of", s.of}, {"limit", s.limit}, {"meaning", s.meaning}});
  j["diagnostics"] = signs;
  ordered_json curve = ordered_json::array(), corruptions = ordered_json::array();
  for (const CurvePoint& c : f.curve) {
    curve.push_back({{"epsilon", c.epsilon}, {"attacked_correct", c.correct}, {"interval", interval_json(c.correct, n, plan.confidence)}});
    if (c.certified) {
      curve.back()["certified_correct"] = *c.certified;
      curve.back()["certified_interval"] = interval_json(*c.certified, n, plan.confidence);
    }
  }
  for (const CorruptionPoint& c : f.corruptions)
    corruptions.push_back({{"name", c.name}, {"correct", c.correct}, {"interval", interval_json(c.correct, n, plan.confidence)}});
  if (!curve.empty()) j["curve"] = curve;
  if (!corruptions.empty()) j["corruptions"] = corruptions;
  if (f.smoothing.tested) {
    ordered_json radii = ordered_json::array();
    std::size_t abstained = 0;
    for (const SmoothingFinding::Sample& s : f.smoothing.samples) {
      abstained += s.abstained;
      radii.push_back({{"row", s.number}, {"abstained", s.abstained}, {"right", s.right}, {"radius", s.radius}});
    }
    const std::size_t right = f.smoothing.right_to(0), proven = f.smoothing.right_to(plan.epsilon);
    j["smoothing"] = {{"sigma", plan.smoothing.sigma}, {"draws", plan.smoothing.draws}, {"alpha", plan.smoothing.alpha}, {"abstained", abstained},
                      {"correct", right}, {"correct_interval", interval_json(right, n, plan.confidence)}, {"certified_correct", proven},
                      {"certified_correct_interval", interval_json(proven, n, plan.confidence)}, {"note", f.smoothing.note}, {"rows", radii}};
  }
  if (f.table) j["table"] = table_json(plan, *f.table);
  j["backdoor"] = backdoor_json(plan, f.backdoor);
  if (plan.confidentiality) j["membership"] = membership_json(plan, f.membership);
  if (f.patches)
    j["patches"] = {{"side", f.patches->side}, {"correct", f.patches->correct}, {"interval", interval_json(f.patches->correct, n, plan.confidence)},
                    {"broken", f.patches->stuck.size()}, {"note", "one square of any content at one of 16 places"}};
  if (f.extraction.complete) {
    ordered_json budgets = ordered_json::array();
    for (const extraction::Copy& c : f.extraction.copies) {
      const auto interval = [&](const Interval& i) { return ordered_json{{"low", i.low}, {"high", i.high}, {"confidence", plan.confidence}}; };
      budgets.push_back({{"queries", c.queries}, {"agree", c.agree}, {"interval", interval(c.interval)}});
      if (plan.task == evasion::Task::deviation) {
        budgets.back()["variance_explained"] = c.explained;
        continue;
      }
      ordered_json classes = ordered_json::array();
      for (const extraction::OfClass& of : c.classes)
        classes.push_back({{"of", of.of}, {"agree", of.agree}, {"interval", of.of == 0 ? ordered_json(nullptr) : interval(of.interval)}});
      budgets.back().update({{"balanced", c.balanced}, {"balanced_at_least", c.balanced_low}, {"rare_answers_weighted", c.weighted}, {"classes", classes}});
    }
    j["extraction"] = {{"compared", f.extraction.compared}, {"alike_within", plan.task == evasion::Task::deviation ? ordered_json(plan.level) : ordered_json(nullptr)}, {"constant_agrees", f.extraction.constant}, {"budgets", budgets}, {"lower_bound_of_fidelity", true},
                       {"note", std::string("a small network trained on the model's answers to half of the rows, and mixtures of them") + (plan.constraints ? " that the constraints allow" : "") + ", compared on the other half; a better copy may exist"}};
  }
  if (f.availability.tested) {
    const AvailabilityFinding& a = f.availability;
    ordered_json odd = ordered_json::array();
    for (const auto& o : a.odd) odd.push_back({{"input", o.name}, {"rows", o.rows}, {"answered_with_numbers", o.finite}, {"not_answered", o.refused}});
    const auto cost = [&](double v) { return a.unit.empty() ? ordered_json(nullptr) : ordered_json(v); };
    j["availability"] = {{"unit", a.unit.empty() ? ordered_json(nullptr) : ordered_json(a.unit)}, {"median_cost", cost(a.median_cost)}, {"worst_seen", cost(a.worst_seen)}, {"worst_possible", cost(a.worst_possible)},
                         {"worst_to_median", a.median_cost > 0 ? ordered_json(a.worst_possible / a.median_cost) : ordered_json(nullptr)}, {"odd_inputs", odd}, {"note", a.note}};
  }
  const Decision d = decide(plan, f);
  j["criterion"] = plan.require ? "at least " + percent(*plan.require) + " of the samples stay " + (has_reference(plan.task) ? "unchanged" : "right") + " under every attack of the set, at the low end of the interval"
                                : std::string("none was set");
  if (has_reference(plan.task)) j["criterion"] = j["criterion"].get<std::string>() + "; an answer has changed when " + changed_when(plan.task, plan.level, plan.criterion, HeldAgainst::sample);
  j["verdict"] = d.verdict;
  j["because"] = d.because;
  j["state"] = f.complete ? "complete" : "interrupted";
  j["interruptions"] = p.interruptions;
  j["samples_settled_before"] = f.settled_before;
  j["not_tested"] = not_tested(plan, f);
  j["bound_to"] = {{"plan_sha256", p.plan_sha256}, {"model_sha256", p.model_sha256}, {"inputs_sha256", p.inputs_sha256},
                   {"labels_sha256", p.labels_sha256}, {"program_version", p.program_version}, {"program_sha256", p.program_sha256},
                   {"instruction_set", p.instruction_set}};
  if (p.labels_sha256.empty()) j["bound_to"].erase("labels_sha256");
  j["confinement"] = p.confinement;
  j["provisions"] = {"AIA/art/15/4", "AIA/art/15/5", "CRA/anx/I/PartI/1", "CRA/anx/I/PartI/2/f", "CRA/art/12/1/c"};
  ordered_json atlas = {"AML.T0043", "AML.T0015"};
  if (plan.backdoor) atlas.push_back("AML.T0018");
  if (plan.confidentiality || !plan.extraction.empty()) atlas.push_back("AML.T0024");
  if (plan.availability) atlas.push_back("AML.T0029");
  j["atlas"] = atlas;
  return j;
}

namespace {

// "41  (27.1 % to 56.6 %)"
std::string with_interval(const ordered_json& count, const ordered_json& i) {
  return std::to_string(count.get<std::size_t>()) + "  (" + percent(i["low"].get<double>()) + " to " + percent(i["high"].get<double>()) + ")";
}

}  // namespace

std::string result_text(const ordered_json& j) {
  std::string out = "probe model: " + j["verdict"].get<std::string>() + " (" + j["because"].get<std::string>() + ")\n";
  const auto line = [&](const std::string& name, const std::string& value) { out += "  " + name + std::string(name.size() < 22 ? 22 - name.size() : 1, ' ') + value + "\n"; };
  line("samples", std::to_string(j["samples"].get<std::size_t>()) + " of " + std::to_string(j["samples_planned"].get<std::size_t>()) + ", " +
                      j["norm"].get<std::string>() + " epsilon " + figure(j["epsilon"].get<double>()));
  if (j.contains("torch")) line("run by", "libtorch " + j["torch"].value("version", "") + " (" + j["torch"].value("processor", "") + "), examples checked " + j["torch"].value("checked", ""));
  if (j.contains("runtime")) line("run by", "ONNX Runtime " + j["runtime"].value("version", "") + ", examples checked by asking again");
  const auto count = [&](const char* key, const std::string& name) {
    if (j[key].is_null()) return line(name, "not tested");
    const ordered_json& i = j[std::string(key) + "_interval"];
    line(name, std::to_string(j[key].get<std::size_t>()) + "  (" + percent(i["low"].get<double>()) + " to " + percent(i["high"].get<double>()) + " of all such inputs, at " +
                   figure(100 * i["confidence"].get<double>()) + " % confidence)");
  };
  if (j.contains("answer")) line("an answer changed when", j["answer"]["changed_when"].get<std::string>());
  count("clean_correct", j.contains("answer") ? "answered" : "right");
  count("attacked_correct", j.contains("answer") ? "unchanged in attacks" : "right when attacked");
  count("certified_correct", j.contains("answer") ? "proven unchanged" : "proven right");
  if (j.contains("bracket")) {
    const ordered_json& b = j["bracket"];
    line("so the true share is", "of these samples from " + std::to_string(b["certified"].get<std::size_t>()) + " to " + std::to_string(b["attacked"].get<std::size_t>()) + "; of all such inputs from " +
                                     percent(b["low"].get<double>()) + " to " + percent(b["high"].get<double>()));
  }
  if (j.contains("certification") && j["certification"].contains("closest_bound") && !j["certification"]["closest_bound"].is_null())
    line("  the closest bound", "a lead of at least " + figure(j["certification"]["closest_bound"].get<double>()));
  if (j.contains("certification") && j["certification"].contains("largest_epsilon")) {
    const ordered_json& e = j["certification"]["largest_epsilon"];
    line("  something is proven", e["proven_at"].is_null() ? "not down to epsilon " + figure(e["searched_down_to"].get<double>()) + ", of " + std::to_string(e["samples"].size()) + " tried"
                                                           : "to epsilon " + figure(e["proven_at"].get<double>()) + ", of " + std::to_string(e["samples"].size()) + " tried");
  }
  for (const ordered_json& a : j["attacks"]) line("  broken by " + a["name"].get<std::string>(), std::to_string(a["broken"].get<std::size_t>()));
  if (j.contains("smoothing")) {
    const ordered_json& s = j["smoothing"];
    line("smoothed, right", with_interval(s["correct"], s["correct_interval"]) + ", abstained " + std::to_string(s["abstained"].get<std::size_t>()));
    line("smoothed, proven right", with_interval(s["certified_correct"], s["certified_correct_interval"]) + "; " + s["note"].get<std::string>());
  }
  if (j.contains("table")) {
    const ordered_json& t = j["table"];
    line("model", t["kind"].get<std::string>() + (t["trees"].get<std::size_t>() == 0 ? ", " + std::to_string(t["features"].get<std::size_t>()) + " features"
                                                                                     : ", " + std::to_string(t["trees"].get<std::size_t>()) + " trees, " + std::to_string(t["leaves"].get<std::size_t>()) + " leaves"));
    if (t.contains("nearest_wrong_row")) {
      const ordered_json& d = t["nearest_wrong_row"];
      line("nearest wrong row", (d["median_of_exact"].is_null() ? std::string() : "median " + figure(d["median_of_exact"].get<double>()) + "; ") + "exact for " +
                                    std::to_string(d["exact"].get<std::size_t>()) + ", none within " + figure(d["searched_to"].get<double>()) + " for " +
                                    std::to_string(d["none_within"].get<std::size_t>()) + ", open for " + std::to_string(d["open"].get<std::size_t>()));
    }
  }
  for (const ordered_json& s : j["diagnostics"])
    if (s["present"].get<bool>()) line("sign of masking", s["id"].get<std::string>() + ": " + s["meaning"].get<std::string>());
  if (j.contains("curve"))
    for (const ordered_json& c : j["curve"]) line("at epsilon " + figure(c["epsilon"].get<double>()),
           with_interval(c["attacked_correct"], c["interval"]) + (c.contains("certified_correct") ? ", proven " + with_interval(c["certified_correct"], c["certified_interval"]) : ""));
  if (j.contains("corruptions"))
    for (const ordered_json& c : j["corruptions"]) line("right with " + c["name"].get<std::string>(), with_interval(c["correct"], c["interval"]));
  if (!j["backdoor"].is_null()) {
    const ordered_json& b = j["backdoor"];
    std::string targets;
    for (const ordered_json& t : b["targets"]) targets += (targets.empty() ? "" : ", ") + std::to_string(t.get<std::size_t>());
    line("backdoor", !b["tested"].get<bool>() ? "not tested: " + b["note"].get<std::string>() : b["suspected"].get<bool>() ? "suspected, target " + targets : "none suspected");
  }
  if (j.contains("membership"))
    line("membership inference", j["membership"]["note"].get<std::string>());
  if (j.contains("patches")) line("right under patches", with_interval(j["patches"]["correct"], j["patches"]["interval"]) + " with squares of " + std::to_string(j["patches"]["side"].get<std::size_t>()) + " pixels");
  if (j.contains("extraction"))
    for (const ordered_json& c : j["extraction"]["budgets"])
      line("copied with " + std::to_string(c["queries"].get<std::size_t>()), with_interval(c["agree"], c["interval"]) + " of " + std::to_string(j["extraction"]["compared"].get<std::size_t>()) + " answers alike" +
           (c.contains("balanced") ? ", over the classes " + percent(c["balanced"].get<double>()) + " (at least " + percent(c["balanced_at_least"].get<double>()) + ")" : "") +
           " (a constant one: " + std::to_string(j["extraction"]["constant_agrees"].get<std::size_t>()) + "); a lower bound");
  if (j.contains("availability")) {
    const ordered_json& a = j["availability"];
    if (a["unit"].is_null()) line("availability", a["note"].get<std::string>());
    else line("work", "median " + figure(a["median_cost"].get<double>()) + " " + a["unit"].get<std::string>() + ", worst seen " + figure(a["worst_seen"].get<double>()) + ", at most " + figure(a["worst_possible"].get<double>()));
    for (const ordered_json& o : a["odd_inputs"])
      line("  " + o["input"].get<std::string>(), std::to_string(o["answered_with_numbers"].get<std::size_t>()) + " of " + std::to_string(o["rows"].get<std::size_t>()) + " answered with numbers" +
           (o["not_answered"].get<std::size_t>() == 0 ? "" : ", " + std::to_string(o["not_answered"].get<std::size_t>()) + " not at all"));
  }
  for (const ordered_json& n : j["not_tested"]) line("not tested", n.get<std::string>());
  return out;
}

TestResult as_test_result(const ordered_json& j) {
  TestResult t;
  t.id = "model.evasion";
  t.goal = "Inputs near a sample, within " + j["norm"].get<std::string>() + " " + figure(j["epsilon"].get<double>()) + ", that change what the model says of it";
  t.criterion = j["criterion"].get<std::string>();
  for (const char* key : {"clean_correct", "attacked_correct", "certified_correct"})
    if (!j[key].is_null()) {
      const ordered_json& i = j[std::string(key) + "_interval"];
      t.measured.push_back({key, j[key].get<double>(), Interval{i["low"].get<double>(), i["high"].get<double>()}, i["confidence"].get<double>(), ""});
    }
  const std::string verdict = j["verdict"].get<std::string>();
  t.verdict = verdict == "met" ? Verdict::met : verdict == "not_met" ? Verdict::not_met : verdict == "not_tested" ? Verdict::not_tested : Verdict::inconclusive;
  t.because = j["because"].get<std::string>();
  for (const ordered_json& n : j["not_tested"]) t.not_tested.push_back(n.get<std::string>());
  for (const char* key : {"model", "inputs", "labels", "plan", "program"})
    if (j["bound_to"].contains(std::string(key) + "_sha256")) t.inputs.push_back({key, j["bound_to"][std::string(key) + "_sha256"].get<std::string>()});
  for (const ordered_json& p : j["provisions"]) t.provisions.push_back(p.get<std::string>());
  for (const ordered_json& a : j["atlas"]) t.atlas.push_back(a.get<std::string>());
  return t;
}

}  // namespace duolex::threats::campaign
