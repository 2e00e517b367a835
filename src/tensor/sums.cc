#include "tensor/sums.h"

#include <algorithm>

namespace duolex::tensor {

bool plan_convolution(Call& call, const Shape& x, const Shape& w, Convolution& plan) {
  const std::int64_t groups = call.node.integer("group", 1);
  if (x.size() < 3 || w.size() != x.size() || groups < 1 || x[1] % groups != 0 || w[1] != x[1] / groups || w[0] < 1 || w[0] % groups != 0)
    return call.fail("weights " + to_string(w) + " do not fit input " + to_string(x));
  if (const std::string wrong = read_window(call.node, x, {w.begin() + 2, w.end()}, plan.window); !wrong.empty()) return call.fail(wrong);
  if (!std::equal(plan.window.kernel.begin(), plan.window.kernel.end(), w.begin() + 2)) return call.fail("kernel_shape is not that of the weights");
  plan.batch = static_cast<std::size_t>(x[0]);
  plan.channels = static_cast<std::size_t>(x[1]);
  plan.filters = static_cast<std::size_t>(w[0]);
  plan.groups = static_cast<std::size_t>(groups);
  return call.allows(result_shape(plan));
}

Shape result_shape(const Convolution& plan) {
  Shape shape{static_cast<std::int64_t>(plan.batch), static_cast<std::int64_t>(plan.filters)};
  shape.insert(shape.end(), plan.window.to.begin(), plan.window.to.end());
  return shape;
}

namespace {

// Windows over three dimensions; those that are not there have one element.
struct Grid {
  std::size_t from[3]{1, 1, 1}, room[3]{1, 1, 1}, to[3]{1, 1, 1}, kernel[3]{1, 1, 1}, stride[3]{1, 1, 1}, dilation[3]{1, 1, 1}, before[3]{0, 0, 0};
  [[nodiscard]] std::size_t pixels() const { return to[0] * to[1] * to[2]; }
  [[nodiscard]] std::size_t taps() const { return kernel[0] * kernel[1] * kernel[2]; }
};

Grid grid_of(const Window& w) {
  Grid g;
  const std::size_t rank = w.from.size();
  bool same = !w.padded();
  for (std::size_t d = 0; d < rank; ++d) same = same && w.kernel[d] == 1 && w.stride[d] == 1;
  for (std::size_t d = 0; d < rank; ++d) {
    const std::size_t at = 3 - rank + d;
    g.from[at] = static_cast<std::size_t>(w.from[d]);
    g.room[at] = static_cast<std::size_t>(w.from[d] + w.before[d] + w.after[d]);
    g.to[at] = static_cast<std::size_t>(w.to[d]);
    g.kernel[at] = static_cast<std::size_t>(w.kernel[d]);
    g.stride[at] = static_cast<std::size_t>(w.stride[d]);
    g.dilation[at] = static_cast<std::size_t>(w.dilation[d]);
    g.before[at] = static_cast<std::size_t>(w.before[d]);
    // A last window that is rounded up reaches beyond the padding.
    g.room[at] = std::max(g.room[at], (g.to[at] - 1) * g.stride[at] + (g.kernel[at] - 1) * g.dilation[at] + 1);
  }
  if (same) {  // each pixel by itself: one long row
    g.from[2] = g.room[2] = g.to[2] = g.from[0] * g.from[1] * g.from[2];
    g.from[0] = g.from[1] = g.room[0] = g.room[1] = g.to[0] = g.to[1] = 1;
  }
  return g;
}

constexpr std::size_t piece = 512;  // pixels of a row that are summed at a time

// One filter's sums on one row of pixels.
void sum_row(const Grid& g, const double* planes, std::size_t channels, const double* w, std::size_t z, std::size_t y, double* row) {
  const std::size_t plane = g.room[0] * g.room[1] * g.room[2];
  for (std::size_t begin = 0; begin < g.to[2]; begin += piece) {
    const std::size_t count = std::min(piece, g.to[2] - begin), stride = g.stride[2];
    const double* weight = w;
    double* const to = row + begin;
    for (std::size_t c = 0; c < channels; ++c)
      for (std::size_t a = 0; a < g.kernel[0]; ++a)
        for (std::size_t b = 0; b < g.kernel[1]; ++b) {
          const double* line = planes + c * plane + ((z * g.stride[0] + a * g.dilation[0]) * g.room[1] + y * g.stride[1] + b * g.dilation[1]) * g.room[2] + begin * stride;
          for (std::size_t k = 0; k < g.kernel[2]; ++k, line += g.dilation[2]) {
            const double v = *weight++;
            if (stride == 1)
              for (std::size_t i = 0; i < count; ++i) to[i] += v * line[i];
            else
              for (std::size_t i = 0; i < count; ++i) to[i] += v * line[i * stride];
          }
        }
  }
}

}  // namespace

bool convolve(Call& call, const Convolution& plan, const std::vector<double>& x, const std::vector<double>& w,
              const std::function<void(std::size_t, std::size_t, const std::vector<double>&)>& done) {
  const Grid g = grid_of(plan.window);
  const std::size_t inner = plan.channels / plan.groups, each = plan.filters / plan.groups, from = g.from[0] * g.from[1] * g.from[2];
  const auto room = element_count({static_cast<std::int64_t>(plan.channels), static_cast<std::int64_t>(g.room[0]), static_cast<std::int64_t>(g.room[1]), static_cast<std::int64_t>(g.room[2])}, call.limits.numbers);
  if (!room) return call.fail("an input that is too large when padded");
  const double sums = static_cast<double>(plan.batch) * static_cast<double>(plan.filters) * static_cast<double>(g.pixels()) * static_cast<double>(inner * g.taps());
  if (!call.work(sums < 1e18 ? static_cast<std::uint64_t>(sums) : std::uint64_t{1} << 60)) return false;
  std::vector<double> planes, pixels(g.pixels());
  for (std::size_t n = 0; n < plan.batch; ++n) {
    const double* source = x.data() + n * plan.channels * from;
    if (*room != plan.channels * from) {
      planes.assign(*room, 0);
      const double* next = source;
      for (std::size_t c = 0; c < plan.channels; ++c)
        for (std::size_t a = 0; a < g.from[0]; ++a)
          for (std::size_t b = 0; b < g.from[1]; ++b, next += g.from[2])
            std::copy_n(next, g.from[2], planes.begin() + static_cast<std::ptrdiff_t>(((c * g.room[0] + a + g.before[0]) * g.room[1] + b + g.before[1]) * g.room[2] + g.before[2]));
      source = planes.data();
    }
    for (std::size_t f = 0; f < plan.filters; ++f) {
      std::fill(pixels.begin(), pixels.end(), 0.0);
      const double* group = source + f / each * inner * (*room / plan.channels);
      for (std::size_t z = 0; z < g.to[0]; ++z)
        for (std::size_t y = 0; y < g.to[1]; ++y) sum_row(g, group, inner, w.data() + f * inner * g.taps(), z, y, pixels.data() + (z * g.to[1] + y) * g.to[2]);
      done(n, f, pixels);
    }
  }
  return true;
}

bool plan_product(Call& call, const Shape& a, const Shape& b, Product2& plan) {
  if (a.empty() || b.empty()) return call.fail("a matrix product of single numbers");
  Shape p = a, q = b;
  if (a.size() == 1) p.insert(p.begin(), 1);
  if (b.size() == 1) q.push_back(1);
  if (p.back() != q[q.size() - 2]) return call.fail("matrices " + to_string(a) + " and " + to_string(b) + " do not fit");
  plan.m = static_cast<std::size_t>(p[p.size() - 2]);
  plan.k = static_cast<std::size_t>(p.back());
  plan.n = static_cast<std::size_t>(q.back());
  Tensor x, y;
  x.shape.assign(p.begin(), p.end() - 2);
  y.shape.assign(q.begin(), q.end() - 2);
  const auto batch = common_shape({&x, &y}, call.limits.numbers);
  if (!batch) return call.fail("matrices " + to_string(a) + " and " + to_string(b) + " do not fit");
  plan.shape = *batch;
  if (a.size() > 1) plan.shape.push_back(p[p.size() - 2]);
  if (b.size() > 1) plan.shape.push_back(q.back());
  if (!call.allows(plan.shape)) return false;
  const std::size_t count = element_count(*batch).value_or(0);
  BroadcastWalk i(x.shape, *batch), j(y.shape, *batch);
  for (std::size_t c = 0; c < count; ++c, i.next(), j.next()) {
    plan.first.push_back(i.at());
    plan.second.push_back(j.at());
  }
  return true;
}

bool multiply(Call& call, const Product2& plan, const std::vector<double>& a, const std::vector<double>& b,
              const std::function<void(std::size_t, std::size_t, const std::vector<double>&)>& done) {
  const double sums = static_cast<double>(plan.first.size()) * static_cast<double>(plan.m) * static_cast<double>(plan.k) * static_cast<double>(plan.n);
  if (!call.work(sums < 1e18 ? static_cast<std::uint64_t>(sums) : std::uint64_t{1} << 60)) return false;
  std::vector<double> row(plan.n);
  for (std::size_t c = 0; c < plan.first.size(); ++c)
    for (std::size_t i = 0; i < plan.m; ++i) {
      std::fill(row.begin(), row.end(), 0.0);
      const double* p = a.data() + (plan.first[c] * plan.m + i) * plan.k;
      const double* q = b.data() + plan.second[c] * plan.k * plan.n;
      for (std::size_t k = 0; k < plan.k; ++k, q += plan.n)
        for (std::size_t j = 0; j < plan.n; ++j) row[j] += p[k] * q[j];
      done(c, i, row);
    }
  return true;
}

}  // namespace duolex::tensor
