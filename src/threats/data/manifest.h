// A data set as it is, in hashes: what a later state is compared with (docs/formats/data-manifest.md).
#pragma once

#include <string>
#include <vector>

#include "threats/data/data_set.h"

namespace duolex::threats::data {

struct ManifestEntry {
  std::string name, hash;  // hash: of the leaf, hexadecimal
};

struct Manifest {
  std::string kind, root;
  std::vector<ManifestEntry> entries;
};

[[nodiscard]] Manifest manifest_of(const DataSet& data);
[[nodiscard]] std::string to_json_text(const Manifest& manifest);
// Refused when its own root does not follow from its entries.
[[nodiscard]] Result<Manifest> read_manifest(const std::string& file, const std::string& bytes);

// Row by name; in data whose rows are only numbered, by what they hold, since one row more would rename the rest.
struct Comparison {
  std::string before, after;  // the roots
  std::vector<std::string> added, removed, changed;  // names; at most 1000 of each
  std::size_t added_count = 0, removed_count = 0, changed_count = 0, same = 0;
};
[[nodiscard]] Comparison compare(const Manifest& before, const Manifest& after);

}  // namespace duolex::threats::data
