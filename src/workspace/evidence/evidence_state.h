// The evidence of a dossier as it counts on a day: what is fresh, what is stale and why, what a newer run has replaced.
// docs/formats/evidence.md.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/day.h"
#include "base/result.h"
#include "dossier/dossier.h"
#include "evidence/record.h"
#include "plan/matrix.h"
#include "rules/rule_base.h"

namespace duolex::workspace {

struct KnownEvidence {
  std::uint64_t index = 0;
  std::string leaf;     // its hash, in hexadecimal
  evidence::EvidenceRecord record;
  std::string state;    // "current", "stale", "expired", "other_release", "replaced"
  std::string because;  // why it is not current
  std::string signers;  // persons of keys.yaml who signed the leaf; "unsigned"; "by a key that is not listed"
  std::vector<std::string> persons = {};  // those persons, sorted
};

// All records of the ledger in its order; none when there is no ledger. Fails when it is damaged.
// stale: an artefact it is about has another hash or is gone; the law or the intended
// purpose has changed, for records that say so. replaced: a later record of the same test with the same criterion about
// the same files or files of the same names. other_release: it names another release, and only files that the last one does
// not have and earlier ones do.
[[nodiscard]] Result<std::vector<KnownEvidence>> known_evidence(const dossier::Dossier& dossier, Day as_of, const std::string& law_sha256);

// For each row of a duty matrix that evidence speaks to: by the id of a control, and of the duties that the control
// answers. Replaced records and those of other releases are left out.
[[nodiscard]] plan::LedgerEvidence evidence_for_rows(const rules::RuleBase& base, const std::vector<KnownEvidence>& evidence);

// The persons whose keys the ledger's keys.yaml lists, sorted, each once; none without that file.
[[nodiscard]] Result<std::vector<std::string>> people_with_keys(const dossier::Dossier& dossier);

// The attachment of a record, checked against its hash.
[[nodiscard]] Result<std::string> attachment(const dossier::Dossier& dossier, const evidence::EvidenceRecord& record);

}  // namespace duolex::workspace
