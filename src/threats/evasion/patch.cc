#include "threats/evasion/patch.h"

#include <algorithm>

namespace duolex::threats::evasion {

std::optional<Patched> patch(const Target& target, Oracle& oracle, std::span<const float> x, const Goal& goal, const PatchOptions& o, Random random) {
  const Form form = target.form();
  if (!target.has_gradient() || o.side == 0 || o.side > form.height || o.side > form.width) return std::nullopt;
  struct Place {
    std::size_t top, left;
  };
  std::vector<Place> places;
  const std::size_t stride = std::max<std::size_t>(1, o.side / 2);
  for (std::size_t top = 0; top + o.side <= form.height; top += stride)
    for (std::size_t left = 0; left + o.side <= form.width; left += stride) places.push_back({top, left});
  for (std::size_t i = 0; i < std::min(o.places, places.size()); ++i)
    std::swap(places[i], places[i + random.below(static_cast<std::uint32_t>(places.size() - i))]);
  places.resize(std::min(o.places, places.size()));
  const std::size_t n = places.size(), size = x.size(), outputs = target.outputs();
  const auto each = [&](const Place& p, const auto& change) {
    for (std::size_t c = 0; c < form.channels; ++c)
      for (std::size_t r = p.top; r < p.top + o.side; ++r)
        for (std::size_t k = p.left; k < p.left + o.side; ++k) change((c * form.height + r) * form.width + k);
  };
  // All places at once: they are the samples of a call.
  std::vector<float> pictures, scores(n * outputs), by_x(n * size);
  for (const Place& p : places) {
    const std::size_t at = pictures.size();
    pictures.insert(pictures.end(), x.begin(), x.end());
    each(p, [&](std::size_t i) { pictures[at + i] = static_cast<float>(random.uniform()); });
  }
  const Loss loss{Loss::Kind::margin, 0};
  std::vector<double> exact(outputs);
  float step = 0.25f;
  for (int i = 0; i <= o.iterations; ++i) {
    oracle.gradients(pictures.data(), n, scores.data(), [&](std::size_t, std::span<const float> s, std::span<float> d) { (void)loss.at(goal, s, d); }, by_x.data());
    for (std::size_t k = 0; k < n; ++k) {
      const std::span<const float> s(scores.data() + k * outputs, outputs);
      if (goal.wrong(s)) {
        oracle.exact_scores(pictures.data() + k * size, 1, exact.data());
        if (goal.wrong(std::span<const double>(exact)))
          return Patched{{pictures.begin() + static_cast<std::ptrdiff_t>(k * size), pictures.begin() + static_cast<std::ptrdiff_t>((k + 1) * size)}, places[k].top, places[k].left,
                         goal.margin(std::span<const double>(exact))};
      }
      each(places[k], [&](std::size_t j) {
        const float g = by_x[k * size + j];
        float& v = pictures[k * size + j];
        v = std::clamp(v + (g > 0 ? step : g < 0 ? -step : 0.0f), 0.0f, 1.0f);
      });
    }
    step = std::max(0.02f, step * 0.93f);
  }
  return std::nullopt;
}

bool is_patched(const Form& form, std::span<const float> x, std::span<const float> picture, std::size_t side, std::size_t top, std::size_t left) {
  if (x.size() != form.size() || picture.size() != form.size() || side > form.height || side > form.width || top > form.height - side || left > form.width - side) return false;
  std::size_t i = 0;
  for (std::size_t c = 0; c < form.channels; ++c)
    for (std::size_t r = 0; r < form.height; ++r)
      for (std::size_t k = 0; k < form.width; ++k, ++i) {
        const bool inside = r >= top && r < top + side && k >= left && k < left + side;
        if (inside ? !(picture[i] >= 0 && picture[i] <= 1) : picture[i] != x[i]) return false;
      }
  return true;
}

}  // namespace duolex::threats::evasion
