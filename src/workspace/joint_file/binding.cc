#include "workspace/joint_file/binding.h"

#include <algorithm>

#include "findings/value_json.h"
#include "plan/words.h"

namespace duolex::workspace {

using documents::BoundItem;
using documents::data;
using documents::listed;
using documents::on_day;
using documents::said;
using documents::Said;

bool Binding::says(const char* conclusion, const std::string& value) const {
  const findings::Finding& f = findings[conclusion];
  return f.status != rules::Status::unknown && to_text(f.value) == value;
}

bool Binding::full_ai_duties() const {
  const std::vector<std::string>& grounds = findings["ai.high_risk_basis"].value.words;
  return std::any_of(grounds.begin(), grounds.end(), [](const std::string& g) { return g != "annex_i_section_b"; });
}

std::string Binding::answer(const char* fact) const {
  const rules::Index f = s.law->base.fact(fact);
  if (f == rules::no_index || s.facts.values[f] == rules::unknown_value) return "";
  return to_text(findings::value_of(s.law->base.facts[f].type, s.facts.values[f]));
}

const dossier::Release* Binding::release() const { return s.dossier.releases.empty() ? nullptr : &s.dossier.releases.back(); }

std::string Binding::maker() const {
  std::string who;
  for (const dossier::Role& r : s.dossier.roles)
    if (who.empty() || r.role == "manufacturer") who = r.name;
  return who;
}

void give(BoundItem& item, Said what, Said source, bool substantiated) {
  // The manufacturer and the provider are mostly the same firm.
  if (what.empty() || std::find(item.content.begin(), item.content.end(), what) != item.content.end()) return;
  item.content.push_back(std::move(what));
  if (item.source.empty()) item.source = listed({}, "; ");
  if (std::find(item.source.parts.begin(), item.source.parts.end(), source) == item.source.parts.end()) item.source.parts.push_back(std::move(source));
  item.substantiated = item.content.size() == 1 ? substantiated : item.substantiated && substantiated;
}

Said place(const char* in_dossier) { return said("dossier, {place}", {{"place", data(in_dossier)}}); }
Said file_source(const dossier::Artefact& a) { return data(a.path + ", SHA-256 " + a.sha256); }

Said law_said(const Binding& b) {
  const bool cra = b.says("cra.applies", "yes"), ai = b.full_ai_duties();
  if (!cra && !ai) return {};
  return said(cra && ai ? "Regulation (EU) 2024/2847 and Regulation (EU) 2024/1689" : cra ? "Regulation (EU) 2024/2847" : "Regulation (EU) 2024/1689");
}

void give_ledger(const Binding& b, const std::string& row, const char* sentence, BoundItem& item) {
  for (const plan::MatrixRow& r : b.matrix.matrix.rows) {
    if (r.id != row) continue;
    for (const plan::RowEvidence& e : r.ledger) {
      if (!e.counts()) continue;
      give(item, said(sentence, {{"leaf", data(std::to_string(e.leaf))}, {"what", documents::told(e.shows)}}), said("the ledger"), true);
      item.leaves.push_back({e.leaf, e.hash});
    }
  }
}

void give_control(const Binding& b, const std::string& control, BoundItem& item) {
  for (const dossier::ControlState& c : b.s.dossier.controls)
    if (c.id == control)
      for (const dossier::Artefact& a : c.evidence) give(item, said("See {file}", {{"file", data(a.path)}}), file_source(a), true);
  give_ledger(b, control, "See leaf {leaf} of the ledger: {what}", item);
}

}  // namespace duolex::workspace
