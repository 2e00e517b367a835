#include "tensor/kernels.h"

#include <cmath>

namespace duolex::tensor {

namespace portable {
namespace {

template <class T>
void product(const Product<T>& g) {
  for (std::size_t p = 0; p < g.pixels; ++p) {
    const T* const x = g.x + static_cast<std::size_t>(g.in[p]) * lanes;
    for (std::size_t m = 0; m < g.rows; ++m) {
      T sums[lanes];
      for (T& s : sums) s = g.bias != nullptr ? g.bias[m] : T{0};
      const T* w = g.w + m / weight_block * weight_block * g.columns + m % weight_block;
      for (std::size_t k = 0; k < g.columns; ++k, w += weight_block) {
        const T* const from = x + static_cast<std::size_t>(g.taps[k]) * lanes;
        for (std::size_t c = 0; c < lanes; ++c) sums[c] = std::fma(*w, from[c], sums[c]);
      }
      T* const y = g.y + (static_cast<std::size_t>(g.out[p]) + m * g.row) * lanes;
      for (std::size_t c = 0; c < lanes; ++c) y[c] = sums[c];
    }
  }
}

template <class T>
void adjoint(const Adjoint<T>& g) {
  for (std::size_t block = 0; block < g.columns; block += weight_block)
    for (std::size_t p = 0; p < g.pixels; ++p) {
      T* const x = g.x + static_cast<std::size_t>(g.in[p]) * lanes;
      const T* const y = g.y + static_cast<std::size_t>(g.out[p]) * lanes;
      const std::size_t end = block + weight_block < g.columns ? block + weight_block : g.columns;
      for (std::size_t k = block; k < end; ++k) {
        T sums[lanes] = {};
        const T* w = g.w + block * g.rows + k % weight_block;
        for (std::size_t m = 0; m < g.rows; ++m, w += weight_block)
          for (std::size_t c = 0; c < lanes; ++c) sums[c] = std::fma(*w, y[m * g.row * lanes + c], sums[c]);
        T* const to = x + static_cast<std::size_t>(g.taps[k]) * lanes;
        for (std::size_t c = 0; c < lanes; ++c) to[c] += sums[c];
      }
    }
}

const Kernels<float> singles{product<float>, adjoint<float>};
const Kernels<double> doubles{product<double>, adjoint<double>};

}  // namespace
}  // namespace portable

#if defined(__x86_64__)
namespace avx2 {
extern const Kernels<float> singles;
extern const Kernels<double> doubles;
}  // namespace avx2
namespace avx512 {
extern const Kernels<float> singles;
extern const Kernels<double> doubles;
}  // namespace avx512
#endif

InstructionSet best_instruction_set() {
#if defined(__x86_64__)
  static const InstructionSet best = [] {
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl")) return InstructionSet::avx512;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return InstructionSet::avx2;
    return InstructionSet::portable;
  }();
  return best;
#else
  return InstructionSet::portable;
#endif
}

const char* name_of(InstructionSet set) {
  switch (set) {
    case InstructionSet::portable: return "portable";
    case InstructionSet::avx2: return "avx2";
    case InstructionSet::avx512: return "avx512";
  }
  return "portable";
}

template <>
const Kernels<float>& kernels<float>(InstructionSet set) {
#if defined(__x86_64__)
  if (set == InstructionSet::avx512) return avx512::singles;
  if (set == InstructionSet::avx2) return avx2::singles;
#endif
  (void)set;
  return portable::singles;
}

template <>
const Kernels<double>& kernels<double>(InstructionSet set) {
#if defined(__x86_64__)
  if (set == InstructionSet::avx512) return avx512::doubles;
  if (set == InstructionSet::avx2) return avx2::doubles;
#endif
  (void)set;
  return portable::doubles;
}

}  // namespace duolex::tensor
