// When a prediction counts as wrong, and how far it is from that.
#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "threats/evasion/criterion.h"

namespace duolex::threats::evasion {

enum class Task {
  classes,    // as many scores as classes; right when the label's score is the highest
  threshold,  // one score for two classes; right when it lies on the label's side of a threshold
  deviation,  // one number; right when it is within a tolerance of the label
  map,        // a score for each place; right while it has not changed, see criterion.h
  sequence,   // scores of symbols for each step; likewise
};
// Whether an answer is held against the model's own, not against a label.
[[nodiscard]] inline bool has_reference(Task task) { return task == Task::map || task == Task::sequence; }

struct Goal {
  Task task = Task::classes;
  double label = 0;  // classes: the index; threshold: 0 or 1; deviation: the true number
  double level = 0;  // threshold, map: where the classes part; deviation: the tolerance
  std::shared_ptr<const Reference> reference{};  // of a map or a sequence

  // Below 0: wrong. A tie is not wrong. NaN among the scores gives NaN, and wrong() is false.
  [[nodiscard]] double margin(std::span<const float> scores) const;
  [[nodiscard]] double margin(std::span<const double> scores) const;
  template <class T>
  [[nodiscard]] bool wrong(std::span<const T> scores) const {
    return margin(scores) < 0;
  }
};

// What an attack makes as large as it can.
struct Loss {
  enum class Kind {
    cross_entropy,
    margin,           // −margin of the goal; what serves where there are fewer than four classes
    towards,          // score of `target` minus score of the label
    ratio_towards,    // the same over a scale of the scores: DLR, targeted (Croce and Hein, 2020); four classes or more
  };
  Kind kind = Kind::cross_entropy;
  std::size_t target = 0;

  // The loss; fills its derivative by each score.
  [[nodiscard]] double at(const Goal& goal, std::span<const float> scores, std::span<float> derivative) const;
};

}  // namespace duolex::threats::evasion
