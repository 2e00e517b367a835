// How well a model can be copied from its answers: a small network is trained on what the model says of so many inputs,
// and compared with it on others. A better thief may do better; what is found is a lower bound.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "threats/interval.h"

namespace duolex::threats::extraction {

// The model: a probability for each class, which sum to 1, for one input. Inputs may hold NaN.
using Ask = std::function<void(std::span<const float> x, std::span<float> probabilities)>;

struct Options {
  std::vector<std::size_t> budgets{100, 1000};  // questions that the thief may ask
  std::size_t hidden = 64, epochs = 40;
  std::uint64_t seed = 0;
  double confidence = 0.95;
  std::function<bool()> stop{};
};

struct Copy {
  std::size_t queries = 0, agree = 0;
  Interval interval{};
};

struct Result {
  std::size_t compared = 0;   // rows on which copy and model are compared; none was asked about
  std::size_t constant = 0;   // on how many of them the answer that is most frequent in the questions agrees
  std::vector<Copy> copies{};
  bool complete = false;
};

// rows: n × width. Half of them, drawn by the seed, is what the thief has; where a budget is larger, it asks about mixtures
// of two of them. The other half is compared on. Needs 40 rows.
[[nodiscard]] Result copy_model(const Ask& ask, std::span<const float> rows, std::size_t width, std::size_t classes, const Options& options);

}  // namespace duolex::threats::extraction
