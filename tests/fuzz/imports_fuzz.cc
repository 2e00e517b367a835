// Reports of other tools, of any bytes: what is counted adds up.
#include <cstdint>

#include "demand.h"
#include "threats/imports/report.h"

using namespace duolex;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  const auto import = threats::imports::read_import("f.json", bytes);
  if (!import) {
    fuzz::demand_reasons(import.error());
    return 0;
  }
  fuzz::demand(import->complete == import->incomplete_because.empty() || import->rejected_count > 0, "what is incomplete says why");
  fuzz::demand(import->rejected.size() <= import->rejected_count, "the rejected are counted");
  for (const auto& row : import->rows) fuzz::demand(!row.agrees || row.reported || row.evaluated() + row.none > 0, "a row comes from somewhere");
  const auto result = threats::imports::to_result(*import);
  fuzz::demand(!result.because.empty() && !result.not_tested.empty(), "a verdict has its reason");
  fuzz::demand(!threats::imports::to_json_text({*import}).empty() && !threats::imports::to_text({*import}).empty(), "reports can be written");
  return 0;
}
