// An index of any bytes: refused, or every question to it is answered or found damaged, without a fault.
#include <cstdint>

#include "demand.h"
#include "vulnerabilities/index/index.h"

using namespace duolex;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);  // the index asks for its own alignment
  auto index = vulnerabilities::index::Index::over("f.idx", bytes);
  if (!index) {
    fuzz::demand_reasons(index.error());
    return 0;
  }
  (void)index->find("npm/sharp");
  (void)index->knows_type("npm");
  (void)index->meta();
  for (std::size_t i = 0; i < index->record_count() && i < 16; ++i) (void)index->record(i);
  (void)index->find_record("GHSA-54xq-cgqr-rpm3");
  if (const auto whole = index->check_all(); !whole) fuzz::demand_reasons(whole.error());
  return 0;
}
