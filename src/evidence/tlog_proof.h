// A proof that a leaf is in a ledger, for somebody who has neither the ledger nor the network: the C2SP format
// tlog-proof, version 1. It carries the checkpoint as it was signed; the leaf itself is handed over beside it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "evidence/note.h"

namespace duolex::evidence {

struct TlogProof {
  std::uint64_t index = 0;
  Proof hashes;
  std::string checkpoint;  // the signed note
};

[[nodiscard]] std::string tlog_proof_text(const TlogProof& proof);
// Extra data, which nobody signs, is skipped.
[[nodiscard]] std::optional<TlogProof> parse_tlog_proof(const std::string& text);

// Why the leaf is not shown to be in the ledger of one of these signers; "" when it is.
[[nodiscard]] std::string doubt_of(const TlogProof& proof, std::string_view leaf, const std::vector<NoteVerifier>& signers);

}  // namespace duolex::evidence
