// `duolex evidence key | add | import | list | checkpoint | approve | prove | check` and `duolex verify`: the ledger of a dossier.
#pragma once

#include <cstdint>
#include <filesystem>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include "base/day.h"
#include "base/exit_code.h"

namespace duolex::workspace {

struct EvidenceKeyRequest {
  std::filesystem::path file;  // the private key, in PEM, for the owner alone
  std::string name;            // of the signer, as checkpoints carry it
};
// Makes an Ed25519 key. Exit: 0; 65 no name for a signer; 73 the file is there, or cannot be written.
[[nodiscard]] ExitCode evidence_key(const EvidenceKeyRequest& request, std::ostream& out, std::ostream& err);

struct EvidenceAddRequest {
  std::filesystem::path dossier;
  std::string shows, release, tool, tool_version, person, outcome, detail;
  std::optional<std::filesystem::path> file;          // attached as a blob
  std::optional<std::filesystem::path> key;           // Ed25519, in PEM: an approval is recorded beside it
  std::vector<std::string> artefacts, inputs;         // paths in the dossier, hashed now
  std::vector<std::string> stale_when, answers;
  std::optional<Day> good_until;
  std::int64_t now = 0;
};
// Exit: 0 acknowledged; 65; 73.
[[nodiscard]] ExitCode evidence_add(const EvidenceAddRequest& request, std::ostream& out, std::ostream& err);

struct EvidenceImportRequest {
  std::filesystem::path dossier, file;
  std::optional<std::filesystem::path> key;  // as above, of every record
  std::string release;
  std::vector<std::string> artefacts, answers;
  std::optional<Day> good_until;
  std::int64_t now = 0;
};
// One group for the whole file. Exit: 0; 65 a file that is not read; 73.
[[nodiscard]] ExitCode evidence_import(const EvidenceImportRequest& request, std::ostream& out, std::ostream& err);

struct EvidenceListRequest {
  std::filesystem::path dossier;
  Day as_of;
  bool json = false;
};
// Exit: 0; 1 some evidence failed, is stale or has expired; 65.
[[nodiscard]] ExitCode evidence_list(const EvidenceListRequest& request, std::ostream& out, std::ostream& err);

struct EvidenceCheckpointRequest {
  std::filesystem::path dossier, key;
  std::string origin, name;
};
// Signs the tree as it is, keeps the note in the ledger and prints it, to be kept elsewhere. Exit: 0; 65; 73.
[[nodiscard]] ExitCode evidence_checkpoint(const EvidenceCheckpointRequest& request, std::ostream& out, std::ostream& err);

struct EvidenceApproveRequest {
  std::filesystem::path dossier, key;
  std::uint64_t leaf = 0;
};
// Exit: 0; 65; 73.
[[nodiscard]] ExitCode evidence_approve(const EvidenceApproveRequest& request, std::ostream& out, std::ostream& err);

struct EvidenceProveRequest {
  std::filesystem::path dossier, checkpoint, out;  // OUT.leaf and OUT.tlog-proof are written
  std::uint64_t leaf = 0;
};
// One leaf with a proof, for somebody who does not get the ledger. Exit: 0; 65 a checkpoint that does not fit; 73.
[[nodiscard]] ExitCode evidence_prove(const EvidenceProveRequest& request, std::ostream& out, std::ostream& err);

struct EvidenceCheckRequest {
  std::filesystem::path leaf, proof;
  std::vector<std::string> keys;  // name+id+base64
};
// Exit: 0 the leaf is in the tree that was signed; 1 it is not; 65.
[[nodiscard]] ExitCode evidence_check(const EvidenceCheckRequest& request, std::ostream& out, std::ostream& err);

struct VerifyRequest {
  std::filesystem::path dossier;
  std::optional<std::filesystem::path> checkpoint;
  std::vector<std::string> keys;           // name+id+base64
  std::vector<std::uint64_t> four_eyes;
  Day today;
  bool json = false;
};
// Exit: 0 nothing found; 1 a finding; 65 no ledger.
[[nodiscard]] ExitCode verify(const VerifyRequest& request, std::ostream& out, std::ostream& err);

}  // namespace duolex::workspace
