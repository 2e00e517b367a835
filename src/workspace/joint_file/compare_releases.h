// Two releases opened and compared: what `diff`, `assess` and whoever else asks share.
#pragma once

#include <memory>

#include "changes/assessment.h"
#include "documents/assessment.h"
#include "workspace/verdict/subject.h"

namespace duolex::workspace {

// A release whose files have been read. The subject must outlive it.
struct OpenedRelease {
  const Subject* subject = nullptr;
  const dossier::Release* release = nullptr;  // in the subject
  rules::FactValues facts;     // of the product as the release was declared; of actor, days and events as they are now
  dossier::Dossier dossier;    // likewise
  dossier::Release as_declared;
  findings::Findings findings;
  changes::ReleaseView view;   // points into this object
};

// Reads the release's bills, models and predictions, and of a release before the last what its declaration records. A bill,
// predictions or a declaration that cannot be read are an error; a model that cannot be read is said in the view.
[[nodiscard]] Result<std::unique_ptr<OpenedRelease>> open_release(const Subject& subject, const dossier::Release& release);

// The last release before this one that has a declaration among its artefacts; null without one.
[[nodiscard]] const dossier::Release* declared_before(const dossier::Dossier& dossier, const dossier::Release& release);

// What the assessment says of judgements points into the later release's dossier.
[[nodiscard]] changes::Assessment compare(const OpenedRelease& before, const OpenedRelease& after);

// The last release against the last one before it with a declaration, where there is one.
[[nodiscard]] documents::ChangeCheck check_change(const Subject& subject);

}  // namespace duolex::workspace
