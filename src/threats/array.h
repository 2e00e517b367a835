// NumPy's NPY files: arrays of numbers in and out.
//
// Read: format 1.0 to 3.0, little-endian or single-byte numbers, C order, at most 8 dimensions, header at most
// 64 KiB, the data exactly as long as the shape says. Refused with the byte offset: objects (they hold pickles,
// which run code when loaded), structured and text types, Fortran order, big-endian numbers, anything left over.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace duolex::threats {

enum class ElementType { f4, f8, i1, i2, i4, i8, u1, u2, u4, u8, b1 };
[[nodiscard]] std::size_t bytes_of(ElementType type);
[[nodiscard]] const char* name_of(ElementType type);  // "f4"

struct Array {
  ElementType type = ElementType::f4;
  std::vector<std::size_t> shape;
  std::string bytes;  // little-endian, C order
  [[nodiscard]] std::size_t count() const;
};

[[nodiscard]] Result<Array> read_npy(const std::string& file, std::string_view bytes);

// Every element as the type asked for. Integers beyond 2^53 lose digits in f8, beyond 2^24 in f4.
[[nodiscard]] std::vector<float> as_f32(const Array& array);
[[nodiscard]] std::vector<double> as_f64(const Array& array);
// Refuses a fraction, a NaN and what does not fit, with the row.
[[nodiscard]] Result<std::vector<std::int64_t>> as_i64(const std::string& file, const Array& array);

// NPY 1.0, readable by any NumPy.
[[nodiscard]] std::string to_npy(const Array& array);
[[nodiscard]] Array array_of(std::vector<std::size_t> shape, const std::vector<float>& values);
[[nodiscard]] Array array_of(std::vector<std::size_t> shape, const std::vector<double>& values);
[[nodiscard]] Array array_of(std::vector<std::size_t> shape, const std::vector<std::int64_t>& values);

}  // namespace duolex::threats
