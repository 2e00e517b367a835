// What stands between a product and a signed EU declaration of conformity.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "documents/assessment.h"
#include "documents/joint_file.h"
#include "documents/matrix.h"
#include "workspace/verdict/subject.h"

namespace duolex::workspace {

struct Blocker {
  std::string what, close;         // what is wrong, and what would close it
  std::vector<std::string> cites;
  documents::Said what_said = {}, close_said = {};  // the same for other languages, where it is made of sentences; else empty
  // An answer is missing, or nobody looked: nothing was found lacking. Where no act is known to reach the product, nothing is.
  bool undecided = false;
  std::uint32_t line = 0;  // of duolex.yaml, where it speaks of it; 0: it does not
};

// The one list of it, for `declare` and for the open points of an assessment.
// Unknown conclusions of the route, contested readings without a recorded choice, a classification that is not signed
// off or stale, a prohibited practice, a body without competence, a condition of CRA Art. 12(1) that does not hold or
// is not known, items of the declaration or of the technical file that are missing, controls that bind before placing
// and are not done, languages that are missing, standards that are claimed and not named, a change since the last declared release
// that is not assessed; and what was found in the release's parts (`found`: its open points and its change). Where no act asks
// a declaration of the actor, what only a declaration asks is not among them; outside both acts nothing is but a contested
// reading without a choice (docs/decisions/gate.md).
// `lacking`: of the dossier's languages, those that the documents cannot be written in, with what is missing.
[[nodiscard]] std::vector<Blocker> declaration_blockers(const Subject& subject, const findings::Findings& findings,
                                                        const documents::MatrixDocument& matrix, const documents::JointFile& file,
                                                        const documents::Assessment& found, const std::map<std::string, documents::Said>& lacking);

// "none", "valid: …", "stale: …": the last sign-off of the classification against the facts and the law as they are.
[[nodiscard]] documents::Said sign_off_said(const Subject& subject, const std::string& facts_sha256);
[[nodiscard]] std::string sign_off_state(const Subject& subject, const std::string& facts_sha256);

}  // namespace duolex::workspace
