// Signed notes and checkpoints as C2SP describes them (signed-note, tlog-checkpoint), with Ed25519.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "evidence/merkle.h"
#include "evidence/signature.h"

namespace duolex::evidence {

// "name+0123abcd+base64": a name, its key id and an Ed25519 key.
struct NoteVerifier {
  std::string name;
  PublicKey key;
  [[nodiscard]] static std::optional<NoteVerifier> parse(const std::string& text);
  [[nodiscard]] std::string text() const;
};
// A name of a note's signer: not empty, no spaces, no '+'.
[[nodiscard]] bool good_note_name(const std::string& name);

struct NoteSignature {
  std::string name, id, signature;  // id: four bytes
};
struct Note {
  std::string text;  // ends in a line feed
  std::vector<NoteSignature> signatures;
};
[[nodiscard]] std::optional<Note> parse_note(const std::string& bytes);
[[nodiscard]] std::string sign_note(const std::string& text, const std::string& name, const SigningKey& key);
// Whether this signer signed it. A signature of the signer's name and id that does not hold makes it false, even when
// another one does.
[[nodiscard]] bool signed_by(const Note& note, const NoteVerifier& signer);

struct Checkpoint {
  std::string origin;
  std::uint64_t size = 0;
  Hash root{};
};
[[nodiscard]] std::string checkpoint_text(const Checkpoint& checkpoint);
// The first three lines of a note; more lines may follow.
[[nodiscard]] std::optional<Checkpoint> parse_checkpoint(const std::string& note_text);

}  // namespace duolex::evidence
