#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "text/figures.h"
#include "text/plain.h"
#include "threats/campaign/base64.h"
#include "threats/campaign/picture.h"
#include "threats/campaign/report.h"

namespace duolex::threats::campaign {
namespace {

using nlohmann::ordered_json;

constexpr std::size_t shown = 6;

std::string image(std::span<const float> x, const evasion::Form& form, const std::string& about) {
  const std::string bytes = png(x, form);
  if (bytes.empty()) return "";
  return "<img width=\"84\" height=\"84\" style=\"image-rendering:pixelated\" alt=\"" + text::escaped(about) + "\" src=\"data:image/png;base64," + to_base64(bytes) + "\">";
}

// What was changed, around grey, stretched to the size of the change.
std::vector<float> difference(std::span<const float> x, std::span<const float> example) {
  float most = 1e-9f;
  for (std::size_t i = 0; i < x.size(); ++i) most = std::max(most, std::abs(example[i] - x[i]));
  std::vector<float> d(x.size());
  for (std::size_t i = 0; i < x.size(); ++i) d[i] = 0.5f + (example[i] - x[i]) / most / 2;
  return d;
}

// What was asked besides evasion, a sentence each.
std::string other_stages(const ordered_json& j) {
  std::string h;
  const auto say = [&](const std::string& sentence) { h += "<li>" + text::escaped(sentence) + "</li>\n"; };
  if (j.contains("membership") && j["membership"].is_object()) say("Membership inference: " + j["membership"]["note"].get<std::string>());
  if (j.contains("extraction"))
    for (const ordered_json& c : j["extraction"]["budgets"])
      say("A copy made from answers to " + std::to_string(c["queries"].get<std::size_t>()) + " questions answers " + std::to_string(c["agree"].get<std::size_t>()) + " of " + std::to_string(j["extraction"]["compared"].get<std::size_t>()) +
          " rows alike (a constant one " + std::to_string(j["extraction"]["constant_agrees"].get<std::size_t>()) + "); a lower bound");
  if (j.contains("availability"))
    for (const ordered_json& o : j["availability"]["odd_inputs"])
      say("Asked about " + o["input"].get<std::string>() + ": " + std::to_string(o["answered_with_numbers"].get<std::size_t>()) + " of " + std::to_string(o["rows"].get<std::size_t>()) + " answered with numbers" +
          (o["not_answered"].get<std::size_t>() == 0 ? "" : ", " + std::to_string(o["not_answered"].get<std::size_t>()) + " not at all"));
  if (j.contains("availability")) say(j["availability"]["note"].get<std::string>());
  return h.empty() ? h : "<p>Confidentiality and availability:</p>\n<ul>\n" + h + "</ul>\n";
}

}  // namespace

ordered_json pictures_json(const Rows& rows, const std::vector<evasion::SampleResult>& results) {
  ordered_json list = ordered_json::array();
  for (const evasion::SampleResult& r : results) {
    if (r.example.size() != rows.form.size() || r.number >= rows.count() || list.size() == shown) continue;
    const std::string original = png(rows.row(r.number), rows.form);
    if (original.empty()) break;
    list.push_back({{"sample", r.number}, {"label", rows.labels[r.number]}, {"attack", r.broken_by}, {"distance", r.distance},
                    {"width", rows.form.width}, {"height", rows.form.height}, {"original", to_base64(original)},
                    {"change", to_base64(png(difference(rows.row(r.number), r.example), rows.form))}, {"example", to_base64(png(r.example, rows.form))}});
  }
  return list;
}

std::string result_html(const ordered_json& j, const Plan& plan, const Rows& rows, const std::vector<evasion::SampleResult>& results) {
  std::string h = "<section class=\"probe-model\">\n<h3>" + text::escaped(plan.model) + ": " + text::escaped(j["verdict"].get<std::string>()) + "</h3>\n";
  h += "<p>" + text::escaped(j["because"].get<std::string>()) + ".</p>\n";
  if (j.contains("answer")) h += "<p>An answer has changed when " + text::escaped(j["answer"]["changed_when"].get<std::string>()) + ".</p>\n";
  h += "<table><thead><tr><th>of " + std::to_string(j["samples"].get<std::size_t>()) +
       " samples</th><th>count</th><th>interval</th></tr></thead><tbody>\n";
  const std::pair<const char*, const char*> counts[] = {
      {"clean_correct", j.contains("answer") ? "answered as they are" : "right as they are"},
      {"attacked_correct", j.contains("answer") ? "unchanged under every attack (upper end of the bracket)" : "right under every attack (upper end of the bracket)"}, {"certified_correct", j.contains("answer") ? "proven unchanged (lower end of the bracket)" : "proven right (lower end of the bracket)"}};
  for (const auto& [key, title] : counts) {
    h += std::string("<tr><td>") + title + "</td>";
    if (j[key].is_null()) {
      h += "<td colspan=\"2\">not tested</td></tr>\n";
      continue;
    }
    const ordered_json& i = j[std::string(key) + "_interval"];
    h += "<td>" + std::to_string(j[key].get<std::size_t>()) + "</td><td>" + text::percent(i["low"].get<double>()) + " to " + text::percent(i["high"].get<double>()) + "</td></tr>\n";
  }
  h += "</tbody></table>\n";
  if (j.contains("certification") && j["certification"].contains("closest_bound") && !j["certification"]["closest_bound"].is_null())
    h += "<p>Nothing is proven at this epsilon: the closest bound says that the label leads by at least " + text::figure(j["certification"]["closest_bound"].get<double>()) + ".</p>\n";
  if (j.contains("certification") && j["certification"].contains("largest_epsilon")) {
    const ordered_json& e = j["certification"]["largest_epsilon"];
    h += "<p>Of " + std::to_string(e["samples"].size()) + " samples tried at smaller ones, " +
         (e["proven_at"].is_null() ? "none was proven down to epsilon " + text::figure(e["searched_down_to"].get<double>()) : "one was proven at epsilon " + text::figure(e["proven_at"].get<double>())) + ".</p>\n";
  }
  std::vector<Point> points;
  const auto point = [&](double x, const ordered_json& count, const ordered_json& i) {
    points.push_back({x, i["low"].get<double>(), count.get<double>() / std::max(1.0, j["samples"].get<double>()), i["high"].get<double>()});
  };
  point(0, j["clean_correct"], j["clean_correct_interval"]);
  if (!j["attacked_correct"].is_null()) point(plan.epsilon, j["attacked_correct"], j["attacked_correct_interval"]);
  if (j.contains("curve"))
    for (const ordered_json& c : j["curve"])
      if (c["epsilon"].get<double>() > 0 && c["epsilon"].get<double>() != plan.epsilon) point(c["epsilon"].get<double>(), c["attacked_correct"], c["interval"]);
  std::sort(points.begin(), points.end(), [](const Point& a, const Point& b) { return a.x < b.x; });
  if (points.size() > 1) h += curve_svg(points, std::string("epsilon (") + name_of(plan.norm) + ")") + "\n";
  std::size_t drawn = 0;
  for (const evasion::SampleResult& r : results) {
    if (r.example.size() != rows.form.size() || r.number >= rows.count() || drawn == shown) continue;
    const std::string original = image(rows.row(r.number), rows.form, "sample " + std::to_string(r.number));
    if (original.empty()) break;
    if (drawn++ == 0) h += "<p>Samples, what was changed (stretched), and what the model then got wrong:</p>\n";
    h += "<figure style=\"display:inline-block;margin:4px\">" + original + image(difference(rows.row(r.number), r.example), rows.form, "the change") +
         image(r.example, rows.form, "the adversarial example") + "<figcaption>sample " + std::to_string(r.number) + ", " + text::escaped(r.broken_by) + ", distance " +
         text::figure(r.distance) + "</figcaption></figure>\n";
  }
  bool first = true;
  for (const ordered_json& s : j["diagnostics"])
    if (s["present"].get<bool>()) {
      h += (first ? "<p>Signs that robustness was masked:</p><ul>" : "") + std::string("<li>") + text::escaped(s["meaning"].get<std::string>()) + "</li>";
      first = false;
    }
  h += first ? "" : "</ul>\n";
  h += other_stages(j);
  h += "<p>Not tested: ";
  for (std::size_t i = 0; i < j["not_tested"].size(); ++i) h += (i == 0 ? "" : "; ") + text::escaped(j["not_tested"][i].get<std::string>());
  return h + ".</p>\n</section>\n";
}

}  // namespace duolex::threats::campaign
