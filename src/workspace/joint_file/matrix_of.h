// The duty matrix of an opened dossier.
#pragma once

#include "documents/matrix.h"
#include "workspace/verdict/subject.h"

namespace duolex::workspace {

// `who`: whose duties they are, for the head. Mistakes: an id under `controls` that is no row of the matrix and no
// control or duty of the law; a ledger that is damaged.
[[nodiscard]] Result<documents::MatrixDocument> matrix_of(const Subject& subject, const findings::Findings& findings, const std::string& who);

}  // namespace duolex::workspace
