// The items of the joint documents bound to what a dossier has.
#pragma once

#include "documents/joint_file.h"
#include "documents/matrix.h"
#include "workspace/subject.h"

namespace duolex::workspace {

// Mistakes: an id under `items` in the dossier that the law does not have.
[[nodiscard]] Result<documents::JointFile> joint_file_of(const Subject& subject, const findings::Findings& findings,
                                                         const documents::MatrixDocument& matrix);

}  // namespace duolex::workspace
