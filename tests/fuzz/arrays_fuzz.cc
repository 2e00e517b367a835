// NPY files of any bytes: what is taken is as long as its shape and is written back to the same numbers.
#include <cstdint>

#include "demand.h"
#include "threats/array.h"

using namespace duolex;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto array = threats::read_npy("f.npy", std::string_view(reinterpret_cast<const char*>(data), size));
  if (!array) {
    fuzz::demand_reasons(array.error());
    return 0;
  }
  fuzz::demand(array->count() * threats::bytes_of(array->type) == array->bytes.size(), "the data is as long as the shape");
  const auto again = threats::read_npy("f.npy", threats::to_npy(*array));
  fuzz::demand(again && again->shape == array->shape && again->type == array->type && again->bytes == array->bytes, "written and read back");
  fuzz::demand(threats::as_f32(*array).size() == array->count(), "every element is converted");
  (void)threats::as_i64("f.npy", *array);
  return 0;
}
