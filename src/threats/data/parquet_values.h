// What a value of a Parquet column is as a number, and as the name of a class.
#pragma once

#include <string>

#include "threats/parquet/values.h"

namespace duolex::threats::data {

[[nodiscard]] bool holds_numbers(const parquet::Column& column);
// Days for dates and instants (since 1970), seconds for times of day, 0 and 1 for false and true. Only of such columns.
[[nodiscard]] float number_of(const parquet::Column& column, const parquet::Value& value);
// Whole numbers and texts as they are, at most 200 bytes; other bytes in hexadecimal digits.
[[nodiscard]] std::string text_of(const parquet::Column& column, const parquet::Value& value);

}  // namespace duolex::threats::data
