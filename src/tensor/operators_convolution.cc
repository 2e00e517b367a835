// Convolutions of numbers and of quantised numbers, and their transposes.
#include <cmath>

#include "tensor/quantise.h"
#include "tensor/sums.h"

namespace duolex::tensor {

namespace {

bool convolution(Call& call) {
  if (!call.needs(2)) return false;
  const Tensor& x = call.at(0);
  Convolution plan;
  if (!is_floating(x.type) || call.at(1).type != x.type) return call.unsupported(std::string("on ") + name_of(x.type));
  if (!plan_convolution(call, x.shape, call.at(1).shape, plan)) return false;
  std::vector<double> bias(plan.filters, 0);
  if (call.has(2)) bias = numbers_of(call.at(2));
  if (bias.size() != plan.filters) return call.fail("a bias of another size");
  Tensor y = zeros(x.type, result_shape(plan));
  if (!convolve(call, plan, numbers_of(x), numbers_of(call.at(1)), [&](std::size_t n, std::size_t f, const std::vector<double>& pixels) {
        const std::size_t to = (n * plan.filters + f) * pixels.size();
        for (std::size_t p = 0; p < pixels.size(); ++p) set_number(y, to + p, pixels[p] + bias[f]);
      }))
    return false;
  return call.give(std::move(y));
}

// Sums of eight-bit numbers are exact in double precision.
bool integer_convolution(Call& call) {
  if (!call.needs(2)) return false;
  Convolution plan;
  std::vector<double> x, w;
  if (!plan_convolution(call, call.at(0).shape, call.at(1).shape, plan) || !without_zero(call, 0, 2, x) || !without_zero(call, 1, 3, w)) return false;
  Tensor y = zeros(Type::i32, result_shape(plan));
  if (!convolve(call, plan, x, w, [&](std::size_t n, std::size_t f, const std::vector<double>& pixels) {
        for (std::size_t p = 0; p < pixels.size(); ++p) set_integer(y, (n * plan.filters + f) * pixels.size() + p, static_cast<std::int64_t>(pixels[p]));
      }))
    return false;
  return call.give(std::move(y));
}

bool quantised_convolution(Call& call) {
  if (!call.needs(8)) return false;
  Convolution plan;
  std::vector<double> x, w, bias;
  if (!plan_convolution(call, call.at(0).shape, call.at(3).shape, plan) || !without_zero(call, 0, 2, x) || !without_zero(call, 3, 5, w)) return false;
  bias.assign(plan.filters, 0);
  if (call.has(8)) bias = numbers_of(call.at(8));
  const Tensor& scale = call.at(4);
  if (bias.size() != plan.filters || call.at(1).elements() != 1 || call.at(6).elements() != 1 || call.at(7).elements() != 1 || (scale.elements() != 1 && scale.elements() != plan.filters))
    return call.fail("scales or a bias of another size");
  if (!is_quantised(call.at(7).type)) return call.unsupported(std::string("to ") + name_of(call.at(7).type));
  Tensor y = zeros(call.at(7).type, result_shape(plan));
  if (!convolve(call, plan, x, w, [&](std::size_t n, std::size_t f, const std::vector<double>& pixels) {
        const double factor = call.at(1).number(0) * scale.number(scale.elements() == 1 ? 0 : f) / call.at(6).number(0);
        for (std::size_t p = 0; p < pixels.size(); ++p)
          set_quantised(y, (n * plan.filters + f) * pixels.size() + p, (pixels[p] + bias[f]) * factor, call.at(7).integer(0));
      }))
    return false;
  return call.give(std::move(y));
}

// Where each window of a transposed convolution begins in the result, and how large that is.
struct Spread {
  Shape from, to, kernel, stride, dilation, before;
};

bool plan_spread(Call& call, const Shape& x, const Shape& w, Spread& s) {
  const std::size_t rank = x.size() - 2;
  s.from.assign(x.begin() + 2, x.end());
  s.kernel.assign(w.begin() + 2, w.end());
  s.stride = call.node.integers("strides");
  s.dilation = call.node.integers("dilations");
  auto extra = call.node.integers("output_padding"), size = call.node.integers("output_shape"), pads = call.node.integers("pads");
  const std::string auto_pad = call.node.text("auto_pad", "NOTSET");
  if (s.stride.empty()) s.stride.assign(rank, 1);
  if (s.dilation.empty()) s.dilation.assign(rank, 1);
  if (extra.empty()) extra.assign(rank, 0);
  if (pads.empty()) pads.assign(2 * rank, 0);
  if (size.size() > rank) size.erase(size.begin(), size.end() - static_cast<std::ptrdiff_t>(rank));
  if (s.stride.size() != rank || s.dilation.size() != rank || extra.size() != rank || pads.size() != 2 * rank || (!size.empty() && size.size() != rank)) return call.fail("attributes that do not fit the input");
  for (std::size_t d = 0; d < rank; ++d) {
    constexpr std::int64_t most = 1 << 20;
    if (s.stride[d] < 1 || s.stride[d] > most || s.dilation[d] < 1 || s.dilation[d] > most || s.kernel[d] < 1 || s.kernel[d] > most || s.from[d] < 1 || s.from[d] > most ||
        extra[d] < 0 || extra[d] > most || pads[d] < 0 || pads[d] > most || pads[d + rank] < 0 || pads[d + rank] > most)
      return call.fail("attributes out of range");
    const std::int64_t whole = (s.from[d] - 1) * s.stride[d] + (s.kernel[d] - 1) * s.dilation[d] + 1 + extra[d];
    std::int64_t before = pads[d], to = whole - pads[d] - pads[d + rank];
    if (!size.empty() || auto_pad == "SAME_UPPER" || auto_pad == "SAME_LOWER") {
      to = size.empty() ? s.from[d] * s.stride[d] : size[d];
      const std::int64_t all = std::max<std::int64_t>(0, whole - to);
      before = auto_pad == "SAME_UPPER" ? all / 2 : all - all / 2;
    } else if (auto_pad == "VALID") {
      before = 0;
      to = whole;
    }
    if (to < 1 || to > most) return call.fail("a result out of range");
    s.before.push_back(before);
    s.to.push_back(to);
  }
  return true;
}

bool transposed_convolution(Call& call) {
  if (!call.needs(2)) return false;
  const Tensor& x = call.at(0);
  const Tensor& w = call.at(1);
  const std::int64_t groups = call.node.integer("group", 1);
  if (!is_floating(x.type) || x.shape.size() < 3 || x.shape.size() > 5 || w.shape.size() != x.shape.size() || groups < 1 || w.shape[0] != x.shape[1] || x.shape[1] % groups != 0 || w.shape[1] < 1 ||
      w.shape[1] > (1 << 24) || groups > (1 << 24))
    return call.fail("weights " + to_string(w.shape) + " do not fit input " + to_string(x.shape));
  Spread s;
  if (!plan_spread(call, x.shape, w.shape, s)) return false;
  const std::int64_t filters = w.shape[1] * groups;
  Shape shape{x.shape[0], filters};
  shape.insert(shape.end(), s.to.begin(), s.to.end());
  if (!call.allows(shape)) return false;
  if (call.has(2) && call.at(2).elements() != static_cast<std::size_t>(filters)) return call.fail("a bias of another size");
  const std::size_t from = element_count(s.from).value_or(0), to = element_count(s.to).value_or(0), taps = element_count(s.kernel).value_or(0), each = static_cast<std::size_t>(w.shape[1]);
  const auto channels = static_cast<std::size_t>(x.shape[1]), inner = channels / static_cast<std::size_t>(groups);
  std::vector<double> sums(*element_count(shape), 0), weights = numbers_of(w);
  // For each pixel and tap the place in the result it goes to, or -1.
  if (!element_count({static_cast<std::int64_t>(from), static_cast<std::int64_t>(taps)}, call.limits.numbers)) return call.fail("a window that is too large");
  std::vector<std::int64_t> place(from * taps, 0);
  const auto steps = strides(s.to);
  Counter pixel(s.from);
  for (std::size_t p = 0; p < from; ++p, pixel.next()) {
    Counter tap(s.kernel);
    for (std::size_t k = 0; k < taps; ++k, tap.next())
      for (std::size_t d = 0; d < steps.size(); ++d) {
        const std::int64_t at = pixel.at()[d] * s.stride[d] + tap.at()[d] * s.dilation[d] - s.before[d];
        std::int64_t& target = place[p * taps + k];
        target = target < 0 || at < 0 || at >= s.to[d] ? -1 : target + at * steps[d];
      }
  }
  for (std::size_t n = 0; n < static_cast<std::size_t>(x.shape[0]); ++n)
    for (std::size_t c = 0; c < channels; ++c) {
      if (!call.work(each * from * taps)) return false;
      for (std::size_t f = 0; f < each; ++f) {
        double* const out = sums.data() + (n * static_cast<std::size_t>(filters) + c / inner * each + f) * to;
        for (std::size_t p = 0; p < from; ++p) {
          const double v = x.number((n * channels + c) * from + p);
          for (std::size_t k = 0; k < taps; ++k)
            if (place[p * taps + k] >= 0) out[place[p * taps + k]] += v * weights[(c * each + f) * taps + k];
        }
      }
    }
  if (call.has(2))
    for (std::size_t i = 0; i < sums.size(); ++i) sums[i] += call.at(2).number(i / to % static_cast<std::size_t>(filters));
  return call.give(from_numbers(x.type, shape, sums));
}

}  // namespace

void add_convolution_operators(Operators& operators) {
  operators.insert({{"Conv", convolution}, {"ConvInteger", integer_convolution}, {"QLinearConv", quantised_convolution}, {"ConvTranspose", transposed_convolution}});
}

}  // namespace duolex::tensor
