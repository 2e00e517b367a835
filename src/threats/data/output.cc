#include <algorithm>
#include <nlohmann/json.hpp>

#include "text/figures.h"
#include "text/json_out.h"
#include "text/plain.h"
#include "threats/data/report.h"

namespace duolex::threats::data {
namespace {

using nlohmann::ordered_json;
constexpr std::size_t most_listed = 1000, most_shown = 10;

std::string class_name(const DataSet& data, std::int32_t label) {
  return label >= 0 && static_cast<std::size_t>(label) < data.classes.size() ? data.classes[static_cast<std::size_t>(label)] : "";
}

ordered_json pairs(const DataSet& data, const std::vector<Pair>& list) {
  ordered_json out = ordered_json::array();
  for (const Pair& p : list) {
    if (out.size() >= most_listed) break;
    ordered_json j = {{"rows", {data.rows[p.first].name, data.rows[p.second].name}}, {"distance", p.distance}};
    if (data.rows[p.first].label != no_label) j["labels"] = {class_name(data, data.rows[p.first].label), class_name(data, data.rows[p.second].label)};
    if (!data.rows[p.first].split.empty()) j["splits"] = {data.rows[p.first].split, data.rows[p.second].split};
    out.push_back(std::move(j));
  }
  return out;
}

}  // namespace

std::string to_json_text(const Report& r) {
  const DataSet& d = r.data;
  ordered_json doubts = ordered_json::array(), classes = ordered_json::array(), results = ordered_json::array(), across = ordered_json::array();
  for (const Doubt& x : r.noise.doubts) {
    if (doubts.size() >= most_listed) break;
    doubts.push_back({{"row", d.rows[x.row].name}, {"given", class_name(d, d.rows[x.row].label)}, {"suggested", class_name(d, x.suggested)}, {"margin", x.margin}});
  }
  for (const ClassSuspicion& s : r.poison.classes) {
    ordered_json j = {{"class", class_name(d, s.label)}, {"suspected", s.suspected}, {"apart", s.apart}, {"score", s.score()}, {"separation", s.separation}, {"spread", s.spread}, {"rows", ordered_json::array()}};
    for (const std::size_t row : s.rows)
      if (j["rows"].size() < most_listed) j["rows"].push_back(d.rows[row].name);
    classes.push_back(std::move(j));
  }
  for (std::size_t i = 0; i < r.across.size() && i < most_listed; ++i) across.push_back({{"reference", r.reference_rows[i]}, {"row", d.rows[r.across[i].second].name}});
  for (const TestResult& t : r.results) results.push_back(threats::to_json(t));
  ordered_json out;
  out["data"] = {{"name", d.name}, {"kind", d.kind}, {"rows", d.rows.size()}, {"features", d.features}, {"classes", d.classes}, {"root", r.manifest.root}, {"not_read", d.not_read}};
  if (r.comparison)
    out["comparison"] = {{"before", r.comparison->before}, {"after", r.comparison->after},
                         {"added", r.comparison->added}, {"removed", r.comparison->removed}, {"changed", r.comparison->changed},
                         {"added_count", r.comparison->added_count}, {"removed_count", r.comparison->removed_count}, {"changed_count", r.comparison->changed_count},
                         {"same", r.comparison->same}};
  out["duplicates"] = {{"exact", pairs(d, r.duplicates.exact)}, {"near", pairs(d, r.duplicates.near)}, {"contradicting", pairs(d, r.duplicates.contradicting)}};
  out["leakage"] = {{"within", pairs(d, r.duplicates.leaking)}, {"reference", std::move(across)}};
  out["label_noise"] = {{"tested", r.noise.tested}, {"classifier", r.noise.classifier}, {"accuracy", r.noise.accuracy}, {"rows", std::move(doubts)}};
  out["poison"] = {{"tested", r.poison.tested}, {"classes", std::move(classes)}};
  if (r.drift) {
    ordered_json features = ordered_json::array();
    for (const FeatureDrift& f : r.drift->features)
      if (features.size() < most_listed)
        features.push_back({{"feature", f.feature < d.feature_names.size() ? ordered_json(d.feature_names[f.feature]) : ordered_json(f.feature)}, {"distance", f.distance}, {"p", f.p}, {"adjusted", f.adjusted}});
    out["drift"] = {{"tested", r.drift->tested}, {"energy", r.drift->energy}, {"p", r.drift->p}, {"permutations", r.drift->permutations}, {"features", std::move(features)}};
  }
  out["results"] = std::move(results);
  return text::to_json_text(out, text::JsonLayout::pretty);
}

std::string to_text(const Report& r) {
  const DataSet& d = r.data;
  std::string out = text::in_one_line(d.name) + ": " + d.kind + ", " + std::to_string(d.rows.size()) + " rows, " + std::to_string(d.features) + " numbers a row, " +
                    std::to_string(d.classes.size()) + " classes\n  root " + r.manifest.root + "\n\n";
  for (const TestResult& t : r.results) out += text::in_one_line(t.id) + ": " + name_of(t.verdict) + ", " + text::in_one_line(t.because) + "\n";
  const auto heading = [&](const std::string& text, std::size_t all) {
    out += "\n" + text + (all > most_shown ? " (the first " + std::to_string(most_shown) + " of " + std::to_string(all) + ")" : "") + "\n";
  };
  const auto show = [&](const std::string& text, const std::vector<Pair>& list) {
    if (list.empty()) return;
    heading(text, list.size());
    for (std::size_t i = 0; i < std::min(list.size(), most_shown); ++i)
      out += "  " + text::in_one_line(d.rows[list[i].first].name) + " and " + text::in_one_line(d.rows[list[i].second].name) + (list[i].distance > 0 ? ", distance " + text::figure(list[i].distance, 3) : "") + "\n";
  };
  show("The same content, other labels", r.duplicates.contradicting);
  show("In two splits", r.duplicates.leaking);
  show("The same rows", r.duplicates.exact);
  show("Nearly the same rows", r.duplicates.near);
  if (!r.across.empty()) {
    heading("Also in " + text::in_one_line(r.reference_name), r.across.size());
    for (std::size_t i = 0; i < std::min(r.across.size(), most_shown); ++i) out += "  " + text::in_one_line(d.rows[r.across[i].second].name) + " is its " + text::in_one_line(r.reference_rows[i]) + "\n";
  }
  if (!r.noise.doubts.empty()) {
    heading("Doubtful labels, most certain first", r.noise.doubts.size());
    for (std::size_t i = 0; i < std::min(r.noise.doubts.size(), most_shown); ++i) {
      const Doubt& x = r.noise.doubts[i];
      out += "  " + text::in_one_line(d.rows[x.row].name) + ": " + text::in_one_line(class_name(d, d.rows[x.row].label)) + ", rather " + text::in_one_line(class_name(d, x.suggested)) + " (margin " + text::figure(x.margin, 3) + ")\n";
    }
  }
  for (const ClassSuspicion& s : r.poison.classes) {
    if (!s.suspected && !s.apart) continue;
    heading(std::string(s.suspected ? "Suspected of poison" : "A group apart, natural or taken from one other class,") + " in class " + text::in_one_line(class_name(d, s.label)) + ", separation " + text::figure(s.separation, 3) + ", spread " + text::figure(s.spread, 3), s.rows.size());
    for (std::size_t i = 0; i < std::min(s.rows.size(), most_shown); ++i) out += "  " + text::in_one_line(d.rows[s.rows[i]].name) + "\n";
  }
  out += "\nNot tested\n";
  std::vector<std::string> said;
  for (const TestResult& t : r.results)
    for (const std::string& n : t.not_tested)
      if (std::find(said.begin(), said.end(), n) == said.end()) {
        said.push_back(n);
        out += "  " + text::in_one_line(n) + "\n";
      }
  return out;
}

}  // namespace duolex::threats::data
