// Quantised numbers: value = (stored - zero point) * scale. Not for others.
#pragma once

#include "tensor/numbers.h"

namespace duolex::tensor {

[[nodiscard]] bool is_quantised(Type type);  // u8, i8, u16, i16
// Rounds half to even, adds the zero point and stays within the type.
void set_quantised(Tensor& y, std::size_t i, double value, std::int64_t zero);
// The elements of input `i` less its zero point, input `zero`: one number, or one for each row of a matrix or filter.
bool without_zero(Call& call, std::size_t i, std::size_t zero, std::vector<double>& numbers);

}  // namespace duolex::tensor
