// DSSE envelopes, version 1: a payload with its type, and signatures over both.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "evidence/signature.h"

namespace duolex::evidence {

struct EnvelopeSignature {
  std::string keyid, signature;  // the signature's bytes
};
struct Envelope {
  std::string payload, payload_type;  // the payload's bytes
  std::vector<EnvelopeSignature> signatures;
};

// Standard or URL-safe base64 is taken for payload and signatures.
[[nodiscard]] Result<Envelope> read_envelope(const std::string& file, const std::string& bytes);
[[nodiscard]] std::string write_envelope(const Envelope& envelope);
// What is signed: "DSSEv1 <length> <type> <length> <payload>".
[[nodiscard]] std::string pre_authentication(const std::string& payload_type, const std::string& payload);

struct TrustedKey {
  std::string id;
  PublicKey key;
};
// The keys, each counted once, of which a signature holds. A key id only says which key to try first and is not trusted.
[[nodiscard]] std::vector<std::string> signers_of(const Envelope& envelope, const std::vector<TrustedKey>& keys);

}  // namespace duolex::evidence
