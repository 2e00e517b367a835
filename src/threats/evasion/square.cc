#include "threats/evasion/square.h"

#include <algorithm>
#include <cmath>

namespace duolex::threats::evasion {
namespace {

// The share of the inputs that a square covers at query i of n: halves at fixed parts of the budget.
double covered(int i, int n) {
  constexpr double first = 0.8;
  constexpr int halvings[] = {10, 50, 200, 500, 1000, 2000, 4000, 6000, 8000};
  const int at = static_cast<int>(static_cast<double>(i) / n * 10000);
  double share = first;
  for (const int h : halvings)
    if (at > h) share /= 2;
  return share;
}

struct Window {
  std::size_t top = 0, left = 0, height = 1, width = 1;
};

Window window_for(const Form& form, double share, Random& random) {
  Window w;
  if (form.height == 1) {
    w.width = std::clamp<std::size_t>(static_cast<std::size_t>(std::lround(share * static_cast<double>(form.width))), 1, form.width);
  } else {
    const double side = std::sqrt(share * static_cast<double>(form.height * form.width));
    w.height = w.width = std::clamp<std::size_t>(static_cast<std::size_t>(std::lround(side)), 1, std::min(form.height, form.width));
  }
  w.top = random.below(static_cast<std::uint32_t>(form.height - w.height + 1));
  w.left = random.below(static_cast<std::uint32_t>(form.width - w.width + 1));
  return w;
}

template <class Change>
void each_in(const Form& form, const Window& w, std::size_t channel, Change change) {
  for (std::size_t r = w.top; r < w.top + w.height; ++r) {
    const std::size_t row = (channel * form.height + r) * form.width;
    for (std::size_t i = row + w.left; i < row + w.left + w.width; ++i) change(i);
  }
}

Search<SquareResult> square_linf(Hunt& hunt, int queries, Random random) {
  const std::span<const float> x = hunt.x();
  const Form& form = hunt.form();
  const Bounds bounds = bounds_of(x, hunt.ball().epsilon);
  std::vector<float> best(x.size()), candidate(x.size()), scores(hunt.outputs());
  // Vertical stripes to begin with: one sign for each channel and column.
  for (std::size_t c = 0; c < form.channels; ++c)
    for (std::size_t col = 0; col < form.width; ++col) {
      const bool up = random.sign() > 0;
      for (std::size_t r = 0; r < form.height; ++r) {
        const std::size_t i = (c * form.height + r) * form.width + col;
        best[i] = up ? bounds.high[i] : bounds.low[i];
      }
    }
  const double first = co_await hunt.try_scores(best, scores);
  SquareResult result{1, first};
  candidate = best;
  for (int i = 1; i < queries && !hunt.found(); ++i) {
    const Window w = window_for(form, covered(i, queries), random);
    for (std::size_t c = 0; c < form.channels; ++c) {
      const bool up = random.sign() > 0;
      each_in(form, w, c, [&](std::size_t j) { candidate[j] = up ? bounds.high[j] : bounds.low[j]; });
    }
    const double margin = co_await hunt.try_scores(candidate, scores);
    ++result.queries;
    const bool better = margin < result.margin;
    if (better) result.margin = margin;
    for (std::size_t c = 0; c < form.channels; ++c)
      each_in(form, w, c, [&](std::size_t j) { (better ? best[j] : candidate[j]) = better ? candidate[j] : best[j]; });
  }
  co_return result;
}

}  // namespace

bool square_knows(Norm norm) { return norm == Norm::linf; }

Search<SquareResult> square(Hunt& hunt, int queries, Random random) {
  if (hunt.ball().norm != Norm::linf) co_return SquareResult{};
  co_return co_await square_linf(hunt, queries, random);
}

}  // namespace duolex::threats::evasion
