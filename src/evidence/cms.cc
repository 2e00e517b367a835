#include "evidence/cms.h"

// Engines are deprecated in OpenSSL 3, and the way to a token that Debian 12 has; its provider for PKCS#11 came later.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/cms.h>
#include <openssl/engine.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pkcs12.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <memory>

#include "base/hash.h"

namespace duolex::evidence {
namespace {

template <auto free_function>
struct Free {
  template <class T>
  void operator()(T* p) const {
    free_function(p);
  }
};
void free_certificates(STACK_OF(X509) * all) { sk_X509_pop_free(all, X509_free); }
void free_list(STACK_OF(X509) * all) { sk_X509_free(all); }

using Bio = std::unique_ptr<BIO, Free<BIO_free_all>>;
using Pkcs12 = std::unique_ptr<PKCS12, Free<PKCS12_free>>;
using Key = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Free<X509_free>>;
using Certificates = std::unique_ptr<STACK_OF(X509), Free<free_certificates>>;
using Borrowed = std::unique_ptr<STACK_OF(X509), Free<free_list>>;
using Store = std::unique_ptr<X509_STORE, Free<X509_STORE_free>>;
using Engine = std::unique_ptr<ENGINE, Free<ENGINE_free>>;
using Initialised = std::unique_ptr<ENGINE, Free<ENGINE_finish>>;
using Cms = std::unique_ptr<CMS_ContentInfo, Free<CMS_ContentInfo_free>>;

Failure refuse(const std::string& what) {
  std::string why;
  if (const unsigned long code = ERR_peek_last_error(); code != 0) {
    char text[256];
    ERR_error_string_n(code, text, sizeof text);
    why = text;
  }
  ERR_clear_error();
  return failure(error_in("", what, why));
}

Bio memory(std::string_view bytes) { return Bio(BIO_new_mem_buf(bytes.data(), static_cast<int>(bytes.size()))); }

std::string taken(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return {data, static_cast<std::size_t>(size)};
}

std::string digest_of(const X509* certificate) {
  unsigned char* der = nullptr;
  const int size = i2d_X509(certificate, &der);
  if (size <= 0) return "";
  std::string hex = sha256_hex(std::string_view(reinterpret_cast<char*>(der), static_cast<std::size_t>(size)));
  OPENSSL_free(der);
  return hex;
}

}  // namespace

struct Signer::Parts {
  Key key;
  Certificate certificate;
  Certificates chain;
};
Signer::Signer(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Signer::Signer(Signer&&) noexcept = default;
Signer& Signer::operator=(Signer&&) noexcept = default;
Signer::~Signer() = default;

Result<Signer> signer_from_pkcs12(std::string_view pkcs12, const std::string& password) {
  const Bio in = memory(pkcs12);
  const Pkcs12 store(d2i_PKCS12_bio(in.get(), nullptr));
  if (!store) return refuse("the key is no PKCS#12 file");
  EVP_PKEY* raw_key = nullptr;
  X509* raw_certificate = nullptr;
  STACK_OF(X509)* raw_chain = nullptr;
  if (PKCS12_parse(store.get(), password.c_str(), &raw_key, &raw_certificate, &raw_chain) != 1)
    return refuse("the PKCS#12 file cannot be opened with this password");
  auto parts = std::make_unique<Signer::Parts>();
  parts->key.reset(raw_key);
  parts->certificate.reset(raw_certificate);
  parts->chain.reset(raw_chain);
  if (!parts->key || !parts->certificate) return refuse("the PKCS#12 file has no key with its certificate");
  return Signer(std::move(parts));
}

Result<Signer> signer_from_token(const std::string& uri, const std::string& module, const std::string& pin) {
  ENGINE_load_dynamic();
  const Engine engine(ENGINE_by_id("pkcs11"));
  if (!engine) return refuse("the engine for PKCS#11 is not installed; it is the package libengine-pkcs11-openssl");
  ENGINE_ctrl_cmd_string(engine.get(), "QUIET", nullptr, 0);  // what goes wrong is said by the caller
  if (!module.empty() && ENGINE_ctrl_cmd_string(engine.get(), "MODULE_PATH", module.c_str(), 0) != 1) return refuse("the library of the token is not taken: " + module);
  if (!pin.empty() && ENGINE_ctrl_cmd_string(engine.get(), "PIN", pin.c_str(), 0) != 1) return refuse("the PIN is not taken");
  if (ENGINE_init(engine.get()) != 1) return refuse("the token's library cannot be loaded: " + (module.empty() ? "none is named" : module));
  const Initialised initialised(engine.get());
  struct {
    const char* name;
    X509* certificate;
  } found{uri.c_str(), nullptr};
  if (ENGINE_ctrl_cmd(engine.get(), "LOAD_CERT_CTRL", 0, &found, nullptr, 0) != 1 || found.certificate == nullptr)
    return refuse("the token has no certificate " + uri);
  auto parts = std::make_unique<Signer::Parts>();
  parts->certificate.reset(found.certificate);
  parts->key.reset(ENGINE_load_private_key(engine.get(), uri.c_str(), nullptr, nullptr));
  if (!parts->key) return refuse("the token does not give its key " + uri + "; is the PIN right?");
  if (X509_check_private_key(parts->certificate.get(), parts->key.get()) != 1) return refuse("key and certificate of the token do not belong together");
  return Signer(std::move(parts));
}

Result<std::string> sign_cades(std::string_view document, const Signer& signer) {
  const Signer::Parts& with = signer.parts();
  const Bio content = memory(document);
  const Cms cms(CMS_sign(with.certificate.get(), with.key.get(), with.chain.get(), content.get(), CMS_BINARY | CMS_DETACHED | CMS_CADES | CMS_NOSMIMECAP));
  if (!cms) return refuse("the document cannot be signed");
  const Bio out(BIO_new(BIO_s_mem()));
  if (i2d_CMS_bio(out.get(), cms.get()) != 1) return refuse("the signature cannot be written");
  return taken(out.get());
}

Result<SignedBy> verify_cades(std::string_view document, std::string_view signature) {
  const Bio in = memory(signature);
  const Cms cms(d2i_CMS_bio(in.get(), nullptr));
  if (!cms) return refuse("this is no CMS signature");
  const Bio content = memory(document);
  // The certificates it carries are taken as they are, whatever they are for and whenever they are valid: OpenSSL checks
  // the CAdES attribute only along a chain.
  const Store store(X509_STORE_new());
  const Certificates carried(CMS_get1_certs(cms.get()));
  for (int i = 0; i < sk_X509_num(carried.get()); ++i) X509_STORE_add_cert(store.get(), sk_X509_value(carried.get(), i));
  X509_STORE_set_flags(store.get(), X509_V_FLAG_PARTIAL_CHAIN | X509_V_FLAG_NO_CHECK_TIME);
  X509_STORE_set_purpose(store.get(), X509_PURPOSE_ANY);
  if (CMS_verify(cms.get(), nullptr, store.get(), content.get(), nullptr, CMS_BINARY | CMS_CADES) != 1)
    return refuse("the signature is not one over this document");
  const Borrowed signers(CMS_get0_signers(cms.get()));
  if (!signers || sk_X509_num(signers.get()) != 1) return refuse("the signature does not have one signer");
  const X509* signer = sk_X509_value(signers.get(), 0);
  const Bio name(BIO_new(BIO_s_mem()));
  X509_NAME_print_ex(name.get(), X509_get_subject_name(signer), 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB);
  return SignedBy{taken(name.get()), digest_of(signer)};
}

}  // namespace duolex::evidence
