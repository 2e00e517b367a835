// The evidence of a dossier made ready for the report.
#pragma once

#include "documents/assessment.h"
#include "documents/tested.h"
#include "workspace/evidence/evidence_state.h"

namespace duolex::workspace {

// Reads the attachments of attacks on models and tests of data; what cannot be read is said in `unreadable`.
[[nodiscard]] documents::Tested tested_of(const dossier::Dossier& dossier, const std::vector<KnownEvidence>& evidence, bool has_ledger);

// One attachment, which anybody may have written: what it holds of the test that `row` names is added, what is no result
// of one is said in `unreadable`.
void read_report(const std::string& bytes, const documents::EvidenceRow& row, const std::string& model, documents::Tested& tested);

// What a test on record found failing stands between the product and a declaration: as open points, of `tested`.
void add_failed_tests(documents::Assessment& assessment);

}  // namespace duolex::workspace
