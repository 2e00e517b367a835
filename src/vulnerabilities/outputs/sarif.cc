#include <map>
#include <nlohmann/json.hpp>

#include "text/json_out.h"
#include "text/sarif.h"
#include "vulnerabilities/cvss/cvss.h"
#include "vulnerabilities/outputs/vulnerability.h"

namespace duolex::vulnerabilities {

using nlohmann::ordered_json;

std::string to_sarif(const Scan& scan, const Frame& frame) {
  const sbom::Sbom& bill = *scan.bill;
  const std::string uri = text::sarif_uri(bill.file, "bill");
  ordered_json rules = ordered_json::array(), results = ordered_json::array();
  std::map<std::string, std::size_t> rule_of;
  for (const Finding& f : scan.matches.findings) {
    const auto [rule, fresh] = rule_of.emplace(f.advisory, rules.size());
    if (fresh) {
      ordered_json one = {{"id", f.advisory}, {"shortDescription", {{"text", f.summary.empty() ? f.advisory : f.summary}}}};
      one["properties"] = {{"aliases", f.aliases}, {"exploited", f.exploited()}, {"severity", f.severity}, {"provisions", {"CRA/anx/I/PartI/2/a"}}, {"tags", {"security"}}};
      if (const auto rating = cvss::rate(f.severity)) one["properties"]["security-severity"] = cvss::shown(rating->base);
      rules.push_back(std::move(one));
    }
    const std::string component = component_name(bill.components[f.component]);
    std::string message = component + ": " + (f.exploited() ? "known to be exploited (" + f.exploited_cve + "); " : "") + name_of(f.status) + ": " + f.reason.in_words();
    const Stated s = stated(scan, f);
    if (s.statement != nullptr) message += ". VEX: " + std::string(vex::name_of(s.claim)) + ". " + source_of(s);
    const Span where = bill.span(f.component);
    ordered_json result = {{"ruleId", f.advisory}, {"ruleIndex", rule->second}, {"level", f.status == Status::affected ? "error" : f.status == Status::unknown ? "warning" : "note"},
                           {"message", {{"text", message}}}};
    ordered_json place = {{"artifactLocation", {{"uri", uri}}}, {"region", {{"startLine", where.line == 0 ? 1 : where.line}, {"startColumn", where.column == 0 ? 1 : where.column}}}};
    ordered_json location = {{"physicalLocation", std::move(place)}};
    location["logicalLocations"] = ordered_json::array({{{"fullyQualifiedName", component}, {"kind", "module"}}});
    result["locations"] = ordered_json::array({std::move(location)});
    result["partialFingerprints"] = {{"duolex/1", f.advisory + ":" + component}};
    if (f.status == Status::not_affected) result["suppressions"] = ordered_json::array({{{"kind", "external"}, {"status", "accepted"}, {"justification", (reason_of(s).empty() ? vex::name_of(s.claim) : reason_of(s)) + ". " + source_of(s)}}});
    result["properties"] = {{"status", name_of(f.status)}, {"matched", name_of(f.matched)}, {"exploited", f.exploited()}};
    results.push_back(std::move(result));
  }
  ordered_json run = text::sarif_run(frame.program_version, std::move(rules), std::move(results));
  run["invocations"] = ordered_json::array({{{"executionSuccessful", true}, {"endTimeUtc", frame.now}}});
  run["properties"] = {{"checked", scan.checked}, {"componentsLookedUp", scan.matches.looked_up}, {"componentsWithoutName", scan.matches.no_name},
                       {"componentsOfKindsWithoutAdvisories", scan.matches.no_advisories}};
  return text::to_json_text(text::sarif_log(std::move(run)), text::JsonLayout::pretty);
}

}  // namespace duolex::vulnerabilities
