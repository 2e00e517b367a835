// Data sets and manifests of any bytes. The first byte chooses the name, and with it the reader, and what the bytes are packed
// into, with the checksums and the directory that a change of packed bytes would break.
#include <zlib.h>

#include <cstdint>

#include "demand.h"
#include "threats/data/manifest.h"

using namespace duolex;
using namespace duolex::threats::data;

namespace {

std::string little(std::uint64_t v, int bytes) {
  std::string out;
  for (int i = 0; i < bytes; ++i, v >>= 8) out += static_cast<char>(v);
  return out;
}

// An archive of two arrays: the bytes up to the first '|' that stands for itself, and those behind it.
std::string npz_of(const std::string& bytes) {
  const std::size_t cut = bytes.find("||");
  std::string members, directory;
  for (const bool labels : {false, true}) {
    const std::string name = labels ? "y.npy" : "x.npy", content = labels ? (cut == std::string::npos ? "" : bytes.substr(cut + 2)) : bytes.substr(0, cut);
    const std::string sums = little(crc32(0, reinterpret_cast<const Bytef*>(content.data()), static_cast<uInt>(content.size())), 4) + little(content.size(), 4) + little(content.size(), 4);
    directory += "PK\x01\x02" + little(20, 2) + little(20, 2) + little(0, 8) + sums + little(name.size(), 2) + little(0, 12) + little(members.size(), 4) + name;
    members += "PK\x03\x04" + little(20, 2) + little(0, 8) + sums + little(name.size(), 2) + little(0, 2) + name + content;
  }
  return members + directory + "PK\x05\x06" + little(0, 4) + little(2, 2) + little(2, 2) + little(directory.size(), 4) + little(members.size(), 4) + little(0, 2);
}

std::string gzip_of(const std::string& content) {
  std::string out(content.size() + 64, '\0');
  z_stream z{};
  if (deflateInit2(&z, 0, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY) != Z_OK) return {};
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(content.data()));
  z.avail_in = static_cast<uInt>(content.size());
  z.next_out = reinterpret_cast<Bytef*>(out.data());
  z.avail_out = static_cast<uInt>(out.size());
  (void)deflate(&z, Z_FINISH);
  out.resize(z.total_out);
  deflateEnd(&z);
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  static const char* const names[] = {"d.csv", "d", "d.jsonl", "d.json"};
  std::string bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (data[0] / 8 % 4 == 1) bytes = npz_of(bytes);
  if (data[0] / 8 % 4 == 2) bytes = gzip_of(bytes);
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
