#include <nlohmann/json.hpp>

#include "documents/assessment.h"
#include "documents/citation.h"
#include "documents/plain.h"
#include "text/sarif.h"

namespace duolex::documents {
namespace {

using nlohmann::ordered_json;

std::string cited(const std::vector<std::string>& cites) {
  std::string text;
  for (const std::string& c : cites) text += (text.empty() ? " [" : "; ") + citation(c);
  return text.empty() ? text : text + "]";
}

class Log {
 public:
  explicit Log(const Assessment& a) : a_(a), uri_(text::sarif_uri(a.dossier_file, "duolex.yaml")) {}

  std::string run() {
    for (const findings::Finding& f : a_.findings.conclusions) conclusion(f);
    rule("open-point", a_.standing.empty() ? "Stands between the product and a declaration" : "Stands against the product's release", {});
    for (const OpenPoint& p : a_.open_points) result("open-point", p.undecided ? "warning" : "error", text_of(p) + cited(p.cites), p.line, p.what, p.cites);
    rule("warning", "Facts that sit oddly together", {});
    for (const findings::ShownNote& w : a_.findings.warnings) result("warning", "warning", w.text + cited(w.cites), 0, w.text, w.cites);
    rule("evidence", "A test on record that failed, or evidence that no longer counts", {});
    for (const EvidenceRow& e : a_.tested.evidence) {
      const bool failed = e.state == "current" && e.outcome == "failed", ended = e.state == "stale" || e.state == "expired";
      if (failed || ended)
        result("evidence", failed ? "error" : "warning", "Leaf " + std::to_string(e.leaf) + ", " + e.shows + ": " + (failed ? e.detail : e.because) + cited(e.provisions), 0,
               e.test + ":" + e.shows, e.provisions);
    }
    rule("proposal", "A fact that an artefact suggests and the dossier does not have", {});
    for (const ProposalRow& p : a_.proposals)
      result("proposal", "note", p.fact + " = " + p.value + ": " + p.because + " (" + p.artefact + ")", 0, p.fact, {});
    ordered_json run = text::sarif_run(a_.program_version, std::move(rules_), std::move(results_));
    run["properties"] = {{"asOf", to_string(a_.findings.as_of)}, {"factsSha256", a_.facts_sha256}, {"lawSha256", a_.findings.law_sha256}};
    const ordered_json j = text::sarif_log(std::move(run));
    return j.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
  }

 private:
  void rule(const std::string& id, const std::string& text, const std::vector<std::string>& cites) {
    ordered_json r{{"id", id}, {"shortDescription", {{"text", text}}}};
    if (!cites.empty()) r["properties"] = {{"provisions", cites}};
    rules_.push_back(std::move(r));
  }

  // `same` is what makes a result the same one in the next run.
  void result(const std::string& rule_id, const char* level, const std::string& text, std::uint32_t line, const std::string& same,
              const std::vector<std::string>& cites) {
    ordered_json r{{"ruleId", rule_id}, {"ruleIndex", rules_.size() - 1}, {"level", level}, {"message", {{"text", plain(text)}}}};
    ordered_json place{{"physicalLocation", {{"artifactLocation", {{"uri", uri_}}}}}};
    place["physicalLocation"]["region"] = {{"startLine", line == 0 ? 1 : line}};
    r["locations"] = ordered_json::array({place});
    r["partialFingerprints"] = {{"duolex/1", rule_id + ":" + plain(same)}};
    if (!cites.empty()) r["properties"] = {{"provisions", cites}};
    results_.push_back(std::move(r));
  }

  // Where the dossier speaks of one of the facts, though without an answer; the first line when it does not.
  [[nodiscard]] std::uint32_t line_of(const std::vector<std::string>& facts) const {
    for (const std::string& id : facts)
      if (const auto at = a_.lines.find(id); at != a_.lines.end()) return at->second;
    return 0;
  }

  void conclusion(const findings::Finding& f) {
    rule(f.conclusion, f.label, f.cites);
    if (f.status == rules::Status::unknown) {
      std::string missing;
      for (std::size_t i = 0; i < f.missing.size() && i < 8; ++i) missing += (i == 0 ? "" : ", ") + f.missing[i];
      if (f.missing.size() > 8) missing += " and " + std::to_string(f.missing.size() - 8) + " more";
      result(f.conclusion, "warning", f.label + ": undecided; waits for " + missing, line_of(f.missing), f.conclusion, f.cites);
    } else if (f.status == rules::Status::contested) {
      std::string ambiguities;
      for (const findings::ReadingFinding& r : f.readings)
        if (ambiguities.find(r.ambiguity) == std::string::npos) ambiguities += (ambiguities.empty() ? "" : ", ") + r.ambiguity;
      result(f.conclusion, "note", f.label + ": contested (" + ambiguities + "); by default " + in_words(f) + cited(f.cites), 0,
             f.conclusion, f.cites);
    }
  }

  const Assessment& a_;
  std::string uri_;
  ordered_json rules_ = ordered_json::array(), results_ = ordered_json::array();
};

}  // namespace

std::string sarif(const Assessment& assessment) { return Log(assessment).run(); }

}  // namespace duolex::documents
