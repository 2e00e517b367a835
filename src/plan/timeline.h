// What applies when: the days on which some conclusion about the product changes, all facts as they are.
#pragma once

#include <string>
#include <vector>

#include "findings/findings.h"

namespace duolex::plan {

struct Change {
  std::string conclusion, label;
  std::string before, after;  // "unknown" when undecided
  std::vector<std::string> cites;
};

struct TimelineDay {
  Day day;
  std::vector<Change> changes;
};

// `names_at` gives the citation names for a day. Days from `first` to `last`, in order.
[[nodiscard]] Result<std::vector<TimelineDay>> timeline(
    const rules::RuleBase& base, const rules::FactValues& facts, Day first, Day last,
    const std::function<findings::CiteNames(Day)>& names_at);

}  // namespace duolex::plan
