// Signatures over the files of a declaration: made here with a key, or made elsewhere and taken in.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "base/result.h"

namespace duolex::workspace {

struct Signing {
  std::string key;                      // a PKCS#12 file, or a token's "pkcs11:…"; empty: not signed here
  std::string module;                   // the library of the token
  std::filesystem::path password_file;  // its first line is the password of the file, or the PIN
  std::filesystem::path signatures;     // a folder with NAME.p7s for each file, made elsewhere; empty: none
};

struct Signatures {
  std::map<std::string, std::string> files;  // NAME.p7s
  std::string by;                            // subject of the certificate; empty: nothing is signed
};
// One for each file, or none. What was made elsewhere is taken only when it is one over these very bytes, and all of
// them are of one certificate. Mistakes: a key that cannot be used; a signature that is missing or of something else.
[[nodiscard]] Result<Signatures> signatures_over(const Signing& signing, const std::map<std::string, std::string>& files);

}  // namespace duolex::workspace
