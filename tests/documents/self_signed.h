// A key of its own with a certificate that it signed itself, as a PKCS#12 store without a password: to sign with in a test.
#pragma once

#include <openssl/evp.h>

#include <string>

namespace duolex::tests {

// The bytes of the store, good for an hour from now. Takes the key.
[[nodiscard]] std::string self_signed_pkcs12(EVP_PKEY* key);

}  // namespace duolex::tests
