#include <nlohmann/json.hpp>

#include "text/json_out.h"
#include "vulnerabilities/outputs/vulnerability.h"

namespace duolex::vulnerabilities {
namespace {

using nlohmann::ordered_json;

ordered_json hashes_of(const sbom::Component& c) {
  ordered_json out = ordered_json::object();
  for (const sbom::Hash& hash : c.hashes) {
    std::string name;
    for (const char letter : hash.algorithm) name += static_cast<char>(letter >= 'A' && letter <= 'Z' ? letter + 32 : letter);
    if (name == "sha-1") name = "sha1";
    for (const char* known : {"md5", "sha1", "sha-256", "sha-384", "sha-512", "sha3-224", "sha3-256", "sha3-384", "sha3-512", "blake2s-256", "blake2b-256", "blake2b-512"})
      if (name == known) out[name] = hash.value;
  }
  return out;
}

// A name that is unique in the world where there is one: the package URL, else a link into the bill.
std::string iri_of(const sbom::Sbom& bill, std::size_t number) {
  const sbom::Component& c = bill.components[number];
  if (c.purl) return c.purl_text;
  constexpr std::string_view uuid = "urn:uuid:";
  if (bill.format == "CycloneDX" && bill.id.starts_with(uuid) && !c.ref.empty())
    return "urn:cdx:" + bill.id.substr(uuid.size()) + "/" + (bill.version.empty() ? "1" : bill.version) + "#" + c.ref;
  return "";
}

ordered_json component(const sbom::Sbom& bill, std::size_t number) {
  const sbom::Component& c = bill.components[number];
  const std::string iri = iri_of(bill, number);
  ordered_json out = {{"@id", iri.empty() ? urn_of(c.title()) : iri}};
  if (c.purl) out["identifiers"] = {{"purl", c.purl_text}};
  if (ordered_json hashes = hashes_of(c); !hashes.empty()) out["hashes"] = std::move(hashes);
  return out;
}

}  // namespace

std::string to_openvex(const Scan& scan, const Frame& frame) {
  const sbom::Sbom& bill = *scan.bill;
  ordered_json statements = ordered_json::array();
  for (const Vulnerability& v : by_vulnerability(scan))
    for (const Finding* f : v.findings) {
      const Stated s = stated(scan, *f);
      ordered_json vulnerability = {{"name", v.id}};
      if (!v.other_ids.empty()) vulnerability["aliases"] = v.other_ids;
      ordered_json product = component(bill, f->component);
      // Where the bill says what it is about, the statement is about that product with this part.
      if (bill.subject != sbom::no_component && bill.subject != f->component && !iri_of(bill, bill.subject).empty()) {
        ordered_json whole = component(bill, bill.subject);
        whole["subcomponents"] = ordered_json::array({std::move(product)});
        product = std::move(whole);
      }
      ordered_json out = {{"vulnerability", std::move(vulnerability)}, {"timestamp", time_of(s, frame.now)},
                          {"products", ordered_json::array({std::move(product)})}, {"status", vex::name_of(s.claim)},
                          {"status_notes", source_of(s) + " Found because " + f->reason.in_words() + (f->exploited() ? ". " + f->exploited_cve + " is known to be exploited." : ".")}};
      if (s.claim == vex::Claim::not_affected) {
        const std::string word = common_justification(s.subject->justification);
        if (!word.empty()) out["justification"] = word;
        if (word.empty() || !s.subject->impact.empty()) out["impact_statement"] = word.empty() ? reason_of(s) : s.subject->impact;
      }
      if (s.claim == vex::Claim::affected)
        out["action_statement"] = !s.statement->action.empty() ? s.statement->action : fixed_in(*f).empty() ? "No action has been stated." : "Update to " + fixed_in(*f) + " or later.";
      statements.push_back(std::move(out));
    }
  ordered_json document = {{"@context", "https://openvex.dev/ns/v0.2.0"}, {"@id", ""}, {"author", frame.publisher}, {"timestamp", frame.now}, {"version", 1},
                           {"tooling", "Duolex " + frame.program_version}, {"statements", std::move(statements)}};
  document["@id"] = urn_of(document.dump(-1, ' ', false, ordered_json::error_handler_t::replace));
  return text::to_json_text(document, text::JsonLayout::pretty);
}

}  // namespace duolex::vulnerabilities
