// What makes a release the one that was assessed and no other.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <tuple>

#include "base/hash.h"
#include "changes/assessment.h"
#include "text/json_out.h"

namespace duolex::changes {
namespace {

using Json = nlohmann::ordered_json;

// In the order of kind and path: which stands first in the dossier does not matter.
Json files(std::vector<dossier::Artefact> list, Declarations declarations = Declarations::in) {
  if (declarations == Declarations::out) std::erase_if(list, [](const dossier::Artefact& a) { return a.kind == "declaration"; });
  std::sort(list.begin(), list.end(), [](const dossier::Artefact& x, const dossier::Artefact& y) { return std::tie(x.kind, x.path) < std::tie(y.kind, y.path); });
  Json json = Json::array();
  for (const dossier::Artefact& a : list) json.push_back({a.kind, a.path, a.sha256, a.metric});
  return json;
}

Json release(const dossier::Release& r, Declarations declarations) {
  Json foreseen = Json::array(), change = nullptr;
  for (const dossier::ForeseenChange& f : r.foreseen_changes) foreseen.push_back({f.id, f.of, f.metric, f.at_least});
  if (r.change) {
    change = {r.change->by, r.change->because, r.change->closes, r.change->components, r.change->foreseen};
    for (const dossier::ChangeJudgement& j : r.change->judged) change.push_back({j.act, j.substantial, j.by, j.because, files(j.evidence)});
    for (const dossier::RedoneDuty& d : r.change->redone) change.push_back({d.duty, d.by, d.because, files(d.evidence)});
  }
  const dossier::Operation& o = r.operation;
  return {{"version", r.version}, {"files", files(r.artefacts, declarations)}, {"thresholds", o.thresholds}, {"labels", o.labels}, {"interfaces", o.interfaces}, {"data_sources", o.data_sources}, {"foreseen", foreseen}, {"change", change}};
}

}  // namespace

std::string state_sha256(const ReleaseView& view, Declarations declarations) {
  const dossier::Dossier& d = *view.dossier;
  Json state = {{"release", release(*view.release, declarations)}, {"facts", view.facts_sha256}, {"purpose", d.intended_purpose}, {"standards", Json::array()}, {"controls", Json::array()}, {"items", Json::array()}, {"risks", Json::array()}};
  for (const dossier::Standard& s : d.standards) state["standards"].push_back({s.reference, s.official_journal, s.in_full});
  for (const dossier::ControlState& c : d.controls) state["controls"].push_back({c.id, c.status, c.because, files(c.evidence)});
  for (const dossier::ItemText& i : d.items) state["items"].push_back({i.id, i.text, i.file ? i.file->sha256 : "", i.not_applicable});
  for (const dossier::Risk& r : d.risks)
    state["risks"].push_back({r.id, r.threat, r.protects, r.atlas, r.likelihood, r.impact, r.treatment, r.measures, r.controls, files(r.evidence), r.residual});
  return sha256_hex(text::to_json_text(state, text::JsonLayout::compact));
}

}  // namespace duolex::changes
