#include <nlohmann/json.hpp>

#include "documents/assessment.h"

namespace duolex::documents {
namespace {

using nlohmann::ordered_json;

ordered_json tree(const findings::Explanation& e) {
  static const char* const kinds[] = {"rule", "fact", "state", "split", "not", "reading"};
  ordered_json j;
  j["kind"] = kinds[static_cast<int>(e.kind)];
  if (!e.id.empty()) j["id"] = e.id;
  if (!e.text.empty()) j["text"] = e.text;
  if (!e.by.empty()) j["by"] = e.by;
  if (!e.place.empty()) j["place"] = e.place;
  if (!e.cites.empty()) j["cites"] = e.cites;
  for (const findings::Explanation& b : e.because) j["because"].push_back(tree(b));
  return j;
}

template <class T, class F>
ordered_json list(const std::vector<T>& items, F&& f) {
  ordered_json j = ordered_json::array();
  for (const T& item : items) j.push_back(f(item));
  return j;
}

}  // namespace

std::string assessment_json(const Assessment& a) {
  static const char* const standings[] = {"taken", "open", "closed", "undecided"};
  ordered_json j;
  j["format"] = "duolex-assessment/1";
  j["program"] = "duolex " + a.program_version;
  j["product"] = {{"name", a.product}, {"description", a.description}, {"intended_purpose", a.intended_purpose},
                  {"manufacturer", a.manufacturer}, {"release", a.release}};
  j["facts_sha256"] = a.facts_sha256;
  j["sign_off"] = a.sign_off;
  j["route"] = a.route;
  j["answer"] = findings::to_json(a.findings);
  j["routes"] = list(a.routes, [](const plan::RouteOption& o) {
    ordered_json r{{"act", o.act}, {"procedure", o.procedure}, {"name", o.name}, {"provision", o.provision},
                   {"standing", standings[static_cast<int>(o.standing)]}};
    r["reasons"] = list(o.reasons, [](const auto& why) { return ordered_json{{"text", why.text}, {"cites", why.cites}}; });
    return r;
  });
  j["readings"] = list(a.readings, [](const ReadingRow& r) {
    ordered_json e{{"ambiguity", r.ambiguity}, {"question", r.question}, {"cites", r.cites}};
    e["chosen"] = r.chosen.empty() ? ordered_json(nullptr) : ordered_json(r.chosen);
    e["options"] = list(r.options, [](const ReadingRow::Option& o) {
      ordered_json x{{"reading", o.reading}, {"default", o.is_default}, {"because", o.because}};
      x["values"] = list(o.values, [](const auto& v) { return ordered_json{{"conclusion", v.first}, {"value", v.second}}; });
      return x;
    });
    return e;
  });
  j["open_points"] = list(a.open_points, [](const OpenPoint& p) { return ordered_json{{"what", p.what}, {"how", p.how}, {"cites", p.cites}}; });
  j["timeline"] = list(a.timeline, [](const plan::TimelineDay& d) {
    return ordered_json{{"day", to_string(d.day)}, {"changes", list(d.changes, [](const plan::Change& c) {
                          return ordered_json{{"conclusion", c.conclusion}, {"before", c.before}, {"after", c.after}, {"cites", c.cites}};
                        })}};
  });
  j["questions"] = list(a.questions, [](const QuestionRow& q) {
    return ordered_json{{"fact", q.id}, {"question", q.question}, {"answer", q.answer}, {"in_smallest", q.in_smallest}, {"cites", q.cites}};
  });
  j["smallest_proven"] = a.smallest_proven;
  j["duties"] = list(a.findings.duties, [](const findings::ShownDuty& d) {
    return ordered_json{{"id", d.id}, {"text", d.text}, {"binds", d.binds}, {"stage", d.stage}, {"from", d.from}, {"surely", d.surely}, {"cites", d.cites}};
  });
  j["facts"] = list(a.facts, [](const FactRow& f) {
    return ordered_json{{"id", f.id}, {"value", f.value}, {"source", f.source}, {"on", f.on}, {"assumed", f.assumed}, {"line", f.line}};
  });
  j["artefacts"] = list(a.artefacts, [](const ArtefactRow& r) {
    return ordered_json{{"path", r.path}, {"kind", r.kind}, {"sha256", r.sha256}, {"note", r.note}};
  });
  j["proposals"] = list(a.proposals, [](const ProposalRow& p) {
    return ordered_json{{"fact", p.fact}, {"value", p.value}, {"because", p.because}, {"artefact", p.artefact}};
  });
  j["proofs"] = list(a.proofs, [](const ProofRow& p) {
    ordered_json e{{"conclusion", p.conclusion}, {"why", tree(p.tree)}};
    e["why_not"] = list(p.others, tree);
    return e;
  });
  j["not_checked"] = a.not_checked;
  return j.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

std::string sarif(const Assessment& a) {
  ordered_json rules = ordered_json::array(), results = ordered_json::array();
  const auto result = [&](const std::string& rule, const char* level, const std::string& text, std::uint32_t line) {
    ordered_json r{{"ruleId", rule}, {"level", level}, {"message", {{"text", text}}}};
    ordered_json place{{"physicalLocation", {{"artifactLocation", {{"uri", "duolex.yaml"}}}}}};
    place["physicalLocation"]["region"] = {{"startLine", line == 0 ? 1 : line}};
    r["locations"] = ordered_json::array({place});
    results.push_back(std::move(r));
  };
  const auto cited = [](const std::vector<std::string>& cites) {
    std::string text;
    for (const std::string& c : cites) text += (text.empty() ? " [" : ", ") + c;
    return text.empty() ? text : text + "]";
  };
  for (const findings::Finding& f : a.findings.conclusions) {
    rules.push_back({{"id", f.conclusion}, {"shortDescription", {{"text", f.label}}}});
    if (f.status == rules::Status::unknown) {
      std::string missing;
      for (std::size_t i = 0; i < f.missing.size() && i < 8; ++i) missing += (i == 0 ? "" : ", ") + f.missing[i];
      result(f.conclusion, "warning", f.label + " is undecided; missing: " + missing + (f.missing.size() > 8 ? ", …" : ""), 1);
    } else if (f.status == rules::Status::contested) {
      result(f.conclusion, "note", f.label + " is contested: " + in_words(f) + " by default" + cited(f.cites), 1);
    }
  }
  rules.push_back({{"id", "open-point"}, {"shortDescription", {{"text", "Stands between the product and a declaration"}}}});
  for (const OpenPoint& p : a.open_points) result("open-point", "error", p.what + ". " + p.how + cited(p.cites), 1);
  rules.push_back({{"id", "warning"}, {"shortDescription", {{"text", "Facts that sit oddly together"}}}});
  for (const findings::ShownNote& w : a.findings.warnings) result("warning", "warning", w.text + cited(w.cites), 1);
  ordered_json j;
  j["$schema"] = "https://json.schemastore.org/sarif-2.1.0.json";
  j["version"] = "2.1.0";
  ordered_json run;
  run["tool"]["driver"] = {{"name", "duolex"}, {"version", a.program_version}, {"rules", rules}};
  run["columnKind"] = "unicodeCodePoints";
  run["results"] = results;
  j["runs"] = ordered_json::array({run});
  return j.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

}  // namespace duolex::documents
