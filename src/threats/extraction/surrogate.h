// How well a model can be copied from its answers: a small network is trained on what the model says of so many inputs,
// and compared with it on others. A better thief may do better; what is found is a lower bound.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "threats/interval.h"

namespace duolex::threats::extraction {

// The model: a probability for each class, which sum to 1, for one input; or its one number. Inputs may hold NaN.
using Ask = std::function<void(std::span<const float> x, std::span<float> answer)>;

struct Options {
  std::vector<std::size_t> budgets{100, 1000};  // questions that the thief may ask
  std::size_t hidden = 64, epochs = 40;
  std::uint64_t seed = 0;
  double confidence = 0.95;
  std::optional<double> tolerance{};  // the model answers with a number: copies agree that are not farther off
  // Makes a mixture of two rows, the first being what it is a change of, into one that can be asked about. Empty: all can.
  std::function<void(std::span<const float> row, std::span<const float> other, std::span<float> mixture)> admit{};
  std::function<bool()> stop{};
};

// Of the rows that the model puts into a class, those that the copy does too.
struct OfClass {
  std::size_t of = 0, agree = 0;
  Interval interval{};
};

struct Copy {
  std::size_t queries = 0, agree = 0;
  Interval interval{};
  // Of classes. The mean over the classes that occur says what a count hides where one class is rare; its low end holds
  // at the same confidence: each class's own interval at a correspondingly higher one.
  std::vector<OfClass> classes{};
  double balanced = 0, balanced_low = 0;
  bool weighted = false;   // rare answers counted more when the copy was trained
  // Of numbers: the share of their variance that the copy explains; below 0 a constant is nearer.
  double explained = 0;
};

struct Result {
  std::size_t compared = 0;   // rows on which copy and model are compared; none was asked about
  std::size_t constant = 0;   // on how many of them a constant agrees: the answer most frequent in the questions, or their median
  std::vector<Copy> copies{};
  bool complete = false;
};

// Copies of classes are trained twice where one answer in the questions is rare, the second time with rare answers
// counting more; that one of the two is reported which is better, over the classes, on what was asked.
// rows: n × width. Half of them, drawn by the seed, is what the thief has; where a budget is larger, it asks about mixtures
// of two of them. The other half is compared on. Needs 40 rows. `classes`: 1 with a tolerance.
[[nodiscard]] Result copy_model(const Ask& ask, std::span<const float> rows, std::size_t width, std::size_t classes, const Options& options);

}  // namespace duolex::threats::extraction
