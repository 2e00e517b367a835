// Files that say, sample by sample, whether a release answered correctly (docs/formats/diff.md).
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/result.h"

namespace duolex::changes {

// One JSON object a line: {"sample": 12 or "name", "correct": true}. The journal of `duolex probe model --evidence`
// has "clean_correct" instead and is read as it is. Refused: a line that is no such object, a sample twice, a line
// over 64 MiB, more than ten million samples. Errors name file and line.
[[nodiscard]] Result<std::map<std::string, bool>> read_predictions(const std::string& file, std::string_view bytes);

// The same samples answered by two releases.
struct PairedShare {
  std::size_t samples = 0;             // in both
  std::size_t before = 0, after = 0;   // correct
  std::size_t gained = 0, lost = 0;    // wrong before and right after, and the reverse
  double low = -1, high = 1;           // of (after - before) / samples, at 95 %, given how many samples changed
};
// The interval is exact for the share of losses among the samples that changed (Clopper and Pearson), carried over to
// the difference. Without a sample in common: samples is 0 and the interval is [-1, 1].
[[nodiscard]] PairedShare pair(const std::map<std::string, bool>& before, const std::map<std::string, bool>& after);

}  // namespace duolex::changes
