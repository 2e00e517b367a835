// What the sources of the documents' items share. Internal to the binding of items.
#pragma once

#include <string>

#include "documents/joint_file.h"
#include "documents/matrix.h"
#include "workspace/subject.h"

namespace duolex::workspace {

struct Binding {
  const Subject& s;
  const findings::Findings& findings;
  const documents::MatrixDocument& matrix;

  [[nodiscard]] bool says(const char* conclusion, const std::string& value) const;
  [[nodiscard]] const dossier::Release* release() const;  // the last one; null: none
  [[nodiscard]] std::string maker() const;                 // the manufacturer, else the first of the roles
};

// One more paragraph, once, with where it is from.
void give(documents::BoundItem& item, documents::Said what, documents::Said source, bool substantiated);
[[nodiscard]] documents::Said place(const char* in_dossier);  // "dossier, {place}"
[[nodiscard]] documents::Said file_source(const dossier::Artefact& artefact);
[[nodiscard]] documents::Said value_said(const findings::Value& value);
[[nodiscard]] documents::Said finding_said(const findings::Finding& finding);

// The statements of the declaration: CRA Annexes V and VI, AI Act Art. 47(2) and Annex V.
void bind_statement(const Binding& binding, const std::string& name, documents::BoundItem& item);

}  // namespace duolex::workspace
