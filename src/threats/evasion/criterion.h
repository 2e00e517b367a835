// When an answer that is no class counts as changed: a map of scores, of which each place is decided by a level, and a
// sequence of scores, of which the best symbol of each step is taken, repetitions are drawn together and blanks left
// out (greedy CTC). Held against the model's own answer to the sample as it is: whether that one is right is another
// question.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace duolex::threats::evasion {

enum class Measure {
  changed,  // of a map: the share of places that are decided otherwise; too much when above the limit
  overlap,  // of a map: intersection over union of what lies above the level; too little when below the limit
  edits,    // of a sequence: insertions, deletions and replacements; too many from the limit on
};

[[nodiscard]] const char* name_of(Measure measure);  // "changed"

struct Criterion {
  Measure measure = Measure::changed;
  double limit = 0;
  std::size_t blank = 0;  // of a sequence: the symbol that stands for none
};

// The answer to the sample as it is.
struct Reference {
  Criterion criterion;
  double level = 0;                    // of a map
  std::size_t symbols = 0;             // of a sequence: scores of one step
  bool shares = false;                 // all scores lie in [0, 1]
  std::vector<std::uint8_t> above{};   // of a map, by place
  std::vector<std::uint32_t> best{};   // of a sequence, by step
  std::vector<std::uint32_t> text{};   // what it reads
};

// `scores` are those of the sample as it is; symbols divide their number.
[[nodiscard]] Reference refer_to(const Criterion& criterion, double level, std::size_t symbols, std::span<const double> scores);

// Below 0 exactly when the criterion says that the answer has changed. NaN when a score is. Of a sequence the whole part
// counts edits, the rest how far the reference's symbols still lead.
[[nodiscard]] double margin_of(const Reference& reference, std::span<const float> scores);
[[nodiscard]] double margin_of(const Reference& reference, std::span<const double> scores);

// The share of places, the overlap or the edits that the criterion is about. NaN when a score is.
[[nodiscard]] double measured_of(const Reference& reference, std::span<const double> scores);

// What attacks by gradients make large in place of it: how far the scores are from the reference's decisions, place by
// place, up to a little beyond; through the logarithm of the odds where scores are shares, since their own
// derivative vanishes where the model is sure. Fills its derivative.
[[nodiscard]] double push_away(const Reference& reference, std::span<const float> scores, std::span<float> derivative);

}  // namespace duolex::threats::evasion
