// The items of the joint documents bound to what a dossier has.
#pragma once

#include "documents/assessment.h"
#include "documents/joint_file.h"
#include "documents/matrix.h"
#include "workspace/evidence/evidence_state.h"
#include "workspace/verdict/subject.h"

namespace duolex::workspace {

// `found`: the known vulnerabilities and model files of the release; nothing else of it is read.
// An item whose source names a file by its hash gets the leaves of evidence that counts and is about that file. Mistakes: an id under `items` in the dossier that the law does not have.
[[nodiscard]] Result<documents::JointFile> joint_file_of(const Subject& subject, const findings::Findings& findings,
                                                         const documents::MatrixDocument& matrix,
                                                         const documents::Assessment& found, const std::vector<KnownEvidence>& evidence);

}  // namespace duolex::workspace
