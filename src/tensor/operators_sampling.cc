// Pictures read at places that the data name: grids, regions, and boxes that are kept.
#include <algorithm>
#include <cmath>

#include "tensor/numbers.h"

namespace duolex::tensor {

namespace {

// Into [low, high] by mirrors at both ends.
double reflected(double x, double low, double high) {
  const double range = high - low;
  if (range <= 0) return low;
  const double away = std::fabs(x - low), turns = std::floor(away / range), rest = away - turns * range;
  return std::fmod(turns, 2) == 0 ? low + rest : high - rest;
}

struct Grid {
  std::int64_t height = 0, width = 0;
  bool corners = false, border = false, reflection = false;

  [[nodiscard]] double scaled(double x, std::int64_t size) const {
    const auto s = static_cast<double>(size);
    return corners ? (x + 1) / 2 * (s - 1) : ((x + 1) * s - 1) / 2;
  }
  [[nodiscard]] double placed(double x, std::int64_t size) const {
    const auto s = static_cast<double>(size);
    if (border) return std::clamp(x, 0.0, s - 1);
    if (!reflection) return x;
    return std::clamp(corners ? reflected(x, 0, s - 1) : reflected(x, -0.5, s - 0.5), 0.0, s - 1);
  }
  // The pixel at whole places, with what the padding says beyond the edge.
  [[nodiscard]] double pixel(const double* plane, double y, double x) const {
    y = placed(y, height);
    x = placed(x, width);
    if (!(y >= 0 && x >= 0 && y < static_cast<double>(height) && x < static_cast<double>(width))) return 0;
    return plane[static_cast<std::int64_t>(y) * width + static_cast<std::int64_t>(x)];
  }
};

double cubic(const double v[4], double f) {
  constexpr double a = -0.75;
  const auto near = [](double x) { return ((a + 2) * x - (a + 3)) * x * x + 1; };
  const auto far = [](double x) { return ((a * x - 5 * a) * x + 8 * a) * x - 4 * a; };
  return v[0] * far(1 + f) + v[1] * near(f) + v[2] * near(1 - f) + v[3] * far(2 - f);
}

bool grid_sample(Call& call) {
  if (!call.needs(2)) return false;
  const Tensor& x = call.at(0);
  const Tensor& g = call.at(1);
  if (x.shape.size() != 4) return call.unsupported("over " + std::to_string(x.shape.size()) + " dimensions");
  if (!is_floating(x.type) || g.shape.size() != 4 || g.shape[0] != x.shape[0] || g.shape[3] != 2 || x.shape[2] < 1 || x.shape[3] < 1) return call.fail("a grid that does not fit");
  const std::string mode = call.node.text("mode", "bilinear"), padding = call.node.text("padding_mode", "zeros");
  const Grid grid{x.shape[2], x.shape[3], call.node.integer("align_corners", 0) != 0, padding == "border", padding == "reflection"};
  const bool linear = mode == "bilinear" || mode == "linear", by_cubes = mode == "bicubic" || mode == "cubic";
  if (!linear && !by_cubes && mode != "nearest") return call.unsupported("mode " + mode);
  const Shape shape{x.shape[0], x.shape[1], g.shape[1], g.shape[2]};
  if (!call.allows(shape)) return false;
  const std::vector<double> values = numbers_of(x);
  Tensor y = zeros(x.type, shape);
  const auto channels = static_cast<std::size_t>(shape[1]), pixels = static_cast<std::size_t>(shape[2] * shape[3]), plane = static_cast<std::size_t>(x.shape[2] * x.shape[3]);
  for (std::size_t n = 0; n < static_cast<std::size_t>(shape[0]); ++n)
    for (std::size_t p = 0; p < pixels; ++p) {
      double u = grid.scaled(g.number((n * pixels + p) * 2), grid.width), v = grid.scaled(g.number((n * pixels + p) * 2 + 1), grid.height);
      if (!std::isfinite(u) || !std::isfinite(v)) return call.unsupported("at places that are no numbers");
      if (!by_cubes) u = grid.placed(u, grid.width), v = grid.placed(v, grid.height);
      for (std::size_t c = 0; c < channels; ++c) {
        const double* from = values.data() + (n * channels + c) * plane;
        double result = 0;
        const double left = std::floor(u), top = std::floor(v), fx = u - left, fy = v - top;
        if (by_cubes) {
          double rows[4];
          for (int i = 0; i < 4; ++i) {
            double row[4];
            for (int j = 0; j < 4; ++j) row[j] = grid.pixel(from, top - 1 + i, left - 1 + j);
            rows[i] = cubic(row, fx);
          }
          result = cubic(rows, fy);
        } else if (linear) {
          result = (1 - fy) * ((1 - fx) * grid.pixel(from, top, left) + fx * grid.pixel(from, top, left + 1)) +
                   fy * ((1 - fx) * grid.pixel(from, top + 1, left) + fx * grid.pixel(from, top + 1, left + 1));
        } else {
          result = grid.pixel(from, std::nearbyint(v), std::nearbyint(u));
        }
        set_number(y, (n * channels + c) * pixels + p, result);
      }
    }
  return call.give(std::move(y));
}

bool region_align(Call& call) {
  if (!call.needs(3)) return false;
  const Tensor& x = call.at(0);
  const Tensor& rois = call.at(1);
  const std::int64_t height = call.node.integer("output_height", 1), width = call.node.integer("output_width", 1), ratio = call.node.integer("sampling_ratio", 0);
  const double scale = call.node.number("spatial_scale", 1);
  const bool maximum = call.node.text("mode", "avg") == "max", half = call.opset >= 16 && call.node.text("coordinate_transformation_mode", "half_pixel") == "half_pixel";
  if (!is_floating(x.type) || x.shape.size() != 4 || rois.shape.size() != 2 || rois.shape[1] != 4 || call.at(2).elements() != static_cast<std::size_t>(rois.shape[0]) || height < 1 || width < 1 || ratio < 0 || ratio > 1024 || x.elements() == 0)
    return call.fail("regions that do not fit");
  const std::int64_t h = x.shape[2], w = x.shape[3];
  const Shape shape{rois.shape[0], x.shape[1], height, width};
  if (!call.allows(shape)) return false;
  const std::vector<double> values = numbers_of(x);
  Tensor y = zeros(x.type, shape);
  std::size_t at = 0;
  const double shift = half ? 0.5 : 0;
  for (std::size_t r = 0; r < static_cast<std::size_t>(rois.shape[0]); ++r) {
    const std::int64_t b = call.at(2).integer(r);
    if (b < 0 || b >= x.shape[0]) return call.fail("a batch index out of range");
    const double x0 = rois.number(r * 4) * scale - shift, y0 = rois.number(r * 4 + 1) * scale - shift;
    double wide = rois.number(r * 4 + 2) * scale - shift - x0, high = rois.number(r * 4 + 3) * scale - shift - y0;
    if (!half) wide = std::max(wide, 1.0), high = std::max(high, 1.0);
    const double cell_x = wide / static_cast<double>(width), cell_y = high / static_cast<double>(height);
    if (!(std::fabs(cell_x) < 1e6 && std::fabs(cell_y) < 1e6 && std::fabs(x0) < 1e9 && std::fabs(y0) < 1e9)) return call.fail("a region out of range");
    const auto nx = static_cast<std::int64_t>(ratio > 0 ? static_cast<double>(ratio) : std::ceil(cell_x)), ny = static_cast<std::int64_t>(ratio > 0 ? static_cast<double>(ratio) : std::ceil(cell_y));
    for (std::int64_t c = 0; c < x.shape[1]; ++c) {
      const double* plane = values.data() + (b * x.shape[1] + c) * h * w;
      for (std::int64_t oy = 0; oy < height; ++oy)
        for (std::int64_t ox = 0; ox < width; ++ox) {
          double sum = 0, most = -INFINITY;
          if (!call.work(static_cast<std::uint64_t>(std::max<std::int64_t>(1, nx)) * static_cast<std::uint64_t>(std::max<std::int64_t>(1, ny)) * 8)) return false;
          for (std::int64_t iy = 0; iy < ny; ++iy)
            for (std::int64_t ix = 0; ix < nx; ++ix) {
              double py = y0 + static_cast<double>(oy) * cell_y + (static_cast<double>(iy) + 0.5) * cell_y / static_cast<double>(ny);
              double px = x0 + static_cast<double>(ox) * cell_x + (static_cast<double>(ix) + 0.5) * cell_x / static_cast<double>(nx);
              double part[4] = {0, 0, 0, 0};
              if (py >= -1 && py <= static_cast<double>(h) && px >= -1 && px <= static_cast<double>(w)) {
                py = std::clamp(py, 0.0, static_cast<double>(h - 1));
                px = std::clamp(px, 0.0, static_cast<double>(w - 1));
                const auto top = static_cast<std::int64_t>(py), left = static_cast<std::int64_t>(px);
                const std::int64_t bottom = std::min(top + 1, h - 1), right = std::min(left + 1, w - 1);
                const double fy = py - static_cast<double>(top), fx = px - static_cast<double>(left);
                part[0] = (1 - fy) * (1 - fx) * plane[top * w + left];
                part[1] = (1 - fy) * fx * plane[top * w + right];
                part[2] = fy * (1 - fx) * plane[bottom * w + left];
                part[3] = fy * fx * plane[bottom * w + right];
              }
              sum += part[0] + part[1] + part[2] + part[3];
              most = std::max({most, part[0], part[1], part[2], part[3]});
            }
          set_number(y, at++, maximum ? (nx * ny > 0 ? most : 0) : sum / static_cast<double>(std::max<std::int64_t>(1, nx * ny)));
        }
    }
  }
  return call.give(std::move(y));
}

struct Box {
  double top, left, bottom, right;
  [[nodiscard]] double area() const { return (bottom - top) * (right - left); }
};

Box box_at(const Tensor& boxes, std::size_t i, bool centred) {
  const double a = boxes.number(i * 4), b = boxes.number(i * 4 + 1), c = boxes.number(i * 4 + 2), d = boxes.number(i * 4 + 3);
  if (centred) return {b - d / 2, a - c / 2, b + d / 2, a + c / 2};
  return {std::min(a, c), std::min(b, d), std::max(a, c), std::max(b, d)};
}

double overlap(const Box& p, const Box& q) {
  const double high = std::min(p.bottom, q.bottom) - std::max(p.top, q.top), wide = std::min(p.right, q.right) - std::max(p.left, q.left);
  if (high <= 0 || wide <= 0 || p.area() <= 0 || q.area() <= 0) return 0;
  return high * wide / (p.area() + q.area() - high * wide);
}

// Boxes by falling score, without those that overlap one that is kept.
bool non_max_suppression(Call& call) {
  if (!call.needs(2)) return false;
  const Tensor& boxes = call.at(0);
  const Tensor& scores = call.at(1);
  if (boxes.shape.size() != 3 || scores.shape.size() != 3 || boxes.shape[2] != 4 || scores.shape[0] != boxes.shape[0] || scores.shape[2] != boxes.shape[1]) return call.fail("boxes and scores that do not fit");
  for (std::size_t i = 2; i < 5; ++i)
    if (call.has(i) && call.at(i).elements() != 1) return call.fail("thresholds that are not one number");
  const std::int64_t most = call.has(2) ? call.at(2).integer(0) : 0;
  const double limit = call.has(3) ? call.at(3).number(0) : 0, least = call.has(4) ? call.at(4).number(0) : -INFINITY;
  const auto count = static_cast<std::size_t>(boxes.shape[1]), classes = static_cast<std::size_t>(scores.shape[1]);
  const bool centred = call.node.integer("center_point_box", 0) != 0;
  std::vector<std::int64_t> chosen;
  for (std::size_t b = 0; b < static_cast<std::size_t>(boxes.shape[0]); ++b)
    for (std::size_t c = 0; c < classes; ++c) {
      std::vector<std::size_t> order;
      for (std::size_t i = 0; i < count; ++i)
        if (scores.number((b * classes + c) * count + i) > least) order.push_back(i);
      std::stable_sort(order.begin(), order.end(), [&](std::size_t i, std::size_t j) { return scores.number((b * classes + c) * count + i) > scores.number((b * classes + c) * count + j); });
      std::vector<Box> kept;
      for (const std::size_t i : order) {
        if (static_cast<std::int64_t>(kept.size()) >= most) break;
        if (!call.work(8 * (kept.size() + 1))) return false;
        const Box box = box_at(boxes, b * count + i, centred);
        if (std::any_of(kept.begin(), kept.end(), [&](const Box& k) { return overlap(k, box) > limit; })) continue;
        kept.push_back(box);
        chosen.insert(chosen.end(), {static_cast<std::int64_t>(b), static_cast<std::int64_t>(c), static_cast<std::int64_t>(i)});
      }
    }
  return call.give(tensor_of(Type::i64, {static_cast<std::int64_t>(chosen.size() / 3), 3}, chosen));
}

}  // namespace

void add_sampling_operators(Operators& operators) {
  operators.insert({{"GridSample", grid_sample}, {"RoiAlign", region_align}, {"NonMaxSuppression", non_max_suppression}});
}

}  // namespace duolex::tensor
