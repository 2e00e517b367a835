#include <ostream>

#include "base/file.h"
#include "evidence/encoding.h"
#include "evidence/ledger.h"
#include "evidence/tlog_proof.h"
#include "workspace/evidence/evidence.h"
#include "workspace/evidence/evidence_place.h"

namespace duolex::workspace {
namespace {

namespace fs = std::filesystem;
namespace ev = duolex::evidence;

ExitCode refused(const Diagnostics& errors, std::ostream& err, ExitCode code = ExitCode::bad_input) {
  err << render(errors);
  return code;
}

}  // namespace

ExitCode evidence_prove(const EvidenceProveRequest& request, std::ostream& out, std::ostream& err) {
  const auto note_bytes = read_file(request.checkpoint, std::size_t{1} << 20);
  if (!note_bytes) return refused(note_bytes.error(), err);
  const std::string name = request.checkpoint.string();
  const auto note = ev::parse_note(*note_bytes);
  const auto checkpoint = note ? ev::parse_checkpoint(note->text) : std::nullopt;
  if (!checkpoint) return refused({error_in(name, "is no signed checkpoint", "'duolex evidence checkpoint' makes one")}, err);
  const auto leaves = ev::read_leaves(ledger_folder(request.dossier));
  if (!leaves) return refused(leaves.error(), err);
  if (checkpoint->size > leaves->size()) return refused({error_in(name, "has size " + std::to_string(checkpoint->size) + ", the ledger only " + std::to_string(leaves->size()))}, err);
  if (request.leaf >= checkpoint->size) return refused({error_in(name, "was signed before leaf " + std::to_string(request.leaf) + " was recorded", "sign a new one")}, err);
  std::vector<ev::Hash> hashes;
  for (const ev::Leaf& leaf : *leaves) hashes.push_back(leaf.hash);
  if (ev::root_of(hashes, checkpoint->size) != checkpoint->root) return refused({error_in(name, "is not of this ledger, or the ledger was changed before its end")}, err);
  const ev::TlogProof proof{request.leaf, ev::inclusion_proof(hashes, request.leaf, checkpoint->size), *note_bytes};
  const std::string base = request.out.string();
  for (const auto& [path, bytes] : {std::pair{base + ".leaf", (*leaves)[request.leaf].data}, std::pair{base + ".tlog-proof", ev::tlog_proof_text(proof)}}) {
    if (const auto written = write_file_atomically(path, bytes); !written) return refused(written.error(), err, ExitCode::cannot_write);
    out << path << "\n";
  }
  return ExitCode::clear;
}

ExitCode evidence_check(const EvidenceCheckRequest& request, std::ostream& out, std::ostream& err) {
  std::vector<ev::NoteVerifier> signers;
  for (const std::string& text : request.keys) {
    const auto key = ev::NoteVerifier::parse(text);
    if (!key) return refused({error_in(text, "is no key", "name+id+base64, as 'duolex evidence key' prints it")}, err);
    signers.push_back(*key);
  }
  const auto leaf = read_file(request.leaf, ev::leaf_limit), text = read_file(request.proof, std::size_t{1} << 20);
  if (!leaf) return refused(leaf.error(), err);
  if (!text) return refused(text.error(), err);
  const auto proof = ev::parse_tlog_proof(*text);
  if (!proof) return refused({error_in(request.proof.string(), "is no proof of a ledger", "c2sp.org/tlog-proof@v1")}, err);
  if (const std::string doubt = ev::doubt_of(*proof, *leaf, signers); !doubt.empty()) {
    out << "FOUND  " << doubt << "\n";
    return ExitCode::finding;
  }
  out << "holds  the leaf is in the tree that was signed, at index " << proof->index << "\ncannot be seen here: whether what it says is true, and whether the ledger went on from there\n";
  return ExitCode::clear;
}

}  // namespace duolex::workspace
