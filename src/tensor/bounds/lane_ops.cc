#include "tensor/bounds/lane_ops.h"

#include <cmath>

#include "tensor/kernels.h"

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__)
#define DUOLEX_CLONES __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define DUOLEX_CLONES
#endif

namespace duolex::tensor::bounds {

DUOLEX_CLONES void carry_through_lines(const std::int32_t* list, std::size_t n, const double* a, const double* lower_slope,
                                       const double* lower_shift, const double* upper_slope, const double* upper_shift,
                                       const double* magnitude, std::size_t boxes, double* to, double* constant, double* sum, double* error) {
  double c[lanes], s[lanes], e[lanes];
  for (std::size_t l = 0; l < lanes; ++l) c[l] = constant[l], s[l] = sum[l], e[l] = error[l];
  for (std::size_t i = 0; i < n; ++i) {
    const std::size_t f = static_cast<std::size_t>(list[i]), at = f * lanes;
    const double m = magnitude[f];
    if (boxes == 1) {
      const double below = lower_slope[f], above = upper_slope[f], least = lower_shift[f], most = upper_shift[f];
      for (std::size_t l = 0; l < lanes; ++l) {
        const double v = a[at + l], product = v * (v >= 0 ? below : above), shift = v * (v >= 0 ? least : most);
        to[at + l] += product;
        c[l] += shift;
        s[l] += std::fabs(shift);
        e[l] += std::fabs(product) * m;
      }
      continue;
    }
    for (std::size_t l = 0; l < lanes; ++l) {
      const double v = a[at + l];
      const bool up = v >= 0;
      const double product = v * (up ? lower_slope[at + l] : upper_slope[at + l]);
      const double shift = v * (up ? lower_shift[at + l] : upper_shift[at + l]);
      to[at + l] += product;
      c[l] += shift;
      s[l] += std::fabs(shift);
      e[l] += std::fabs(product) * m;
    }
  }
  for (std::size_t l = 0; l < lanes; ++l) constant[l] = c[l], sum[l] = s[l], error[l] = e[l];
}

DUOLEX_CLONES void carry_through_parallels(const std::int32_t* list, std::size_t n, const double* a, const double* slope, const double* lower_shift,
                                           const double* upper_shift, const double* magnitude, double* to, double* constant, double* spread, double* sum, double* error) {
  double c[lanes], w[lanes], s[lanes], e[lanes];
  for (std::size_t l = 0; l < lanes; ++l) c[l] = constant[l], w[l] = spread[l], s[l] = sum[l], e[l] = error[l];
  for (std::size_t i = 0; i < n; ++i) {
    const std::size_t f = static_cast<std::size_t>(list[i]), at = f * lanes;
    const double k = slope[f], m = std::fabs(k) * magnitude[f], least = lower_shift[f], most = upper_shift[f], width = most - least;
    const double size = std::fabs(least) > std::fabs(most) ? std::fabs(least) : std::fabs(most);
    for (std::size_t l = 0; l < lanes; ++l) {
      const double v = a[at + l], v_size = std::fabs(v);
      to[at + l] += v * k;
      c[l] += v * (v >= 0 ? least : most);
      w[l] += v_size * width;
      s[l] += v_size * size;
      e[l] += v_size * m;
    }
  }
  for (std::size_t l = 0; l < lanes; ++l) constant[l] = c[l], spread[l] = w[l], sum[l] = s[l], error[l] = e[l];
}

DUOLEX_CLONES void carry_through_plane(const double* a, const Plane& plane, double* x, double* y, double* constant, double* spread, double* sum, double* error) {
  const double width = plane.upper_shift - plane.lower_shift;
  const double size = std::fabs(plane.lower_shift) > std::fabs(plane.upper_shift) ? std::fabs(plane.lower_shift) : std::fabs(plane.upper_shift);
  for (std::size_t l = 0; l < lanes; ++l) {
    const double v = a[l], v_size = std::fabs(v);
    x[l] += v * plane.of_x;
    y[l] += v * plane.of_y;
    constant[l] += v * (v >= 0 ? plane.lower_shift : plane.upper_shift);
    spread[l] += v_size * width;
    sum[l] += v_size * size;
    error[l] += v_size * plane.magnitude;
  }
}

DUOLEX_CLONES void width_over_box(const std::int32_t* list, std::size_t n, const double* a, const double* low, const double* high, double* spread) {
  double w[lanes] = {};
  for (std::size_t i = 0; i < n; ++i) {
    const std::size_t f = static_cast<std::size_t>(list[i]);
    const double width = high[f] - low[f];
    for (std::size_t l = 0; l < lanes; ++l) w[l] += std::fabs(a[f * lanes + l]) * width;
  }
  for (std::size_t l = 0; l < lanes; ++l) spread[l] += w[l];
}

DUOLEX_CLONES void account(const std::int32_t* list, std::size_t n, const double* a, const double* bias, const double* magnitude,
                           double factor, double* constant, double* sum, double* error) {
  double c[lanes] = {}, s[lanes] = {}, e[lanes] = {};
  for (std::size_t i = 0; i < n; ++i) {
    const auto f = static_cast<std::size_t>(list[i]);
    const double m = magnitude[f], b = bias != nullptr ? bias[f] : 0;
    for (std::size_t l = 0; l < lanes; ++l) {
      const double v = a[f * lanes + l];
      c[l] += v * b;
      s[l] += std::fabs(v * b);
      e[l] += std::fabs(v) * m;
    }
  }
  for (std::size_t l = 0; l < lanes; ++l) constant[l] += c[l], sum[l] += s[l], error[l] += factor * e[l];
}

DUOLEX_CLONES void smallest_over_box(const std::int32_t* list, std::size_t n, const double* a, const double* low, const double* high,
                                     std::size_t boxes, double* total, double* sum) {
  double t[lanes] = {}, s[lanes] = {};
  for (std::size_t i = 0; i < n; ++i) {
    const std::size_t f = static_cast<std::size_t>(list[i]), at = f * lanes;
    if (boxes == 1) {
      const double least = low[f], most = high[f];
      for (std::size_t l = 0; l < lanes; ++l) {
        const double x = a[at + l] * least, y = a[at + l] * most, p = std::fabs(x), q = std::fabs(y);
        t[l] += x < y ? x : y;
        s[l] += p > q ? p : q;
      }
      continue;
    }
    for (std::size_t l = 0; l < lanes; ++l) {
      const double x = a[at + l] * low[at + l], y = a[at + l] * high[at + l];
      t[l] += x < y ? x : y;
      const double p = std::fabs(x), q = std::fabs(y);
      s[l] += p > q ? p : q;
    }
  }
  for (std::size_t l = 0; l < lanes; ++l) total[l] += t[l], sum[l] += s[l];
}

DUOLEX_CLONES void add_row(const std::int32_t* to_list, std::size_t n, const double* w, std::size_t w_step, const double* a, double* to) {
  for (std::size_t i = 0; i < n; ++i) {
    double* const target = to + static_cast<std::size_t>(to_list[i]) * lanes;
    const double v = w[i * w_step];
    for (std::size_t l = 0; l < lanes; ++l) target[l] += v * a[l];
  }
}

}  // namespace duolex::tensor::bounds
