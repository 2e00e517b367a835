// Signatures over documents: CMS with the CAdES attribute that binds the signer's certificate (ETSI EN 319 122-1, baseline
// B without a claimed place), detached, by OpenSSL.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace duolex::evidence {

// `pkcs12`: bytes of a PKCS#12 file with key and certificate. The signature, in DER, carries the signing time of the
// machine; everything else follows from the arguments.
[[nodiscard]] Result<std::string> sign_cades(std::string_view document, std::string_view pkcs12, const std::string& password);

struct SignedBy {
  std::string subject;      // of the certificate, RFC 2253
  std::string certificate;  // its SHA-256
};
// Whether the signature is one over these bytes, by the certificate it carries. Whether that certificate is to be
// trusted is not checked here: it is named, and the caller compares it.
[[nodiscard]] Result<SignedBy> verify_cades(std::string_view document, std::string_view signature);

}  // namespace duolex::evidence
