#include "plan/timeline.h"

#include <algorithm>

namespace duolex::plan {
namespace {

std::string words(const findings::Finding& f) {
  if (f.status == rules::Status::unknown) return "unknown";
  return to_text(f.value) + (f.status == rules::Status::contested ? " (contested)" : "");
}

// Days of the law, and days of this product that a rule compares with as_of.
std::vector<Day> days_of(const rules::RuleBase& base, const rules::FactValues& facts, Day first, Day last) {
  std::vector<Day> days = base.turning_days();
  for (rules::Index f = 0; f < facts.size(); ++f)
    if (base.facts[f].type.kind == rules::Kind::date && facts[f] != rules::unknown_value && facts[f] != rules::never_value)
      days.push_back(Day{static_cast<std::int32_t>(facts[f])});
  std::erase_if(days, [&](Day d) { return d <= first || d > last; });
  days.push_back(first);
  std::sort(days.begin(), days.end());
  days.erase(std::unique(days.begin(), days.end()), days.end());
  return days;
}

}  // namespace

Result<std::vector<TimelineDay>> timeline(const rules::RuleBase& base, const rules::FactValues& facts, Day first, Day last,
                                          const std::function<findings::CiteNames(Day)>& names_at) {
  std::vector<TimelineDay> result;
  findings::Findings before;
  for (const Day day : days_of(base, facts, first, last)) {
    const auto law = rules::CompiledLaw::compile_for(base, day, facts);
    if (!law) return tl::unexpected(law.error());
    findings::Findings now = findings::find(**law, facts, names_at(day));
    TimelineDay entry{day, {}};
    for (std::size_t i = 0; i < before.conclusions.size(); ++i) {
      const std::string was = words(before.conclusions[i]), is = words(now.conclusions[i]);
      if (was != is)
        entry.changes.push_back({now.conclusions[i].conclusion, now.conclusions[i].label, was, is, now.conclusions[i].cites});
    }
    if (!entry.changes.empty()) result.push_back(std::move(entry));
    before = std::move(now);
  }
  return result;
}

}  // namespace duolex::plan
