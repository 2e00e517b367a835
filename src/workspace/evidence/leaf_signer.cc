#include "workspace/evidence/leaf_signer.h"

#include "base/file.h"
#include "evidence/dsse.h"
#include "evidence/ledger.h"
#include "evidence/record.h"
#include "workspace/evidence/evidence_place.h"

namespace duolex::workspace {

namespace ev = duolex::evidence;

Result<LeafSigner> LeafSigner::open(const std::filesystem::path& dossier, const std::optional<std::filesystem::path>& key_file) {
  LeafSigner signer;
  if (!key_file) return signer;
  const auto pem = read_file(*key_file, std::size_t{1} << 16);
  if (!pem) return tl::unexpected(pem.error());
  auto key = ev::SigningKey::from_pem(key_file->string(), *pem);
  if (!key) return tl::unexpected(key.error());
  const std::filesystem::path keys = ledger_folder(dossier) / "keys.yaml";
  if (const auto bytes = read_file(keys, std::size_t{1} << 20)) {
    const auto listed = ev::read_keys(keys.string(), *bytes);
    if (!listed) return tl::unexpected(listed.error());
    for (const ev::PersonKey& k : *listed) signer.listed_ = signer.listed_ || k.key.raw() == key->public_key().raw();
  }
  signer.key_.emplace(std::move(*key));
  return signer;
}

std::vector<std::string> LeafSigner::with_approvals(std::vector<std::string> leaves) const {
  if (!key_) return leaves;
  const std::size_t count = leaves.size();
  for (std::size_t i = 0; i < count; ++i) {
    ev::Envelope envelope{ev::approval_payload(ev::leaf_hash(leaves[i])), ev::approval_type, {}};
    envelope.signatures.push_back({"", key_->sign(ev::pre_authentication(envelope.payload_type, envelope.payload))});
    leaves.push_back(ev::approval_leaf(ev::write_envelope(envelope)));
  }
  return leaves;
}

const char* LeafSigner::words() const {
  return !key_     ? "unsigned: no --key was given"
         : listed_ ? "signed"
                   : "signed with a key that ledger/keys.yaml does not list, so verify will not take it";
}

}  // namespace duolex::workspace
