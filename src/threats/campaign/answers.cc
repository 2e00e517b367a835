#include "threats/campaign/answers.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "text/figures.h"
#include "text/json_out.h"
#include "text/plain.h"

namespace duolex::threats::campaign {
namespace {

using nlohmann::ordered_json;
using text::figure;
using text::percent;

constexpr int format_version = 1;
constexpr const char* test_name = "probe run";

std::vector<std::string> strings_of(const ordered_json& j) {
  std::vector<std::string> out;
  if (j.is_array())
    for (const ordered_json& s : j)
      if (s.is_string()) out.push_back(s.get<std::string>());
  return out;
}

std::string in_words(evasion::Measure measure, double value) {
  if (measure == evasion::Measure::changed) return percent(value) + " of the places decided otherwise";
  if (measure == evasion::Measure::overlap) return "intersection over union " + figure(value);
  return figure(value) + (value == 1 ? " edit" : " edits");
}

}  // namespace

std::string changed_when(evasion::Task task, double level, const evasion::Criterion& c, HeldAgainst against) {
  const bool own = against == HeldAgainst::sample;
  if (task == evasion::Task::sequence)
    return "the text that the best symbols read differs by " + figure(c.limit) + (c.limit == 1 ? " edit" : " edits") + " or more from that of " + (own ? "the sample as it is" : "the reference");
  if (c.measure == evasion::Measure::overlap)
    return "intersection over union of what lies above " + figure(level) + " falls below " + figure(c.limit) + ", against the map of " + (own ? "the sample as it is" : "the reference");
  return "more than " + percent(c.limit) + " of the map is decided otherwise at " + figure(level) + (own ? " than for the sample as it is" : " than in the reference");
}

ordered_json criterion_json(evasion::Task task, double level, const evasion::Criterion& c) {
  ordered_json j = {{"kind", task == evasion::Task::map ? "map" : "sequence"}, {"measure", name_of(c.measure)}, {"limit", c.limit}};
  if (task == evasion::Task::map) j["level"] = level;
  else j["blank"] = c.blank;
  return j;
}

std::string plan_text(const AnswerPlan& p) {
  ordered_json j = {{"format", format_version}, {"test", test_name}, {"model", p.model}, {"inputs", p.inputs}, {"dimensions", p.dimensions}, {"seed", p.seed}, {"torch", p.torch}, {"output", p.output}};
  j["task"] = p.task == evasion::Task::map ? "map" : "sequence";
  j["level"] = p.level;
  j["measure"] = name_of(p.criterion.measure);
  j["limit"] = p.criterion.limit;
  j["blank"] = p.criterion.blank;
  j["each_row"] = p.each_row;
  j["against_answer"] = p.against_answer;
  j["against_inputs"] = p.against_inputs;
  j["require"] = p.require ? ordered_json(*p.require) : ordered_json(nullptr);
  j["confidence"] = p.confidence;
  return text::to_json_text(j, text::JsonLayout::pretty);
}

bool is_answer_plan(const std::string& bytes) {
  const ordered_json j = ordered_json::parse(bytes, nullptr, false);
  return j.is_object() && j.contains("test") && j["test"] == test_name;
}

Result<AnswerPlan> read_answer_plan(const std::string& file, const std::string& bytes) {
  const ordered_json j = ordered_json::parse(bytes, nullptr, false);
  if (!is_answer_plan(bytes) || !j.contains("format") || j["format"] != format_version) return failure(error_in(file, "is no plan of 'duolex probe run', format 1"));
  Diagnostics errors;
  const auto wrong = [&](const char* key) { errors.push_back(error_in(file, std::string("'") + key + "' is missing or of the wrong type")); };
  const auto get = [&](const char* key, auto value) {
    using T = decltype(value);
    const auto found = j.find(key);
    bool fits = found != j.end();
    if constexpr (std::is_same_v<T, bool>) fits = fits && found->is_boolean();
    else if constexpr (std::is_same_v<T, std::string>) fits = fits && found->is_string();
    else if constexpr (std::is_same_v<T, double>) fits = fits && found->is_number();
    else fits = fits && found->is_number_unsigned();
    if (fits) return found->template get<T>();
    wrong(key);
    return value;
  };
  AnswerPlan p;
  p.model = get("model", std::string());
  p.inputs = strings_of(j.value("inputs", ordered_json()));
  p.dimensions = strings_of(j.value("dimensions", ordered_json()));
  p.seed = get("seed", std::uint64_t{0});
  p.torch = get("torch", false);
  p.output = get("output", std::string());
  p.level = get("level", 0.0);
  const std::string task = get("task", std::string()), measure = get("measure", std::string());
  p.task = task == "sequence" ? evasion::Task::sequence : evasion::Task::map;
  if (task != "sequence" && task != "map") wrong("task");
  bool known = false;
  for (const auto m : {evasion::Measure::changed, evasion::Measure::overlap, evasion::Measure::edits})
    if (measure == name_of(m) && (m == evasion::Measure::edits) == (p.task == evasion::Task::sequence)) p.criterion.measure = m, known = true;
  if (!known) wrong("measure");
  p.criterion.limit = get("limit", 0.0);
  p.criterion.blank = get("blank", std::size_t{0});
  p.each_row = get("each_row", false);
  p.against_answer = get("against_answer", std::string());
  p.against_inputs = strings_of(j.value("against_inputs", ordered_json()));
  if (const auto found = j.find("require"); found != j.end() && !found->is_null()) p.require = get("require", 0.0);
  p.confidence = get("confidence", 0.95);
  if (!(p.confidence > 0 && p.confidence < 1)) wrong("confidence");
  if (!errors.empty()) return failure(std::move(errors));
  return p;
}

std::size_t AnswerFinding::unchanged() const {
  return static_cast<std::size_t>(std::count_if(rows.begin(), rows.end(), [](const Row& r) { return !r.changed; }));
}
std::size_t AnswerFinding::not_answered() const {
  return static_cast<std::size_t>(std::count_if(rows.begin(), rows.end(), [](const Row& r) { return !r.measured; }));
}

Result<AnswerFinding> hold_answers(const AnswerPlan& plan, const std::vector<std::size_t>& shape, std::span<const double> scores, std::span<const double> reference) {
  const auto refused = [&](const std::string& why) { return failure(error_in(plan.model, "not tested: " + why)); };
  const std::size_t rows = plan.each_row ? (shape.empty() ? 0 : shape[0]) : 1;
  if (rows == 0 || scores.empty() || scores.size() != reference.size() || scores.size() % rows != 0) return refused("the answer holds nothing that could be compared");
  const std::size_t size = scores.size() / rows, symbols = plan.task == evasion::Task::sequence ? shape.back() : 0;
  if (size < 2) return refused("an answer of one number is no map and no sequence");
  if (plan.task == evasion::Task::sequence && (shape.size() < (plan.each_row ? 3U : 2U) || symbols < 2 || size == symbols || plan.criterion.blank >= symbols))
    return refused("the answer is no sequence of scores of symbols with such a blank");
  // In several leading dimensions steps of different samples would be read as one text.
  if (plan.task == evasion::Task::sequence)
    for (std::size_t d = plan.each_row ? 1 : 0, longer = 0; d + 1 < shape.size(); ++d)
      if (shape[d] != 1 && ++longer > 1) return refused("the answer has steps in more than one dimension, and is no single sequence of scores of symbols");
  AnswerFinding found;
  for (std::size_t i = 0; i < rows; ++i) {
    const auto before = reference.subspan(i * size, size), now = scores.subspan(i * size, size);
    if (!std::all_of(before.begin(), before.end(), [](double v) { return std::isfinite(v); })) return refused("the reference holds what is no finite number" + (plan.each_row ? ", in row " + std::to_string(i) : std::string()));
    const evasion::Reference r = refer_to(plan.criterion, plan.level, symbols, before);
    AnswerFinding::Row row;
    const bool numbers = std::all_of(now.begin(), now.end(), [](double v) { return std::isfinite(v); });
    if (numbers) row.measured = measured_of(r, now);
    row.changed = !numbers || margin_of(r, now) < 0;
    found.rows.push_back(row);
  }
  return found;
}

ordered_json answers_json(const AnswerPlan& plan, const AnswerFinding& f) {
  const std::size_t n = f.rows.size(), same = f.unchanged();
  const Interval i = clopper_pearson(same, n, plan.confidence);
  ordered_json j;
  j["criterion"] = (plan.require ? "at least " + percent(*plan.require) + " of the answers stay unchanged, at the low end of the interval" : std::string("no answer changes")) +
                   "; an answer has changed when " + changed_when(plan.task, plan.level, plan.criterion, HeldAgainst::reference);
  const std::string seen = std::to_string(same) + " of " + std::to_string(n) + (n == 1 ? " answer is unchanged" : " answers are unchanged");
  const std::string share = seen + ": " + percent(i.low) + " to " + percent(i.high) + ", demanded " + (plan.require ? percent(*plan.require) : "");
  if (!plan.require) j["verdict"] = same == n ? "met" : "not_met";
  else j["verdict"] = i.low >= *plan.require ? "met" : i.high < *plan.require ? "not_met" : "inconclusive";
  j["because"] = plan.require ? share : seen;
  j["answer"] = criterion_json(plan.task, plan.level, plan.criterion);
  j["answer"]["changed_when"] = changed_when(plan.task, plan.level, plan.criterion, HeldAgainst::reference);
  j["answer"]["held_against"] = plan.against_answer.empty() ? "the model's own answer to other inputs" : "a stored answer";
  j["answer"]["samples"] = n;
  j["answer"]["unchanged"] = same;
  j["answer"]["unchanged_interval"] = {{"low", i.low}, {"high", i.high}, {"confidence", plan.confidence}};
  j["answer"]["not_answered"] = f.not_answered();
  j["answer"]["rows"] = ordered_json::array();
  for (const AnswerFinding::Row& r : f.rows) j["answer"]["rows"].push_back({{"changed", r.changed}, {"measured", r.measured ? ordered_json(*r.measured) : ordered_json(nullptr)}});
  j["not_tested"] = {"whether the answer that others are held against is right", "inputs other than those of this run"};
  return j;
}

std::string answers_html(const AnswerPlan& plan, const ordered_json& j) {
  const ordered_json& a = j["answer"];
  std::string h = "<section class=\"probe-run\">\n<h3>" + text::escaped(plan.model) + ": " + text::escaped(j["verdict"].get<std::string>()) + "</h3>\n";
  h += "<p>" + text::escaped(j["because"].get<std::string>()) + ".</p>\n<p>The criterion, fixed before data was opened: " + text::escaped(j["criterion"].get<std::string>()) + ".</p>\n";
  h += "<table><thead><tr><th>answers</th><th>unchanged</th><th>interval</th></tr></thead><tbody>\n<tr><td>" + std::to_string(a["samples"].get<std::size_t>()) + "</td><td>" + std::to_string(a["unchanged"].get<std::size_t>()) +
       "</td><td>" + percent(a["unchanged_interval"]["low"].get<double>()) + " to " + percent(a["unchanged_interval"]["high"].get<double>()) + "</td></tr>\n</tbody></table>\n";
  std::string rows;
  std::size_t shown = 0, left = 0;
  for (std::size_t i = 0; i < a["rows"].size(); ++i) {
    if (a["rows"][i]["changed"] != true) continue;
    if (shown == 20) {
      ++left;
      continue;
    }
    ++shown;
    const ordered_json& measured = a["rows"][i]["measured"];
    rows += "<li>answer " + std::to_string(i) + ": " + (measured.is_null() ? "not answered with numbers" : in_words(plan.criterion.measure, measured.get<double>())) + "</li>\n";
  }
  if (!rows.empty()) h += "<p>Changed:</p>\n<ul>\n" + rows + "</ul>\n";
  if (left != 0) h += "<p>and " + std::to_string(left) + " more.</p>\n";
  h += "<p>Not tested: ";
  for (std::size_t i = 0; i < j["not_tested"].size(); ++i) h += (i == 0 ? "" : "; ") + text::escaped(j["not_tested"][i].get<std::string>());
  return h + ".</p>\n</section>\n";
}

}  // namespace duolex::threats::campaign
