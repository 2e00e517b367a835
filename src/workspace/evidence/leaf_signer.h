// Whoever records may sign what they record: an approval beside each leaf, with an Ed25519 key. docs/formats/ledger.md.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "evidence/signature.h"

namespace duolex::workspace {

class LeafSigner {
 public:
  // Without a key nothing is signed. Fails on a key, or a keys.yaml of the dossier's ledger, that cannot be read.
  [[nodiscard]] static Result<LeafSigner> open(const std::filesystem::path& dossier, const std::optional<std::filesystem::path>& key);

  // The leaves, then an approval of each of them if there is a key: one group of the ledger.
  [[nodiscard]] std::vector<std::string> with_approvals(std::vector<std::string> leaves) const;
  // "signed", "unsigned: no --key was given", or that nobody's name stands behind the key.
  [[nodiscard]] const char* words() const;

 private:
  std::optional<evidence::SigningKey> key_;
  bool listed_ = false;
};

}  // namespace duolex::workspace
