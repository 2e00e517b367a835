#include "base/hash.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <cstdlib>

namespace duolex {

namespace {

// A configuration of the machine has no say in a hash, and takes longer to read than the hash.
void start() {
  static const int started = OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, nullptr);
  if (started != 1) std::abort();
}

EVP_MD_CTX* begin(const EVP_MD* algorithm) {
  start();
  EVP_MD_CTX* md = EVP_MD_CTX_new();
  if (md == nullptr) std::abort();
  if (EVP_DigestInit_ex(md, algorithm, nullptr) == 1) return md;
  EVP_MD_CTX_free(md);
  return nullptr;
}

void add_to(EVP_MD_CTX* md, std::string_view bytes) {
  if (EVP_DigestUpdate(md, bytes.data(), bytes.size()) != 1) std::abort();
}

// Found once: OpenSSL looks for it again in every hash otherwise, which takes longer than a short hash does.
const EVP_MD* sha256() {
  start();
  static const EVP_MD* const found = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  return found != nullptr ? found : EVP_sha256();
}

std::string end(EVP_MD_CTX* md) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  if (EVP_DigestFinal_ex(md, digest, &size) != 1) std::abort();
  static const char* const digits = "0123456789abcdef";
  std::string text;
  for (unsigned int i = 0; i < size; ++i) {
    text += digits[digest[i] >> 4];
    text += digits[digest[i] & 15];
  }
  return text;
}

}  // namespace

struct Sha256::Context {
  EVP_MD_CTX* md = begin(sha256());
  Context() {
    if (md == nullptr) std::abort();
  }
  ~Context() { EVP_MD_CTX_free(md); }
};
Sha256::Sha256() : context_(std::make_unique<Context>()) {}
Sha256::~Sha256() = default;
void Sha256::add(std::string_view bytes) { add_to(context_->md, bytes); }
std::string Sha256::hex() { return end(context_->md); }
std::array<std::uint8_t, 32> Sha256::digest() {
  std::array<std::uint8_t, 32> out{};
  if (EVP_DigestFinal_ex(context_->md, out.data(), nullptr) != 1) std::abort();
  return out;
}

struct Md5::Context {
  EVP_MD_CTX* md = begin(EVP_md5());
  ~Context() { EVP_MD_CTX_free(md); }
};
Md5::Md5() : context_(std::make_unique<Context>()) {}
Md5::~Md5() = default;
void Md5::add(std::string_view bytes) {
  if (context_->md != nullptr) add_to(context_->md, bytes);
}
std::string Md5::hex() { return context_->md == nullptr ? "" : end(context_->md); }

std::string sha256_hex(std::string_view bytes) {
  Sha256 hash;
  hash.add(bytes);
  return hash.hex();
}

}  // namespace duolex
