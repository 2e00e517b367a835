// What the change since the last declared release leaves open: CRA Art. 3(30), 21 and 22, AI Act Art. 3(23), 25(1)(b) and 43(4).
#pragma once

#include <vector>

#include "documents/assessment.h"
#include "workspace/joint_file/blockers.h"
#include "workspace/verdict/subject.h"

namespace duolex::workspace {

// Where a release before the last one has a declaration: what could not be compared, a verdict that is unknown, one that
// nobody has judged or that is refuted without evidence, what a substantial modification has done again and is neither
// done nor argued, and the signatures of two people over these very states that are missing. Empty otherwise.
[[nodiscard]] std::vector<Blocker> change_blockers(const Subject& subject, const documents::ChangeCheck& check);

}  // namespace duolex::workspace
