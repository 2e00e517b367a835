// Signs that the attacks were held off by something else than robustness (Athalye and others, 2018; Carlini and
// others, 2019). Any of them makes the result of an evasion test inconclusive: the count of samples that held is then
// no evidence that they hold.
#pragma once

#include <string>
#include <vector>

#include "threats/evasion/suite.h"

namespace duolex::threats::evasion {

struct Sign {
  std::string id;        // "zero_gradient", "black_box_beats_white_box", …
  bool tested = false;
  bool present = false;
  double value = 0;      // what was measured: a share of `of`, or a count
  std::size_t of = 0;    // samples it was measured on
  double limit = 0;      // present when the value is above it
  std::string meaning;   // in words, with what was seen
};

// What is tried besides the attacks, on few samples.
struct MaskingTrial {
  std::size_t samples = 0;
  std::size_t unbroken_without_bound = 0;  // the whole box allowed, and no attack breaks it
  std::size_t weaker_when_larger = 0;      // a larger epsilon reached a lower loss than half of it
  std::size_t changing = 0;                // two calls, two results
};

inline constexpr std::size_t masking_samples = 16;

// Uses the first `masking_samples` of `samples`; they should be correct ones.
[[nodiscard]] MaskingTrial try_masking(const Target& target, const Ball& ball, const std::vector<Sample>& samples, const Effort& effort,
                                       std::uint64_t seed, unsigned threads);

// All signs in a fixed order, tested or not.
[[nodiscard]] std::vector<Sign> masking_signs(const Target& target, const Effort& effort, Norm norm, Task task,
                                              const std::vector<SampleResult>& results, const MaskingTrial& trial);

}  // namespace duolex::threats::evasion
