// A manifest of data in a signed envelope (DSSE): what it was, and who said so. docs/formats/data-manifest.md.
#pragma once

#include <string>
#include <vector>

#include "threats/data/manifest.h"

namespace duolex::workspace {

// The manifest's bytes as an envelope signed with an Ed25519 key (PEM).
[[nodiscard]] Result<std::string> sign_manifest(const std::string& manifest, const std::string& key_file, const std::string& key_pem);

struct ReadManifest {
  threats::data::Manifest manifest;
  bool sealed = false;               // it lies in an envelope
  std::vector<std::string> signers;  // of the keys given, those that signed it
};
// A manifest, bare or in an envelope. With keys ("name+id+base64") one that none of them signed is refused.
[[nodiscard]] Result<ReadManifest> read_manifest_file(const std::string& file, const std::string& bytes, const std::vector<std::string>& keys);

}  // namespace duolex::workspace
