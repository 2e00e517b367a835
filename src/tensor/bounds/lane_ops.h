// Loops over lanes that are worth compiling for newer processors too. Additions and products are not fused here, so
// the copies give the same bits.
#pragma once

#include <cstddef>
#include <cstdint>

namespace duolex::tensor::bounds {

// What belongs to boxes is [features * boxes], where boxes is 1 or `lanes`.
// For each listed feature f: to[f] += a >= 0 ? a * lower_slope : a * upper_slope, and the shifts into constant,
// their absolute values into sum, and |to| * magnitude into error. `to` was zeroed where it is new.
void carry_through_lines(const std::int32_t* list, std::size_t n, const double* a, const double* lower_slope, const double* lower_shift,
                         const double* upper_slope, const double* upper_shift, const double* magnitude, std::size_t boxes, double* to,
                         double* constant, double* sum, double* error);
// constant += sum over f of a[f] * bias[f] and error += factor * sum of |a[f]| * magnitude[f]; bias may be null.
void account(const std::int32_t* list, std::size_t n, const double* a, const double* bias, const double* magnitude, double factor,
             double* constant, double* sum, double* error);
// For each listed feature the smaller of a * low and a * high into total, and |a| * max(|low|, |high|) into sum.
void smallest_over_box(const std::int32_t* list, std::size_t n, const double* a, const double* low, const double* high, std::size_t boxes, double* total,
                       double* sum);
// Where the slopes of both lines are the same: besides, |a| * (upper_shift - lower_shift) into spread, by which the bound from
// above exceeds the one from below. For one box.
void carry_through_parallels(const std::int32_t* list, std::size_t n, const double* a, const double* slope, const double* lower_shift,
                             const double* upper_shift, const double* magnitude, double* to, double* constant, double* spread, double* sum, double* error);
// x y between two planes: x += a * of_x and y += a * of_y, and the rest as above.
struct Plane {
  double of_x, of_y, lower_shift, upper_shift, magnitude;
};
void carry_through_plane(const double* a, const Plane& plane, double* x, double* y, double* constant, double* spread, double* sum, double* error);
// |a| * (high - low) into spread, for one box.
void width_over_box(const std::int32_t* list, std::size_t n, const double* a, const double* low, const double* high, double* spread);
// to[t[i]] += w[i] * a, for i < n
void add_row(const std::int32_t* to_list, std::size_t n, const double* w, std::size_t w_step, const double* a, double* to);

}  // namespace duolex::tensor::bounds
