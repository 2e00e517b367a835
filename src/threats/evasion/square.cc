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

// Lengths in L2 and L1 are sums over the inputs: of squares, under a root, or of magnitudes.
struct Measure {
  bool squares = true;
  [[nodiscard]] double of(double v) const { return squares ? v * v : std::abs(v); }
  [[nodiscard]] double length(double sum) const { return squares ? std::sqrt(sum) : sum; }
  [[nodiscard]] double sum(double length) const { return squares ? length * length : length; }
};

// The shape of a change of length 1 within a window: two bumps of opposite sign, each highest in its middle.
std::vector<double> bumps(const Window& w, const Measure& measure, Random& random) {
  std::vector<double> out(w.height * w.width);
  const bool across = w.height == 1 || random.sign() > 0;
  double sum = 0;
  for (std::size_t r = 0; r < w.height; ++r)
    for (std::size_t c = 0; c < w.width; ++c) {
      const std::size_t along = across ? c : r, length = across ? w.width : w.height;
      const bool second = 2 * along >= length && length > 1;
      const auto from_end = [](std::size_t i, std::size_t n) { return static_cast<double>(std::min(i, n - 1 - i) + 1); };
      const std::size_t half = (length + 1) / 2, place = second ? along - length / 2 : along;
      const double height = from_end(std::min(place, half - 1), half) * from_end(across ? r : c, across ? w.height : w.width);
      double& v = out[r * w.width + c] = second ? -height : height;
      sum += measure.of(v);
    }
  for (double& v : out) v /= measure.length(sum);
  return out;
}

double sum_in(const Form& form, const Window& w, std::size_t channel, const Measure& measure, std::span<const double> d) {
  double sum = 0;
  each_in(form, w, channel, [&](std::size_t i) { sum += measure.of(d[i]); });
  return sum;
}

// As in L∞, with windows that give up their part of the length to another one, where a bump is added.
Search<SquareResult> square_by_sums(Hunt& hunt, Measure measure, int queries, Random random) {
  const std::span<const float> x = hunt.x();
  const Form& form = hunt.form();
  const double epsilon = hunt.ball().epsilon;
  std::vector<double> best(x.size());
  std::vector<float> candidate(x.size()), scores(hunt.outputs());
  const auto put = [&](std::span<const double> step) {
    for (std::size_t i = 0; i < x.size(); ++i) candidate[i] = static_cast<float>(static_cast<double>(x[i]) + step[i]);
    hunt.ball().project(x, candidate);
  };
  // Bumps in a grid to begin with.
  const std::size_t side = std::max<std::size_t>(1, form.height == 1 ? form.width / 5 : std::min(form.height, form.width) / 5);
  double sum = 0;
  for (std::size_t top = 0; top < form.height; top += side)
    for (std::size_t left = 0; left < form.width; left += side) {
      const Window w{top, left, std::min(side, form.height - top), std::min(side, form.width - left)};
      for (std::size_t c = 0; c < form.channels; ++c) {
        const std::vector<double> shape = bumps(w, measure, random);
        const double sign = static_cast<double>(random.sign());
        std::size_t k = 0;
        each_in(form, w, c, [&](std::size_t i) { best[i] = sign * shape[k++]; });
      }
    }
  for (const double v : best) sum += measure.of(v);
  for (double& v : best) v *= epsilon / measure.length(std::max(sum, 1e-30));
  put(best);
  const double first = co_await hunt.try_scores(candidate, scores);
  SquareResult result{1, first};
  // What was projected counts, not what was meant.
  const auto keep = [&] {
    for (std::size_t i = 0; i < x.size(); ++i) best[i] = static_cast<double>(candidate[i]) - static_cast<double>(x[i]);
  };
  keep();
  for (int i = 1; i < queries && !hunt.found(); ++i) {
    const double share = covered(i, queries) / 4;
    const Window to = window_for(form, share, random), from = window_for(form, share, random);
    std::vector<double> trial = best;
    double all = 0;
    for (const double v : best) all += measure.of(v);
    double freed = std::max(0.0, measure.sum(epsilon) - all);
    for (std::size_t c = 0; c < form.channels; ++c) {
      freed += sum_in(form, to, c, measure, trial);
      each_in(form, to, c, [&](std::size_t j) { trial[j] = 0; });
      freed += sum_in(form, from, c, measure, trial);
      each_in(form, from, c, [&](std::size_t j) { trial[j] = 0; });
    }
    for (std::size_t c = 0; c < form.channels; ++c) {
      std::vector<double> shape = bumps(to, measure, random);
      const double sign = static_cast<double>(random.sign());
      // Along with what was there, so that good places grow.
      const double before = measure.length(sum_in(form, to, c, measure, best));
      std::size_t k = 0;
      double length = 0;
      each_in(form, to, c, [&](std::size_t j) {
        double& v = shape[k++];
        v = sign * v + (before > 0 ? best[j] / before : 0);
        length += measure.of(v);
      });
      const double scale = measure.length(freed / static_cast<double>(form.channels) / std::max(length, 1e-30));
      k = 0;
      each_in(form, to, c, [&](std::size_t j) { trial[j] = shape[k++] * scale; });
    }
    put(trial);
    const double margin = co_await hunt.try_scores(candidate, scores);
    ++result.queries;
    if (margin < result.margin) {
      result.margin = margin;
      keep();
    }
  }
  co_return result;
}

}  // namespace

bool square_knows(Norm norm) { return norm != Norm::budgets; }

Search<SquareResult> square(Hunt& hunt, int queries, Random random) {
  if (!square_knows(hunt.ball().norm)) co_return SquareResult{};
  if (hunt.ball().norm != Norm::linf) co_return co_await square_by_sums(hunt, {hunt.ball().norm == Norm::l2}, queries, random);
  co_return co_await square_linf(hunt, queries, random);
}

}  // namespace duolex::threats::evasion
