#include "workspace/evidence/signed_manifest.h"

#include <nlohmann/json.hpp>

#include "base/hash.h"
#include "evidence/dsse.h"
#include "evidence/note.h"

namespace duolex::workspace {
namespace {

constexpr const char* payload_type = "application/vnd.duolex.data-manifest+json";

bool is_envelope(const std::string& bytes) {
  // A manifest can be long; what tells them apart stands at its top level.
  const auto j = nlohmann::json::parse(bytes, [](int depth, nlohmann::json::parse_event_t, nlohmann::json&) { return depth <= 1; }, false);
  return j.is_object() && j.contains("payloadType");
}

}  // namespace

Result<std::string> sign_manifest(const std::string& manifest, const std::string& key_file, const std::string& key_pem) {
  const auto key = evidence::SigningKey::from_pem(key_file, key_pem);
  if (!key) return tl::unexpected(key.error());
  evidence::Envelope e{manifest, payload_type, {}};
  e.signatures.push_back({sha256_hex(key->public_key().raw()).substr(0, 16), key->sign(evidence::pre_authentication(e.payload_type, e.payload))});
  return evidence::write_envelope(e);
}

Result<ReadManifest> read_manifest_file(const std::string& file, const std::string& bytes, const std::vector<std::string>& keys) {
  ReadManifest out;
  std::string text = bytes;
  std::vector<evidence::TrustedKey> trusted;
  for (const std::string& k : keys) {
    const auto parsed = evidence::NoteVerifier::parse(k);
    if (!parsed) return failure(error_in("--baseline-key", "'" + k.substr(0, 80) + "' is no key of the form name+id+base64"));
    trusted.push_back({parsed->name, parsed->key});
  }
  out.sealed = is_envelope(bytes);
  if (out.sealed) {
    const auto envelope = evidence::read_envelope(file, bytes);
    if (!envelope) return tl::unexpected(envelope.error());
    if (envelope->payload_type != payload_type) return failure(error_in(file, "is an envelope of '" + envelope->payload_type.substr(0, 80) + "', not of a manifest of data"));
    out.signers = signers_of(*envelope, trusted);
    text = envelope->payload;
  }
  if (!keys.empty() && out.signers.empty())
    return failure(error_in(file, out.sealed ? "is signed by none of the keys given" : "is not signed; a key was given to hold it against"));
  auto manifest = threats::data::read_manifest(file, text);
  if (!manifest) return tl::unexpected(manifest.error());
  out.manifest = std::move(*manifest);
  return out;
}

}  // namespace duolex::workspace
