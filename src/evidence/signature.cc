#include "evidence/signature.h"

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <cstdlib>

namespace duolex::evidence {
namespace {

EVP_PKEY* raw_of(const std::shared_ptr<void>& key) { return static_cast<EVP_PKEY*>(key.get()); }

std::shared_ptr<void> owned(EVP_PKEY* key) {
  return {key, [](void* k) { EVP_PKEY_free(static_cast<EVP_PKEY*>(k)); }};
}

const unsigned char* bytes(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

struct Context {
  EVP_MD_CTX* ctx = EVP_MD_CTX_new();
  Context() = default;
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;
  ~Context() { EVP_MD_CTX_free(ctx); }
};

std::optional<Scheme> scheme_of(EVP_PKEY* key, bool pss) {
  switch (EVP_PKEY_get_base_id(key)) {
    case EVP_PKEY_ED25519: return Scheme::ed25519;
    case EVP_PKEY_RSA:
      if (EVP_PKEY_get_bits(key) < 2048) return std::nullopt;
      return pss ? Scheme::rsa_pss_sha256 : Scheme::rsa_pkcs1_sha256;
    case EVP_PKEY_EC: {
      char name[64] = {};
      std::size_t length = 0;
      if (EVP_PKEY_get_group_name(key, name, sizeof name, &length) != 1) return std::nullopt;
      if (std::string_view(name) == "prime256v1") return Scheme::ecdsa_p256_sha256;
      if (std::string_view(name) == "secp384r1") return Scheme::ecdsa_p384_sha384;
      return std::nullopt;
    }
    default: return std::nullopt;
  }
}

const EVP_MD* digest_of(Scheme scheme) {
  if (scheme == Scheme::ed25519) return nullptr;
  return scheme == Scheme::ecdsa_p384_sha384 ? EVP_sha384() : EVP_sha256();
}

}  // namespace

std::optional<PublicKey> PublicKey::from_der(std::string_view der, bool pss) {
  const unsigned char* at = bytes(der);
  EVP_PKEY* key = d2i_PUBKEY(nullptr, &at, static_cast<long>(der.size()));
  ERR_clear_error();
  if (key == nullptr) return std::nullopt;
  PublicKey out;
  out.key_ = owned(key);
  const auto scheme = scheme_of(key, pss);
  if (!scheme || at != bytes(der) + der.size()) return std::nullopt;
  out.scheme_ = *scheme;
  return out;
}

std::optional<PublicKey> PublicKey::from_ed25519(std::string_view raw32) {
  if (raw32.size() != 32) return std::nullopt;
  EVP_PKEY* key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytes(raw32), raw32.size());
  ERR_clear_error();
  if (key == nullptr) return std::nullopt;
  PublicKey out;
  out.key_ = owned(key);
  return out;
}

std::string PublicKey::raw() const {
  std::string out(32, '\0');
  std::size_t length = out.size();
  if (EVP_PKEY_get_raw_public_key(raw_of(key_), reinterpret_cast<unsigned char*>(out.data()), &length) != 1) return "";
  return out;
}

bool PublicKey::verify(std::string_view message, std::string_view signature) const {
  Context context;
  EVP_PKEY_CTX* key_context = nullptr;
  bool good = EVP_DigestVerifyInit(context.ctx, &key_context, digest_of(scheme_), nullptr, raw_of(key_)) == 1;
  if (good && scheme_ == Scheme::rsa_pss_sha256) {
    good = EVP_PKEY_CTX_set_rsa_padding(key_context, RSA_PKCS1_PSS_PADDING) == 1 && EVP_PKEY_CTX_set_rsa_mgf1_md(key_context, EVP_sha256()) == 1 &&
           EVP_PKEY_CTX_set_rsa_pss_saltlen(key_context, RSA_PSS_SALTLEN_DIGEST) == 1;
  }
  good = good && EVP_DigestVerify(context.ctx, bytes(signature), signature.size(), bytes(message), message.size()) == 1;
  ERR_clear_error();
  return good;
}

SigningKey SigningKey::generate() {
  SigningKey key;
  key.key_ = owned(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  if (!key.key_) std::abort();
  return key;
}

SigningKey SigningKey::from_seed(std::string_view seed32) {
  SigningKey key;
  key.key_ = owned(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, bytes(seed32), seed32.size()));
  if (!key.key_) std::abort();
  return key;
}

Result<SigningKey> SigningKey::from_pem(const std::string& file, const std::string& pem) {
  BIO* bio = BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
  const auto no_password = [](char*, int, int, void*) { return -1; };
  EVP_PKEY* read = PEM_read_bio_PrivateKey(bio, nullptr, no_password, nullptr);
  BIO_free(bio);
  ERR_clear_error();
  SigningKey key;
  if (read != nullptr) key.key_ = owned(read);
  if (read == nullptr || EVP_PKEY_get_base_id(read) != EVP_PKEY_ED25519) {
    return failure(error_in(file, "is no Ed25519 key in PEM", "'duolex evidence key' makes one; a password is not supported"));
  }
  return key;
}

std::string SigningKey::to_pem() const {
  BIO* bio = BIO_new(BIO_s_mem());
  PEM_write_bio_PKCS8PrivateKey(bio, raw_of(key_), nullptr, nullptr, 0, nullptr, nullptr);
  char* data = nullptr;
  const long length = BIO_get_mem_data(bio, &data);
  std::string pem(data, static_cast<std::size_t>(length));
  BIO_free(bio);
  return pem;
}

std::string SigningKey::sign(std::string_view message) const {
  Context context;
  std::string signature(64, '\0');
  std::size_t length = signature.size();
  if (EVP_DigestSignInit(context.ctx, nullptr, nullptr, nullptr, raw_of(key_)) != 1 ||
      EVP_DigestSign(context.ctx, reinterpret_cast<unsigned char*>(signature.data()), &length, bytes(message), message.size()) != 1) {
    std::abort();
  }
  return signature;
}

PublicKey SigningKey::public_key() const {
  std::string raw(32, '\0');
  std::size_t length = raw.size();
  EVP_PKEY_get_raw_public_key(raw_of(key_), reinterpret_cast<unsigned char*>(raw.data()), &length);
  return *PublicKey::from_ed25519(raw);
}

std::string random_bytes(std::size_t n) {
  std::string out(n, '\0');
  if (RAND_bytes(reinterpret_cast<unsigned char*>(out.data()), static_cast<int>(n)) != 1) std::abort();
  return out;
}

}  // namespace duolex::evidence
