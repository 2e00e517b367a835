// Rows of a table in double precision, from NPY or CSV.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace duolex::threats::tabular {

struct Table {
  std::size_t rows = 0, columns = 0;
  std::vector<double> values;        // rows × columns; NaN: missing
  std::vector<std::string> names;    // of the columns, when the first line has them
  [[nodiscard]] const double* row(std::size_t i) const { return values.data() + i * columns; }
};

inline constexpr std::size_t most_values = 50'000'000;

// NPY by its first bytes, else CSV of numbers: separated by commas, semicolons or tabs, an empty field, NA and nan
// missing. Refuses words elsewhere than in the first line, and infinities, with line and column.
[[nodiscard]] Result<Table> read_table(const std::string& file, std::string_view bytes);

}  // namespace duolex::threats::tabular
