// The bodies of the kernels, once for each instruction set. The including file defines DUOLEX_KERNELS (a namespace)
// and DUOLEX_VECTOR_BYTES, and is compiled with its instruction set's flags. Nothing from the standard library is
// used here: an inline function compiled for a newer processor must not be the copy the linker keeps.
#pragma once

#include "tensor/kernels.h"

#ifndef DUOLEX_KERNELS
#define DUOLEX_KERNELS unnamed_instruction_set
#define DUOLEX_VECTOR_BYTES 16
#endif

namespace duolex::tensor::DUOLEX_KERNELS {
namespace {

template <class T>
struct Vector;
template <>
struct Vector<float> {
  typedef float V __attribute__((vector_size(DUOLEX_VECTOR_BYTES), aligned(4), may_alias));
};
template <>
struct Vector<double> {
  typedef double V __attribute__((vector_size(DUOLEX_VECTOR_BYTES), aligned(8), may_alias));
};

template <class T>
inline constexpr std::size_t width = DUOLEX_VECTOR_BYTES / sizeof(T);

template <class T>
using V = typename Vector<T>::V;

template <class T>
inline V<T> load(const T* p) {
  return *reinterpret_cast<const V<T>*>(p);
}
template <class T>
inline void store(T* p, V<T> v) {
  *reinterpret_cast<V<T>*>(p) = v;
}
template <class T>
inline V<T> all(T value) {
  return value - V<T>{};  // keeps the sign of a zero
}
template <class T>
inline V<T> multiply_add(V<T> a, V<T> b, V<T> c) {
  return a * b + c;  // one rounding: these files are compiled with contraction and FMA
}

// `Rows` outputs (at most 8) of `Columns` vectors. xs[j] and ys[j] are where the vectors lie.
template <class T, int Rows, int Columns>
inline void product_tile(const Product<T>& g, const T* w, std::size_t m, const T* const* xs, T* const* ys) {
  V<T> sums[Rows][Columns];
  for (int i = 0; i < Rows; ++i) {
    const T bias = g.bias != nullptr && m + static_cast<std::size_t>(i) < g.rows ? g.bias[m + static_cast<std::size_t>(i)] : T{0};
    for (int j = 0; j < Columns; ++j) sums[i][j] = all<T>(bias);
  }
  for (std::size_t k = 0; k < g.columns; ++k, w += weight_block) {
    const std::size_t tap = static_cast<std::size_t>(g.taps[k]) * lanes;
    V<T> x[Columns];
    for (int j = 0; j < Columns; ++j) x[j] = load(xs[j] + tap);
    for (int i = 0; i < Rows; ++i) {
      const V<T> weight = all<T>(w[i]);
      for (int j = 0; j < Columns; ++j) sums[i][j] = multiply_add<T>(weight, x[j], sums[i][j]);
    }
  }
  const std::size_t left = g.rows - m, rows = left < static_cast<std::size_t>(Rows) ? left : static_cast<std::size_t>(Rows);
  for (std::size_t i = 0; i < rows; ++i)
    for (int j = 0; j < Columns; ++j) store(ys[j] + (m + i) * g.row * lanes, sums[i][j]);
}

template <class T, int Columns>
inline void product_columns(const Product<T>& g, const T* const* xs, T* const* ys) {
  for (std::size_t m = 0; m < g.rows; m += weight_block) {
    const T* w = g.w + m * g.columns;
#if DUOLEX_VECTOR_BYTES == 64
    product_tile<T, 8, Columns>(g, w, m, xs, ys);
#else
    product_tile<T, 4, Columns>(g, w, m, xs, ys);
    if (m + 4 < g.rows) product_tile<T, 4, Columns>(g, w + 4, m + 4, xs, ys);
#endif
  }
}

template <class T>
void product(const Product<T>& g) {
  constexpr std::size_t parts = lanes / width<T>;
  const std::size_t vectors = g.pixels * parts;
  const T* xs[3];
  T* ys[3];
  for (std::size_t v = 0; v < vectors; v += 3) {
    const std::size_t n = vectors - v < 3 ? vectors - v : 3;
    for (std::size_t j = 0; j < n; ++j) {
      const std::size_t p = (v + j) / parts, part = (v + j) % parts * width<T>;
      xs[j] = g.x + static_cast<std::size_t>(g.in[p]) * lanes + part;
      ys[j] = g.y + static_cast<std::size_t>(g.out[p]) * lanes + part;
    }
    if (n == 3) product_columns<T, 3>(g, xs, ys);
    else if (n == 2) product_columns<T, 2>(g, xs, ys);
    else product_columns<T, 1>(g, xs, ys);
  }
}

template <class T, int Rows, int Columns>
inline void adjoint_tile(const Adjoint<T>& g, const T* w, std::size_t k, T* const* xs, const T* const* ys) {
  V<T> sums[Rows][Columns];
  for (int i = 0; i < Rows; ++i)
    for (int j = 0; j < Columns; ++j) sums[i][j] = V<T>{};
  const std::size_t row = g.row * lanes;
  std::size_t at = 0;
  for (std::size_t m = 0; m < g.rows; ++m, w += weight_block, at += row) {
    V<T> y[Columns];
    for (int j = 0; j < Columns; ++j) y[j] = load(ys[j] + at);
    for (int i = 0; i < Rows; ++i) {
      const V<T> weight = all<T>(w[i]);
      for (int j = 0; j < Columns; ++j) sums[i][j] = multiply_add<T>(weight, y[j], sums[i][j]);
    }
  }
  const std::size_t left = g.columns - k, rows = left < static_cast<std::size_t>(Rows) ? left : static_cast<std::size_t>(Rows);
  for (int j = 0; j < Columns; ++j)
    for (std::size_t i = 0; i < rows; ++i) {
      T* const x = xs[j] + static_cast<std::size_t>(g.taps[k + i]) * lanes;
      store(x, load(x) + sums[i][j]);
    }
}

template <class T>
inline void adjoint_at(const Adjoint<T>& g, std::size_t vector, T*& x, const T*& y) {
  constexpr std::size_t parts = lanes / width<T>;
  const std::size_t p = vector / parts, part = vector % parts * width<T>;
  x = g.x + static_cast<std::size_t>(g.in[p]) * lanes + part;
  y = g.y + static_cast<std::size_t>(g.out[p]) * lanes + part;
}

// A feature of x may be reached from several pixels. The order of its additions is the same in every instruction
// set: blocks of eight taps, within them pixels, within them taps.
template <class T>
void adjoint(const Adjoint<T>& g) {
  const std::size_t vectors = g.pixels * (lanes / width<T>);
  T* xs[3];
  const T* ys[3];
  for (std::size_t k = 0; k < g.columns; k += weight_block) {
    const T* const w = g.w + k * g.rows;
    std::size_t v = 0;
#if DUOLEX_VECTOR_BYTES == 64
    for (; v + 3 <= vectors; v += 3) {
      for (std::size_t j = 0; j < 3; ++j) adjoint_at(g, v + j, xs[j], ys[j]);
      adjoint_tile<T, 8, 3>(g, w, k, xs, ys);
    }
#endif
    for (; v < vectors; ++v) {
      adjoint_at(g, v, xs[0], ys[0]);
      adjoint_tile<T, 8, 1>(g, w, k, xs, ys);
    }
  }
}

}  // namespace

extern const Kernels<float> singles;
extern const Kernels<double> doubles;
const Kernels<float> singles{product<float>, adjoint<float>};
const Kernels<double> doubles{product<double>, adjoint<double>};

}  // namespace duolex::tensor::DUOLEX_KERNELS
