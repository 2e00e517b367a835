#include "workspace/evidence/evidence.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <ostream>

#include "base/file.h"
#include "base/folder_hash.h"
#include "base/hash.h"
#include "dossier/dossier.h"
#include "evidence/dsse.h"
#include "evidence/encoding.h"
#include "evidence/import.h"
#include "evidence/ledger.h"
#include "law/law.h"
#include "text/json_out.h"
#include "threats/imports/report.h"
#include "workspace/evidence/evidence_place.h"
#include "workspace/evidence/leaf_signer.h"

namespace duolex::workspace {
namespace {

namespace fs = std::filesystem;
namespace ev = duolex::evidence;

constexpr std::size_t file_limit = std::size_t{2} << 30;

ExitCode refused(const Diagnostics& errors, std::ostream& err, ExitCode code = ExitCode::bad_input) {
  err << render(errors);
  return code;
}

std::string media_type_of(const fs::path& path) {
  const std::string extension = path.extension().string();
  for (const auto& [e, type] : {std::pair{".json", "application/json"}, {".sarif", "application/json"}, {".xml", "application/xml"}, {".md", "text/markdown"},
                                {".txt", "text/plain"}, {".csv", "text/csv"}, {".pdf", "application/pdf"}, {".html", "text/html"}}) {
    if (extension == e) return type;
  }
  return "application/octet-stream";
}

// Hashes files of the dossier; a path that leaves it is refused.
Result<std::vector<ev::HashedFile>> hashed(const fs::path& dossier, const std::vector<std::string>& paths) {
  std::vector<ev::HashedFile> files;
  for (const std::string& path : paths) {
    const fs::path normal = fs::path(path).lexically_normal();
    if (normal.is_absolute() || normal.empty() || normal.begin()->string() == "..") return failure(error_in(path, "leaves the dossier", "name a file inside it"));
    const auto hash = sha256_of_path(dossier / normal, file_limit);
    if (!hash) return failure(hash.error());
    files.push_back({normal.generic_string(), *hash});
  }
  return files;
}

Result<dossier::Dossier> release_known(const fs::path& folder, const std::string& release) {
  auto dossier = ledger_dossier(folder);
  if (!dossier) return failure(dossier.error());
  const auto named = [&](const dossier::Release& r) { return r.version == release; };
  if (!release.empty() && std::none_of(dossier->releases.begin(), dossier->releases.end(), named)) {
    return failure(error_in(dossier->file, "has no release '" + release + "'"));
  }
  return dossier;
}

// What `stale_when` will be held against, and the release's files of the kinds that it names.
Result<void> bind_to_dossier(const fs::path& folder, const dossier::Dossier& dossier, const law::Law& law, ev::EvidenceRecord& r) {
  r.law_sha256 = law.base.sha256;
  r.purpose_sha256 = sha256_hex(dossier.intended_purpose);
  for (const dossier::Release& release : dossier.releases) {
    if (release.version != r.release) continue;
    for (const dossier::Artefact& a : release.artefacts) {
      const bool named = std::find(r.stale_when.begin(), r.stale_when.end(), a.kind) != r.stale_when.end();
      const bool there = std::any_of(r.artefacts.begin(), r.artefacts.end(), [&](const ev::HashedFile& f) { return f.path == a.path; });
      if (!named || there) continue;
      const auto files = hashed(folder, {a.path});
      if (!files) return tl::unexpected(files.error());
      r.artefacts.push_back(files->front());
    }
  }
  return {};
}

ExitCode append(const fs::path& dossier, const std::vector<std::string>& leaves, std::ostream& out, std::ostream& err) {
  const auto first = append_leaves(dossier, leaves, err);
  if (!first) return refused(first.error(), err, ExitCode::cannot_write);
  for (std::size_t i = 0; i < leaves.size(); ++i) out << "leaf " << *first + i << "  " << ev::to_hex(ev::leaf_hash(leaves[i])) << "\n";
  return ExitCode::clear;
}

}  // namespace

ExitCode evidence_key(const EvidenceKeyRequest& request, std::ostream& out, std::ostream& err) {
  if (!ev::good_note_name(request.name)) return refused({error_in(request.name, "is no name of a signer", "no spaces and no '+', such as ledger.example.org")}, err);
  std::error_code ec;
  if (fs::exists(request.file, ec)) return refused({error_in(request.file.string(), "is there already")}, err, ExitCode::cannot_write);
  const ev::SigningKey key = ev::SigningKey::generate();
  // The file gets its permissions before it gets its bytes.
  if (const auto empty = write_file_atomically(request.file, ""); !empty) return refused(empty.error(), err, ExitCode::cannot_write);
  fs::permissions(request.file, fs::perms::owner_read | fs::perms::owner_write, ec);
  if (const auto written = write_file_atomically(request.file, key.to_pem()); !written) return refused(written.error(), err, ExitCode::cannot_write);
  out << "verify with --key " << ev::NoteVerifier{request.name, key.public_key()}.text() << "\nin keys.yaml: public: \"" << ev::to_base64(key.public_key().raw()) << "\"\n";
  return ExitCode::clear;
}

ExitCode evidence_add(const EvidenceAddRequest& request, std::ostream& out, std::ostream& err) {
  const auto dossier = release_known(request.dossier, request.release);
  if (!dossier) return refused(dossier.error(), err);
  ev::EvidenceRecord r;
  r.shows = request.shows;
  r.release = request.release;
  r.tool = request.tool;
  r.tool_version = request.tool_version;
  r.outcome = request.outcome;
  r.detail = request.detail;
  r.at = utc_text(request.now);
  r.good_until = request.good_until;
  r.retain_until = retained(*dossier, request.release);
  r.stale_when = request.stale_when;
  r.answers = request.answers;
  const auto artefacts = hashed(request.dossier, request.artefacts), inputs = hashed(request.dossier, request.inputs);
  if (!artefacts) return refused(artefacts.error(), err);
  if (!inputs) return refused(inputs.error(), err);
  r.artefacts = *artefacts;
  r.inputs = *inputs;
  const auto signer = LeafSigner::open(request.dossier, request.key);
  if (!signer) return refused(signer.error(), err);
  const auto law = law::load();
  if (!law) return refused(law.error(), err);
  if (const auto bound = bind_to_dossier(request.dossier, *dossier, **law, r); !bound) return refused(bound.error(), err);
  if (const auto stays = ledger_stays(request.dossier); !stays) return refused(stays.error(), err);
  const fs::path folder = ledger_folder(request.dossier);
  std::error_code ec;
  fs::create_directories(folder, ec);
  if (request.file) {
    const auto bytes = read_file(*request.file, file_limit);
    if (!bytes) return refused(bytes.error(), err);
    auto blob = ev::put_blob(folder, *bytes, request.file->filename().string(), media_type_of(*request.file));
    if (!blob) return refused(blob.error(), err, ExitCode::cannot_write);
    r.blob = std::move(*blob);
  }
  if (!request.person.empty()) {
    auto name = ev::commit_to(folder, request.person, ev::random_bytes(32));
    if (!name) return refused(name.error(), err, ExitCode::cannot_write);
    r.person_commitment = std::move(*name);
  }
  const ExitCode code = append(request.dossier, signer->with_approvals({ev::to_leaf(r)}), out, err);
  if (code == ExitCode::clear) out << signer->words() << "\n";
  if (code == ExitCode::clear && !r.retain_until) out << "how long to keep it is not known: the release's day of placing or the end of its support is missing\n";
  return code;
}

ExitCode evidence_import(const EvidenceImportRequest& request, std::ostream& out, std::ostream& err) {
  const auto dossier = release_known(request.dossier, request.release);
  if (!dossier) return refused(dossier.error(), err);
  const auto bytes = read_file(request.file, file_limit);
  if (!bytes) return refused(bytes.error(), err);
  auto imported = ev::import_evidence(request.file.string(), *bytes, utc_text(request.now));
  if (!imported) {
    // What attacks on a language model found is counted again from its attempts.
    if (auto attacks = threats::imports::read_import(request.file.string(), *bytes)) {
      attacks->sha256 = sha256_hex(*bytes);
      nlohmann::ordered_json results = {{"results", nlohmann::ordered_json::array({threats::to_json(threats::imports::to_result(*attacks))})}};
      imported = ev::import_evidence(request.file.string(), text::to_json_text(results, text::JsonLayout::compact), utc_text(request.now));
      if (imported) {
        for (ev::EvidenceRecord& r : imported->records) {
          r.tool = attacks->tool;
          r.tool_version = attacks->tool_version;
        }
      }
    }
  }
  if (!imported) return refused(imported.error(), err);
  const auto artefacts = hashed(request.dossier, request.artefacts);
  if (!artefacts) return refused(artefacts.error(), err);
  const auto signer = LeafSigner::open(request.dossier, request.key);
  if (!signer) return refused(signer.error(), err);
  if (const auto stays = ledger_stays(request.dossier); !stays) return refused(stays.error(), err);
  const fs::path folder = ledger_folder(request.dossier);
  std::error_code ec;
  fs::create_directories(folder, ec);
  const auto blob = ev::put_blob(folder, *bytes, request.file.filename().string(), media_type_of(request.file));
  if (!blob) return refused(blob.error(), err, ExitCode::cannot_write);
  const auto law = law::load();
  if (!law) return refused(law.error(), err);
  std::vector<std::string> leaves;
  for (ev::EvidenceRecord& r : imported->records) {
    r.law_sha256 = (*law)->base.sha256;
    // What this program's own test found speaks to the controls that the law names for it, if it is said what it is about.
    if (!r.test.empty() && !artefacts->empty())
      for (const rules::Control& c : (*law)->base.controls)
        if (std::find(c.tested_by.begin(), c.tested_by.end(), r.test) != c.tested_by.end()) r.answers.push_back(c.id);
    r.release = request.release;
    r.artefacts.insert(r.artefacts.end(), artefacts->begin(), artefacts->end());
    r.answers.insert(r.answers.end(), request.answers.begin(), request.answers.end());
    r.good_until = request.good_until;
    r.retain_until = retained(*dossier, request.release);
    r.blob = *blob;
    leaves.push_back(ev::to_leaf(r));
    out << imported->format << ": " << r.outcome << "  " << r.shows << (r.detail.empty() ? "" : ": " + r.detail) << "\n";
  }
  const ExitCode code = append(request.dossier, signer->with_approvals(std::move(leaves)), out, err);
  if (code == ExitCode::clear) out << signer->words() << "\n";
  return code;
}

ExitCode evidence_checkpoint(const EvidenceCheckpointRequest& request, std::ostream& out, std::ostream& err) {
  const std::string& name = request.name.empty() ? request.origin : request.name;
  if (!ev::good_note_name(name)) return refused({error_in(name, "is no name of a signer", "no spaces and no '+'")}, err);
  const auto pem = read_file(request.key, std::size_t{1} << 16);
  if (!pem) return refused(pem.error(), err);
  const auto key = ev::SigningKey::from_pem(request.key.string(), *pem);
  if (!key) return refused(key.error(), err);
  if (const auto stays = ledger_stays(request.dossier); !stays) return refused(stays.error(), err);
  const fs::path folder = ledger_folder(request.dossier);
  const auto log_bytes = read_file(ev::log_path(folder), std::size_t{8} << 30);
  if (!log_bytes) return refused(log_bytes.error(), err);
  const auto scan = ev::scan_log(ev::log_path(folder).string(), *log_bytes);
  if (!scan) return refused(scan.error(), err);
  if (!scan->damage.empty()) return refused(scan->damage, err);
  const std::string note = ev::sign_note(ev::checkpoint_text({request.origin, scan->size, scan->head.root()}), name, *key);
  const fs::path path = folder / "checkpoints" / (std::to_string(scan->size) + ".txt");
  std::error_code ec;
  fs::create_directories(path.parent_path(), ec);
  if (const auto written = write_file_atomically(path, note); !written) return refused(written.error(), err, ExitCode::cannot_write);
  out << note;
  return ExitCode::clear;
}

ExitCode evidence_approve(const EvidenceApproveRequest& request, std::ostream& out, std::ostream& err) {
  const auto pem = read_file(request.key, std::size_t{1} << 16);
  if (!pem) return refused(pem.error(), err);
  const auto key = ev::SigningKey::from_pem(request.key.string(), *pem);
  if (!key) return refused(key.error(), err);
  const auto leaves = ev::read_leaves(ledger_folder(request.dossier));
  if (!leaves) return refused(leaves.error(), err);
  if (request.leaf >= leaves->size()) return refused({error_in(request.dossier.string(), "the ledger has no leaf " + std::to_string(request.leaf))}, err);
  ev::Envelope envelope{ev::approval_payload((*leaves)[request.leaf].hash), ev::approval_type, {}};
  envelope.signatures.push_back({"", key->sign(ev::pre_authentication(envelope.payload_type, envelope.payload))});
  return append(request.dossier, {ev::approval_leaf(ev::write_envelope(envelope))}, out, err);
}

}  // namespace duolex::workspace
