#include "workspace/joint_file/signatures.h"

#include "base/file.h"
#include "evidence/cms.h"

namespace duolex::workspace {
namespace {

Result<Signatures> taken_in(const std::filesystem::path& folder, const std::map<std::string, std::string>& files) {
  Signatures out;
  std::string certificate;
  Diagnostics errors;
  for (const auto& [name, bytes] : files) {
    const std::filesystem::path path = folder / (name + ".p7s");
    auto signature = read_file(path, std::size_t{1} << 20);
    if (!signature) {
      errors.insert(errors.end(), signature.error().begin(), signature.error().end());
      continue;
    }
    const auto by = evidence::verify_cades(bytes, *signature);
    if (!by) {
      errors.push_back(error_in(path.string(), by.error()[0].message + " as it is written now", "sign the files that 'duolex declare' writes, with the same --as-of, --language and --format"));
      continue;
    }
    if (!certificate.empty() && by->certificate != certificate)
      errors.push_back(error_in(path.string(), "is by another certificate than the others: " + by->subject));
    certificate = by->certificate;
    out.by = by->subject;
    out.files.emplace(name + ".p7s", std::move(*signature));
  }
  if (!errors.empty()) return failure(std::move(errors));
  return out;
}

}  // namespace

Result<Signatures> signatures_over(const Signing& signing, const std::map<std::string, std::string>& files) {
  if (!signing.signatures.empty()) return taken_in(signing.signatures, files);
  Signatures out;
  if (signing.key.empty()) return out;
  std::string password;
  if (!signing.password_file.empty()) {
    const auto bytes = read_file(signing.password_file, 4096);
    if (!bytes) return tl::unexpected(bytes.error());
    password = bytes->substr(0, bytes->find('\n'));
  }
  Result<evidence::Signer> signer = failure(error_in(signing.key, "is no key"));
  if (signing.key.starts_with("pkcs11:")) {
    signer = evidence::signer_from_token(signing.key, signing.module, password);
  } else {
    const auto key = read_file(signing.key, std::size_t{1} << 20);
    if (!key) return tl::unexpected(key.error());
    signer = evidence::signer_from_pkcs12(*key, password);
  }
  if (!signer) return tl::unexpected(signer.error());
  for (const auto& [name, bytes] : files) {
    auto signature = evidence::sign_cades(bytes, *signer);
    if (!signature) return tl::unexpected(signature.error());
    // What was signed is read back: a token may answer with anything.
    const auto by = evidence::verify_cades(bytes, *signature);
    if (!by) return tl::unexpected(by.error());
    out.by = by->subject;
    out.files.emplace(name + ".p7s", std::move(*signature));
  }
  return out;
}

}  // namespace duolex::workspace
