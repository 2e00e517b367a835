#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "sbom/structure.h"
#include "text/json_out.h"
#include "vulnerabilities/cvss/cvss.h"
#include "vulnerabilities/outputs/vulnerability.h"

namespace duolex::vulnerabilities {
namespace {

using nlohmann::ordered_json;

std::string source_name(const std::string& id) {
  const std::size_t dash = id.find('-');
  const std::string prefix = id.substr(0, dash);
  return prefix == "CVE" ? "CVE" : prefix == "GHSA" ? "GitHub Advisory Database" : dash == std::string::npos ? "OSV" : prefix;
}

class Writer {
 public:
  Writer(const Scan& scan, const Frame& frame, bool vex) : scan_(scan), bill_(*scan.bill), frame_(frame), vex_(vex), linked_(links()) {}

  std::string write() {
    ordered_json vulnerabilities = ordered_json::array();
    for (const Vulnerability& v : by_vulnerability(scan_)) add(v, vulnerabilities);
    ordered_json out = {{"$schema", "http://cyclonedx.org/schema/bom-1.6.schema.json"}, {"bomFormat", "CycloneDX"}, {"specVersion", "1.6"}, {"serialNumber", ""}, {"version", 1}};
    ordered_json& metadata = out["metadata"];
    metadata["timestamp"] = frame_.now;
    metadata["tools"]["components"] = ordered_json::array({{{"type", "application"}, {"name", "Duolex"}, {"version", frame_.program_version}}});
    if (!frame_.publisher.empty()) metadata["supplier"] = {{"name", frame_.publisher}};
    if (bill_.subject != sbom::no_component) metadata["component"] = component(bill_.subject);
    ordered_json properties = ordered_json::array();
    const auto property = [&](const char* name, const std::string& value) { properties.push_back({{"name", std::string("duolex:") + name}, {"value", value}}); };
    property("checked", scan_.checked ? "true" : "false");
    property("components_looked_up", std::to_string(scan_.matches.looked_up));
    property("components_without_name", std::to_string(scan_.matches.no_name));
    property("components_of_kinds_without_advisories", std::to_string(scan_.matches.no_advisories));
    metadata["properties"] = std::move(properties);
    // A link into the bill needs no copy of the component.
    ordered_json components = ordered_json::array();
    if (!linked_)
      for (const std::size_t number : used_)
        if (number != bill_.subject) components.push_back(component(number));
    if (!components.empty()) out["components"] = std::move(components);
    out["vulnerabilities"] = std::move(vulnerabilities);
    out["serialNumber"] = urn_of(out.dump(-1, ' ', false, ordered_json::error_handler_t::replace));
    return text::to_json_text(out, text::JsonLayout::pretty);
  }

 private:
  // Whether every finding's component can be named by serial number, version and reference of the bill.
  [[nodiscard]] bool links() const {
    return bill_.format == "CycloneDX" && sbom::looks_like("serial-number", bill_.id) &&
           std::all_of(scan_.matches.findings.begin(), scan_.matches.findings.end(), [&](const Finding& f) { return sbom::looks_like("bom-link-element", link(f.component)); });
  }
  [[nodiscard]] std::string link(std::size_t number) const {
    return "urn:cdx:" + bill_.id.substr(std::min(bill_.id.size(), std::string_view("urn:uuid:").size())) + "/" + (bill_.version.empty() ? "1" : bill_.version) + "#" + bill_.components[number].ref;
  }
  [[nodiscard]] std::string ref(std::size_t number) const { return linked_ && number != bill_.subject ? link(number) : "component-" + std::to_string(number); }

  [[nodiscard]] ordered_json component(std::size_t number) const {
    const sbom::Component& c = bill_.components[number];
    static const std::set<std::string> types = {"application", "framework", "library", "container", "platform", "operating-system", "device", "device-driver", "firmware", "file",
                                                "machine-learning-model", "data", "cryptographic-asset"};
    ordered_json out = {{"type", types.contains(c.type) ? c.type : "library"}, {"bom-ref", "component-" + std::to_string(number)}};
    if (!c.group.empty()) out["group"] = c.group;
    out["name"] = c.name;
    if (!c.version.empty()) out["version"] = c.version;
    if (c.purl) out["purl"] = c.purl_text;
    return out;
  }

  void add(const Vulnerability& v, ordered_json& list) {
    // One entry for the findings of which the same is stated.
    std::vector<std::pair<ordered_json, std::vector<const Finding*>>> groups;
    for (const Finding* f : v.findings) {
      ordered_json analysis = analysis_of(*f);
      const auto same = std::find_if(groups.begin(), groups.end(), [&](const auto& group) { return group.first == analysis; });
      if (same == groups.end()) groups.emplace_back(std::move(analysis), std::vector<const Finding*>{f});
      else same->second.push_back(f);
    }
    for (auto& [analysis, findings] : groups) {
      const Finding& first = *findings.front();
      ordered_json out = {{"bom-ref", "vulnerability-" + std::to_string(list.size())}, {"id", v.id}, {"source", {{"name", source_name(v.id)}}}};
      for (const std::string& id : v.other_ids) out["references"].push_back({{"id", id}, {"source", {{"name", source_name(id)}}}});
      if (const auto rating = cvss::rate(first.severity)) {
        static constexpr const char* methods[] = {"CVSSv2", "CVSSv3", "CVSSv31", "CVSSv4"};
        std::string severity = rating->severity;
        for (char& c : severity) c = static_cast<char>(c + 32);  // the words there are in small letters
        out["ratings"] = ordered_json::array({{{"score", rating->base}, {"severity", severity}, {"method", methods[static_cast<int>(rating->edition)]}, {"vector", rating->vector}}});
      }
      if (!first.summary.empty()) out["description"] = first.summary;
      std::string fixes;
      for (const Finding* f : findings)
        if (const std::string fix = fixed_in(*f); !fix.empty() && f->status != Status::not_affected) fixes += (fixes.empty() ? "" : "; ") + f->reason.package_name + ": update to " + fix + " or later";
      if (!fixes.empty()) out["recommendation"] = fixes + ".";
      if (sbom::looks_like("date-time", first.published)) out["published"] = first.published;
      if (sbom::looks_like("date-time", first.modified)) out["updated"] = first.modified;
      if (!analysis.is_null()) out["analysis"] = std::move(analysis);
      ordered_json affects = ordered_json::array(), properties = ordered_json::array();
      for (const Finding* f : findings) {
        used_.insert(f->component);
        ordered_json target = {{"ref", ref(f->component)}};
        if (!f->reason.version.empty() && f->reason.version.size() <= 1024)
          target["versions"] = ordered_json::array({{{"version", f->reason.version}, {"status", f->matched == Status::affected ? "affected" : "unknown"}}});
        affects.push_back(std::move(target));
        properties.push_back({{"name", "duolex:because"}, {"value", component_name(bill_.components[f->component]) + ": " + f->reason.in_words()}});
      }
      if (v.exploited) properties.push_back({{"name", "duolex:exploited"}, {"value", "true"}});
      out["affects"] = std::move(affects);
      out["properties"] = std::move(properties);
      list.push_back(std::move(out));
    }
  }

  // Null in a disclosure report when nothing was stated.
  [[nodiscard]] ordered_json analysis_of(const Finding& f) const {
    const Stated s = stated(scan_, f);
    if (s.statement == nullptr && !vex_) return nullptr;
    ordered_json out;
    switch (s.claim) {
      case vex::Claim::affected: out["state"] = "exploitable"; break;
      case vex::Claim::under_investigation: out["state"] = "in_triage"; break;
      case vex::Claim::not_affected: out["state"] = "not_affected"; break;
      case vex::Claim::fixed: out["state"] = "resolved"; break;
    }
    std::string detail = source_of(s);
    if (s.claim == vex::Claim::not_affected) {
      if (const std::string word = cyclonedx_justification(s.subject->justification); !word.empty()) out["justification"] = word;
      detail = reason_of(s) + ". " + detail;
    } else if (s.claim == vex::Claim::affected && !s.statement->action.empty()) {
      detail = s.statement->action + ". " + detail;
    }
    out["detail"] = detail;
    if (s.statement != nullptr && s.statement->time.known()) out["lastUpdated"] = time_of(s, frame_.now);
    return out;
  }

  const Scan& scan_;
  const sbom::Sbom& bill_;
  const Frame& frame_;
  bool vex_, linked_;
  std::set<std::size_t> used_;
};

}  // namespace

std::string to_cyclonedx(const Scan& scan, const Frame& frame, bool vex) { return Writer(scan, frame, vex).write(); }

}  // namespace duolex::vulnerabilities
