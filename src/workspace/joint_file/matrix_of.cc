#include "workspace/joint_file/matrix_of.h"

#include <algorithm>

#include "workspace/evidence/evidence_state.h"

namespace duolex::workspace {
namespace {

plan::Progress progress_of(const dossier::ControlState& c) {
  using Status = plan::Progress::Status;
  plan::Progress p;
  p.status = c.status == "done" ? Status::done : c.status == "in_progress" ? Status::in_progress : c.status == "not_applicable" ? Status::not_applicable : Status::open;
  p.owner = c.owner;
  p.because = c.because;
  if (c.due) p.due = to_string(*c.due);
  for (const dossier::Artefact& e : c.evidence) p.evidence.push_back(e.path + " (SHA-256 " + e.sha256 + ")");
  return p;
}

// Ids that some product's matrix has.
bool known_to_law(const rules::RuleBase& base, std::string id) {
  if (id.ends_with(".rest")) id.resize(id.size() - 5);
  return base.duty_by_id.contains(id) ||
         std::any_of(base.controls.begin(), base.controls.end(), [&](const rules::Control& c) { return c.id == id; });
}

}  // namespace

Result<documents::MatrixDocument> matrix_of(const Subject& s, const findings::Findings& findings, const std::string& who) {
  const rules::RuleBase& base = s.law->base;
  std::map<std::string, plan::Progress> progress;
  Diagnostics errors;
  for (const dossier::ControlState& c : s.dossier.controls) {
    if (known_to_law(base, c.id)) {
      progress.emplace(c.id, progress_of(c));
      continue;
    }
    std::vector<std::string> known;
    for (const rules::Control& control : base.controls) known.push_back(control.id);
    for (const rules::Duty& duty : base.duties) known.push_back(duty.id);
    const std::string near = nearest_name(c.id, known);
    Diagnostic d = error_in(s.dossier.file, "there is no control or duty '" + c.id + "'", near.empty() ? "" : "did you mean '" + near + "'?");
    d.span = c.span;
    errors.push_back(std::move(d));
  }
  if (!errors.empty()) return failure(std::move(errors));
  plan::LedgerEvidence ledger;
  if (s.has_dossier) {
    const auto known = known_evidence(s.dossier, s.as_of, base.sha256);
    if (!known) return tl::unexpected(known.error());
    ledger = evidence_for_rows(base, *known);
  }
  documents::MatrixDocument d;
  const rules::Index placed = base.fact("product.placed_on_market_on");
  const bool known = placed != rules::no_index && s.facts.values[placed] != rules::unknown_value && s.facts.values[placed] != rules::never_value;
  d.matrix = plan::duty_matrix(base, findings, s.names, progress,
                               known ? to_string(Day{static_cast<std::int32_t>(s.facts.values[placed])}) : "", ledger);
  d.product = s.dossier.name.empty() ? "product" : s.dossier.name;
  if (!s.dossier.releases.empty()) d.release = s.dossier.releases.back().version;
  d.who = who;
  d.as_of = s.as_of;
  d.law_sha256 = base.sha256;
  return d;
}

}  // namespace duolex::workspace
