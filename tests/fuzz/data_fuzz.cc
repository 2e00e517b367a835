// Data sets and manifests of any bytes. The first byte chooses the name, and with it the reader.
#include <cstdint>

#include "demand.h"
#include "threats/data/manifest.h"

using namespace duolex;
using namespace duolex::threats::data;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  static const char* const names[] = {"d.csv", "d", "d.jsonl", "d.json"};
  const std::string bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (const auto manifest = read_manifest("m.json", bytes); !manifest) fuzz::demand_reasons(manifest.error());
  const auto set = read_data(names[data[0] % 4], bytes, {data[0] % 8 < 4 ? "" : "last"});
  if (!set) {
    fuzz::demand_reasons(set.error());
    return 0;
  }
  fuzz::demand(!set->rows.empty(), "data has rows");
  fuzz::demand(set->values.size() == set->rows.size() * set->features, "each row has its numbers");
  for (const Row& row : set->rows)
    fuzz::demand(row.label == no_label || (row.label >= 0 && static_cast<std::size_t>(row.label) < set->classes.size()), "labels are classes");
  const Manifest manifest = manifest_of(*set);
  fuzz::demand(read_manifest("m.json", to_json_text(manifest)).has_value(), "a manifest reads back");
  const Comparison same = compare(manifest, manifest);
  fuzz::demand(same.added_count + same.removed_count + same.changed_count == 0, "data is what it is");
  return 0;
}
