// Pooling: over windows, over everything behind the channels, over regions; and the way back.
#include <cmath>

#include "tensor/numbers.h"
#include "tensor/window.h"

namespace duolex::tensor {

namespace {

// Calls visit(output place, input places, taps inside the padded input) for each window of each channel.
template <class Visit>
bool for_windows(Call& call, const Tensor& x, const Window& w, Visit&& visit) {
  const std::size_t planes = static_cast<std::size_t>(x.shape[0]) * static_cast<std::size_t>(x.shape[1]), rank = w.from.size();
  const std::size_t from = element_count(w.from).value_or(0), to = element_count(w.to).value_or(0), taps = element_count(w.kernel).value_or(0);
  const double all = static_cast<double>(planes) * static_cast<double>(to) * static_cast<double>(taps);
  if (taps == 0 || !call.work(all < 1e18 ? static_cast<std::uint64_t>(all) * 4 : std::uint64_t{1} << 62)) return call.error.empty() ? call.fail("a kernel that is too large") : false;
  const auto steps = strides(w.from);
  std::vector<std::size_t> inside;
  for (std::size_t plane = 0; plane < planes; ++plane) {
    Counter pixel(w.to);
    for (std::size_t p = 0; p < to; ++p, pixel.next()) {
      inside.clear();
      std::size_t padded = 0;
      Counter tap(w.kernel);
      for (std::size_t k = 0; k < taps; ++k, tap.next()) {
        std::int64_t at = 0;
        bool in = true, near = true;
        for (std::size_t d = 0; d < rank && near; ++d) {
          const std::int64_t i = pixel.at()[d] * w.stride[d] + tap.at()[d] * w.dilation[d] - w.before[d];
          in = in && i >= 0 && i < w.from[d];
          near = i < w.from[d] + w.after[d];
          at += i * steps[d];
        }
        if (near) ++padded;
        if (in && near) inside.push_back(plane * from + static_cast<std::size_t>(at));
      }
      visit(plane * to + p, inside, padded);
    }
  }
  return true;
}

bool pool_shape(Call& call, const Tensor& x, Window& w, Shape& shape) {
  if (const std::string wrong = read_window(call.node, x.shape, {}, w); !wrong.empty()) return call.fail(wrong);
  shape = {x.shape[0], x.shape[1]};
  shape.insert(shape.end(), w.to.begin(), w.to.end());
  return call.allows(shape);
}

bool maximum_pool(Call& call) {
  if (!call.needs(1)) return false;
  const Tensor& x = call.at(0);
  Window w;
  Shape shape;
  if (!is_floating(x.type) && !is_whole(x.type)) return call.unsupported(std::string("on ") + name_of(x.type));
  if (!pool_shape(call, x, w, shape)) return false;
  std::vector<std::int64_t> from(*element_count(shape), -1);
  if (!for_windows(call, x, w, [&](std::size_t to, const std::vector<std::size_t>& inside, std::size_t) {
        for (const std::size_t i : inside)
          if (from[to] < 0 || x.number(i) > x.number(static_cast<std::size_t>(from[to])) || std::isnan(x.number(i))) from[to] = static_cast<std::int64_t>(i);
      }))
    return false;
  if (call.out.size() > 1) {
    Tensor places = zeros(Type::i64, shape);
    const bool by_column = call.node.integer("storage_order", 0) != 0;
    if (by_column && w.from.size() != 2) return call.unsupported("column-major indices over " + std::to_string(w.from.size()) + " dimensions");
    const std::int64_t plane = static_cast<std::int64_t>(element_count(w.from).value_or(1));
    for (std::size_t i = 0; i < from.size(); ++i) {
      const std::int64_t at = from[i] % plane;
      set_integer(places, i, by_column ? from[i] - at + at % w.from[1] * w.from[0] + at / w.from[1] : from[i]);
    }
    call.out[1] = std::move(places);
  }
  return call.give(take(x, shape, from));
}

bool average_pool(Call& call) {
  if (!call.needs(1)) return false;
  const Tensor& x = call.at(0);
  Window w;
  Shape shape;
  if (!is_floating(x.type)) return call.unsupported(std::string("on ") + name_of(x.type));
  if (!pool_shape(call, x, w, shape)) return false;
  const bool norm = call.node.op == "LpPool", with_padding = call.node.integer("count_include_pad", 0) != 0;
  const double p = static_cast<double>(call.node.integer("p", 2));
  Tensor y = zeros(x.type, shape);
  if (!for_windows(call, x, w, [&](std::size_t to, const std::vector<std::size_t>& inside, std::size_t padded) {
        double sum = 0;
        for (const std::size_t i : inside) sum += norm ? std::pow(std::fabs(x.number(i)), p) : x.number(i);
        const std::size_t count = with_padding ? padded : inside.size();
        set_number(y, to, norm ? std::pow(sum, 1 / p) : count == 0 ? 0 : sum / static_cast<double>(count));
      }))
    return false;
  return call.give(std::move(y));
}

bool global_pool(Call& call) {
  if (!call.needs(1)) return false;
  const Tensor& x = call.at(0);
  if (x.shape.size() < 2 || !is_floating(x.type) || x.elements() == 0) return call.fail("nothing behind the channels");
  const std::string& op = call.node.op;
  const std::size_t planes = static_cast<std::size_t>(x.shape[0]) * static_cast<std::size_t>(x.shape[1]), each = x.elements() / planes;
  const double p = static_cast<double>(call.node.integer("p", 2));
  Shape shape(x.shape.size(), 1);
  shape[0] = x.shape[0];
  shape[1] = x.shape[1];
  Tensor y = zeros(x.type, shape);
  for (std::size_t c = 0; c < planes; ++c) {
    double v = op == "GlobalMaxPool" ? -INFINITY : 0;
    for (std::size_t i = 0; i < each; ++i) {
      const double e = x.number(c * each + i);
      if (op == "GlobalMaxPool") v = std::isnan(e) || e > v ? e : v;
      else v += op == "GlobalLpPool" ? std::pow(std::fabs(e), p) : e;
    }
    set_number(y, c, op == "GlobalAveragePool" ? v / static_cast<double>(each) : op == "GlobalLpPool" ? std::pow(v, 1 / p) : v);
  }
  return call.give(std::move(y));
}

// The values back to where a MaxPool of the same window found them.
bool maximum_unpool(Call& call) {
  if (!call.needs(2)) return false;
  const Tensor& x = call.at(0);
  const auto kernel = call.node.integers("kernel_shape");
  auto stride = call.node.integers("strides"), pads = call.node.integers("pads");
  if (x.shape.size() < 3 || kernel.size() + 2 != x.shape.size() || call.at(1).elements() != x.elements()) return call.fail("indices or a kernel that do not fit");
  const std::size_t rank = kernel.size();
  if (stride.empty()) stride.assign(rank, 1);
  if (pads.empty()) pads.assign(2 * rank, 0);
  if (stride.size() != rank || pads.size() != 2 * rank) return call.fail("strides or pads that do not fit");
  Shape small{x.shape[0], x.shape[1]};
  for (std::size_t d = 0; d < rank; ++d) {
    constexpr std::int64_t most = 1 << 20;
    if (stride[d] < 1 || stride[d] > most || kernel[d] < 1 || kernel[d] > most || pads[d] < 0 || pads[d] > most || pads[d + rank] < 0 || pads[d + rank] > most || x.shape[d + 2] > most) return call.fail("strides or pads out of range");
    small.push_back((x.shape[d + 2] - 1) * stride[d] + kernel[d] - pads[d] - pads[d + rank]);
  }
  const Shape shape = call.has(2) ? whole_numbers(call.at(2)) : small;
  if (shape.size() != small.size() || shape[0] != small[0] || shape[1] != small[1]) return call.fail("an output shape that does not fit");
  if (!call.allows(shape) || !element_count(small, call.limits.numbers)) return call.error.empty() ? call.fail("a result that is too large") : false;
  std::vector<std::int64_t> from(*element_count(shape), -1);
  const auto steps = strides(small), into = strides(shape);
  for (std::size_t i = 0; i < x.elements(); ++i) {
    std::int64_t at = call.at(1).integer(i), to = 0;
    if (at < 0 || at >= static_cast<std::int64_t>(*element_count(small))) return call.fail("an index out of range");
    for (std::size_t d = 0; d < small.size(); ++d) {  // indices count in the smaller shape
      const std::int64_t k = at / steps[d];
      at %= steps[d];
      if (k >= shape[d]) return call.fail("an index out of range");
      to += k * into[d];
    }
    from[static_cast<std::size_t>(to)] = static_cast<std::int64_t>(i);
  }
  return call.give(take(x, shape, from));
}

}  // namespace

void add_pooling_operators(Operators& operators) {
  operators.insert({{"MaxPool", maximum_pool}, {"AveragePool", average_pool}, {"LpPool", average_pool}, {"GlobalAveragePool", global_pool},
                    {"GlobalMaxPool", global_pool}, {"GlobalLpPool", global_pool}, {"MaxUnpool", maximum_unpool}});
}

}  // namespace duolex::tensor
