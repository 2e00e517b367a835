// An evidence record: what was found about which artefacts of which release, how, by whom, when, and until when it
// counts. docs/formats/evidence.md. It is a leaf of the ledger, as canonical JSON. Persons stand in it as salted
// commitments only.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/day.h"
#include "base/result.h"
#include "evidence/merkle.h"

namespace duolex::evidence {

struct HashedFile {
  std::string path, sha256;
};

struct Blob {
  std::string sha256, name, media_type;
  std::uint64_t size = 0;
};

struct EvidenceRecord {
  std::string shows, release, tool, tool_version, person_commitment;
  std::string at;       // RFC 3339, UTC
  std::string outcome;  // passed, failed, inconclusive, stated
  std::string detail;   // counts and the like, one line
  std::vector<HashedFile> artefacts, inputs;
  std::optional<Day> good_until, retain_until;
  std::vector<std::string> stale_when;  // artefact, model, data, sbom, intended_purpose, law
  std::vector<std::string> answers;     // ids of controls or duties
  std::optional<Blob> blob;
  // Of the tests of this program.
  std::string test;                     // "scan", "model.evasion", "data.leakage"
  std::string criterion;                // what was demanded before the run
  std::vector<std::string> provisions;  // ids of law/provisions
  std::vector<std::string> atlas;       // MITRE ATLAS techniques
  bool interrupted = false;             // the run did not reach its end
  // What `stale_when` is held against, where it names them.
  std::string law_sha256, purpose_sha256;
};

[[nodiscard]] const std::vector<std::string>& outcomes();
[[nodiscard]] const std::vector<std::string>& stale_reasons();

// Canonical JSON: the same record gives the same bytes.
[[nodiscard]] std::string to_leaf(const EvidenceRecord& record);
[[nodiscard]] Result<EvidenceRecord> read_record_leaf(const std::string& where, const std::string& data);

// An approval is a leaf too: a DSSE envelope whose payload names a leaf hash.
inline constexpr const char* approval_type = "application/vnd.duolex.approval+json";
[[nodiscard]] std::string approval_payload(const Hash& leaf);
[[nodiscard]] std::string approval_leaf(const std::string& envelope_json);

// What kind of leaf this is: "evidence", "approval" or "" for one this program does not know.
struct LeafKind {
  std::string kind;
  std::string envelope;  // of an approval
};
[[nodiscard]] LeafKind kind_of_leaf(const std::string& data);

// SHA-256 over a fixed prefix, a salt of 32 bytes and the text. Without the salt the text cannot be guessed from it;
// destroying the salt erases the person and leaves the ledger whole.
[[nodiscard]] std::string commitment(std::string_view salt, std::string_view text);

}  // namespace duolex::evidence
