// Resize and Upsample: one dimension after the other.
#include <algorithm>
#include <cmath>

#include "tensor/numbers.h"

namespace duolex::tensor {

namespace {

struct Plan {
  Shape to;
  std::vector<double> scale;
  std::vector<double> begin, end;  // of the region of interest, in parts of the dimension
  std::string mode, nearest, coordinates;
  double cubic = -0.75, outside = 0;
  bool exclude_outside = false, antialias = false;
};

// Some elements of a line with their weights; `outside`: the result is the extrapolation value.
struct Taps {
  std::vector<std::pair<std::size_t, double>> taps;
  bool outside = false;
};

bool read_plan(Call& call, const Shape& from, Plan& p) {
  const bool upsample = call.node.op == "Upsample" || call.opset < 11;
  const std::size_t scales_at = upsample ? 1 : 2, rank = from.size();
  std::vector<std::int64_t> axes = call.node.integers("axes");
  if (axes.empty())
    for (std::size_t d = 0; d < rank; ++d) axes.push_back(static_cast<std::int64_t>(d));
  for (std::int64_t& a : axes)
    if (!normal_axis(a, rank) || rank == 0) return call.fail("no such axis");
  p.to = from;
  p.scale.assign(rank, 1);
  p.begin.assign(rank, 0);
  p.end.assign(rank, 1);
  std::vector<double> scales = call.has(scales_at) ? numbers_of(call.at(scales_at)) : std::vector<double>{};
  if (const Attribute* a = call.node.attribute("scales"); a != nullptr && scales.empty()) scales.assign(a->floats.begin(), a->floats.end());
  const std::vector<std::int64_t> sizes = !upsample && call.has(3) ? whole_numbers(call.at(3)) : std::vector<std::int64_t>{};
  if (!scales.empty()) {
    if (scales.size() != axes.size()) return call.fail("as many scales as dimensions are needed");
    for (std::size_t i = 0; i < axes.size(); ++i) {
      const auto d = static_cast<std::size_t>(axes[i]);
      if (!(scales[i] > 0 && scales[i] < 1e6)) return call.fail("a scale out of range");
      p.scale[d] = scales[i];
      p.to[d] = static_cast<std::int64_t>(std::floor(static_cast<double>(from[d]) * scales[i]));
    }
  } else {
    if (sizes.size() != axes.size()) return call.fail("neither scales nor sizes that fit");
    const std::string policy = call.node.text("keep_aspect_ratio_policy", "stretch");
    double common = policy == "not_larger" ? INFINITY : 0;
    for (std::size_t i = 0; i < axes.size(); ++i) {
      const auto d = static_cast<std::size_t>(axes[i]);
      if (sizes[i] < 0 || from[d] < 1) return call.fail("a size out of range");
      p.scale[d] = static_cast<double>(sizes[i]) / static_cast<double>(from[d]);
      p.to[d] = sizes[i];
      common = policy == "not_larger" ? std::min(common, p.scale[d]) : std::max(common, p.scale[d]);
    }
    if (policy != "stretch")
      for (const std::int64_t a : axes) {
        const auto d = static_cast<std::size_t>(a);
        p.scale[d] = common;
        p.to[d] = static_cast<std::int64_t>(std::floor(common * static_cast<double>(from[d]) + 0.5));
      }
  }
  p.mode = call.node.text("mode", "nearest");
  if (p.mode == "bilinear") p.mode = "linear";
  p.nearest = call.node.text("nearest_mode", upsample ? "floor" : "round_prefer_floor");
  p.coordinates = call.node.text("coordinate_transformation_mode", upsample ? "asymmetric" : "half_pixel");
  p.cubic = call.node.number("cubic_coeff_a", -0.75F);
  p.exclude_outside = call.node.integer("exclude_outside", 0) != 0;
  p.antialias = call.node.integer("antialias", 0) != 0 && p.mode != "nearest";
  p.outside = call.node.number("extrapolation_value", 0);
  if (p.coordinates == "tf_crop_and_resize") {
    const std::vector<double> roi = call.has(1) ? numbers_of(call.at(1)) : std::vector<double>{};
    if (roi.size() != 2 * axes.size()) return call.fail("a region of interest that does not fit");
    for (std::size_t i = 0; i < axes.size(); ++i) {
      p.begin[static_cast<std::size_t>(axes[i])] = roi[i];
      p.end[static_cast<std::size_t>(axes[i])] = roi[i + axes.size()];
    }
  }
  if (p.coordinates == "align_corners")
    for (std::size_t d = 0; d < rank; ++d)
      if (p.scale[d] != 1 && std::fabs(p.scale[d] * static_cast<double>(from[d]) - static_cast<double>(p.to[d])) > 1e-4)
        return call.unsupported("corners aligned with a size that is not whole: runtimes disagree on it");
  static const char* const known[] = {"half_pixel", "half_pixel_symmetric", "pytorch_half_pixel", "align_corners", "asymmetric", "tf_half_pixel_for_nn", "tf_crop_and_resize"};
  if (std::find(std::begin(known), std::end(known), p.coordinates) == std::end(known)) return call.unsupported("coordinates " + p.coordinates);
  if (p.mode != "nearest" && p.mode != "linear" && p.mode != "cubic") return call.unsupported("mode " + p.mode);
  for (std::size_t d = 0; d < rank; ++d)
    if (from[d] < 1 && p.to[d] > 0) return call.fail("nothing to resize");
  return call.allows(p.to);
}

double source(const Plan& p, std::size_t d, std::int64_t size, std::int64_t place) {
  const auto o = static_cast<double>(place), in = static_cast<double>(size), out = static_cast<double>(p.to[d]);
  if (p.coordinates == "tf_crop_and_resize")
    return out > 1 ? p.begin[d] * (in - 1) + o * (p.end[d] - p.begin[d]) * (in - 1) / (out - 1) : 0.5 * (p.begin[d] + p.end[d]) * (in - 1);
  if (p.coordinates == "asymmetric") return o / p.scale[d];
  if (p.coordinates == "align_corners") return out == 1 ? 0 : o * (in - 1) / (out - 1);
  if (p.coordinates == "tf_half_pixel_for_nn") return (o + 0.5) / p.scale[d];
  if (p.coordinates == "pytorch_half_pixel" && out == 1) return 0;
  if (p.coordinates == "half_pixel_symmetric") return in / 2 * (1 - out / (p.scale[d] * in)) + (o + 0.5) / p.scale[d] - 0.5;
  return (o + 0.5) / p.scale[d] - 0.5;
}

// The kernel of the mode, stretched over what becomes one number; its weights sum to 1 before what lies outside is clamped
// to the border or left out.
void smooth(const Plan& p, double scale, double s, std::int64_t size, Taps& t) {
  const double a = p.cubic, reach = p.mode == "linear" ? 1 : 2, base = std::ceil(s) - 1, f = s - base, first = std::floor(-reach / scale) + 1;
  std::vector<double> weight;
  double sum = 0, left = 0;
  for (double i = first; i < 2 - first; ++i) {
    const double x = std::fabs((i - f) * scale);
    weight.push_back(p.mode == "linear" ? std::max(0.0, 1 - x) : x < 1 ? ((a + 2) * x - (a + 3)) * x * x + 1 : x < 2 ? ((a * x - 5 * a) * x + 8 * a) * x - 4 * a : 0);
    sum += weight.back();
  }
  const auto outside = [&](double at) { return at < 0 || at >= static_cast<double>(size); };
  for (std::size_t i = 0; i < weight.size(); ++i)
    if (!outside(base + first + static_cast<double>(i))) left += weight[i];
  for (std::size_t i = 0; i < weight.size(); ++i) {
    const double at = base + first + static_cast<double>(i);
    if (p.exclude_outside && outside(at)) continue;
    t.taps.emplace_back(static_cast<std::size_t>(std::clamp(at, 0.0, static_cast<double>(size - 1))), weight[i] / (p.exclude_outside ? left : sum));
  }
}

Taps taps_of(const Plan& p, std::size_t d, std::int64_t size, std::int64_t place) {
  Taps t;
  const double s = source(p, d, size, place);
  const auto inside = [size](double i) { return static_cast<std::size_t>(std::clamp(i, 0.0, static_cast<double>(size - 1))); };
  t.outside = p.coordinates == "tf_crop_and_resize" && (s < 0 || s > static_cast<double>(size - 1));
  if (p.mode == "nearest") {
    const double r = p.nearest == "floor" ? std::floor(s) : p.nearest == "ceil" ? std::ceil(s) : p.nearest == "round_prefer_ceil" ? std::floor(s + 0.5) : std::ceil(s - 0.5);
    t.taps = {{inside(r), 1}};
    return t;
  }
  if (p.antialias && p.scale[d] < 1) {
    smooth(p, p.scale[d], s, size, t);
    return t;
  }
  const double low = std::floor(s), f = s - low;
  if (p.mode == "linear") {
    t.taps = {{inside(low), 1 - f}, {inside(low + 1), f}};
    return t;
  }
  const double a = p.cubic;
  const auto near = [a](double x) { return ((a + 2) * x - (a + 3)) * x * x + 1; };
  const auto far = [a](double x) { return ((a * x - 5 * a) * x + 8 * a) * x - 4 * a; };
  double weight[4] = {far(1 + f), near(f), near(1 - f), far(2 - f)}, sum = 0;
  for (int k = 0; k < 4; ++k) {
    if (p.exclude_outside && (low - 1 + k < 0 || low - 1 + k >= static_cast<double>(size))) weight[k] = 0;
    sum += weight[k];
  }
  for (int k = 0; k < 4; ++k) t.taps.emplace_back(inside(low - 1 + k), p.exclude_outside ? weight[k] / sum : weight[k]);
  return t;
}

// Exact for every type, with an index into x for each result.
bool nearest(Call& call, const Tensor& x, const Plan& p) {
  std::vector<std::int64_t> from(*element_count(p.to), 0);
  const auto steps = strides(x.shape);
  std::vector<std::vector<std::int64_t>> place(p.to.size());
  for (std::size_t d = 0; d < p.to.size(); ++d)
    for (std::int64_t i = 0; i < p.to[d]; ++i) {
      const Taps t = taps_of(p, d, x.shape[d], i);
      place[d].push_back(t.outside ? -1 : static_cast<std::int64_t>(t.taps[0].first) * steps[d]);
    }
  Counter at(p.to);
  for (std::int64_t& f : from) {
    for (std::size_t d = 0; d < p.to.size() && f >= 0; ++d) {
      const std::int64_t k = place[d][static_cast<std::size_t>(at.at()[d])];
      f = k < 0 ? -1 : f + k;
    }
    at.next();
  }
  Tensor fill = zeros(x.type, {1});
  if (x.type != Type::string) set_number(fill, 0, p.outside);
  return call.give(take(x, p.to, from, &fill));
}

}  // namespace

bool resize_rows(Call& call, const Shape& from, std::size_t most, ResizeRows& rows) {
  Plan p;
  if (!read_plan(call, from, p)) return false;
  if (p.coordinates == "tf_crop_and_resize") return call.unsupported("coordinates " + p.coordinates);
  rows.to = p.to;
  if (element_count(p.to) == 0) return rows.begin.push_back(0), true;  // whatever the other dimensions are
  const auto steps = strides(from);
  std::vector<std::vector<Taps>> taps(from.size());
  for (std::size_t d = 0; d < from.size(); ++d)
    for (std::int64_t i = 0; i < p.to[d]; ++i) {
      const bool still = p.to[d] == from[d] && p.scale[d] == 1;
      taps[d].push_back(still ? Taps{{{static_cast<std::size_t>(i), 1.0}}, false} : taps_of(p, d, from[d], i));
    }
  Counter at(p.to);
  rows.begin.push_back(0);
  for (std::size_t i = 0; i < *element_count(p.to); ++i, at.next()) {
    std::vector<std::pair<std::int64_t, double>> sum{{0, 1.0}}, next;
    for (std::size_t d = 0; d < from.size(); ++d) {
      next.clear();
      for (const auto& [place, factor] : sum)
        for (const auto& [tap, weight] : taps[d][static_cast<std::size_t>(at.at()[d])].taps)
          if (weight != 0) next.emplace_back(place + static_cast<std::int64_t>(tap) * steps[d], factor * weight);
      sum.swap(next);
    }
    for (const auto& [place, factor] : sum) {
      rows.index.push_back(static_cast<std::int32_t>(place));
      rows.weight.push_back(factor);
    }
    if (rows.index.size() > most) return call.fail("a table that is too large");
    rows.begin.push_back(static_cast<std::uint32_t>(rows.index.size()));
  }
  return true;
}

namespace {

bool resize(Call& call) {
  if (!call.needs(1)) return false;
  const Tensor& x = call.at(0);
  Plan p;
  if (!read_plan(call, x.shape, p)) return false;
  const std::size_t n = *element_count(p.to);
  if (n == 0) return call.give(zeros(x.type, p.to));
  if (p.mode == "nearest" && n != 0) return nearest(call, x, p);
  if (!is_floating(x.type) && !is_whole(x.type)) return call.unsupported(std::string("on ") + name_of(x.type));
  Shape shape = x.shape;
  std::vector<double> values = numbers_of(x);
  std::vector<bool> outside(n, false);
  for (std::size_t d = 0; d < shape.size(); ++d) {
    if (p.to[d] == shape[d] && p.scale[d] == 1 && p.coordinates != "tf_crop_and_resize") continue;
    AxisView v;
    view_axis(shape, static_cast<std::int64_t>(d), v);
    shape[d] = p.to[d];
    if (!call.allows(shape)) return false;
    const auto to = static_cast<std::size_t>(p.to[d]);
    std::vector<double> next(v.outer * to * v.inner, 0);
    for (std::size_t i = 0; i < to; ++i) {
      const Taps t = taps_of(p, d, static_cast<std::int64_t>(v.axis), static_cast<std::int64_t>(i));
      for (std::size_t o = 0; o < v.outer; ++o)
        for (const auto& [tap, weight] : t.taps)
          for (std::size_t k = 0; k < v.inner; ++k) next[(o * to + i) * v.inner + k] += weight * values[(o * v.axis + tap) * v.inner + k];
      if (!t.outside) continue;
      AxisView all;
      view_axis(p.to, static_cast<std::int64_t>(d), all);
      for (std::size_t o = 0; o < all.outer; ++o)
        for (std::size_t k = 0; k < all.inner; ++k) outside[(o * all.axis + i) * all.inner + k] = true;
    }
    values = std::move(next);
  }
  for (std::size_t i = 0; i < n; ++i)
    if (outside[i]) values[i] = p.outside;
  return call.give(from_numbers(x.type, p.to, values));
}

}  // namespace

void add_resize_operators(Operators& operators) { operators.insert({{"Resize", resize}, {"Upsample", resize}}); }

}  // namespace duolex::tensor
