#include "threats/evasion/ball.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>

namespace duolex::threats::evasion {
namespace {

// Floats in the order of their values as whole numbers, for numbers from -1 to 2.
std::int32_t place_of(float v) {
  const auto bits = std::bit_cast<std::int32_t>(v);
  return bits >= 0 ? bits : std::numeric_limits<std::int32_t>::min() - bits;
}
float at_place(std::int32_t place) { return std::bit_cast<float>(place >= 0 ? place : std::numeric_limits<std::int32_t>::min() - place); }

// The float from `end` on towards x that is nearest to `end` and within epsilon of x; |end - x| rounded never grows on the way.
float nearest_within(float end, float x, double epsilon) {
  const auto within = [&](float v) { return std::abs(static_cast<double>(v) - static_cast<double>(x)) <= epsilon; };
  if (within(end)) return end;
  if (!within(x)) return x;
  std::int64_t outside = place_of(end), inside = place_of(x);
  while (std::abs(inside - outside) > 1) {
    const std::int64_t middle = outside + (inside - outside) / 2;
    (within(at_place(static_cast<std::int32_t>(middle))) ? inside : outside) = middle;
  }
  return at_place(static_cast<std::int32_t>(inside));
}

// Shrinks v towards 0 so that the sum of |v| is at most radius: soft thresholding at the level that meets it.
void shrink_to_l1(std::vector<double>& v, double radius) {
  double sum = 0;
  for (const double d : v) sum += std::abs(d);
  if (sum <= radius) return;
  std::vector<double> sorted(v.size());
  std::transform(v.begin(), v.end(), sorted.begin(), [](double d) { return std::abs(d); });
  std::sort(sorted.begin(), sorted.end(), std::greater<>());
  double total = 0, level = 0;
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    total += sorted[i];
    const double candidate = (total - radius) / static_cast<double>(i + 1);
    if (candidate >= sorted[i]) break;
    level = candidate;
  }
  for (double& d : v) d = std::copysign(std::max(0.0, std::abs(d) - level), d);
}

}  // namespace

const char* name_of(Norm norm) { return norm == Norm::linf ? "linf" : norm == Norm::l2 ? "l2" : norm == Norm::l1 ? "l1" : "budgets"; }

std::optional<Norm> norm_named(const std::string& name) {
  for (const Norm n : {Norm::linf, Norm::l2, Norm::l1, Norm::budgets})
    if (name == name_of(n)) return n;
  return std::nullopt;
}

double length(Norm norm, std::span<const float> v) {
  double out = 0;
  for (const float f : v) {
    const double d = std::abs(static_cast<double>(f));
    out = norm == Norm::linf ? std::max(out, d) : out + (norm == Norm::l2 ? d * d : d);
  }
  return norm == Norm::l2 ? std::sqrt(out) : out;
}

double distance(Norm norm, std::span<const float> a, std::span<const float> b) {
  double out = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double d = std::abs(static_cast<double>(a[i]) - static_cast<double>(b[i]));
    out = norm == Norm::linf ? std::max(out, d) : out + (norm == Norm::l2 ? d * d : d);
  }
  return norm == Norm::l2 ? std::sqrt(out) : out;
}

Bounds bounds_of(std::span<const float> x, double epsilon) {
  Bounds b;
  b.low.reserve(x.size());
  b.high.reserve(x.size());
  for (const float f : x) {
    const double low = std::max(0.0, static_cast<double>(f) - epsilon), high = std::min(1.0, static_cast<double>(f) + epsilon);
    float l = static_cast<float>(low), h = static_cast<float>(high);
    if (static_cast<double>(l) < low) l = std::nextafter(l, 2.0f);
    if (static_cast<double>(h) > high) h = std::nextafter(h, -1.0f);
    // The subtraction itself may have rounded, and the check does the same one. Beside a small number there may be very
    // many floats within that rounding of a double: their number is halved, not walked through.
    l = nearest_within(l, f, epsilon);
    h = nearest_within(h, f, epsilon);
    b.low.push_back(l);
    b.high.push_back(h);
  }
  return b;
}

void Ball::project(std::span<const float> x, std::span<float> x_prime) const {
  if (norm == Norm::linf) {
    const Bounds b = bounds_of(x, epsilon);
    for (std::size_t i = 0; i < x.size(); ++i) x_prime[i] = std::clamp(x_prime[i], b.low[i], b.high[i]);
    return;
  }
  std::vector<double> step(x.size());
  for (std::size_t i = 0; i < x.size(); ++i)
    step[i] = std::clamp(static_cast<double>(x_prime[i]), 0.0, 1.0) - static_cast<double>(x[i]);
  if (norm == Norm::l1) shrink_to_l1(step, epsilon);
  double scale = 1;
  if (norm == Norm::l2) {
    const double size = std::sqrt(std::inner_product(step.begin(), step.end(), step.begin(), 0.0));
    if (size > epsilon) scale = epsilon / size;
  }
  // Rounding to f32 can leave the ball by a hair; a slightly shorter step does not.
  for (double margin = 0; margin < 1; margin = margin == 0 ? 1e-7 : margin * 2) {
    for (std::size_t i = 0; i < x.size(); ++i)
      x_prime[i] = std::clamp(static_cast<float>(static_cast<double>(x[i]) + step[i] * scale * (1 - margin)), 0.0f, 1.0f);
    if (holds(x, x_prime)) return;
  }
  std::copy(x.begin(), x.end(), x_prime.begin());
}

bool Ball::holds(std::span<const float> x, std::span<const float> x_prime) const {
  for (const float f : x_prime)
    if (!(f >= 0 && f <= 1)) return false;
  return distance(norm, x, x_prime) <= epsilon;
}

double step_to_plane(Norm norm, std::span<const float> t, std::span<const float> w, double b, std::span<float> d) {
  const std::size_t n = t.size();
  double at = -b;
  for (std::size_t i = 0; i < n; ++i) at += static_cast<double>(w[i]) * static_cast<double>(t[i]);
  // Each input moves against its weight (when at > 0), up to the wall of the box that lies there.
  const bool down = at > 0;
  const double gap = std::abs(at);
  std::vector<float> weight(n), room(n);
  double reach = 0;
  for (std::size_t i = 0; i < n; ++i) {
    weight[i] = std::abs(w[i]);
    room[i] = (w[i] > 0) == down ? t[i] : 1.0f - t[i];
    reach += static_cast<double>(weight[i]) * static_cast<double>(room[i]);
  }
  const auto signed_step = [&](std::size_t i, float size) { return (w[i] > 0) == down ? -size : size; };
  if (reach <= gap) {
    for (std::size_t i = 0; i < n; ++i) d[i] = weight[i] == 0 ? 0 : signed_step(i, room[i]);
    return length(norm, d);
  }
  if (norm == Norm::l1) {
    // Cheapest first: the heaviest weight moves the product most for its length.
    std::vector<std::size_t> order(n);
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(), [&](std::size_t i, std::size_t j) { return weight[i] != weight[j] ? weight[i] > weight[j] : i < j; });
    std::fill(d.begin(), d.end(), 0.0f);
    double left = gap;
    for (const std::size_t i : order) {
      if (left <= 0 || weight[i] == 0) break;
      const float size = std::min(room[i], static_cast<float>(left / static_cast<double>(weight[i])));
      d[i] = signed_step(i, size);
      left -= static_cast<double>(size) * static_cast<double>(weight[i]);
    }
    return length(norm, d);
  }
  // The product moved by a step of size r is a concave, piecewise linear function of r; Newton's method from the
  // left climbs it without overshooting and ends on the right piece.
  double r = 0;
  for (int round = 0; round < 100; ++round) {
    double moved = 0, slope = 0;
    for (std::size_t i = 0; i < n; ++i) {
      const double u = static_cast<double>(weight[i]), speed = norm == Norm::linf ? 1 : u, cap = static_cast<double>(room[i]);
      if (r * speed < cap) {
        moved += u * r * speed;
        slope += u * speed;
      } else {
        moved += u * cap;
      }
    }
    if (moved >= gap || slope <= 0) break;
    const double next = r + (gap - moved) / slope;
    if (next <= r) break;
    r = next;
  }
  for (std::size_t i = 0; i < n; ++i) {
    const float size = static_cast<float>(norm == Norm::linf ? r : r * static_cast<double>(weight[i]));
    d[i] = weight[i] == 0 ? 0 : signed_step(i, std::min(room[i], size));
  }
  return length(norm, d);
}

}  // namespace duolex::threats::evasion
