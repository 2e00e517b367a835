// What is shown and what is open, in the formats of others: OSCAL 1.2.1 and CycloneDX 1.6.
#pragma once

#include <string>

#include "documents/joint_file.h"
#include "documents/matrix.h"

namespace duolex::documents {

// OSCAL assessment results: a finding for each row of the plan, "satisfied" where it is done with its evidence named.
[[nodiscard]] std::string assessment_results_oscal(const MatrixDocument& matrix);
// OSCAL plan of action and milestones: every open row of the plan with its due date, and every missing item of the
// documents that no row stands for.
[[nodiscard]] std::string action_plan_oscal(const MatrixDocument& matrix, const JointFile& file);
// CycloneDX declarations: the duties as requirements, the rows as claims with their evidence, and which claims answer
// which requirement. No score is given: whether a claim suffices is not judged here.
[[nodiscard]] std::string declarations_cyclonedx(const MatrixDocument& matrix);

}  // namespace duolex::documents
