#include "workspace/joint_file/tested_of.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>

#include "text/figures.h"

namespace duolex::workspace {
namespace {

using documents::Counted;
using documents::data;
using documents::listed;
using documents::said;
using documents::Said;
using documents::told;
using nlohmann::json;

constexpr std::size_t most_rows = 10, most_pictures = 6, most_points = 64, most_lines = 50;
constexpr std::size_t report_limit = std::size_t{4} << 20;  // bytes
constexpr std::size_t picture_limit = std::size_t{400} << 10;  // characters of base64

// An attachment is bytes that somebody may have written by hand: nothing in it is taken for granted.
const json& at(const json& j, const char* key) {
  static const json nothing;
  if (!j.is_object()) return nothing;
  const auto found = j.find(key);
  return found == j.end() ? nothing : *found;
}
std::string word(const json& j) { return j.is_string() ? j.get<std::string>() : ""; }
double number(const json& j) {
  const double v = j.is_number() ? j.get<double>() : 0;
  return std::isfinite(v) ? v : 0;
}
std::size_t whole(const json& j) { return static_cast<std::size_t>(std::clamp(number(j), 0.0, 1e15)); }
const json& list(const json& j) {
  static const json nothing = json::array();
  return j.is_array() ? j : nothing;
}

Counted counted(const json& count, const json& interval) {
  if (!count.is_number()) return {};
  return {true, whole(count), std::clamp(number(at(interval, "low")), 0.0, 1.0), std::clamp(number(at(interval, "high")), 0.0, 1.0)};
}

std::vector<std::string> words(const json& j) {
  std::vector<std::string> out;
  for (const json& item : list(j))
    if (item.is_string() && out.size() < most_lines) out.push_back(item.get<std::string>());
  return out;
}

bool is_base64(const std::string& text) {
  return !text.empty() && text.size() <= picture_limit && text.starts_with("iVBORw0KGgo") &&
         text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=") == std::string::npos;
}

// From the curve: the last size at which all that are right without an attack still are, and the first at which one is
// not, at which less than half are, and at which none is.
Said starts_to_fail(const documents::ModelTest& t) {
  if (!t.clean.tested || t.curve.size() < 2) return {};
  const documents::CurveRow *holds = nullptr, *fails = nullptr, *half = nullptr, *none = nullptr;
  for (const documents::CurveRow& c : t.curve) {
    if (c.epsilon > 0 && fails == nullptr && c.right.count >= t.clean.count) holds = &c;
    if (fails == nullptr && c.right.count < t.clean.count) fails = &c;
    if (half == nullptr && 2 * c.right.count < t.clean.count) half = &c;
    if (none == nullptr && c.right.count == 0) none = &c;
  }
  const auto size = [&](const documents::CurveRow& c) {
    return data(t.norm + " " + text::figure(c.epsilon) + (t.pictures.empty() ? "" : " (" + text::figure(255 * c.epsilon) + "/255)"));
  };
  if (fails == nullptr) return said("No attack broke a sample up to {size}, the largest size that was tried.", {{"size", size(t.curve.back())}});
  const std::vector<std::pair<std::string, Said>> names = {{"size", size(*fails)}, {"n", data(std::to_string(fails->right.count))}, {"m", data(std::to_string(t.clean.count))}};
  if (!t.changed_when.empty())
    return holds == nullptr ? said("It starts to fail at {size}, the smallest size that was tried: {n} of the {m} answers are unchanged.", names)
                            : said("It starts to fail at {size}, the first size tried beyond {held} at which all held: {n} of the {m} answers are unchanged.",
                                   {names[0], names[1], names[2], {"held", size(*holds)}});
  Said all = listed({holds == nullptr ? said("It starts to fail at {size}, the smallest size that was tried: {n} of the {m} that were right without an attack still are.", names)
                                      : said("It starts to fail at {size}, the first size tried beyond {held} at which all held: {n} of the {m} that were right without an attack still are.",
                                             {names[0], names[1], names[2], {"held", size(*holds)}})}, " ");
  if (half != nullptr && half != fails) all.parts.push_back(said("Fewer than half hold at {size}.", {{"size", size(*half)}}));
  if (none != nullptr && none != half && none != fails) all.parts.push_back(said("None holds at {size}.", {{"size", size(*none)}}));
  return all;
}

documents::ModelTest model_test(const json& j, const documents::EvidenceRow& record, std::string model) {
  documents::ModelTest t;
  t.model = std::move(model);
  t.record = record;
  t.verdict = word(at(j, "verdict"));
  t.because = word(at(j, "because"));
  t.criterion = word(at(j, "criterion"));
  t.norm = word(at(j, "norm"));
  t.epsilon = number(at(j, "epsilon"));
  t.samples = whole(at(j, "samples"));
  t.clean = counted(at(j, "clean_correct"), at(j, "clean_correct_interval"));
  t.attacked = counted(at(j, "attacked_correct"), at(j, "attacked_correct_interval"));
  t.certified = counted(at(j, "certified_correct"), at(j, "certified_correct_interval"));
  if (t.clean.tested) t.curve.push_back({0, t.clean});
  if (t.attacked.tested) t.curve.push_back({t.epsilon, t.attacked});
  for (const json& c : list(at(j, "curve"))) {
    const documents::CurveRow row{number(at(c, "epsilon")), counted(at(c, "attacked_correct"), at(c, "interval"))};
    if (row.epsilon > 0 && row.epsilon != t.epsilon && row.right.tested && t.curve.size() < most_points) t.curve.push_back(row);
  }
  std::sort(t.curve.begin(), t.curve.end(), [](const auto& a, const auto& b) { return a.epsilon < b.epsilon; });
  for (const json& a : list(at(j, "attacks")))
    if (t.attacks.size() < most_lines) t.attacks.push_back(word(at(a, "name")) + ": " + std::to_string(whole(at(a, "broken"))));
  for (const json& s : list(at(j, "diagnostics")))
    if (at(s, "present") == true && t.signs.size() < most_lines) t.signs.push_back(word(at(s, "id")) + ": " + word(at(s, "meaning")));
  for (const json& c : list(at(j, "corruptions")))
    if (t.corruptions.size() < most_lines) t.corruptions.push_back(word(at(c, "name")) + ": " + std::to_string(whole(at(c, "correct"))));
  if (const json& b = at(j, "backdoor"); b.is_object()) {
    std::string targets;
    for (const json& x : list(at(b, "targets"))) targets += (targets.empty() ? "" : ", ") + std::to_string(whole(x));
    t.backdoor = told(at(b, "tested") != true ? "not tested: " + word(at(b, "note")) : at(b, "suspected") == true ? "suspected, target " + targets : "none suspected");
  }
  if (const json& m = at(j, "membership"); m.is_object()) t.membership = word(at(m, "note"));
  t.not_tested = words(at(j, "not_tested"));
  for (const json& p : list(at(j, "pictures"))) {
    documents::PictureRow row{std::to_string(whole(at(p, "sample"))), word(at(p, "attack")), text::figure(number(at(p, "distance"))), whole(at(p, "width")), whole(at(p, "height")),
                              word(at(p, "original")), word(at(p, "change")), word(at(p, "example"))};
    if (t.pictures.size() < most_pictures && is_base64(row.original) && is_base64(row.change) && is_base64(row.example)) t.pictures.push_back(std::move(row));
  }
  t.changed_when = word(at(at(j, "answer"), "changed_when"));
  if (const json& e = at(at(j, "certification"), "largest_epsilon"); e.is_object()) {
    t.searched = list(at(e, "samples")).size();
    t.proven_to = number(at(e, "proven_at"));
  }
  t.starts_to_fail = starts_to_fail(t);
  return t;
}

Said pair_of(const json& p) {
  std::vector<Said> rows;
  for (const json& r : list(at(p, "rows"))) rows.push_back(data(word(r)));
  return rows.size() == 2 ? said("{one} and {other}", {{"one", rows[0]}, {"other", rows[1]}}) : listed(std::move(rows));
}

// The rows behind one result of a test of data.
std::vector<Said> rows_behind(const std::string& test, const json& j) {
  std::vector<Said> rows;
  const auto add = [&](Said text) {
    if (!text.empty() && rows.size() < most_rows) rows.push_back(std::move(text));
  };
  if (test == "data.label_noise")
    for (const json& r : list(at(at(j, "label_noise"), "rows")))
      add(said("{row}: {given}, rather {suggested} (margin {margin})", {{"row", data(word(at(r, "row")))}, {"given", data(word(at(r, "given")))},
                                                                        {"suggested", data(word(at(r, "suggested")))}, {"margin", data(text::figure(number(at(r, "margin"))))}}));
  if (test == "data.duplicates")
    for (const char* kind : {"contradicting", "exact", "near"})
      for (const json& p : list(at(at(j, "duplicates"), kind))) add(said("{kind}: {rows}", {{"kind", told(kind)}, {"rows", pair_of(p)}}));
  if (test == "data.leakage") {
    for (const json& p : list(at(at(j, "leakage"), "within"))) add(pair_of(p));
    for (const json& p : list(at(at(j, "leakage"), "reference"))) add(said("{row} is {reference} of the reference", {{"row", data(word(at(p, "row")))}, {"reference", data(word(at(p, "reference")))}}));
  }
  if (test == "data.poison")
    for (const json& c : list(at(at(j, "poison"), "classes")))
      if (at(c, "suspected") == true)
        for (const json& r : list(at(c, "rows"))) add(said("class {class}: {row}", {{"class", data(word(at(c, "class")))}, {"row", data(word(r))}}));
  if (test == "data.drift")
    for (const json& f : list(at(at(j, "drift"), "features")))
      if (number(at(f, "adjusted")) < 0.01) add(data((at(f, "feature").is_string() ? word(at(f, "feature")) : std::to_string(whole(at(f, "feature")))) + ": p " + text::figure(number(at(f, "adjusted")))));
  if (test == "data.integrity")
    for (const char* kind : {"added", "removed", "changed"})
      for (const json& r : list(at(at(j, "comparison"), kind))) add(said("{kind}: {rows}", {{"kind", told(kind)}, {"rows", data(word(r))}}));
  return rows;
}

documents::DataTest data_test(const json& j, const documents::EvidenceRow& record) {
  documents::DataTest t;
  t.record = record;
  for (const json& r : list(at(j, "results"))) {
    if (word(at(r, "id")) != record.test) continue;
    for (const json& m : list(at(r, "measured"))) {
      std::string text = word(at(m, "what")) + ": " + text::figure(number(at(m, "value"))) + (word(at(m, "unit")).empty() ? "" : " " + word(at(m, "unit")));
      if (const json& i = at(m, "interval"); i.is_object()) text += " (" + text::percent(number(at(i, "low"))) + " to " + text::percent(number(at(i, "high"))) + ")";
      if (t.measured.size() < most_lines) t.measured.push_back(std::move(text));
    }
  }
  t.rows = rows_behind(record.test, j);
  return t;
}

documents::EvidenceRow row_of(const KnownEvidence& e) {
  const evidence::EvidenceRecord& r = e.record;
  documents::EvidenceRow row{e.index, e.leaf, r.test, r.shows, r.criterion, r.outcome, r.detail, e.state, e.because, r.at,
                             r.tool + (r.tool_version.empty() ? "" : " " + r.tool_version), r.release, r.good_until ? to_string(*r.good_until) : "", e.signers, {}, r.answers, r.provisions,
                             r.atlas, r.interrupted};
  for (const evidence::HashedFile& f : r.artefacts) row.about.push_back(f.path + ", SHA-256 " + f.sha256.substr(0, 16) + "…");
  return row;
}

}  // namespace

void read_report(const std::string& bytes, const documents::EvidenceRow& row, const std::string& model, documents::Tested& tested) {
  const std::pair<std::string, Said> leaf{"leaf", data(std::to_string(row.leaf))};
  if (bytes.size() > report_limit) return tested.unreadable.push_back(said("leaf {leaf}: its attachment has more than 4 MB", {leaf}));
  const json report = json::parse(bytes, nullptr, false);
  if (!report.is_object()) return tested.unreadable.push_back(said("leaf {leaf}: its attachment is no result of a test", {leaf}));
  if (row.test == "model.evasion") tested.models.push_back(model_test(report, row, model));
  else tested.data.push_back(data_test(report, row));
}

documents::Tested tested_of(const dossier::Dossier& dossier, const std::vector<KnownEvidence>& evidence, bool has_ledger) {
  documents::Tested tested;
  tested.has_ledger = has_ledger;
  std::map<std::string, Result<std::string>> reports;  // one attachment serves several records
  std::vector<std::string> attacked;
  for (const KnownEvidence& e : evidence) {
    tested.evidence.push_back(row_of(e));
    const documents::EvidenceRow& row = tested.evidence.back();
    const bool model = row.test == "model.evasion", of_data = row.test.starts_with("data.");
    if (e.state == "replaced" || row.interrupted || (!model && !of_data) || !e.record.blob) continue;
    auto report = reports.find(e.record.blob->sha256);
    if (report == reports.end()) report = reports.emplace(e.record.blob->sha256, attachment(dossier, e.record)).first;
    if (!report->second) {
      tested.unreadable.push_back(said("leaf {leaf}: {why}", {{"leaf", data(std::to_string(e.index))}, {"why", told(report->second.error().front().message)}}));
      continue;
    }
    const std::string name = e.record.artefacts.empty() ? "a model that is no file of the dossier" : e.record.artefacts.front().path;
    const std::size_t before = tested.models.size();
    read_report(*report->second, row, name, tested);
    if (tested.models.size() > before && e.state == "current" && tested.models.back().attacked.tested) attacked.push_back(name);
  }
  if (!dossier.releases.empty())
    for (const dossier::Artefact& a : dossier.releases.back().artefacts)
      if (a.kind == "model" && std::find(attacked.begin(), attacked.end(), a.path) == attacked.end()) tested.untested_models.push_back(a.path);
  return tested;
}

void add_failed_tests(documents::Assessment& a) {
  using documents::data;
  using documents::said;
  using documents::told;
  for (const documents::EvidenceRow& e : a.tested.evidence) {
    // Known vulnerabilities stand there one by one already where an index was given.
    if (e.state != "current" || e.outcome != "failed" || (e.test == "scan" && a.vulnerabilities.checked)) continue;
    a.open_points.push_back(documents::open_point(said("A test on record failed: {what} (leaf {leaf}: {detail})",
                                                       {{"what", told(e.shows)}, {"leaf", data(std::to_string(e.leaf))}, {"detail", e.detail.empty() ? told(e.outcome) : told(e.detail)}}),
                                                  said("Close what it found and test again, with the same criterion"), e.provisions));
  }
}

}  // namespace duolex::workspace
