// The kernel pair under every weighted linear operator: a product of a small matrix with gathered features, and its
// adjoint. Data lie in blocks of `lanes` columns (samples, or rows of a bound): feature f of column c is at
// [f * lanes + c]. Every column is computed by the same sequence of fused multiply-adds whatever its neighbours, the
// block and the instruction set, so results do not depend on batch, threads or processor.
#pragma once

#include <cstddef>
#include <cstdint>

namespace duolex::tensor {

inline constexpr std::size_t lanes = 16;
inline constexpr std::size_t weight_block = 8;  // rows that packed weights hold side by side

// y[m * row + out[p]] = bias[m] + sum over k of w[m][k] * x[in[p] + taps[k]], for m < rows, p < pixels
// (offsets count features).
template <class T>
struct Product {
  const T* w;     // packed: [ceil(rows / 8)][columns][8]
  const T* bias;  // rows, or null
  std::size_t rows, columns, pixels;
  const std::int32_t* taps;
  const std::int32_t* in;
  const std::int32_t* out;
  std::size_t row;
  const T* x;
  T* y;
};

// x[in[p] + taps[k]] += sum over m of w[m][k] * y[m * row + out[p]], for k < columns, p < pixels.
template <class T>
struct Adjoint {
  const T* w;  // packed: [ceil(columns / 8)][rows][8]
  std::size_t rows, columns, pixels;
  const std::int32_t* taps;
  const std::int32_t* in;
  const std::int32_t* out;
  std::size_t row;
  const T* y;
  T* x;
};

enum class InstructionSet { portable, avx2, avx512 };

template <class T>
struct Kernels {
  void (*product)(const Product<T>&);
  void (*adjoint)(const Adjoint<T>&);
};

// The best that this processor has, found once.
[[nodiscard]] InstructionSet best_instruction_set();
[[nodiscard]] const char* name_of(InstructionSet set);
// Precondition: the processor has the set.
template <class T>
[[nodiscard]] const Kernels<T>& kernels(InstructionSet set);

}  // namespace duolex::tensor
