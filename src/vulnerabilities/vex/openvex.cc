#include <array>
#include <cstdlib>

#include "vulnerabilities/vex/reader.h"

namespace duolex::vulnerabilities::vex {
namespace {

using sbom::Value;

// OpenVEX 0.2.0. That not_affected has a reason and affected an action is told by Reader::keep.
constexpr const char* table = R"(
type moment = text like date-time

object openvex
  @context: text required
  @id: text required
  author: text required
  role: text
  timestamp: moment required
  last_updated: moment
  version: integer from 1 required
  tooling: text
  statements: list of statement at least 1 unique required

object statement
  @id: text
  version: integer from 1
  vulnerability: vulnerability required
  timestamp: moment
  last_updated: moment
  products: list of component unique
  status: status required
  supplier: text
  status_notes: text
  justification: justification
  impact_statement: text
  action_statement: text
  action_statement_timestamp: moment

words status
  not_affected affected fixed under_investigation

words justification
  component_not_present vulnerable_code_not_present vulnerable_code_not_in_execute_path
  vulnerable_code_cannot_be_controlled_by_adversary inline_mitigations_already_exist

object vulnerability
  @id: text
  name: text required
  description: text
  aliases: list of text unique

object component
  @id: text
  identifiers: identifiers
  hashes: hashes
  supplier: text
  subcomponents: list of subcomponent unique
  at least one of @id / identifiers

object subcomponent
  @id: text
  identifiers: identifiers
  hashes: hashes
  supplier: text
  at least one of @id / identifiers

object identifiers
  purl: text
  cpe22: text
  cpe23: text
  at least one of purl / cpe22 / cpe23

object hashes
  md5: text
  sha1: text
  sha-256: text
  sha-384: text
  sha-512: text
  sha3-224: text
  sha3-256: text
  sha3-384: text
  sha3-512: text
  blake2s-256: text
  blake2b-256: text
  blake2b-512: text
)";

const sbom::Structure& structure() {
  static const sbom::Structure compiled = [] {
    auto made = sbom::Structure::compile({table}, "0.2");
    if (!made) std::abort();  // the table is ours; a test compiles it
    return std::move(*made);
  }();
  return compiled;
}

std::string algorithm(std::string_view openvex) {
  constexpr std::array<std::array<std::string_view, 2>, 12> names = {{{"md5", "MD5"}, {"sha1", "SHA-1"}, {"sha-256", "SHA-256"}, {"sha-384", "SHA-384"},
                                                                      {"sha-512", "SHA-512"}, {"sha3-224", "SHA3-224"}, {"sha3-256", "SHA3-256"},
                                                                      {"sha3-384", "SHA3-384"}, {"sha3-512", "SHA3-512"}, {"blake2s-256", "BLAKE2s-256"},
                                                                      {"blake2b-256", "BLAKE2b-256"}, {"blake2b-512", "BLAKE2b-512"}}};
  for (const auto& [theirs, ours] : names)
    if (theirs == openvex) return std::string(ours);
  return std::string(openvex);
}

Identity identity(const Value component) {
  Identity out = identity_of(text_of(component.find("@id")));
  if (const Value identifiers = component.find("identifiers")) {
    // A purl among the identifiers is meant as one; an @id may be any name.
    if (const Value purl = identifiers.find("purl")) {
      Identity named = identity_of(text_of(purl));
      out.purl = std::move(named.purl);
      out.range = std::move(named.range);
      out.open_ended = std::move(named.open_ended);
      if (out.shown.empty()) out.shown = std::move(named.shown);
    }
    for (const char* key : {"cpe22", "cpe23"})
      if (const Value cpe = identifiers.find(key)) out.cpe = text_of(cpe);
    if (out.shown.empty()) out.shown = out.cpe;
  }
  if (const Value hashes = component.find("hashes"))
    for (const Value hash : hashes.children()) out.hashes.push_back({algorithm(hash.key()), text_of(hash)});
  return out;
}

Claim claim_of(const std::string& status) {
  if (status == "not_affected") return Claim::not_affected;
  if (status == "affected") return Claim::affected;
  return status == "fixed" ? Claim::fixed : Claim::under_investigation;
}

}  // namespace

Result<void> read_openvex(const std::string& file, const std::string& bytes, const Value root, Statements& out) {
  Reader reader(file, bytes, out);
  std::vector<sbom::Violation> violations;
  if (!root.is(sbom::Kind::object)) return failure(reader.error(root, "a VEX document is an object"));
  check_json(structure(), *structure().find_object("openvex"), root, violations, "openvex");
  if (!violations.empty()) return failure(reader.shown(std::move(violations)));
  const Value context = root.find("@context");
  if (const std::string name = text_of(context); !name.starts_with("https://openvex.dev/ns"))
    return failure(reader.error(context, "openvex.context: '" + sbom::shown_text(name) + "' is not the context of OpenVEX", "https://openvex.dev/ns/v0.2.0"));
  std::string author = text_of(root.find("author"));
  if (const std::string role = text_of(root.find("role")); !role.empty()) author += " (" + role + ")";
  (void)reader.begin_document({file, Kind::openvex, text_of(root.find("@id")), author, false});
  for (const Value one : root.find("statements").children()) {
    Statement s;
    const Value vulnerability = one.find("vulnerability");
    s.vulnerabilities.push_back(text_of(vulnerability.find("name")));
    if (const Value aliases = vulnerability.find("aliases"))
      for (const Value alias : aliases.children()) s.vulnerabilities.push_back(text_of(alias));
    s.claim = claim_of(text_of(one.find("status")));
    s.action = text_of(one.find("action_statement"));
    s.notes = text_of(one.find("status_notes"));
    s.time = first_instant({one.find("last_updated"), one.find("timestamp"), root.find("last_updated"), root.find("timestamp")});
    const std::string why = text_of(one.find("impact_statement"));
    if (const Value products = one.find("products"))
      for (const Value product : products.children()) {
        Identity named = identity(product);
        if (!reader.take_subject(named) || !reader.take(why.size())) break;
        Subject& subject = s.subjects.emplace_back();
        subject.product = std::move(named);
        subject.justification = text_of(one.find("justification"));
        subject.impact = why;
        if (const Value parts = product.find("subcomponents"))
          for (const Value part : parts.children()) {
            subject.parts.push_back(identity(part));
            if (!reader.take(subject.parts.back())) break;
          }
        if (reader.too_many()) break;
      }
    if (reader.too_many()) return failure(reader.too_many_at(one));
    reader.keep(std::move(s), one);
    if (reader.too_many()) return failure(reader.too_many_at(one));
  }
  return {};
}

}  // namespace duolex::vulnerabilities::vex
