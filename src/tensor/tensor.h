// A dense tensor value: type, shape, little-endian row-major bytes. The currency of the model reader and of the
// interpreter; the fast paths (network.h) keep their own layout.
#pragma once

#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <vector>

namespace duolex::tensor {

using Shape = std::vector<std::int64_t>;

// The numbers are those of ONNX.
enum class Type : std::uint8_t {
  undefined = 0, f32 = 1, u8 = 2, i8 = 3, u16 = 4, i16 = 5, i32 = 6, i64 = 7, string = 8, boolean = 9,
  f16 = 10, f64 = 11, u32 = 12, u64 = 13, bf16 = 16,
};

// Bytes of one element; 0 for strings and for what has no fixed size.
[[nodiscard]] std::size_t size_of(Type type);
[[nodiscard]] const char* name_of(Type type);

// The product of the dimensions, or nothing when a dimension is negative or the product passes `most`.
[[nodiscard]] std::optional<std::size_t> element_count(const Shape& shape, std::size_t most = std::size_t{1} << 40);

// "[1, 3, 32, 32]"
[[nodiscard]] std::string to_string(const Shape& shape);

struct Tensor {
  Type type = Type::undefined;
  Shape shape;
  std::string bytes;                 // size_of(type) * elements
  std::vector<std::string> strings;  // for Type::string

  [[nodiscard]] std::size_t elements() const;
  template <class T>
  [[nodiscard]] const T* as() const {
    return reinterpret_cast<const T*>(bytes.data());
  }
  template <class T>
  [[nodiscard]] T* as() {
    return reinterpret_cast<T*>(bytes.data());
  }
  // Element i converted to double or to a 64-bit integer. Precondition: a numeric type and i < elements().
  [[nodiscard]] double number(std::size_t i) const;
  [[nodiscard]] std::int64_t integer(std::size_t i) const;
};

// Zeros of a type and shape. Precondition: element_count(shape) is known to be small enough to hold.
[[nodiscard]] Tensor zeros(Type type, Shape shape);
[[nodiscard]] Tensor integers(const std::vector<std::int64_t>& values);  // i64, one dimension
template <class T>
[[nodiscard]] Tensor tensor_of(Type type, Shape shape, const std::vector<T>& values) {
  Tensor t{type, std::move(shape), std::string(values.size() * sizeof(T), '\0'), {}};
  if (!values.empty()) std::memcpy(t.bytes.data(), values.data(), t.bytes.size());
  return t;
}

// IEEE half precision and bfloat16, rounding to nearest even.
[[nodiscard]] float half_to_float(std::uint16_t bits);
[[nodiscard]] std::uint16_t float_to_half(float value);
[[nodiscard]] std::uint16_t double_to_half(double value);  // one rounding, unlike through float
[[nodiscard]] float bfloat_to_float(std::uint16_t bits);
[[nodiscard]] std::uint16_t float_to_bfloat(float value);

}  // namespace duolex::tensor
