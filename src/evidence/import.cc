#include "evidence/import.h"

#include <algorithm>

#include "evidence/dsse.h"
#include "text/long_file.h"

namespace duolex::evidence {
namespace {

using text::Node;

constexpr std::size_t import_limit = std::size_t{64} << 20;

const Node* at(const Node* node, std::string_view key) { return node != nullptr && node->kind == Node::Kind::mapping ? node->find(key) : nullptr; }
std::string word(const Node* node) { return node != nullptr && node->kind == Node::Kind::text ? node->text : ""; }
const std::vector<Node>& items(const Node* node) {
  static const std::vector<Node> none;
  return node != nullptr && node->kind == Node::Kind::sequence ? node->items : none;
}

// RFC 3339 in UTC to the second, or "".
std::string utc(const std::string& text) {
  if (text.size() < 20 || text.back() != 'Z' || text[10] != 'T' || !parse_day(text.substr(0, 10))) return "";
  for (const std::size_t i : {11, 12, 14, 15, 17, 18}) {
    if (text[i] < '0' || text[i] > '9') return "";
  }
  return text.substr(0, 19) + "Z";
}

std::string first_of(const std::string& a, const std::string& b) { return a.empty() ? b : a; }

Imported sarif(const Node& root, const std::string& now) {
  Imported out{"sarif", {}};
  for (const Node& run : items(at(&root, "runs"))) {
    EvidenceRecord r;
    const Node* driver = at(at(&run, "tool"), "driver");
    r.tool = word(at(driver, "name"));
    r.tool_version = first_of(word(at(driver, "semanticVersion")), word(at(driver, "version")));
    std::size_t failed = 0, notes = 0, other = 0, suppressed = 0;
    for (const Node& result : items(at(&run, "results"))) {
      const std::string kind = first_of(word(at(&result, "kind")), "fail"), level = first_of(word(at(&result, "level")), "warning");
      if (!items(at(&result, "suppressions")).empty()) ++suppressed;
      else if (kind != "fail") ++other;
      else if (level == "note" || level == "none") ++notes;
      else ++failed;
    }
    bool successful = true, said = false;
    for (const Node& invocation : items(at(&run, "invocations"))) {
      said = true;
      const Node* success = at(&invocation, "executionSuccessful");
      if (success == nullptr || success->kind != Node::Kind::boolean || !success->boolean) successful = false;
      r.at = first_of(utc(word(at(&invocation, "endTimeUtc"))), r.at);
    }
    r.at = first_of(r.at, now);
    r.shows = "Findings of " + first_of(r.tool, "a tool that does not say its name");
    r.outcome = at(&run, "results") == nullptr || !successful ? "inconclusive" : failed > 0 ? "failed" : "passed";
    r.detail = std::to_string(failed) + " errors and warnings, " + std::to_string(notes) + " notes, " + std::to_string(other) + " that are no failures, " +
               std::to_string(suppressed) + " suppressed" + (!successful ? "; the run did not end well" : said ? "" : "; whether the run ended well is not said");
    r.stale_when = {"artefact"};
    out.records.push_back(std::move(r));
  }
  return out;
}

// What the tests of this program write: what was demanded before the run, and whether it was met.
Imported own_results(const Node& root, const std::string& now) {
  Imported out{"duolex", {}};
  for (const Node& result : items(at(&root, "results"))) {
    EvidenceRecord r;
    r.shows = word(at(&result, "goal")) + ". Demanded: " + word(at(&result, "criterion"));
    r.tool = "duolex";
    r.at = now;
    const std::string verdict = word(at(&result, "verdict"));
    r.outcome = verdict == "met" ? "passed" : verdict == "not_met" ? "failed" : "inconclusive";
    r.detail = word(at(&result, "id")) + (verdict == "not_tested" ? ": not tested" : "");
    if (const std::string because = word(at(&result, "because")); !because.empty()) r.detail += ": " + because;
    const std::size_t untested = items(at(&result, "not_tested")).size();
    if (untested > 0) r.detail += "; " + std::to_string(untested) + " things were not tested";
    for (const Node& input : items(at(&result, "inputs"))) {
      const std::string sha = word(at(&input, "sha256"));
      if (sha.size() == 64) r.inputs.push_back({word(at(&input, "name")), sha});
    }
    for (const Node& provision : items(at(&result, "provisions"))) {
      if (provision.kind == Node::Kind::text) r.provisions.push_back(provision.text);
    }
    for (const Node& technique : items(at(&result, "atlas"))) {
      if (technique.kind == Node::Kind::text) r.atlas.push_back(technique.text);
    }
    r.test = word(at(&result, "id"));
    r.criterion = word(at(&result, "criterion"));
    r.stale_when = {"artefact", "model", "data"};
    out.records.push_back(std::move(r));
  }
  return out;
}

bool are_own_results(const Node& root) {
  const auto& results = items(at(&root, "results"));
  return !results.empty() && std::all_of(results.begin(), results.end(), [](const Node& r) { return at(&r, "goal") && at(&r, "criterion") && at(&r, "verdict"); });
}

Result<Imported> statement(const std::string& file, const Node& root, const std::string& now, std::size_t signatures) {
  Imported out{"in-toto", {}};
  EvidenceRecord r;
  const std::string type = word(at(&root, "predicateType"));
  if (type.empty()) return failure(error_in(file, "is an in-toto statement without a predicateType"));
  const Node* predicate = at(&root, "predicate");
  for (const Node& subject : items(at(&root, "subject"))) {
    const std::string sha = word(at(at(&subject, "digest"), "sha256"));
    if (sha.size() == 64) r.artefacts.push_back({word(at(&subject, "name")), sha});
  }
  r.shows = "Statement " + type;
  r.outcome = "stated";
  if (type.find("test-result") != std::string::npos) {
    const std::string result = word(at(predicate, "result"));
    r.outcome = result == "PASSED" ? "passed" : result == "FAILED" ? "failed" : "inconclusive";
    r.detail = std::to_string(items(at(predicate, "passedTests")).size()) + " passed, " + std::to_string(items(at(predicate, "warnedTests")).size()) + " warned, " +
               std::to_string(items(at(predicate, "failedTests")).size()) + " failed";
  }
  r.tool = word(at(at(at(predicate, "runDetails"), "builder"), "id"));
  r.at = first_of(utc(word(at(at(at(predicate, "runDetails"), "metadata"), "finishedOn"))), now);
  if (signatures > 0) r.detail += (r.detail.empty() ? "" : "; ") + std::to_string(signatures) + " signatures, not checked at import";
  r.stale_when = {"artefact"};
  out.records.push_back(std::move(r));
  return out;
}

Result<Imported> cyclonedx(const std::string& file, const Node& root, const std::string& now) {
  const Node* declarations = at(&root, "declarations");
  if (declarations == nullptr) return failure(error_in(file, "is a CycloneDX file without declarations", "a bill of materials is an artefact of the dossier, not evidence"));
  Imported out{"cyclonedx", {}};
  const std::string time = first_of(utc(word(at(at(&root, "metadata"), "timestamp"))), now);
  for (const Node& attestation : items(at(declarations, "attestations"))) {
    EvidenceRecord r;
    r.shows = first_of(word(at(&attestation, "summary")), "CycloneDX attestation");
    r.tool = "";
    r.at = time;
    r.outcome = "stated";
    std::size_t claims = 0, counter = 0, gaps = 0;
    for (const Node& entry : items(at(&attestation, "map"))) {
      const std::string requirement = word(at(&entry, "requirement"));
      if (!requirement.empty()) r.answers.push_back(requirement);
      if (items(at(&entry, "claims")).empty()) ++gaps;
      claims += items(at(&entry, "claims")).size();
      counter += items(at(&entry, "counterClaims")).size();
    }
    r.detail = std::to_string(r.answers.size()) + " requirements, " + std::to_string(claims) + " claims, " + std::to_string(counter) + " counter-claims, " +
               std::to_string(gaps) + " requirements without a claim";
    r.stale_when = {"artefact"};
    out.records.push_back(std::move(r));
  }
  if (out.records.empty()) return failure(error_in(file, "holds no attestation"));
  return out;
}

Result<Imported> read_any(const std::string& file, const std::string& bytes, const std::string& now) {
  if (bytes.size() > import_limit) return failure(error_in(file, "is larger than 64 MB"));
  const std::size_t start = bytes.find_first_not_of(" \t\r\n\xef\xbb\xbf");
  if (start != std::string::npos && bytes[start] == '<') return import_junit(file, bytes, now);
  const text::Limits limits = text::limits_of_a_long_file(import_limit, bytes.size());
  const auto root = text::read_json(file, bytes, limits);
  if (!root) return failure(root.error());
  if (at(&*root, "payloadType") != nullptr) {
    const auto envelope = read_envelope(file, bytes);
    if (!envelope) return failure(envelope.error());
    if (envelope->payload_type != "application/vnd.in-toto+json") return failure(error_in(file, "is an envelope of '" + envelope->payload_type + "', not of an in-toto statement"));
    const auto inner = text::read_json(file + " (payload)", envelope->payload, limits);
    if (!inner) return failure(inner.error());
    return statement(file, *inner, now, envelope->signatures.size());
  }
  if (word(at(&*root, "_type")).starts_with("https://in-toto.io/Statement/")) return statement(file, *root, now, 0);
  if (word(at(&*root, "bomFormat")) == "CycloneDX") return cyclonedx(file, *root, now);
  if (are_own_results(*root)) return own_results(*root, now);
  if (at(&*root, "runs") != nullptr) {
    if (word(at(&*root, "version")) != "2.1.0") return failure(error_in(file, "is SARIF of a version that is not read", "2.1.0"));
    Imported out = sarif(*root, now);
    if (out.records.empty()) return failure(error_in(file, "holds no run"));
    return out;
  }
  return failure(error_in(file, "is no SARIF, JUnit, in-toto or CycloneDX file and no results of a test", "attach it with 'duolex evidence add' and say what it shows"));
}

}  // namespace

Result<Imported> import_evidence(const std::string& file, const std::string& bytes, const std::string& now) {
  auto out = read_any(file, bytes, now);
  if (out && out->records.size() > most_imported) return failure(error_in(file, "holds more than " + std::to_string(most_imported) + " results"));
  return out;
}

}  // namespace duolex::evidence
