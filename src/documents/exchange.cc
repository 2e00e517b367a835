#include "documents/exchange.h"

#include <nlohmann/json.hpp>

#include "base/hash.h"
#include "documents/citation.h"
#include "documents/uuid.h"
#include "text/json_out.h"

namespace duolex::documents {

using nlohmann::ordered_json;
using plan::MatrixRow;
using Status = plan::Progress::Status;

std::string uuid_of(const std::string& name) {
  std::string hex = sha256_hex("duolex:" + name).substr(0, 32);
  hex[12] = '5';
  hex[16] = "89ab"[(hex[16] <= '9' ? hex[16] - '0' : hex[16] - 'a' + 10) & 3];
  return hex.substr(0, 8) + "-" + hex.substr(8, 4) + "-" + hex.substr(12, 4) + "-" + hex.substr(16, 4) + "-" + hex.substr(20);
}

namespace {

std::string name_of_all(const MatrixDocument& d) { return d.product + "\n" + d.release + "\n" + to_string(d.as_of) + "\n" + d.law_sha256; }
std::string time_of(const MatrixDocument& d) { return to_string(d.as_of) + "T00:00:00Z"; }

ordered_json metadata(const MatrixDocument& d, const std::string& title) {
  return {{"title", title + ": " + d.product}, {"last-modified", time_of(d)}, {"version", d.release.empty() ? "unversioned" : d.release}, {"oscal-version", "1.2.1"}};
}

// The first of these that OSCAL asks for where Duolex has nothing of the kind.
ordered_json resource(const std::string& uuid, const std::string& title, const std::string& description) {
  return {{"uuid", uuid}, {"title", title}, {"description", description}};
}

std::string cites_of(const MatrixDocument& d, const MatrixRow& row) {
  std::string text;
  for (const plan::MatrixAnswer& a : row.answers)
    for (const std::string& c : d.matrix.duties[a.duty].cites) {
      const std::string one = citation(c);
      if (text.find(one) == std::string::npos) text += (text.empty() ? "" : "; ") + one;
    }
  return text;
}

ordered_json property(const char* name, const std::string& value) { return {{"name", name}, {"ns", "https://duolex.example/oscal"}, {"value", value}}; }

}  // namespace

std::string assessment_results_oscal(const MatrixDocument& d) {
  const std::string base = name_of_all(d) + "\nassessment-results";
  ordered_json include = ordered_json::array(), observations = ordered_json::array(), findings = ordered_json::array();
  for (const MatrixRow& row : d.matrix.rows) {
    if (row.status == Status::not_applicable) continue;
    include.push_back({{"control-id", row.id}});
    ordered_json finding = {{"uuid", uuid_of(base + "\nfinding " + row.id)},
                            {"title", row.text},
                            {"description", row.status == Status::done ? "Recorded as done, with the evidence named. Whether that evidence suffices is not judged here."
                                                                      : std::string("Recorded as ") + name_of(row.status) + ": nothing shows it yet."},
                            {"props", ordered_json::array({property("status", name_of(row.status))})},
                            {"target", {{"type", "objective-id"}, {"target-id", row.id}, {"status", {{"state", row.status == Status::done ? "satisfied" : "not-satisfied"}}}}}};
    if (!row.given.empty()) {
      ordered_json evidence = ordered_json::array();
      for (const std::string& e : row.given) evidence.push_back({{"description", e}});
      const std::string uuid = uuid_of(base + "\nobservation " + row.id);
      observations.push_back({{"uuid", uuid}, {"description", "Evidence named for " + row.id}, {"methods", {"EXAMINE"}}, {"relevant-evidence", evidence}, {"collected", time_of(d)}});
      finding["related-observations"] = ordered_json::array({{{"observation-uuid", uuid}}});
    }
    const std::string cites = cites_of(d, row);
    if (!cites.empty()) finding["remarks"] = "Basis: " + cites;
    findings.push_back(std::move(finding));
  }
  const std::string plan = uuid_of(base + "\nplan");
  ordered_json result = {{"uuid", uuid_of(base + "\nresult")},
                         {"title", "What is shown of the duties of both acts"},
                         {"description", matrix_sentence(d.matrix)},
                         {"start", time_of(d)},
                         {"reviewed-controls", {{"control-selections", ordered_json::array({include.empty() ? ordered_json{{"description", "no duty binds, so there is no control to look at"}, {"include-all", ordered_json::object()}} : ordered_json{{"include-controls", include}}})}}}};
  if (!observations.empty()) result["observations"] = observations;
  if (!findings.empty()) result["findings"] = findings;
  ordered_json j = {{"uuid", uuid_of(base)},
                    {"metadata", metadata(d, "Assessment results under the AI Act and the Cyber Resilience Act")},
                    {"import-ap", {{"href", "#" + plan}}},
                    {"results", ordered_json::array({result})},
                    {"back-matter", {{"resources", ordered_json::array({resource(plan, "The plan of duties and controls", "matrix of this folder; rule base of Duolex, SHA-256 " + d.law_sha256)})}}}};
  return text::to_json_text(ordered_json{{"assessment-results", j}}, text::JsonLayout::pretty);
}

std::string action_plan_oscal(const MatrixDocument& d, const JointFile& file) {
  const std::string base = name_of_all(d) + "\npoam";
  ordered_json items = ordered_json::array();
  for (const MatrixRow& row : d.matrix.rows) {
    if (row.status == Status::done || row.status == Status::not_applicable) continue;
    ordered_json props = ordered_json::array({property("status", name_of(row.status))});
    if (!row.due.empty()) props.push_back(property("due", row.due));
    if (!row.owner.empty()) props.push_back(property("owner", row.owner));
    std::string description = "Open: " + row.text + ".";
    for (const std::string& e : row.expected) description += " It is shown by: " + e + ".";
    items.push_back({{"uuid", uuid_of(base + "\n" + row.id)}, {"title", row.id}, {"description", description}, {"props", props}});
    if (const std::string cites = cites_of(d, row); !cites.empty()) items.back()["remarks"] = "Basis: " + cites;
  }
  for (const BoundItem& i : file.items) {
    if (i.state != BoundItem::State::missing || i.by_control) continue;
    std::string cites;
    for (const std::string& c : i.cites) cites += (cites.empty() ? "" : "; ") + citation(c);
    items.push_back({{"uuid", uuid_of(base + "\n" + i.id)}, {"title", i.id}, {"description", "Missing in '" + document_title(i.document) + "': " + i.title},
                     {"props", ordered_json::array({property("status", "missing")})}});
    if (!cites.empty()) items.back()["remarks"] = "Basis: " + cites;
  }
  if (items.empty()) items.push_back({{"uuid", uuid_of(base + "\nnothing")}, {"title", "nothing-open"}, {"description", "Nothing is open among what was checked."}});
  ordered_json j = {{"uuid", uuid_of(base)},
                    {"metadata", metadata(d, "Plan of action and milestones under the AI Act and the Cyber Resilience Act")},
                    {"system-id", {{"identifier-type", "https://duolex.example/product"}, {"id", d.product}}},
                    {"poam-items", items}};
  return text::to_json_text(ordered_json{{"plan-of-action-and-milestones", j}}, text::JsonLayout::pretty);
}

std::string declarations_cyclonedx(const MatrixDocument& d) {
  const std::string base = name_of_all(d) + "\ndeclarations";
  ordered_json requirements = ordered_json::array(), claims = ordered_json::array(), evidence = ordered_json::array(), map = ordered_json::array();
  std::vector<ordered_json> answered(d.matrix.duties.size(), ordered_json::array());
  for (const MatrixRow& row : d.matrix.rows) {
    if (row.status != Status::done) continue;
    ordered_json refs = ordered_json::array();
    for (const std::string& e : row.given) {
      const std::string ref = "evidence:" + row.id + ":" + std::to_string(refs.size() + 1);
      evidence.push_back({{"bom-ref", ref}, {"description", e}, {"created", time_of(d)}});
      refs.push_back(ref);
    }
    const std::string claim = "claim:" + row.id;
    claims.push_back({{"bom-ref", claim}, {"target", "product"}, {"predicate", row.text}, {"evidence", refs}});
    for (const plan::MatrixAnswer& a : row.answers) answered[a.duty].push_back(claim);
  }
  for (std::size_t i = 0; i < d.matrix.duties.size(); ++i) {
    const plan::MatrixDuty& duty = d.matrix.duties[i];
    std::string cites;
    for (const std::string& c : duty.cites) cites += (cites.empty() ? "" : "; ") + citation(c);
    requirements.push_back({{"bom-ref", "duty:" + duty.id}, {"identifier", duty.id}, {"title", cites}, {"text", duty.text}});
    ordered_json one = {{"requirement", "duty:" + duty.id}};
    if (!answered[i].empty()) one["claims"] = answered[i];
    one["conformance"] = {{"rationale", answered[i].empty() ? "Nothing is claimed: what answers it is open." : "Claimed by the maker, with the evidence named; not judged here."}};
    map.push_back(std::move(one));
  }
  ordered_json j = {{"bomFormat", "CycloneDX"},
                    {"specVersion", "1.6"},
                    {"serialNumber", "urn:uuid:" + uuid_of(base)},
                    {"version", 1},
                    {"metadata", {{"timestamp", time_of(d)}, {"component", {{"type", "application"}, {"bom-ref", "product"}, {"name", d.product}}}}},
                    {"definitions", {{"standards", ordered_json::array({{{"bom-ref", "duties"}, {"name", "Duties under the AI Act and the Cyber Resilience Act"},
                                                                         {"version", d.law_sha256}, {"requirements", requirements}}})}}},
                    {"declarations", {{"assessors", ordered_json::array({{{"bom-ref", "maker"}, {"thirdParty", false}}})},
                                      {"attestations", ordered_json::array({{{"summary", matrix_sentence(d.matrix)}, {"assessor", "maker"}, {"map", map}}})},
                                      {"claims", claims},
                                      {"evidence", evidence}}}};
  if (!d.release.empty()) j["metadata"]["component"]["version"] = d.release;
  return text::to_json_text(j, text::JsonLayout::pretty);
}

}  // namespace duolex::documents
