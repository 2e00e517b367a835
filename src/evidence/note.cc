#include "evidence/note.h"

#include <algorithm>
#include <charconv>

#include "evidence/encoding.h"

namespace duolex::evidence {
namespace {

constexpr std::size_t note_limit = std::size_t{1} << 20;
constexpr std::string_view dash = "\xe2\x80\x94 ";

std::string key_id(const std::string& name, const PublicKey& key) {
  const Hash hash = sha256(name + "\n\x01" + key.raw());
  return std::string(bytes_of(hash).substr(0, 4));
}

std::string taken_line(const std::string& text, std::size_t& at) {
  const std::size_t end = text.find('\n', at);
  if (end == std::string::npos) {
    at = std::string::npos;
    return "";
  }
  std::string line = text.substr(at, end - at);
  at = end + 1;
  return line;
}

}  // namespace

bool good_note_name(const std::string& name) {
  return !name.empty() && name.size() <= 256 && std::none_of(name.begin(), name.end(), [](char c) { return c == '+' || static_cast<unsigned char>(c) <= ' ' || c == '\x7f'; });
}

std::optional<NoteVerifier> NoteVerifier::parse(const std::string& text) {
  const std::size_t first = text.find('+');
  if (first == std::string::npos) return std::nullopt;
  const std::size_t second = text.find('+', first + 1);
  if (second == std::string::npos) return std::nullopt;
  const std::string name = text.substr(0, first);
  const auto id = from_hex(text.substr(first + 1, second - first - 1));
  const auto key = from_base64(text.substr(second + 1));
  if (!good_note_name(name) || !id || id->size() != 4 || !key || key->size() != 33 || (*key)[0] != '\x01') return std::nullopt;
  const auto parsed = PublicKey::from_ed25519(key->substr(1));
  if (!parsed || key_id(name, *parsed) != *id) return std::nullopt;
  return NoteVerifier{name, *parsed};
}

std::string NoteVerifier::text() const { return name + "+" + to_hex(key_id(name, key)) + "+" + to_base64("\x01" + key.raw()); }

std::optional<Note> parse_note(const std::string& bytes) {
  if (bytes.size() > note_limit) return std::nullopt;
  const std::size_t gap = bytes.rfind("\n\n");
  if (gap == std::string::npos || bytes.back() != '\n') return std::nullopt;
  for (const char c : bytes) {
    if (static_cast<unsigned char>(c) < ' ' && c != '\n') return std::nullopt;
  }
  Note note;
  note.text = bytes.substr(0, gap + 1);
  std::size_t at = gap + 2;
  while (at < bytes.size()) {
    const std::string line = taken_line(bytes, at);
    if (at == std::string::npos || !line.starts_with(dash)) return std::nullopt;
    const std::size_t space = line.find(' ', dash.size());
    if (space == std::string::npos) return std::nullopt;
    const std::string name = line.substr(dash.size(), space - dash.size());
    const auto decoded = from_base64(line.substr(space + 1));
    if (!good_note_name(name) || !decoded || decoded->size() < 5 || note.signatures.size() >= 100) return std::nullopt;
    note.signatures.push_back({name, decoded->substr(0, 4), decoded->substr(4)});
  }
  if (note.signatures.empty()) return std::nullopt;
  return note;
}

std::string sign_note(const std::string& text, const std::string& name, const SigningKey& key) {
  return text + "\n" + std::string(dash) + name + " " + to_base64(key_id(name, key.public_key()) + key.sign(text)) + "\n";
}

bool signed_by(const Note& note, const NoteVerifier& signer) {
  const std::string id = key_id(signer.name, signer.key);
  bool found = false;
  for (const NoteSignature& s : note.signatures) {
    if (s.name != signer.name || s.id != id) continue;
    if (!signer.key.verify(note.text, s.signature)) return false;
    found = true;
  }
  return found;
}

std::string checkpoint_text(const Checkpoint& c) { return c.origin + "\n" + std::to_string(c.size) + "\n" + to_base64(bytes_of(c.root)) + "\n"; }

std::optional<Checkpoint> parse_checkpoint(const std::string& text) {
  Checkpoint c;
  std::size_t at = 0;
  c.origin = taken_line(text, at);
  if (at == std::string::npos || c.origin.empty()) return std::nullopt;
  const std::string size = taken_line(text, at);
  if (at == std::string::npos || size.empty() || (size.size() > 1 && size[0] == '0')) return std::nullopt;
  const auto [end, error] = std::from_chars(size.data(), size.data() + size.size(), c.size);
  if (error != std::errc() || end != size.data() + size.size()) return std::nullopt;
  const std::string root = taken_line(text, at);
  if (at == std::string::npos) return std::nullopt;
  const auto bytes = from_base64(root);
  if (!bytes || bytes->size() != 32) return std::nullopt;
  std::copy(bytes->begin(), bytes->end(), c.root.begin());
  return c;
}

}  // namespace duolex::evidence
