#include <nlohmann/json.hpp>

#include "documents/matrix.h"
#include "documents/uuid.h"
#include "text/json_out.h"

namespace duolex::documents {
namespace {

using nlohmann::ordered_json;
using plan::MatrixRow;

// Duties and controls are tokens in OSCAL: they may not hold a slash or begin with a digit, and ours do not.
ordered_json mapping_item(const std::string& id) { return {{"type", "control"}, {"id-ref", id}}; }

}  // namespace

std::string matrix_json(const MatrixDocument& d) {
  static const char* const kinds[] = {"joint", "rest", "alone"};
  ordered_json j;
  j["format"] = 1;
  j["product"] = d.product;
  j["release"] = d.release;
  j["who"] = d.who;
  j["as_of"] = to_string(d.as_of);
  j["law_sha256"] = d.law_sha256;
  j["counts"] = {{"duties", d.matrix.duties.size()}, {"joint_controls", d.matrix.joint}, {"rests", d.matrix.rests},
                 {"alone", d.matrix.alone}, {"rows", d.matrix.rows.size()}, {"open", d.matrix.open()}};
  j["lost"] = plan::lost_duties(d.matrix);
  j["duties"] = ordered_json::array();
  for (const plan::MatrixDuty& duty : d.matrix.duties)
    j["duties"].push_back({{"id", duty.id}, {"text", duty.text}, {"binds", duty.binds}, {"stage", duty.stage}, {"from", duty.from},
                           {"surely", duty.surely}, {"cites", duty.cites}});
  j["rows"] = ordered_json::array();
  for (const MatrixRow& row : d.matrix.rows) {
    ordered_json r{{"id", row.id}, {"kind", kinds[static_cast<int>(row.kind)]}, {"text", row.text}, {"because", row.because},
                   {"owner", row.owner}, {"due", row.due}, {"due_is_set", row.due_is_set}, {"status", name_of(row.status)},
                   {"status_because", row.status_because}, {"evidence_wanted", row.expected}, {"evidence", row.given}, {"evidence_state", row.evidence_state},
                   {"tests", row.tests}, {"tests_without_result", row.untested}, {"refused", row.refused}, {"cites", row.cites}};
    r["ledger"] = ordered_json::array();
    for (const plan::RowEvidence& e : row.ledger)
      r["ledger"].push_back({{"leaf", e.leaf}, {"hash", e.hash}, {"test", e.test}, {"shows", e.shows}, {"outcome", e.outcome}, {"state", e.state},
                             {"because", e.because}, {"interrupted", e.interrupted}, {"whole", e.whole}});
    r["answers"] = ordered_json::array();
    for (const plan::MatrixAnswer& a : row.answers)
      r["answers"].push_back({{"duty", d.matrix.duties[a.duty].id}, {"relation", a.relation}, {"leaves", a.leaves}});
    j["rows"].push_back(std::move(r));
  }
  return text::to_json_text(j, text::JsonLayout::pretty);
}

std::string matrix_oscal(const MatrixDocument& d) {
  // Of the source, the duty, to the target, the control.
  const auto relationship = [](const std::string& relation) {
    return relation == "equal" ? "equivalent-to" : relation == "subsumes" ? "subset-of" : "intersects-with";
  };
  const std::string base = d.product + "\n" + d.release + "\n" + to_string(d.as_of) + "\n" + d.law_sha256;
  ordered_json mapping;
  mapping["uuid"] = uuid_of(base + "\nmapping");
  mapping["source-resource"] = {{"type", "catalog"}, {"href", "#" + uuid_of(base + "\nduties")}};
  mapping["target-resource"] = {{"type", "catalog"}, {"href", "#" + uuid_of(base + "\ncontrols")}};
  mapping["maps"] = ordered_json::array();
  for (const MatrixRow& row : d.matrix.rows)
    for (const plan::MatrixAnswer& a : row.answers) {
      const plan::MatrixDuty& duty = d.matrix.duties[a.duty];
      ordered_json map{{"uuid", uuid_of(base + "\n" + row.id + "\n" + duty.id)},
                       {"relationship", a.relation == "alone" ? "equivalent-to" : relationship(a.relation)},
                       {"sources", ordered_json::array({mapping_item(duty.id)})},
                       {"targets", ordered_json::array({mapping_item(row.id)})}};
      std::string remarks = row.because.empty() ? duty.text : row.because;
      if (!a.leaves.empty()) remarks += " It leaves " + a.leaves + ".";
      map["remarks"] = remarks;
      const auto property = [](const char* name, const std::string& value) { return ordered_json{{"name", name}, {"ns", "https://duolex.example/oscal"}, {"value", value}}; };
      map["props"] = ordered_json::array({property("status", name_of(row.status)), property("evidence-state", row.evidence_state)});
      for (const plan::RowEvidence& e : row.ledger) map["props"].push_back(property("ledger-leaf", std::to_string(e.leaf) + " " + e.hash));
      mapping["maps"].push_back(std::move(map));
    }
  ordered_json resources = ordered_json::array();
  for (const char* what : {"duties", "controls"})
    resources.push_back({{"uuid", uuid_of(base + "\n" + what)},
                         {"title", std::string("The ") + what + " of the rule base"},
                         {"description", "Rule base of Duolex, SHA-256 " + d.law_sha256}});
  ordered_json collection;
  collection["uuid"] = uuid_of(base);
  collection["metadata"] = {{"title", "Duties under the AI Act and the Cyber Resilience Act, and the controls that answer them: " + d.product},
                            {"last-modified", to_string(d.as_of) + "T00:00:00Z"},
                            {"version", d.release.empty() ? "unversioned" : d.release},
                            {"oscal-version", "1.2.1"}};
  collection["provenance"] = {{"method", "human"},
                              {"matching-rationale", "semantic"},
                              {"status", "complete"},
                              {"mapping-description", matrix_sentence(d.matrix)}};
  collection["mappings"] = ordered_json::array({mapping});
  collection["back-matter"] = {{"resources", resources}};
  return text::to_json_text(ordered_json{{"mapping-collection", collection}}, text::JsonLayout::pretty);
}

}  // namespace duolex::documents
