// The evidence of a dossier made ready for the report.
#pragma once

#include "documents/tested.h"
#include "workspace/evidence_state.h"

namespace duolex::workspace {

// Reads the attachments of attacks on models and tests of data; what cannot be read is said in `unreadable`.
[[nodiscard]] documents::Tested tested_of(const dossier::Dossier& dossier, const std::vector<KnownEvidence>& evidence, bool has_ledger);

}  // namespace duolex::workspace
