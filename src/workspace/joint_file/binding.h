// What the sources of the documents' items share. Internal to the binding of items.
#pragma once

#include <string>

#include "documents/assessment.h"
#include "documents/joint_file.h"
#include "documents/law_said.h"
#include "documents/matrix.h"
#include "workspace/evidence/evidence_state.h"
#include "workspace/verdict/subject.h"

namespace duolex::workspace {

using documents::finding_said;
using documents::value_said;
using documents::words_said;

struct Binding {
  const Subject& s;
  const findings::Findings& findings;
  const documents::MatrixDocument& matrix;
  const documents::Assessment& found;  // known vulnerabilities and model files only
  const std::vector<KnownEvidence>& evidence;

  [[nodiscard]] bool says(const char* conclusion, const std::string& value) const;
  // High-risk otherwise than by Section B of Annex I alone: declaration, marking and Annex IV are asked of it (AI Act Art. 2(2)).
  [[nodiscard]] bool full_ai_duties() const;
  [[nodiscard]] std::string answer(const char* fact) const;  // to a question with a list of answers; empty: not given
  [[nodiscard]] const dossier::Release* release() const;  // the last one; null: none
  [[nodiscard]] std::string maker() const;                 // the manufacturer, else the first of the roles
};

// One more paragraph, once, with where it is from.
void give(documents::BoundItem& item, documents::Said what, documents::Said source, bool substantiated);
[[nodiscard]] documents::Said place(const char* in_dossier);  // "dossier, {place}"
[[nodiscard]] documents::Said file_source(const dossier::Artefact& artefact);

// The law by which conformity is declared or marked; empty: by neither act, or not known.
[[nodiscard]] documents::Said law_said(const Binding& binding);
// What the ledger has on a row of the plan and counts; `sentence` has {leaf} and {what}.
void give_ledger(const Binding& binding, const std::string& row, const char* sentence, documents::BoundItem& item);
// What the evidence of a control names.
void give_control(const Binding& binding, const std::string& control, documents::BoundItem& item);

// What fills the items whose `from` begins with these words; `name` is the rest of it.
void bind_statement(const Binding& binding, const std::string& name, documents::BoundItem& item);    // statement.
void bind_memo(const Binding& binding, const std::string& name, documents::BoundItem& item);         // memo.
void bind_risks(const Binding& binding, const std::string& name, documents::BoundItem& item);        // risks.
void bind_requirement(const Binding& binding, const std::string& duty, documents::BoundItem& item);  // requirement.
void bind_found(const Binding& binding, const std::string& name, documents::BoundItem& item);        // found.
void bind_monitoring(const Binding& binding, const std::string& name, documents::BoundItem& item);   // monitoring.
void bind_owner(const Binding& binding, const std::string& control, documents::BoundItem& item);     // owner.
void bind_marking(const Binding& binding, const std::string& name, documents::BoundItem& item);      // marking.
// After all others: it says how far the other documents are.
void bind_application(const Binding& binding, const std::string& name, const documents::JointFile& file, documents::BoundItem& item);  // application.

}  // namespace duolex::workspace
