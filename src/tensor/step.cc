#include "tensor/step.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <type_traits>

#include "tensor/functions.h"

namespace duolex::tensor {

namespace {

template <class T>
const Packed<T>& packed(const Linear& l) {
  if constexpr (std::is_same_v<T, float>) return l.f32;
  else return l.f64;
}

template <class T>
struct Pass {
  const Step& step;
  const std::vector<Value>& values;     // where they are in the frame
  const std::vector<Value>& gradients;  // and in the gradient
  const Block<T>& block;
  const T* frame;
  T* out;       // the output's block (forward)
  T* gradient;  // of the frame (backward)

  [[nodiscard]] std::size_t features(std::size_t v) const { return values[v].features; }
  [[nodiscard]] const T* in(std::size_t i) const { return frame + values[step.inputs[i]].offset * lanes; }
  [[nodiscard]] const T* y() const { return frame + values[step.output].offset * lanes; }
  [[nodiscard]] const T* gy() const { return gradient + gradients[step.output].offset * lanes; }
  // The gradient of input i, zeroed when this step writes it first.
  [[nodiscard]] T* gx(std::size_t i) const {
    T* const g = gradient + gradients[step.inputs[i]].offset * lanes;
    if (step.first_gradient[i]) std::fill(g, g + features(step.inputs[i]) * lanes, T{0});
    return g;
  }
};

template <class T>
void add_to(T* to, T factor, const T* from) {
  for (std::size_t c = 0; c < lanes; ++c) to[c] += factor * from[c];
}

// --- Scale
template <class T>
const T* numbers(const std::vector<double>& f64, const std::vector<float>& f32) {
  if constexpr (std::is_same_v<T, float>) return f32.data();
  else return f64.data();
}
template <class T>
void run(const Scale& s, const Pass<T>& p) {
  const T* const factor = numbers<T>(s.factor, s.factor_f32);
  const T* const shift = numbers<T>(s.shift, s.shift_f32);
  const T* const x = p.in(0);
  for (std::size_t f = 0; f < s.factor.size(); ++f)
    for (std::size_t c = 0; c < lanes; ++c) p.out[f * lanes + c] = factor[f] * x[f * lanes + c] + shift[f];
}
template <class T>
void back(const Scale& s, const Pass<T>& p) {
  const T* const factor = numbers<T>(s.factor, s.factor_f32);
  T* const gx = p.gx(0);
  for (std::size_t f = 0; f < s.factor.size(); ++f) add_to(gx + f * lanes, factor[f], p.gy() + f * lanes);
}

// --- Linear
template <class T>
void run(const Linear& l, const Pass<T>& p) {
  product(l, p.block, p.in(0), p.out);
}
template <class T>
void back(const Linear& l, const Pass<T>& p) {
  T* const g = p.gradient + p.gradients[p.step.inputs[0]].offset * lanes;
  adjoint(l, p.block, p.gy(), g, p.features(p.step.inputs[0]), p.step.first_gradient[0]);
}

// --- Gather
template <class T>
void run(const Gather& g, const Pass<T>& p) {
  std::size_t base = 0, end = p.features(p.step.inputs[0]), input = 0;
  for (std::size_t f = 0; f < g.from.size(); ++f) {
    T* const y = p.out + f * lanes;
    if (g.from[f] < 0) {
      std::fill(y, y + lanes, static_cast<T>(g.fill));
      continue;
    }
    const auto from = static_cast<std::size_t>(g.from[f]);
    if (from < base) input = base = 0, end = p.features(p.step.inputs[0]);
    while (from >= end) base = end, end += p.features(p.step.inputs[++input]);
    std::memcpy(y, p.in(input) + (from - base) * lanes, lanes * sizeof(T));
  }
}
template <class T>
void back(const Gather& g, const Pass<T>& p) {
  for (std::size_t i = 0; i < p.step.inputs.size(); ++i) (void)p.gx(i);
  std::size_t base = 0, end = p.features(p.step.inputs[0]), input = 0;
  for (std::size_t f = 0; f < g.from.size(); ++f) {
    if (g.from[f] < 0) continue;
    const auto from = static_cast<std::size_t>(g.from[f]);
    if (from < base) input = base = 0, end = p.features(p.step.inputs[0]);
    while (from >= end) base = end, end += p.features(p.step.inputs[++input]);
    add_to(p.gradient + (p.gradients[p.step.inputs[input]].offset + from - base) * lanes, T{1}, p.gy() + f * lanes);
  }
}

// --- Sparse
template <class T>
void run(const Sparse& s, const Pass<T>& p) {
  const T* const x = p.in(0);
  for (std::size_t r = 0; r + 1 < s.begin.size(); ++r) {
    T sum[lanes] = {};
    for (std::size_t e = s.begin[r]; e < s.begin[r + 1]; ++e)
      add_to(sum, static_cast<T>(s.weight[e]), x + static_cast<std::size_t>(s.index[e]) * lanes);
    std::memcpy(p.out + r * lanes, sum, sizeof sum);
  }
}
template <class T>
void back(const Sparse& s, const Pass<T>& p) {
  T* const gx = p.gx(0);
  for (std::size_t r = 0; r + 1 < s.begin.size(); ++r)
    for (std::size_t e = s.begin[r]; e < s.begin[r + 1]; ++e)
      add_to(gx + static_cast<std::size_t>(s.index[e]) * lanes, static_cast<T>(s.weight[e]), p.gy() + r * lanes);
}

// --- Sum, Multiply, Divide
template <class T>
void run(const Sum& s, const Pass<T>& p) {
  const T* const a = p.in(0);
  const T* const b = p.in(1);
  const std::size_t n = p.features(p.step.output) * lanes;
  for (std::size_t i = 0; i < n; ++i) p.out[i] = static_cast<T>(s.first) * a[i] + static_cast<T>(s.second) * b[i];
}
template <class T>
void back(const Sum& s, const Pass<T>& p) {
  const std::size_t n = p.features(p.step.output);
  for (std::size_t i = 0; i < 2; ++i) {
    T* const gx = i == 1 && p.step.inputs[0] == p.step.inputs[1] ? p.gradient + p.gradients[p.step.inputs[1]].offset * lanes : p.gx(i);
    for (std::size_t f = 0; f < n; ++f) add_to(gx + f * lanes, static_cast<T>(i == 0 ? s.first : s.second), p.gy() + f * lanes);
  }
}
template <class T>
void run(const Multiply&, const Pass<T>& p) {
  const T* const a = p.in(0);
  const T* const b = p.in(1);
  const std::size_t n = p.features(p.step.output) * lanes;
  for (std::size_t i = 0; i < n; ++i) p.out[i] = a[i] * b[i];
}
template <class T>
void back(const Multiply&, const Pass<T>& p) {
  const std::size_t n = p.features(p.step.output) * lanes;
  T* const ga = p.gx(0);
  for (std::size_t i = 0; i < n; ++i) ga[i] += p.in(1)[i] * p.gy()[i];
  T* const gb = p.step.inputs[0] == p.step.inputs[1] ? ga : p.gx(1);
  for (std::size_t i = 0; i < n; ++i) gb[i] += p.in(0)[i] * p.gy()[i];
}
template <class T>
void run(const Divide&, const Pass<T>& p) {
  const T* const a = p.in(0);
  const T* const b = p.in(1);
  const std::size_t n = p.features(p.step.output) * lanes;
  for (std::size_t i = 0; i < n; ++i) p.out[i] = a[i] / b[i];
}
template <class T>
void back(const Divide&, const Pass<T>& p) {
  const std::size_t n = p.features(p.step.output) * lanes;
  T* const ga = p.gx(0);
  for (std::size_t i = 0; i < n; ++i) ga[i] += p.gy()[i] / p.in(1)[i];
  T* const gb = p.step.inputs[0] == p.step.inputs[1] ? ga : p.gx(1);
  for (std::size_t i = 0; i < n; ++i) gb[i] -= p.gy()[i] * p.y()[i] / p.in(1)[i];
}

// --- Unary
template <class T>
void run(const Unary& u, const Pass<T>& p) {
  const T* const x = p.in(0);
  const std::size_t n = p.features(p.step.output) * lanes;
  if (u.function == Function::relu) {
    for (std::size_t i = 0; i < n; ++i) p.out[i] = x[i] < 0 ? T{0} : x[i];
    return;
  }
  for (std::size_t i = 0; i < n; ++i) p.out[i] = apply(u, x[i]);
}
template <class T>
void back(const Unary& u, const Pass<T>& p) {
  const T* const x = p.in(0);
  const T* const y = p.y();
  const T* const gy = p.gy();
  const std::size_t n = p.features(p.step.output) * lanes;
  if (u.function == Function::relu) {
    T* const g = p.gradient + p.gradients[p.step.inputs[0]].offset * lanes;
    if (p.step.first_gradient[0])
      for (std::size_t i = 0; i < n; ++i) g[i] = x[i] > 0 ? gy[i] : T{0};
    else
      for (std::size_t i = 0; i < n; ++i) g[i] += x[i] > 0 ? gy[i] : T{0};
    return;
  }
  T* const gx = p.gx(0);
  for (std::size_t i = 0; i < n; ++i) gx[i] += slope(u, x[i], y[i]) * gy[i];
}

// --- Maximum
template <class T>
void run(const Maximum& m, const Pass<T>& p) {
  const T* const x = p.in(0);
  for (std::size_t r = 0; r + 1 < m.begin.size(); ++r) {
    T* const y = p.out + r * lanes;
    std::memcpy(y, x + static_cast<std::size_t>(m.index[m.begin[r]]) * lanes, lanes * sizeof(T));
    for (std::size_t e = m.begin[r] + 1; e < m.begin[r + 1]; ++e) {
      const T* const from = x + static_cast<std::size_t>(m.index[e]) * lanes;
      for (std::size_t c = 0; c < lanes; ++c) y[c] = from[c] > y[c] || from[c] != from[c] ? from[c] : y[c];
    }
  }
}
template <class T>
void back(const Maximum& m, const Pass<T>& p) {
  const T* const x = p.in(0);
  T* const gx = p.gx(0);
  for (std::size_t r = 0; r + 1 < m.begin.size(); ++r)
    for (std::size_t c = 0; c < lanes; ++c)
      for (std::size_t e = m.begin[r]; e < m.begin[r + 1]; ++e) {
        const std::size_t i = static_cast<std::size_t>(m.index[e]) * lanes + c;
        if (x[i] != p.y()[r * lanes + c]) continue;
        gx[i] += p.gy()[r * lanes + c];
        break;
      }
}

// --- Softmax
template <class T>
void run(const Softmax& s, const Pass<T>& p) {
  const T* const x = p.in(0);
  for (std::size_t o = 0; o < s.outer; ++o)
    for (std::size_t i = 0; i < s.inner * lanes; ++i) {
      const std::size_t first = o * s.axis * s.inner * lanes + i, step = s.inner * lanes;
      T most = x[first], sum = 0;
      for (std::size_t a = 1; a < s.axis; ++a) most = std::max(most, x[first + a * step]);
      for (std::size_t a = 0; a < s.axis; ++a) sum += std::exp(x[first + a * step] - most);
      const T log_sum = std::log(sum);
      for (std::size_t a = 0; a < s.axis; ++a) {
        const T v = x[first + a * step] - most;
        p.out[first + a * step] = s.logarithm ? v - log_sum : std::exp(v) / sum;
      }
    }
}
template <class T>
void back(const Softmax& s, const Pass<T>& p) {
  const T* const y = p.y();
  const T* const gy = p.gy();
  T* const gx = p.gx(0);
  for (std::size_t o = 0; o < s.outer; ++o)
    for (std::size_t i = 0; i < s.inner * lanes; ++i) {
      const std::size_t first = o * s.axis * s.inner * lanes + i, step = s.inner * lanes;
      T sum = 0;
      for (std::size_t a = 0; a < s.axis; ++a) sum += s.logarithm ? gy[first + a * step] : gy[first + a * step] * y[first + a * step];
      for (std::size_t a = 0; a < s.axis; ++a) {
        const std::size_t at = first + a * step;
        gx[at] += s.logarithm ? gy[at] - std::exp(y[at]) * sum : y[at] * (gy[at] - sum);
      }
    }
}

// --- MatrixProduct
template <class T>
void run(const MatrixProduct& m, const Pass<T>& p) {
  for (std::size_t b = 0; b < m.batch; ++b)
    for (std::size_t i = 0; i < m.m; ++i)
      for (std::size_t j = 0; j < m.n; ++j) {
        T sum[lanes] = {};
        for (std::size_t k = 0; k < m.k; ++k) {
          const T* const x = p.in(0) + (m.first[b] + i * m.k + k) * lanes;
          const T* const y = p.in(1) + (m.second[b] + k * m.n + j) * lanes;
          for (std::size_t c = 0; c < lanes; ++c) sum[c] += x[c] * y[c];
        }
        std::memcpy(p.out + ((b * m.m + i) * m.n + j) * lanes, sum, sizeof sum);
      }
}
template <class T>
void back(const MatrixProduct& m, const Pass<T>& p) {
  T* const ga = p.gx(0);
  T* const gb = p.step.inputs[0] == p.step.inputs[1] ? ga : p.gx(1);
  for (std::size_t b = 0; b < m.batch; ++b)
    for (std::size_t i = 0; i < m.m; ++i)
      for (std::size_t j = 0; j < m.n; ++j) {
        const T* const g = p.gy() + ((b * m.m + i) * m.n + j) * lanes;
        for (std::size_t k = 0; k < m.k; ++k) {
          const std::size_t x = (m.first[b] + i * m.k + k) * lanes, y = (m.second[b] + k * m.n + j) * lanes;
          for (std::size_t c = 0; c < lanes; ++c) ga[x + c] += g[c] * p.in(1)[y + c];
          for (std::size_t c = 0; c < lanes; ++c) gb[y + c] += g[c] * p.in(0)[x + c];
        }
      }
}

}  // namespace

template <class T>
void product(const Linear& l, const Block<T>& block, const T* x, T* y) {
  const Packed<T>& w = packed<T>(l);
  const T* from = x;
  if (l.padded != 0) {
    std::fill(block.scratch, block.scratch + l.padded * lanes, T{0});
    for (std::size_t f = 0; f < l.place.size(); ++f)
      std::memcpy(block.scratch + static_cast<std::size_t>(l.place[f]) * lanes, x + f * lanes, lanes * sizeof(T));
    from = block.scratch;
  }
  for (std::size_t g = 0; g < l.groups; ++g)
    block.kernels.product({w.product.data() + g * (w.product.size() / l.groups), w.bias.data() + g * l.rows, l.rows, l.columns, l.pixels,
                           l.taps.data(), l.in.data(), l.out.data(), l.row, from + g * l.group_in * lanes, y + g * l.group_out() * lanes});
}

template <class T>
void adjoint(const Linear& l, const Block<T>& block, const T* y, T* x, std::size_t features, bool first) {
  const Packed<T>& w = packed<T>(l);
  T* to = x;
  if (l.padded != 0) {
    std::fill(block.scratch, block.scratch + l.padded * lanes, T{0});
    to = block.scratch;
  } else if (first) {
    std::fill(x, x + features * lanes, T{0});
  }
  for (std::size_t g = 0; g < l.groups; ++g)
    block.kernels.adjoint({w.adjoint.data() + g * (w.adjoint.size() / l.groups), l.rows, l.columns, l.pixels, l.taps.data(), l.in.data(),
                           l.out.data(), l.row, y + g * l.group_out() * lanes, to + g * l.group_in * lanes});
  if (l.padded == 0) return;
  for (std::size_t f = 0; f < l.place.size(); ++f) {
    const T* const from = block.scratch + static_cast<std::size_t>(l.place[f]) * lanes;
    if (first) std::memcpy(x + f * lanes, from, lanes * sizeof(T));
    else add_to(x + f * lanes, T{1}, from);
  }
}

template <class T>
void forward(const Step& step, const std::vector<Value>& values, const Block<T>& block, T* frame) {
  const Pass<T> pass{step, values, values, block, frame, frame + values[step.output].offset * lanes, nullptr};
  std::visit([&](const auto& operation) { run(operation, pass); }, step.operation);
}

template <class T>
void backward(const Step& step, const std::vector<Value>& values, const std::vector<Value>& gradients, const Block<T>& block, const T* frame, T* gradient) {
  const Pass<T> pass{step, values, gradients, block, frame, nullptr, gradient};
  std::visit([&](const auto& operation) { back(operation, pass); }, step.operation);
}

template void product(const Linear&, const Block<float>&, const float*, float*);
template void product(const Linear&, const Block<double>&, const double*, double*);
template void adjoint(const Linear&, const Block<float>&, const float*, float*, std::size_t, bool);
template void adjoint(const Linear&, const Block<double>&, const double*, double*, std::size_t, bool);
template void forward(const Step&, const std::vector<Value>&, const Block<float>&, float*);
template void forward(const Step&, const std::vector<Value>&, const Block<double>&, double*);
template void backward(const Step&, const std::vector<Value>&, const std::vector<Value>&, const Block<float>&, const float*, float*);
template void backward(const Step&, const std::vector<Value>&, const std::vector<Value>&, const Block<double>&, const double*, double*);

}  // namespace duolex::tensor
