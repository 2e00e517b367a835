#include <algorithm>
#include <nlohmann/json.hpp>
#include <ostream>

#include "base/counted.h"
#include "base/file.h"
#include "evidence/encoding.h"
#include "evidence/ledger.h"
#include "law/law.h"
#include "text/json_out.h"
#include "workspace/evidence/evidence.h"
#include "workspace/evidence/evidence_place.h"
#include "workspace/evidence/evidence_state.h"

namespace duolex::workspace {
namespace {

namespace fs = std::filesystem;
namespace ev = duolex::evidence;
using Json = nlohmann::ordered_json;

ExitCode refused(const Diagnostics& errors, std::ostream& err) {
  err << render(errors);
  return ExitCode::bad_input;
}

}  // namespace

ExitCode evidence_list(const EvidenceListRequest& request, std::ostream& out, std::ostream& err) {
  dossier::Dossier dossier;
  std::error_code ec;
  if (fs::is_regular_file(request.dossier / "duolex.yaml", ec)) {
    auto opened = ledger_dossier(request.dossier);
    if (!opened) return refused(opened.error(), err);
    dossier = std::move(*opened);
  }
  dossier.folder = request.dossier;
  const auto law = law::load();
  if (!law) return refused(law.error(), err);
  const auto known = known_evidence(dossier, request.as_of, (*law)->base.sha256);
  if (!known) return refused(known.error(), err);
  Json list = Json::array();
  std::string text;
  bool finding = false;
  for (const KnownEvidence& e : *known) {
    const ev::EvidenceRecord& r = e.record;
    finding = finding || (e.state != "replaced" && e.state != "other_release" && (e.state != "current" || r.outcome == "failed"));
    if (request.json) {
      Json j;
      j["index"] = e.index;
      j["leaf"] = e.leaf;
      j["state"] = e.state;
      j["because"] = e.because.empty() ? Json(nullptr) : Json(e.because);
      j["signed"] = e.signers;
      j["record"] = Json::parse(ev::to_leaf(r), nullptr, false);
      list.push_back(std::move(j));
      continue;
    }
    text += std::to_string(e.index) + "  " + r.outcome + (r.interrupted ? " (interrupted)" : "") + "  " + e.state + "  " + (r.test.empty() ? "" : r.test + ": ") + r.shows + "\n";
    if (!r.detail.empty()) text += "    " + r.detail + "\n";
    text += "    " + r.at + (r.tool.empty() ? "" : ", " + r.tool + (r.tool_version.empty() ? "" : " " + r.tool_version)) + (r.release.empty() ? "" : ", release " + r.release) + ", " + (e.signers == "unsigned" ? "" : "signed ") + e.signers + "\n";
    if (!r.answers.empty()) {
      text += "    speaks to ";
      for (std::size_t i = 0; i < r.answers.size(); ++i) text += (i == 0 ? "" : ", ") + r.answers[i];
      text += "\n";
    }
    for (const ev::HashedFile& f : r.artefacts) text += "    about " + f.path + "  " + f.sha256.substr(0, 16) + "…\n";
    if (!e.because.empty()) text += "    " + e.because + "\n";
  }
  if (request.json) out << text::to_json_text(list, text::JsonLayout::pretty);
  else out << (text.empty() ? "No evidence is recorded in this dossier.\n" : text);
  return finding ? ExitCode::finding : ExitCode::clear;
}

ExitCode verify(const VerifyRequest& request, std::ostream& out, std::ostream& err) {
  ev::VerifyOptions options;
  options.today = request.today;
  options.four_eyes = request.four_eyes;
  for (const std::string& text : request.keys) {
    const auto key = ev::NoteVerifier::parse(text);
    if (!key) return refused({error_in(text, "is no key", "name+id+base64, as 'duolex evidence key' prints it")}, err);
    options.signers.push_back(*key);
  }
  if (request.checkpoint) {
    const auto bytes = read_file(*request.checkpoint, std::size_t{1} << 20);
    if (!bytes) return refused(bytes.error(), err);
    options.checkpoint = *bytes;
    options.checkpoint_name = request.checkpoint->string();
  }
  const auto v = ev::verify(ledger_folder(request.dossier), options);
  if (!v) {
    std::error_code none;
    if (!std::filesystem::exists(ledger_folder(request.dossier), none))
      return refused({error_in(request.dossier.string(), "no evidence is recorded here", "'duolex evidence add', or --record of a scan or a probe, begins a ledger")}, err);
    return refused(v.error(), err);
  }
  if (request.json) {
    Json j;
    j["format"] = 1;
    j["size"] = v->size;
    j["groups"] = v->groups;
    j["root"] = ev::to_hex(v->root);
    j["held"] = v->held;
    j["findings"] = v->findings;
    j["cannot_see"] = v->cannot_see;
    j["approvals"] = Json::array();
    for (const ev::Approved& a : v->approvals) j["approvals"].push_back(Json{{"leaf", a.index}, {"persons", a.persons}});
    out << text::to_json_text(j, text::JsonLayout::pretty);
  } else {
    out << counted(v->size, "leaf", "leaves") << ", root " << ev::to_hex(v->root) << "\n";
    for (const std::string& line : v->findings) out << "FOUND  " << line << "\n";
    for (const std::string& line : v->held) out << "holds  " << line << "\n";
    for (const ev::Approved& a : v->approvals) out << "leaf " << a.index << " is approved by " << counted(a.persons.size(), "person", "people") << "\n";
    for (const std::string& line : v->cannot_see) out << "cannot be seen here: " << line << "\n";
  }
  return v->findings.empty() ? ExitCode::clear : ExitCode::finding;
}

}  // namespace duolex::workspace
