// Tables of rows and constraints of any bytes: what is taken is consistent, and constraints are written as they are read.
#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>

#include "demand.h"
#include "threats/tabular/constraints.h"
#include "threats/tabular/rows.h"
#include "threats/tabular/space.h"

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
  const auto applied = threats::tabular::apply("f", *constraints, {"a", "b", "c"}, 3);
  if (!applied) return 0;
  // A mixture that is brought to what can be asked is a change that the constraints allow.
  const threats::tabular::Metric any{threats::evasion::Norm::linf, {}};
  const float rows[][3] = {{0, 1, 0}, {1, 0, 0}, {0.5F, -3, 1e9F}, {7, 0, 1}};
  for (const auto& row : rows)
    for (const auto& other : rows) {
      if (threats::tabular::broken_group(*applied, std::vector<double>(row, row + 3)) || threats::tabular::broken_group(*applied, std::vector<double>(other, other + 3))) continue;
      std::vector<float> mixture(3);
      for (std::size_t f = 0; f < 3; ++f) mixture[f] = 0.3F * row[f] + 0.7F * other[f];
      threats::tabular::admit(*applied, true, row, other, mixture);
      const std::vector<double> x(row, row + 3), made(mixture.begin(), mixture.end());
      fuzz::demand(threats::tabular::Space(*applied, any, std::numeric_limits<double>::infinity(), true, x).holds(made), "what is asked is allowed");
    }
  return 0;
}
