#include "plan/timeline.h"

#include <algorithm>

#include "plan/words.h"

namespace duolex::plan {
namespace {

const char* contested(const findings::Finding& f) { return f.status == rules::Status::contested ? " (contested)" : ""; }

std::string text(const findings::Finding& f) {
  return f.status == rules::Status::unknown ? "unknown" : to_text(f.value) + contested(f);
}

std::string words(const findings::Finding& f) { return in_words(f) + contested(f); }

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
      const findings::Finding &old = before.conclusions[i], &f = now.conclusions[i];
      if (text(old) != text(f)) entry.changes.push_back({f.conclusion, f.label, text(old), text(f), words(old), words(f), f.cites});
    }
    if (!entry.changes.empty()) result.push_back(std::move(entry));
    before = std::move(now);
  }
  return result;
}

std::vector<FixedDay> fixed_days(const rules::RuleBase& base, const rules::FactValues& facts,
                                 const findings::Findings& found, const findings::CiteNames& names) {
  std::vector<FixedDay> days;
  for (rules::Index f = 0; f < facts.size(); ++f) {
    const rules::Fact& fact = base.facts[f];
    if (fact.type.kind != rules::Kind::date || facts[f] == rules::unknown_value || facts[f] == rules::never_value) continue;
    days.push_back({Day{static_cast<std::int32_t>(facts[f])}, fact.id, fact.ask, {}});
    for (const rules::Cite& cite : fact.cites) days.back().cites.push_back(names(cite.provision));
  }
  for (const findings::Finding& f : found.conclusions) {
    if (f.status != rules::Status::settled || f.value.kind != findings::Value::Kind::date) continue;
    if (const auto day = parse_day(f.value.word)) days.push_back({*day, f.conclusion, f.label, f.cites});
  }
  std::stable_sort(days.begin(), days.end(), [](const FixedDay& a, const FixedDay& b) { return a.day < b.day; });
  return days;
}

}  // namespace duolex::plan
