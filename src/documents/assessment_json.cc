#include <nlohmann/json.hpp>

#include "changes/change_json.h"
#include "documents/assessment.h"
#include "documents/tested_json.h"

namespace duolex::documents {
namespace {

using nlohmann::ordered_json;

ordered_json tree(const findings::Explanation& e) {
  static const char* const kinds[] = {"rule", "fact", "state", "split", "not", "reading"};
  ordered_json j;
  j["kind"] = kinds[static_cast<int>(e.kind)];
  if (!e.id.empty()) j["id"] = e.id;
  if (!e.label.empty()) j["label"] = e.label;
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

ordered_json reason(const plan::Reason& r) {
  ordered_json j{{"text", r.text}, {"cites", r.cites}};
  if (!r.because.empty()) j["because"] = list(r.because, reason);
  return j;
}

}  // namespace

OpenPoint open_point(Said what, Said how, std::vector<std::string> cites) {
  OpenPoint p{in_english(what), in_english(how), std::move(cites)};
  p.what_said = std::move(what);
  p.how_said = std::move(how);
  return p;
}

std::string assessment_json(const Assessment& a) {
  static const char* const standings[] = {"taken", "open", "closed", "undecided"};
  ordered_json j;
  j["format"] = "duolex-assessment/1";
  j["program"] = "duolex " + a.program_version;
  j["product"] = {{"name", a.product}, {"description", a.description}, {"intended_purpose", a.intended_purpose},
                  {"manufacturer", a.manufacturer}, {"release", a.release}};
  j["facts_sha256"] = a.facts_sha256;
  j["sign_off"] = in_english(a.sign_off);
  j["law_texts"] = list(a.law_texts, [](const LawText& t) { return ordered_json{{"id", t.id}, {"title", t.title}}; });
  j["route"] = a.route;
  j["route_reasons"] = list(a.route_reasons, reason);
  j["answer"] = findings::to_json(a.findings);
  j["routes"] = list(a.routes, [](const plan::RouteOption& o) {
    ordered_json r{{"act", o.act}, {"procedure", o.procedure}, {"name", o.name}, {"provision", o.provision},
                   {"standing", standings[static_cast<int>(o.standing)]}};
    r["reasons"] = list(o.reasons, reason);
    return r;
  });
  j["readings"] = list(a.readings, [](const ReadingRow& r) {
    ordered_json e{{"ambiguity", r.ambiguity}, {"question", r.question}, {"cites", r.cites}};
    e["chosen"] = r.chosen.empty() ? ordered_json(nullptr) : ordered_json(r.chosen);
    e["options"] = list(r.options, [](const ReadingRow::Option& o) {
      ordered_json x{{"reading", o.reading}, {"default", o.is_default}, {"taken", o.is_taken}, {"because", o.because}};
      x["values"] = list(o.values, [](const auto& v) { return ordered_json{{"conclusion", v.label}, {"value", v.value}}; });
      return x;
    });
    return e;
  });
  j["conditions"] = list(a.conditions, [](const plan::RequiredFact& c) {
    static const char* const holds[] = {"yes", "no", "unknown"};
    return ordered_json{{"fact", c.fact}, {"question", c.question}, {"holds", holds[static_cast<int>(c.holds)]}, {"cites", c.cites}};
  });
  // What stands where no declaration is asked; null where one is, or may be.
  j["standing"] = nullptr;
  if (!a.standing.empty())
    j["standing"] = {{"says", in_english(a.standing)},
                     {"because", list(a.standing_because, [](const StandingRow& r) { return ordered_json{{"what", r.label}, {"value", r.value}, {"cites", r.cites}}; })}};
  j["open_points"] = list(a.open_points, [](const OpenPoint& p) { return ordered_json{{"what", p.what}, {"how", p.how}, {"cites", p.cites}, {"undecided", p.undecided}, {"line", p.line}}; });
  j["timeline"] = list(a.timeline, [](const plan::TimelineDay& d) {
    return ordered_json{{"day", to_string(d.day)}, {"changes", list(d.changes, [](const plan::Change& c) {
                          return ordered_json{{"conclusion", c.conclusion}, {"label", c.label}, {"before", c.before}, {"after", c.after}, {"cites", c.cites}};
                        })}};
  });
  j["fixed_days"] = list(a.fixed_days, [](const plan::FixedDay& d) {
    return ordered_json{{"day", to_string(d.day)}, {"id", d.id}, {"label", d.label}, {"cites", d.cites}};
  });
  j["questions"] = list(a.questions, [](const QuestionRow& q) {
    return ordered_json{{"fact", q.id}, {"question", q.question}, {"help", q.help}, {"answer", in_english(q.answer)}, {"in_smallest", q.in_smallest},
                        {"can_change", q.can_change}, {"cites", q.cites}};
  });
  j["smallest_proven"] = a.smallest_proven;
  j["duties"] = list(a.findings.duties, [](const findings::ShownDuty& d) {
    return ordered_json{{"id", d.id}, {"text", d.text}, {"binds", d.binds}, {"stage", d.stage}, {"from", d.from}, {"surely", d.surely}, {"cites", d.cites}};
  });
  j["facts"] = list(a.facts, [](const FactRow& f) {
    return ordered_json{{"id", f.id}, {"value", f.value}, {"source", in_english(f.source)}, {"on", f.on}, {"assumed", f.assumed}, {"line", f.line}, {"cites", f.cites}};
  });
  j["artefacts"] = list(a.artefacts, [](const ArtefactRow& r) {
    ordered_json e{{"path", r.path}, {"kind", r.kind}, {"sha256", r.sha256}, {"note", in_english(r.note)}};
    if (!r.verdict.empty()) e["file_check"] = {{"verdict", r.verdict}, {"reasons", r.found}, {"not_checked", r.not_checked}};
    return e;
  });
  j["vulnerabilities"] = {{"checked", a.vulnerabilities.checked}, {"against", in_english(a.vulnerabilities.against)}, {"bills", in_english(a.vulnerabilities.bills)}};
  j["vulnerabilities"]["vex"] = a.vulnerabilities.stated;
  const auto finding = [](const VulnerabilityRow& r) {
    return ordered_json{{"component", r.component}, {"advisory", r.advisory}, {"status", r.status}, {"because", r.because}, {"exploited", r.exploited}, {"score", r.score}, {"where", r.where}};
  };
  j["vulnerabilities"]["closed"] = list(a.vulnerabilities.closed, finding);
  j["vulnerabilities"]["findings"] = list(a.vulnerabilities.rows, finding);
  j["tested"] = to_json(a.tested);
  j["change"] = {{"against", a.change.against}, {"difference", a.change.change ? changes::json_of(*a.change.change) : ordered_json(nullptr)}};
  j["proposals"] = list(a.proposals, [](const ProposalRow& p) {
    return ordered_json{{"fact", p.fact}, {"value", p.value}, {"because", p.because}, {"artefact", p.artefact}};
  });
  j["proofs"] = list(a.proofs, [](const ProofRow& p) {
    ordered_json e{{"conclusion", p.conclusion}, {"why", tree(p.tree)}};
    e["why_not"] = list(p.others, tree);
    return e;
  });
  j["not_checked"] = in_english(a.not_checked);
  return j.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

}  // namespace duolex::documents
