#include "changes/change_json.h"

#include <nlohmann/json.hpp>

#include "base/hash.h"
#include "text/json_out.h"

namespace duolex::changes {
namespace {

using Json = nlohmann::ordered_json;

Json signals_of(const Assessment& a) {
  Json list = Json::array();
  for (const Signal& s : a.signals)
    list.push_back({{"kind", s.kind}, {"subject", s.subject}, {"what", s.what.text()}, {"before", s.before.text()}, {"after", s.after.text()}, {"cra", name_of(s.cra)}, {"ai_act", name_of(s.ai)},
                    {"because", s.because.text()}, {"covered_by", s.covered_by.text()}, {"cites", s.cites}});
  return list;
}

Json evidence_of(const std::vector<dossier::Artefact>& evidence) {
  Json list = Json::array();
  for (const dossier::Artefact& a : evidence) list.push_back({{"path", a.path}, {"sha256", a.sha256}});
  return list;
}

Json judged_of(const ActVerdict& v) {
  if (v.judged == nullptr) return nullptr;
  return {{"substantial", v.judged->substantial}, {"by", v.judged->by}, {"on", v.judged->on ? to_string(*v.judged->on) : ""}, {"because", v.judged->because}, {"evidence", evidence_of(v.judged->evidence)}};
}

Json redone_of(const Redo& r) {
  if (r.done == nullptr) return nullptr;
  return {{"by", r.done->by}, {"on", r.done->on ? to_string(*r.done->on) : ""}, {"because", r.done->because}, {"evidence", evidence_of(r.done->evidence)}};
}

Json verdict(const ActVerdict& v) {
  Json redo = Json::array();
  for (const Redo& r : v.redo) redo.push_back({{"duty", r.duty}, {"text", r.text}, {"cites", r.cites}, {"redone", redone_of(r)}});
  return {{"verdict", name_of(v.verdict)}, {"because", v.because.text()}, {"cites", v.cites}, {"signals", v.signals}, {"judged", judged_of(v)}, {"redo_if_substantial", redo}};
}

}  // namespace

std::string difference_sha256(const Assessment& a) {
  return sha256_hex(text::to_json_text(Json{{"product", a.product}, {"before", a.before}, {"before_state", a.before_sha256}, {"after", a.after}, {"after_state", a.after_sha256}, {"law", a.law_sha256},
                                            {"signals", signals_of(a)}, {"cra", verdict(a.cra)}, {"ai_act", verdict(a.ai)}}, text::JsonLayout::compact));
}

std::string to_json(const Assessment& a) { return text::to_json_text(json_of(a), text::JsonLayout::pretty); }

nlohmann::ordered_json json_of(const Assessment& a) {
  Json told = Json::array();
  for (const Told& t : a.told) told.push_back({{"duty", t.duty}, {"text", t.text}, {"surely", t.surely}, {"because", t.because.text()}, {"cites", t.cites}});
  Json not_compared = Json::array();
  for (const Phrase& n : a.not_compared) not_compared.push_back(n.text());
  Json signatures = Json::array();
  for (const Signature& s : a.signatures) signatures.push_back({{"by", s.by}, {"role", s.role}, {"on", s.on}, {"stale", s.stale}});
  return Json{{"format", 1},
              {"product", a.product},
              {"before", a.before},
              {"after", a.after},
              {"as_of", to_string(a.as_of)},
              {"law_sha256", a.law_sha256},
              {"before_sha256", a.before_sha256},
              {"after_sha256", a.after_sha256},
              {"difference_sha256", a.difference_sha256},
              {"baseline_declared", a.baseline_declared},
              {"cra", verdict(a.cra)},
              {"ai_act", verdict(a.ai)},
              {"signals", signals_of(a)},
              {"signatures", signatures},
              {"signers", a.signers},
              {"bodies_to_be_told", told},
              {"not_compared", not_compared}};
}

}  // namespace duolex::changes
