// What applies when: the days on which some conclusion about the product changes, all facts as they are.
#pragma once

#include <string>
#include <vector>

#include "findings/findings.h"

namespace duolex::plan {

struct Change {
  std::string conclusion, label;
  std::string before, after;  // as in the interface; "unknown" when undecided
  std::string before_words, after_words;
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

// A day that the facts or the law fix for this product: a fact of type date, or a settled conclusion of that type.
struct FixedDay {
  Day day;
  std::string id, label;
  std::vector<std::string> cites;
};

// In order of the days; `never` and what is not settled have none.
[[nodiscard]] std::vector<FixedDay> fixed_days(const rules::RuleBase& base, const rules::FactValues& facts,
                                               const findings::Findings& found, const findings::CiteNames& names);

}  // namespace duolex::plan
