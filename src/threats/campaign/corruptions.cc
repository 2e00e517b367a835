#include <algorithm>
#include <atomic>
#include <cmath>
#include <numbers>

#include "threats/campaign/stages.h"
#include "threats/evasion/parallel.h"
#include "threats/evasion/random.h"

namespace duolex::threats::campaign {
namespace {

using evasion::Form;
using evasion::Random;
using Row = std::vector<float>;

constexpr std::uint32_t for_noise = 0xc00;

float at(std::span<const float> x, const Form& f, std::size_t channel, std::ptrdiff_t r, std::ptrdiff_t c) {
  if (r < 0 || c < 0 || r >= static_cast<std::ptrdiff_t>(f.height) || c >= static_cast<std::ptrdiff_t>(f.width)) return 0;
  return x[(channel * f.height + static_cast<std::size_t>(r)) * f.width + static_cast<std::size_t>(c)];
}

// A picture made anew from where each of its points comes from; what comes from outside is 0.
template <class From>
Row moved(std::span<const float> x, const Form& f, From from) {
  Row out(x.size());
  for (std::size_t k = 0; k < f.channels; ++k)
    for (std::size_t r = 0; r < f.height; ++r)
      for (std::size_t c = 0; c < f.width; ++c) {
        const auto [y, z] = from(static_cast<double>(r), static_cast<double>(c));
        const double y0 = std::floor(y), z0 = std::floor(z);
        const float a = static_cast<float>(y - y0), b = static_cast<float>(z - z0);
        const auto i = static_cast<std::ptrdiff_t>(y0), j = static_cast<std::ptrdiff_t>(z0);
        out[(k * f.height + r) * f.width + c] = (1 - a) * ((1 - b) * at(x, f, k, i, j) + b * at(x, f, k, i, j + 1)) +
                                               a * ((1 - b) * at(x, f, k, i + 1, j) + b * at(x, f, k, i + 1, j + 1));
      }
  return out;
}

Row each(std::span<const float> x, const std::function<double(double)>& change) {
  Row out(x.size());
  std::transform(x.begin(), x.end(), out.begin(), [&](float v) { return static_cast<float>(std::clamp(change(static_cast<double>(v)), 0.0, 1.0)); });
  return out;
}

Row blurred(std::span<const float> x, const Form& f, std::ptrdiff_t reach) {
  Row out(x.size());
  const float n = static_cast<float>((2 * reach + 1) * (2 * reach + 1));
  for (std::size_t k = 0; k < f.channels; ++k)
    for (std::size_t r = 0; r < f.height; ++r)
      for (std::size_t c = 0; c < f.width; ++c) {
        float sum = 0;
        for (std::ptrdiff_t dr = -reach; dr <= reach; ++dr)
          for (std::ptrdiff_t dc = -reach; dc <= reach; ++dc) sum += at(x, f, k, static_cast<std::ptrdiff_t>(r) + dr, static_cast<std::ptrdiff_t>(c) + dc);
        out[(k * f.height + r) * f.width + c] = sum / n;
      }
  return out;
}

// The variants of a row under one corruption; it counts as right when all of them are.
struct Corruption {
  std::string name;
  std::function<std::vector<Row>(std::span<const float> x, std::size_t number)> variants;
};

std::vector<Corruption> corruptions(const Form& f, std::uint64_t seed) {
  std::vector<Corruption> out;
  for (const auto& [name, deviation] : {std::pair{"noise of 0.05", 0.05}, {"noise of 0.1", 0.1}, {"noise of 0.2", 0.2}})
    out.push_back({name, [deviation = deviation, seed](std::span<const float> x, std::size_t number) {
                     Random random(seed, number, for_noise);
                     return std::vector<Row>{each(x, [&](double v) { return v + deviation * random.normal(); })};
                   }});
  if (f.height < 2) return out;
  for (const auto& [name, by] : {std::pair{"0.2 darker", -0.2}, {"0.2 brighter", 0.2}})
    out.push_back({name, [by = by](std::span<const float> x, std::size_t) { return std::vector<Row>{each(x, [by](double v) { return v + by; })}; }});
  out.push_back({"half the contrast", [](std::span<const float> x, std::size_t) { return std::vector<Row>{each(x, [](double v) { return 0.5 + (v - 0.5) / 2; })}; }});
  out.push_back({"blur of 3 by 3", [f](std::span<const float> x, std::size_t) { return std::vector<Row>{blurred(x, f, 1)}; }});
  for (const auto& [name, most] : {std::pair{"shifts up to 1 (worst of 9)", 1}, {"shifts up to 2 (worst of 25)", 2}})
    out.push_back({name, [f, most = most](std::span<const float> x, std::size_t) {
                     std::vector<Row> rows;
                     for (int dr = -most; dr <= most; ++dr)
                       for (int dc = -most; dc <= most; ++dc) rows.push_back(moved(x, f, [&](double r, double c) { return std::pair{r + dr, c + dc}; }));
                     return rows;
                   }});
  for (const auto& [name, most] : {std::pair{"rotations up to 10 degrees (worst of 9)", 10.0}, {"rotations up to 30 degrees (worst of 9)", 30.0}})
    out.push_back({name, [f, most = most](std::span<const float> x, std::size_t) {
                     std::vector<Row> rows;
                     const double y = (static_cast<double>(f.height) - 1) / 2, z = (static_cast<double>(f.width) - 1) / 2;
                     for (int i = -4; i <= 4; ++i) {
                       const double angle = most * i / 4 * std::numbers::pi / 180, cosine = std::cos(angle), sine = std::sin(angle);
                       rows.push_back(moved(x, f, [&](double r, double c) {
                         return std::pair{y + cosine * (r - y) - sine * (c - z), z + sine * (r - y) + cosine * (c - z)};
                       }));
                     }
                     return rows;
                   }});
  return out;
}

}  // namespace

void corrupt(const Work& work, Findings& out) {
  if (!work.plan.corruptions || !out.complete) return;
  const std::vector<Corruption> all = corruptions(work.rows.form, work.plan.seed);
  std::vector<std::unique_ptr<evasion::Oracle>> oracles;
  for (unsigned i = 0; i < work.threads; ++i) oracles.push_back(work.target.oracle());
  for (const Corruption& c : all) {
    if (work.stopped()) return;
    if (work.hooks.progress) work.hooks.progress("corruptions", out.corruptions.size(), all.size());
    std::atomic<std::size_t> correct{0};
    evasion::in_parallel(out.picked.size(), work.threads, [&](unsigned worker, std::size_t i) {
      const evasion::Sample sample = work.rows.sample(work.plan, out.picked[i]);
      const std::vector<Row> variants = c.variants(sample.x, sample.number);
      const std::size_t outputs = work.target.outputs();
      std::vector<float> x;
      std::vector<double> scores(variants.size() * outputs);
      for (const Row& v : variants) x.insert(x.end(), v.begin(), v.end());
      oracles[worker]->exact_scores(x.data(), variants.size(), scores.data());
      bool right = true;
      for (std::size_t v = 0; v < variants.size(); ++v) {
        const double margin = sample.goal.margin(std::span<const double>(scores).subspan(v * outputs, outputs));
        right = right && margin >= 0;  // a NaN is not right
      }
      correct += right;
    });
    out.corruptions.push_back({c.name, correct});
  }
}

}  // namespace duolex::threats::campaign
