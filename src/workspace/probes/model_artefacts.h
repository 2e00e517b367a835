// The model files among a dossier's artefacts, looked at as `duolex probe file` does.
#pragma once

#include "documents/assessment.h"
#include "dossier/dossier.h"

namespace duolex::workspace {

// The artefact's row; for a model file with the verdict on it. A file that runs code when it is loaded, or has what
// honest model files do not have, is also an open point (AI Act Art. 15(5), CRA Annex I Part I (2)(f) and (j)).
void add_artefact(const dossier::Dossier& dossier, const dossier::Artefact& artefact, documents::Assessment& assessment);

}  // namespace duolex::workspace
