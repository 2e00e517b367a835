// Predictions on any bytes: what is read pairs with itself and changes nothing.
#include <cstdint>

#include "changes/predictions.h"
#include "demand.h"

using namespace duolex;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto read = changes::read_predictions("p.ndjson", {reinterpret_cast<const char*>(data), size});
  if (!read) {
    fuzz::demand_reasons(read.error());
    return 0;
  }
  fuzz::demand(!read->empty(), "a sample");
  const changes::PairedShare p = changes::pair(*read, *read);
  fuzz::demand(p.samples == read->size() && p.lost == 0 && p.gained == 0 && p.low < 0 && p.high > 0, "the same twice");
  return 0;
}
