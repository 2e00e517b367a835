// Signatures over documents: CMS with the CAdES attribute that binds the signer's certificate (ETSI EN 319 122-1, baseline
// B without a claimed place), detached, by OpenSSL.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace duolex::evidence {

// A private key with its certificate, wherever it is: in a file or on a token, which it need not leave.
class Signer {
 public:
  struct Parts;
  explicit Signer(std::unique_ptr<Parts> parts);
  Signer(Signer&&) noexcept;
  Signer& operator=(Signer&&) noexcept;
  ~Signer();
  [[nodiscard]] const Parts& parts() const { return *parts_; }

 private:
  std::unique_ptr<Parts> parts_;
};
// `pkcs12`: bytes of a PKCS#12 file with key and certificate.
[[nodiscard]] Result<Signer> signer_from_pkcs12(std::string_view pkcs12, const std::string& password);
// `uri`: of a key and the certificate under the same name, "pkcs11:token=…;object=…" (RFC 7512). `module`: the library
// of the token. Through OpenSSL's engine for PKCS#11, which is loaded here and by nothing else.
[[nodiscard]] Result<Signer> signer_from_token(const std::string& uri, const std::string& module, const std::string& pin);

// The signature, in DER, carries the signing time of the machine; everything else follows from the arguments.
[[nodiscard]] Result<std::string> sign_cades(std::string_view document, const Signer& signer);

struct SignedBy {
  std::string subject;      // of the certificate, RFC 2253
  std::string certificate;  // its SHA-256
};
// Whether the signature is one over these bytes, by the certificate it carries. Whether that certificate is to be
// trusted is not checked here: it is named, and the caller compares it.
[[nodiscard]] Result<SignedBy> verify_cades(std::string_view document, std::string_view signature);

}  // namespace duolex::evidence
