// Signatures through OpenSSL EVP. Ours are Ed25519; ECDSA on P-256 and P-384, RSA PKCS#1 and RSA-PSS are verified, for
// envelopes that others signed.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace duolex::evidence {

enum class Scheme { ed25519, ecdsa_p256_sha256, ecdsa_p384_sha384, rsa_pkcs1_sha256, rsa_pss_sha256 };

class PublicKey {
 public:
  // SubjectPublicKeyInfo in DER; for RSA `pss` chooses the scheme. Nothing for another kind of key, or RSA below 2048 bits.
  [[nodiscard]] static std::optional<PublicKey> from_der(std::string_view der, bool pss = false);
  [[nodiscard]] static std::optional<PublicKey> from_ed25519(std::string_view raw32);

  [[nodiscard]] Scheme scheme() const { return scheme_; }
  // The 32 bytes of an Ed25519 key.
  [[nodiscard]] std::string raw() const;
  [[nodiscard]] bool verify(std::string_view message, std::string_view signature) const;

 private:
  std::shared_ptr<void> key_;
  Scheme scheme_ = Scheme::ed25519;
};

// An Ed25519 key that signs.
class SigningKey {
 public:
  [[nodiscard]] static SigningKey generate();
  [[nodiscard]] static SigningKey from_seed(std::string_view seed32);
  // PKCS#8 in PEM, without a password.
  [[nodiscard]] static Result<SigningKey> from_pem(const std::string& file, const std::string& pem);
  [[nodiscard]] std::string to_pem() const;

  [[nodiscard]] std::string sign(std::string_view message) const;
  [[nodiscard]] PublicKey public_key() const;

 private:
  std::shared_ptr<void> key_;
};

// n random bytes of the system.
[[nodiscard]] std::string random_bytes(std::size_t n);

}  // namespace duolex::evidence
