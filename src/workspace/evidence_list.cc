#include <algorithm>
#include <nlohmann/json.hpp>
#include <ostream>

#include "base/file.h"
#include "base/hash.h"
#include "evidence/encoding.h"
#include "evidence/ledger.h"
#include "text/json_out.h"
#include "workspace/evidence.h"
#include "workspace/evidence_place.h"

namespace duolex::workspace {
namespace {

namespace fs = std::filesystem;
namespace ev = duolex::evidence;
using Json = nlohmann::ordered_json;

ExitCode refused(const Diagnostics& errors, std::ostream& err) {
  err << render(errors);
  return ExitCode::bad_input;
}

struct State {
  std::string word = "current", because;
};

State state_of(const ev::EvidenceRecord& r, const fs::path& dossier, Day as_of) {
  if (r.good_until && *r.good_until < as_of) return {"expired", "it was good until " + to_string(*r.good_until)};
  for (const ev::HashedFile& f : r.artefacts) {
    const fs::path path = fs::path(f.path).lexically_normal();
    // What another tool names need not lie in the dossier; then there is nothing to compare.
    if (path.empty() || path.is_absolute() || path.begin()->string() == "..") continue;
    std::error_code ec;
    if (!fs::exists(dossier / path, ec)) {
      return {"stale", "'" + f.path + "' is not in the dossier, so it cannot be shown to be what this is about"};
    }
    const auto bytes = read_file(dossier / path, std::size_t{2} << 30);
    if (!bytes || sha256_hex(*bytes) != f.sha256) return {"stale", "'" + f.path + "' has another hash now"};
  }
  return {};
}

}  // namespace

ExitCode evidence_list(const EvidenceListRequest& request, std::ostream& out, std::ostream& err) {
  const fs::path folder = ledger_folder(request.dossier);
  std::error_code ec;
  if (!fs::exists(ev::log_path(folder), ec)) {
    out << (request.json ? "[]\n" : "No evidence is recorded in this dossier.\n");
    return ExitCode::clear;
  }
  const auto leaves = ev::read_leaves(folder);
  if (!leaves) return refused(leaves.error(), err);
  Json list = Json::array();
  std::string text;
  bool finding = false;
  for (const ev::Leaf& leaf : *leaves) {
    if (ev::kind_of_leaf(leaf.data).kind != "evidence") continue;
    const auto r = ev::read_record_leaf("leaf " + std::to_string(leaf.index), leaf.data);
    if (!r) return refused(r.error(), err);
    const State state = state_of(*r, request.dossier, request.as_of);
    finding = finding || state.word != "current" || r->outcome == "failed";
    if (request.json) {
      Json j;
      j["index"] = leaf.index;
      j["leaf"] = ev::to_hex(leaf.hash);
      j["state"] = state.word;
      j["because"] = state.because.empty() ? Json(nullptr) : Json(state.because);
      j["record"] = Json::parse(leaf.data, nullptr, false);
      list.push_back(std::move(j));
      continue;
    }
    text += std::to_string(leaf.index) + "  " + r->outcome + "  " + state.word + "  " + r->shows + "\n";
    if (!r->detail.empty()) text += "    " + r->detail + "\n";
    text += "    " + r->at + (r->tool.empty() ? "" : ", " + r->tool + (r->tool_version.empty() ? "" : " " + r->tool_version)) + (r->release.empty() ? "" : ", release " + r->release) + "\n";
    for (const ev::HashedFile& f : r->artefacts) text += "    about " + f.path + "  " + f.sha256.substr(0, 16) + "…\n";
    if (!state.because.empty()) text += "    " + state.because + "\n";
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
  if (!v) return refused(v.error(), err);
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
    out << v->size << " leaves, root " << ev::to_hex(v->root) << "\n";
    for (const std::string& line : v->findings) out << "FOUND  " << line << "\n";
    for (const std::string& line : v->held) out << "holds  " << line << "\n";
    for (const ev::Approved& a : v->approvals) out << "leaf " << a.index << " is approved by " << a.persons.size() << (a.persons.size() == 1 ? " person\n" : " people\n");
    for (const std::string& line : v->cannot_see) out << "cannot be seen here: " << line << "\n";
  }
  return v->findings.empty() ? ExitCode::clear : ExitCode::finding;
}

}  // namespace duolex::workspace
