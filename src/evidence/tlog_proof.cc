#include "evidence/tlog_proof.h"

#include <algorithm>
#include <charconv>

#include "evidence/encoding.h"

namespace duolex::evidence {
namespace {

constexpr std::string_view header = "c2sp.org/tlog-proof@v1";
constexpr std::size_t most_hashes = 64;  // a tree of 2^64 leaves has no longer proof

}  // namespace

std::string tlog_proof_text(const TlogProof& proof) {
  std::string out = std::string(header) + "\nindex " + std::to_string(proof.index) + "\n";
  for (const Hash& hash : proof.hashes) out += to_base64(bytes_of(hash)) + "\n";
  return out + "\n" + proof.checkpoint;
}

std::optional<TlogProof> parse_tlog_proof(const std::string& text) {
  std::size_t at = 0;
  const auto line = [&]() -> std::optional<std::string> {
    const std::size_t end = text.find('\n', at);
    if (end == std::string::npos) return std::nullopt;
    std::string taken = text.substr(at, end - at);
    at = end + 1;
    return taken;
  };
  if (line() != header) return std::nullopt;
  auto next = line();
  if (next && next->starts_with("extra ")) {
    if (!from_base64(next->substr(6))) return std::nullopt;
    next = line();
  }
  if (!next || !next->starts_with("index ")) return std::nullopt;
  TlogProof proof;
  const std::string number = next->substr(6);
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), proof.index);
  if (error != std::errc() || end != number.data() + number.size() || (number.size() > 1 && number[0] == '0')) return std::nullopt;
  for (next = line(); next && !next->empty(); next = line()) {
    const auto bytes = from_base64(*next);
    if (!bytes || bytes->size() != 32 || proof.hashes.size() == most_hashes) return std::nullopt;
    Hash hash;
    std::copy(bytes->begin(), bytes->end(), hash.begin());
    proof.hashes.push_back(hash);
  }
  if (!next) return std::nullopt;
  proof.checkpoint = text.substr(at);
  return proof;
}

std::string doubt_of(const TlogProof& proof, std::string_view leaf, const std::vector<NoteVerifier>& signers) {
  const auto note = parse_note(proof.checkpoint);
  const auto checkpoint = note ? parse_checkpoint(note->text) : std::nullopt;
  if (!checkpoint) return "the proof carries no signed checkpoint";
  if (std::none_of(signers.begin(), signers.end(), [&](const NoteVerifier& s) { return signed_by(*note, s); })) {
    return "the checkpoint is signed by none of the keys given";
  }
  if (!verify_inclusion(proof.index, checkpoint->size, leaf_hash(leaf), proof.hashes, checkpoint->root)) {
    return "the leaf is not at index " + std::to_string(proof.index) + " of the tree that was signed";
  }
  return "";
}

}  // namespace duolex::evidence
