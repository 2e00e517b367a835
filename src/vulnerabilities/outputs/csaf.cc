#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "base/counted.h"
#include "sbom/structure.h"
#include "text/json_out.h"
#include "vulnerabilities/csaf/structure.h"
#include "vulnerabilities/cvss/cvss.h"
#include "vulnerabilities/outputs/vulnerability.h"

namespace duolex::vulnerabilities {
namespace {

using nlohmann::ordered_json;

ordered_json note(const std::string& category, const std::string& title, const std::string& text) { return {{"category", category}, {"text", text}, {"title", title}}; }

class Writer {
 public:
  Writer(const Scan& scan, const Frame& frame, bool vex) : scan_(scan), bill_(*scan.bill), frame_(frame), vex_(vex) {}

  std::string write() {
    ordered_json vulnerabilities = ordered_json::array();
    for (const Vulnerability& v : by_vulnerability(scan_)) vulnerabilities.push_back(vulnerability(v));
    ordered_json out;
    out["document"] = document(vulnerabilities.empty());
    if (!vulnerabilities.empty()) {
      out["product_tree"] = tree();
      out["vulnerabilities"] = std::move(vulnerabilities);
    }
    const std::string digest = urn_of(out.dump(-1, ' ', false, ordered_json::error_handler_t::replace));
    out["document"]["tracking"]["id"] = "duolex-" + digest.substr(std::string_view("urn:uuid:").size());
    return text::to_json_text(out, text::JsonLayout::pretty);
  }

 private:
  [[nodiscard]] ordered_json document(bool nothing) const {
    ordered_json d;
    // Both profiles ask for vulnerabilities; where none was found the document keeps to neither.
    d["category"] = nothing ? "csaf_base" : vex_ ? "csaf_vex" : "csaf_security_advisory";
    d["csaf_version"] = "2.0";
    d["lang"] = "en";
    d["notes"] = ordered_json::array({note("summary", "What was checked", checked(nothing))});
    d["publisher"] = {{"category", "vendor"}, {"name", frame_.publisher}, {"namespace", frame_.publisher_url}};
    d["references"] = ordered_json::array({{{"category", "external"}, {"summary", "The publisher"}, {"url", frame_.publisher_url}}});
    d["title"] = nothing ? "Known vulnerabilities of " + product_of(bill_) + ": none found in what was checked" : std::string(vex_ ? "What is stated about known vulnerabilities of " : "Known vulnerabilities of ") + product_of(bill_);
    d["tracking"] = {{"current_release_date", frame_.now},
                     {"generator", {{"engine", {{"name", "Duolex"}, {"version", frame_.program_version}}}}},
                     {"id", ""},
                     {"initial_release_date", frame_.now},
                     {"revision_history", ordered_json::array({{{"date", frame_.now}, {"number", "1"}, {"summary", "Made from a scan of " + bill_.file}}})},
                     {"status", "interim"},
                     {"version", "1"}};
    return d;
  }

  [[nodiscard]] std::string checked(bool nothing) const {
    if (!scan_.checked) return "Nothing was checked: there was no advisory data.";
    std::string out = counted(scan_.matches.looked_up, "component") + " of " + product_of(bill_) + (scan_.matches.looked_up == 1 ? " was" : " were") + " held against known vulnerabilities.";
    if (scan_.matches.no_name != 0) out += " " + std::to_string(scan_.matches.no_name) + " have no package URL and were not checked.";
    if (scan_.matches.no_advisories != 0) out += " For " + std::to_string(scan_.matches.no_advisories) + " there were no advisories of their kind.";
    return nothing ? out + " No known vulnerability was found." : out;
  }

  // The product, a component, and the component in the product.
  [[nodiscard]] std::string product_id(std::size_t component) {
    if (component == bill_.subject) return "P";
    used_.insert(component);
    return "P-C" + std::to_string(component);
  }

  static ordered_json helper(const sbom::Component& c) {
    ordered_json out;
    if (c.purl && sbom::looks_like("csaf-purl", c.purl_text)) out["purl"] = c.purl_text;
    if (sbom::looks_like("cpe", c.cpe)) out["cpe"] = c.cpe;
    return out;
  }

  static ordered_json product(const std::string& name, const std::string& id, const sbom::Component* c) {
    ordered_json out = {{"name", name}, {"product_id", id}};
    if (c != nullptr)
      if (ordered_json help = helper(*c); !help.is_null()) out["product_identification_helper"] = std::move(help);
    return out;
  }

  [[nodiscard]] ordered_json tree() const {
    ordered_json out;
    const bool known = bill_.subject != sbom::no_component;
    const sbom::Component* subject = known ? &bill_.components[bill_.subject] : nullptr;
    if (known && !subject->version.empty() && !csaf::names_a_range(subject->version)) {
      ordered_json version = {{"category", "product_version"}, {"name", subject->version}, {"product", product(subject->title(), "P", subject)}};
      ordered_json name = {{"category", "product_name"}, {"name", subject->name}, {"branches", ordered_json::array({std::move(version)})}};
      ordered_json vendor = {{"category", "vendor"}, {"name", subject->supplier.empty() ? frame_.publisher : subject->supplier}, {"branches", ordered_json::array({std::move(name)})}};
      out["branches"] = ordered_json::array({std::move(vendor)});
    } else {
      out["full_product_names"].push_back(product(product_of(bill_), "P", subject));
    }
    for (const std::size_t number : used_) {
      const sbom::Component& c = bill_.components[number];
      const std::string id = "C" + std::to_string(number);
      out["full_product_names"].push_back(product(c.title(), id, &c));
      out["relationships"].push_back({{"category", "default_component_of"}, {"full_product_name", product(c.title() + " in " + product_of(bill_), "P-" + id, nullptr)},
                                      {"product_reference", id}, {"relates_to_product_reference", "P"}});
    }
    return out;
  }

  [[nodiscard]] ordered_json vulnerability(const Vulnerability& v) {
    ordered_json out, status, flags = ordered_json::array(), threats = ordered_json::array(), remedies = ordered_json::array(), ids = ordered_json::array();
    if (v.has_cve()) out["cve"] = v.id;
    std::vector<std::string> names = v.other_ids;
    if (!v.has_cve()) names.insert(names.begin(), v.id);
    for (const std::string& id : names) ids.push_back({{"system_name", id.substr(0, std::min(id.find('-'), id.size()))}, {"text", id}});
    if (!ids.empty()) out["ids"] = std::move(ids);
    std::string summary, found;
    std::map<std::string, ordered_json> scored;  // by vector, the products
    for (const Finding* f : v.findings) {
      if (summary.empty()) summary = f->summary;
      const ordered_json only = ordered_json::array({product_id(f->component)});
      const Stated s = stated(scan_, *f);
      found += component_name(bill_.components[f->component]) + ": " + f->reason.in_words() + ". " + source_of(s) + "\n";
      const bool said = s.statement != nullptr;
      // A scan alone tells of a version; only VEX says more, and only a statement closes anything.
      const bool affected = vex_ ? said && s.claim == vex::Claim::affected : f->status == Status::affected;
      if (affected) {
        status["known_affected"].push_back(only[0]);
        remedies.push_back(remedy(*f, s, only));
      } else if (said && s.claim == vex::Claim::not_affected && f->status == Status::not_affected) {
        status["known_not_affected"].push_back(only[0]);
        const std::string word = common_justification(s.subject->justification);
        if (!word.empty()) flags.push_back({{"label", word}, {"product_ids", only}});
        if (word.empty() || !s.subject->impact.empty()) threats.push_back({{"category", "impact"}, {"details", reason_of(s)}, {"product_ids", only}});
      } else if (said && s.claim == vex::Claim::fixed && f->status == Status::not_affected) {
        status["fixed"].push_back(only[0]);
      } else {
        status["under_investigation"].push_back(only[0]);
      }
      if (f->status != Status::not_affected && cvss::rate(f->severity)) scored[f->severity].push_back(only[0]);
      if (f->exploited())
        threats.push_back({{"category", "exploit_status"}, {"details", f->exploited_cve + " is known to be exploited since " + f->exploited_added + " (CISA KEV)"}, {"product_ids", only}});
    }
    if (!flags.empty()) out["flags"] = std::move(flags);
    out["notes"] = ordered_json::array({note("description", "What is known", summary.empty() ? "No description came with the advisory " + v.findings.front()->advisory + "." : summary)});
    if (found.ends_with('\n')) found.pop_back();
    out["notes"].push_back(note("details", "How it was found", found));
    out["product_status"] = std::move(status);
    if (!remedies.empty()) out["remediations"] = std::move(remedies);
    for (auto& [vector, products] : scored)
      if (ordered_json one = score_of(*cvss::rate(vector), std::move(products)); !one.is_null()) out["scores"].push_back(std::move(one));
    if (!threats.empty()) out["threats"] = std::move(threats);
    return out;
  }

  // Null for 4.0, for which CSAF 2.0 has no place.
  static ordered_json score_of(const cvss::Rating& r, ordered_json products) {
    if (r.edition == cvss::Edition::v40) return nullptr;
    ordered_json score = {{"version", cvss::name_of(r.edition)}, {"vectorString", r.vector}, {"baseScore", r.base}};
    if (r.edition != cvss::Edition::v2) score["baseSeverity"] = r.severity;
    return {{"products", std::move(products)}, {r.edition == cvss::Edition::v2 ? "cvss_v2" : "cvss_v3", std::move(score)}};
  }

  static ordered_json remedy(const Finding& f, const Stated& s, const ordered_json& only) {
    if (s.statement != nullptr && !s.statement->action.empty()) return {{"category", "mitigation"}, {"details", s.statement->action}, {"product_ids", only}};
    if (const std::string fix = fixed_in(f); !fix.empty())
      return {{"category", "vendor_fix"}, {"details", "Update " + f.reason.package_name + " to " + fix + " or later, which " + f.advisory + " states as fixed."}, {"product_ids", only}};
    return {{"category", "none_available"}, {"details", f.advisory + " states no fixed version."}, {"product_ids", only}};
  }

  const Scan& scan_;
  const sbom::Sbom& bill_;
  const Frame& frame_;
  bool vex_;
  std::set<std::size_t> used_;
};

}  // namespace

std::string to_csaf(const Scan& scan, const Frame& frame, bool vex) { return Writer(scan, frame, vex).write(); }

}  // namespace duolex::vulnerabilities
