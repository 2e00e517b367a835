// Tables of rows and constraints of any bytes: what is taken is consistent, and constraints are written as they are read.
#include <cstdint>
#include <nlohmann/json.hpp>

#include "demand.h"
#include "threats/tabular/constraints.h"
#include "threats/tabular/rows.h"

using namespace duolex;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  const auto table = threats::tabular::read_table("f", bytes);
  if (!table) fuzz::demand_reasons(table.error());
  else fuzz::demand(table->rows > 0 && table->values.size() == table->rows * table->columns, "a table is as large as it says");
  const auto constraints = threats::tabular::read_constraints("f.yaml", bytes);
  if (!constraints) {
    fuzz::demand_reasons(constraints.error());
    return 0;
  }
  const auto json = to_json(*constraints);
  const auto again = threats::tabular::read_constraints("f.json", json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
  fuzz::demand(again && to_json(*again) == json, "constraints are read as they are written");
  (void)threats::tabular::apply("f", *constraints, {"a", "b", "c"}, 3);
  return 0;
}
