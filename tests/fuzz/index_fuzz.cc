// An index of any bytes: refused, or every question to it is answered or found damaged, without a fault. Bytes that are
// no index are soon refused; so an input that begins with 'e' is read as edits to a good one, under good checksums.
#include <algorithm>
#include <cstdint>
#include <cstring>

#include "demand.h"
#include "vulnerabilities/index/build.h"
#include "vulnerabilities/index/compile.h"
#include "vulnerabilities/index/index.h"
#include "vulnerabilities/index/layout.h"
#include "vulnerabilities/index/sections.h"

using namespace duolex;
namespace index_room = vulnerabilities::index;

namespace {

std::string good_index() {
  std::vector<index_room::Compiled> records;
  for (int i = 0; i < 12; ++i) {
    vulnerabilities::Advisory a;
    a.id = "A-" + std::to_string(i);
    a.modified = "2024-01-02T03:04:05Z";
    a.summary = "one of several";
    if (i % 3 == 0) a.aliases = {"CVE-2024-" + std::to_string(i / 6)};
    vulnerabilities::Affected affected;
    affected.ecosystem = i % 2 == 0 ? "npm" : "PyPI";
    affected.name = "package-" + std::to_string(i % 5);
    affected.versions = {"0.9", "1.0"};
    affected.ranges.push_back({vulnerabilities::Range::Type::ecosystem, "",
                               {{vulnerabilities::Event::Kind::introduced, "0"}, {vulnerabilities::Event::Kind::fixed, "2.0." + std::to_string(i)}}});
    a.affected.push_back(affected);
    records.push_back(index_room::compile(a));
  }
  vulnerabilities::KevCatalogue kev;
  kev.entries["CVE-2024-1"] = {"2024-02-01", "", false};
  index_room::BuildReport report;
  return index_room::lay_out(std::move(records), kev, {}, report);
}

// Each edit: where (four bytes), how many bytes (one), these.
std::string edited(std::string_view edits) {
  static const std::string whole = good_index();
  std::string bytes = whole;
  while (edits.size() > 5) {
    std::uint32_t where = 0;
    std::memcpy(&where, edits.data(), 4);
    const std::size_t count = std::min<std::size_t>(static_cast<unsigned char>(edits[4]) % 16, edits.size() - 5);
    const std::size_t at = where % whole.size();
    std::copy_n(edits.begin() + 5, std::min(count, whole.size() - at), bytes.begin() + static_cast<std::ptrdiff_t>(at));
    edits.remove_prefix(5 + count);
  }
  index_room::Header header{}, good{};
  std::memcpy(&header, bytes.data(), sizeof header);
  std::memcpy(&good, whole.data(), sizeof good);
  header.page_sums = good.page_sums;
  header.sum_sums = good.sum_sums;
  index_room::seal(bytes, header);
  return bytes;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::string bytes = input.starts_with('e') ? edited(input.substr(1)) : std::string(input);  // the index asks for its own alignment
  auto index = index_room::Index::over("f.idx", bytes);
  if (!index) {
    fuzz::demand_reasons(index.error());
    return 0;
  }
  for (int i = 0; i < 6; ++i) {
    (void)index->find(std::string("npm\0", 4) + "package-" + std::to_string(i));
    (void)index->find(std::string("pypi\0", 5) + "package-" + std::to_string(i));
  }
  (void)index->knows_type("npm");
  (void)index->meta();
  for (std::size_t i = 0; i < index->record_count() && i < 16; ++i) {
    (void)index->record(i);
    (void)index->cluster_of(i);
  }
  (void)index->find_record("A-3");
  (void)index->find_name("CVE-2024-1");
  for (const auto& s : index->segments())
    for (std::uint64_t p = 0; p < s->packages() && p < 16; ++p) (void)s->package(p);
  if (const auto whole = index->check_all(); !whole) fuzz::demand_reasons(whole.error());
  return 0;
}
