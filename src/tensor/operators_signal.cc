// Fourier transforms and the windows that go with them.
#include <cmath>
#include <complex>
#include <numbers>

#include "tensor/numbers.h"

namespace duolex::tensor {

namespace {

using Complex = std::complex<double>;

// By its definition; `roots[k]` = exp(-+2 pi i k / n).
std::vector<Complex> roots_of(std::size_t n, bool inverse) {
  std::vector<Complex> roots(n);
  for (std::size_t k = 0; k < n; ++k) roots[k] = std::polar(1.0, (inverse ? 2 : -2) * std::numbers::pi * static_cast<double>(k) / static_cast<double>(n));
  return roots;
}
Complex transform(const std::vector<Complex>& line, const std::vector<Complex>& roots, std::size_t frequency) {
  Complex sum = 0;
  const std::size_t n = roots.size();
  for (std::size_t i = 0, turn = 0; i < std::min(line.size(), n); ++i, turn = (turn + frequency) % n) sum += line[i] * roots[turn];
  return sum;
}

bool fourier(Call& call) {
  if (!call.needs(1)) return false;
  const Tensor& x = call.at(0);
  const std::size_t rank = x.shape.size();
  if (!is_floating(x.type) || rank < 2 || (x.shape.back() != 1 && x.shape.back() != 2)) return call.fail("neither real nor complex numbers");
  const bool inverse = call.node.integer("inverse", 0) != 0, one_sided = call.node.integer("onesided", 0) != 0, complex = x.shape.back() == 2;
  std::int64_t axis = call.node.integer("axis", 1);
  if (call.opset >= 20) axis = call.has(2) && call.at(2).elements() == 1 ? call.at(2).integer(0) : -2;
  if (!normal_axis(axis, rank) || axis == static_cast<std::int64_t>(rank) - 1) return call.fail("no such axis");
  if (inverse && one_sided) return call.unsupported("an inverse of one side");
  std::int64_t length = x.shape[static_cast<std::size_t>(axis)];
  if (call.has(1) && call.at(1).elements() == 1) length = call.at(1).integer(0);
  Shape shape = x.shape;
  shape.back() = 2;
  shape[static_cast<std::size_t>(axis)] = one_sided ? length / 2 + 1 : length;
  if (length < 1 || !call.allows(shape) || !call.allows({length})) return call.error.empty() ? call.fail("a length out of range") : false;
  AxisView v;
  Shape points(x.shape.begin(), x.shape.end() - 1);
  view_axis(points, axis, v);
  const auto bins = static_cast<std::size_t>(shape[static_cast<std::size_t>(axis)]);
  if (!call.work(v.outer * v.inner * bins) || !call.work(v.outer * v.inner * bins * v.axis)) return false;
  const auto roots = roots_of(static_cast<std::size_t>(length), inverse);
  Tensor y = zeros(x.type, shape);
  for (std::size_t o = 0; o < v.outer; ++o)
    for (std::size_t i = 0; i < v.inner; ++i) {
      std::vector<Complex> line(v.axis);
      for (std::size_t a = 0; a < v.axis; ++a) {
        const std::size_t at = (o * v.axis + a) * v.inner + i;
        line[a] = complex ? Complex(x.number(2 * at), x.number(2 * at + 1)) : Complex(x.number(at), 0);
      }
      for (std::size_t f = 0; f < bins; ++f) {
        const Complex sum = transform(line, roots, f) / (inverse ? static_cast<double>(length) : 1.0);
        const std::size_t to = (o * bins + f) * v.inner + i;
        set_number(y, 2 * to, sum.real());
        set_number(y, 2 * to + 1, sum.imag());
      }
    }
  return call.give(std::move(y));
}

bool short_time_fourier(Call& call) {
  if (!call.needs(2)) return false;
  const Tensor& x = call.at(0);
  if (!is_floating(x.type) || x.shape.size() < 2 || x.shape.size() > 3 || call.at(1).elements() != 1) return call.fail("a signal or step that does not fit");
  const bool complex = x.shape.size() == 3 && x.shape[2] == 2, one_sided = call.node.integer("onesided", 1) != 0;
  const std::int64_t step = call.at(1).integer(0), length = call.has(3) ? (call.at(3).elements() == 1 ? call.at(3).integer(0) : 0) : call.has(2) ? static_cast<std::int64_t>(call.at(2).elements()) : 0;
  if (complex && one_sided) return call.unsupported("one side of complex numbers");
  if (step < 1 || length < 1 || length > x.shape[1] || (call.has(2) && call.at(2).elements() != static_cast<std::size_t>(length))) return call.fail("a window or step out of range");
  const std::int64_t frames = (x.shape[1] - length) / step + 1;
  const Shape shape{x.shape[0], frames, one_sided ? length / 2 + 1 : length, 2};
  const auto bins = static_cast<std::size_t>(shape[2]), n = static_cast<std::size_t>(length);
  if (!call.allows(shape) || !call.work(static_cast<std::uint64_t>(x.shape[0] * frames) * bins) || !call.work(static_cast<std::uint64_t>(x.shape[0] * frames) * bins * n)) return false;
  const auto roots = roots_of(n, false);
  Tensor y = zeros(x.type, shape);
  std::size_t to = 0;
  for (std::size_t b = 0; b < static_cast<std::size_t>(x.shape[0]); ++b)
    for (std::size_t f = 0; f < static_cast<std::size_t>(frames); ++f) {
      std::vector<Complex> line(n);
      for (std::size_t i = 0; i < n; ++i) {
        const std::size_t at = b * static_cast<std::size_t>(x.shape[1]) + f * static_cast<std::size_t>(step) + i;
        line[i] = (complex ? Complex(x.number(2 * at), x.number(2 * at + 1)) : Complex(x.number(at), 0)) * (call.has(2) ? call.at(2).number(i) : 1.0);
      }
      for (std::size_t k = 0; k < bins; ++k) {
        const Complex sum = transform(line, roots, k);
        set_number(y, to++, sum.real());
        set_number(y, to++, sum.imag());
      }
    }
  return call.give(std::move(y));
}

bool window(Call& call) {
  if (!call.needs(1)) return false;
  if (call.at(0).elements() != 1) return call.fail("a size that is not one number");
  const std::int64_t size = call.at(0).integer(0);
  const auto type = static_cast<Type>(call.node.integer("output_datatype", 1));
  if (!call.allows({size})) return false;
  if (!is_floating(type)) return call.unsupported("of this type");
  const double period = static_cast<double>(call.node.integer("periodic", 1) != 0 ? size : size - 1);
  const std::string& op = call.node.op;
  const double a0 = op == "HannWindow" ? 0.5 : op == "HammingWindow" ? 25.0 / 46 : 0.42, a1 = op == "HammingWindow" ? 21.0 / 46 : 0.5, a2 = op == "BlackmanWindow" ? 0.08 : 0;
  Tensor y = zeros(type, {size});
  for (std::size_t i = 0; i < y.elements(); ++i) {
    const double turn = 2 * std::numbers::pi * static_cast<double>(i) / period;
    set_number(y, i, period == 0 ? 1 : a0 - a1 * std::cos(turn) + a2 * std::cos(2 * turn));
  }
  return call.give(std::move(y));
}

// Triangles over the frequencies, evenly spaced in mels; their corners lie on whole bins.
bool mel_weights(Call& call) {
  if (!call.needs(5)) return false;
  for (std::size_t i = 0; i < 5; ++i)
    if (call.at(i).elements() != 1) return call.fail("inputs that are not one number");
  const std::int64_t bands = call.at(0).integer(0), length = call.at(1).integer(0), rate = call.at(2).integer(0);
  const double low = call.at(3).number(0), high = call.at(4).number(0);
  const auto type = static_cast<Type>(call.node.integer("output_datatype", 1));
  if (bands < 1 || length < 1 || rate < 1 || low < 0 || high < low || !is_floating(type)) return call.fail("numbers out of range");
  const Shape shape{length / 2 + 1, bands};
  if (!call.allows(shape) || !call.allows({bands + 2})) return false;
  const auto mel = [](double hertz) { return 2595 * std::log10(1 + hertz / 700); };
  std::vector<std::int64_t> corner(static_cast<std::size_t>(bands) + 2);
  for (std::size_t i = 0; i < corner.size(); ++i) {
    const double m = mel(low) + static_cast<double>(i) * (mel(high) - mel(low)) / static_cast<double>(corner.size());
    const double bin = std::floor(static_cast<double>(length + 1) * (700 * (std::pow(10.0, m / 2595) - 1)) / static_cast<double>(rate));
    if (!(bin >= 0 && bin < 1e15)) return call.fail("a frequency out of range");
    corner[i] = static_cast<std::int64_t>(bin);
  }
  Tensor y = zeros(type, shape);
  const auto set = [&](std::int64_t bin, std::int64_t band, double v) {
    if (bin >= 0 && bin < shape[0]) set_number(y, static_cast<std::size_t>(bin * bands + band), v);
  };
  for (std::int64_t b = 0; b < bands; ++b) {
    const std::int64_t left = corner[static_cast<std::size_t>(b)], middle = corner[static_cast<std::size_t>(b) + 1], right = corner[static_cast<std::size_t>(b) + 2];
    if (middle == left) set(middle, b, 1);
    for (std::int64_t i = left; i < std::min(middle + 1, shape[0]) && middle != left; ++i) set(i, b, static_cast<double>(i - left) / static_cast<double>(middle - left));
    for (std::int64_t i = middle; i < std::min(right, shape[0]) && right != middle; ++i) set(i, b, static_cast<double>(right - i) / static_cast<double>(right - middle));
  }
  return call.give(std::move(y));
}

}  // namespace

void add_signal_operators(Operators& operators) {
  operators.insert({{"DFT", fourier}, {"STFT", short_time_fourier}, {"HannWindow", window}, {"HammingWindow", window}, {"BlackmanWindow", window}, {"MelWeightMatrix", mel_weights}});
}

}  // namespace duolex::tensor
