#include "incidents/clocks.h"

#include <algorithm>
#include <tuple>

namespace duolex::incidents {
namespace {

enum class Truth { no, open, yes };

bool holds(const std::vector<std::string>& words, const std::string& word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

Truth truth_of(const Condition& condition, const Record& record) {
  const auto fact = record.facts.find(condition.fact);
  if (fact == record.facts.end()) return Truth::open;
  for (const std::string& word : fact->second) {
    if (holds(condition.any_of, word)) return Truth::yes;
  }
  return Truth::no;
}

// Whether the duty exists, from the facts alone.
Truth owed(const ClockRule& rule, const Record& record, std::vector<std::string>& open) {
  for (const Condition& c : rule.unless) {
    if (truth_of(c, record) == Truth::yes) return Truth::no;
  }
  for (const Condition& c : rule.when) {
    const Truth t = truth_of(c, record);
    if (t == Truth::no) return Truth::no;
    if (t == Truth::open) open.push_back(c.fact);
  }
  return open.empty() ? Truth::yes : Truth::open;
}

template <class List, class Pick>
std::optional<Point> earliest(const List& list, Pick&& pick) {
  std::optional<Point> found;
  for (const auto& item : list) {
    const std::optional<Point> point = pick(item);
    if (point && (!found || point->moment < found->moment)) found = point;
  }
  return found;
}

std::optional<Point> event_at(const Record& record, const std::string& what) {
  return earliest(record.events, [&](const Event& e) { return e.what == what ? std::optional(e.act.at) : std::nullopt; });
}

std::optional<Point> submitted_at(const Record& record, const std::string& act, const std::string& stage) {
  return earliest(record.submissions, [&](const Submission& s) -> std::optional<Point> {
    if (s.act != act || (s.stage != stage && !holds(s.also_covers, stage))) return std::nullopt;
    return s.recorded.at;
  });
}

std::optional<Point> aware_at(const Record& record, const std::string& act) {
  return earliest(record.awareness,
                  [&](const Awareness& a) { return holds(a.of, act) ? std::optional(a.act.at) : std::nullopt; });
}

std::optional<Point> start_of(const ClockRule& rule, const Record& record) {
  if (rule.from == "awareness") return aware_at(record, rule.act);
  if (rule.from == "intake") return record.intake ? std::optional(record.intake->received.at) : std::nullopt;
  if (rule.from == "notification_submitted") return submitted_at(record, rule.act, "notification");
  return event_at(record, rule.from);
}

std::string waits_for(const std::string& from) {
  if (from == "awareness") return "nobody has recorded becoming aware; that act starts the clock";
  if (from == "measure_available") return "no corrective or mitigating measure is available yet; the period starts when one is";
  if (from == "notification_submitted") return "the period starts when the notification is submitted";
  if (from == "intermediate_report_requested") return "the response team has not asked for one";
  return "no causal link is established or reasonably likely yet; the outer limits run from awareness";
}

// The Monday after a day that is a Saturday or Sunday.
std::optional<Day> monday_after_weekend(Day day) {
  const int weekday = ((day.number + 3) % 7 + 7) % 7;  // 1970-01-01 was a Thursday; Monday is 0
  if (weekday < 5) return std::nullopt;
  return plus_days(day, 7 - weekday);
}

void set_end(Clock& clock, const Zone& zone) {
  const Period& period = clock.rule->within;
  const Moment start = clock.start->moment;
  if (period.unit == Period::Unit::at_once) return;
  if (period.unit == Period::Unit::hours) {
    clock.due_at = Moment{start.seconds + std::int64_t{3600} * period.count};
    if (clock.start->day_only) clock.notes.push_back("only the day is known; the hours are counted from its first moment");
    return;
  }
  const Day first = zone.day_of(start);
  const Day last = period.unit == Period::Unit::days ? plus_days(first, period.count) : plus_months(first, period.count);
  clock.due_on = last;
  clock.due_at = zone.end_of(last);
  if (!clock.start->day_only) clock.same_hour_at = zone.same_hour(start, last);
  clock.working_day_on = monday_after_weekend(last);
}

ClockStatus standing(const Clock& clock, Moment now, const ClockOptions& options) {
  const Period& period = clock.rule->within;
  if (!clock.start) return ClockStatus::not_started;
  if (period.unit == Period::Unit::at_once) return ClockStatus::at_once;
  if (now > *clock.due_at) return ClockStatus::overdue;
  const std::int64_t usual = period.unit == Period::Unit::hours ? 12 : clock.rule->act == policy_act ? 24 : 72;
  const std::int64_t hours = options.near_hours ? *options.near_hours : usual;
  return clock.due_at->seconds - now.seconds <= hours * 3600 ? ClockStatus::near : ClockStatus::running;
}

Clock clock_of(const ClockRule& rule, const Record& record, Moment now, const ClockOptions& options) {
  Clock clock;
  clock.rule = &rule;
  const Zone& zone = *record.zone;
  const Truth truth = owed(rule, record, clock.open);
  if (truth == Truth::no) {
    clock.open.clear();
    return clock;
  }
  const auto aware = aware_at(record, rule.act);
  if (rule.awareness_from && aware && zone.day_of(aware->moment) < *rule.awareness_from) {
    clock.open.clear();
    clock.notes.push_back("it was known before " + to_string(*rule.awareness_from) +
                          ", the first day of the duty; the text has no duty to notify after the fact");
    return clock;
  }
  clock.start = start_of(rule, record);
  if (clock.start) set_end(clock, zone);
  const auto done = rule.act == policy_act ? event_at(record, rule.stage) : submitted_at(record, rule.act, rule.stage);
  if (done) {
    clock.done_at = done->moment;
    const bool late = clock.due_at && (done->day_only ? zone.day_of(done->moment) > zone.day_of(*clock.due_at)
                                                      : done->moment > *clock.due_at);
    clock.status = late ? ClockStatus::done_late : ClockStatus::done;
    clock.open.clear();
    return clock;
  }
  clock.status = standing(clock, now, options);
  clock.pressing = clock.status == ClockStatus::overdue || clock.status == ClockStatus::at_once || clock.status == ClockStatus::near;
  if (truth == Truth::open) clock.status = ClockStatus::undetermined;
  if (!clock.start) clock.notes.push_back(waits_for(rule.from));
  if (clock.due_at && aware && *clock.due_at < aware->moment) {
    clock.notes.push_back("the measure was there before you became aware: by the letter the period was over then; "
                          "report with the first submission");
  }
  return clock;
}

}  // namespace

Diagnostics in_the_future(const Record& record, Moment now) {
  Diagnostics errors;
  const auto check = [&](const RecordedAct& act, const std::string& what) {
    if (act.at.moment <= now) return;
    Diagnostic d = error_in(record.file, what + " at " + record.zone->text(act.at.moment) + " lies after now, " + record.zone->text(now),
                            "record what has happened; a plan starts no clock");
    d.span = act.span;
    errors.push_back(std::move(d));
  };
  for (const Awareness& a : record.awareness) check(a.act, "awareness");
  for (const Event& e : record.events) check(e.act, e.what);
  for (const Submission& s : record.submissions) check(s.recorded, "the submission of " + s.stage);
  if (record.intake) check(record.intake->received, "the report that came in");
  return errors;
}

std::string to_string(ClockStatus status) {
  switch (status) {
    case ClockStatus::overdue: return "overdue";
    case ClockStatus::at_once: return "at_once";
    case ClockStatus::near: return "near";
    case ClockStatus::running: return "running";
    case ClockStatus::not_started: return "not_started";
    case ClockStatus::undetermined: return "undetermined";
    case ClockStatus::done_late: return "done_late";
    case ClockStatus::done: return "done";
    case ClockStatus::not_owed: return "not_owed";
  }
  return "";
}

Result<std::vector<Clock>> clocks_of(const Record& record, const ClockRules& rules, Moment now,
                                     const ClockOptions& options) {
  Diagnostics errors = in_the_future(record, now);
  if (!errors.empty()) return failure(std::move(errors));
  std::vector<Clock> clocks;
  for (const ClockRule& rule : rules.clocks) clocks.push_back(clock_of(rule, record, now, options));
  std::stable_sort(clocks.begin(), clocks.end(), [](const Clock& a, const Clock& b) {
    const auto key = [](const Clock& c) { return std::tuple(c.status, c.due_at.value_or(Moment{0}), c.rule->id); };
    return key(a) < key(b);
  });
  return clocks;
}

std::vector<ClockRule> promised_clocks(const Disclosure& disclosure) {
  std::vector<ClockRule> out;
  const auto promise = [&](const char* id, const char* stage, const char* label, const std::optional<std::int64_t>& days) {
    if (!days) return;
    ClockRule rule;
    rule.id = id;
    rule.act = policy_act;
    rule.stage = stage;
    rule.label = label;
    rule.to = "whoever reported it";
    rule.from = "intake";
    rule.within = {Period::Unit::days, static_cast<int>(*days)};
    rule.cite = {"CRA/anx/I/PartII/5"};
    out.push_back(std::move(rule));
  };
  promise("policy.acknowledge", "report_acknowledged", "Answer that the report came in", disclosure.acknowledge_days);
  promise("policy.assess", "report_assessed", "First assessment of the report", disclosure.assess_days);
  return out;
}

std::vector<TensionShown> tensions_of(const Record& record, const ClockRules& rules, const std::vector<Clock>& clocks) {
  std::vector<TensionShown> shown;
  for (const Tension& tension : rules.tensions) {
    TensionShown entry;
    entry.tension = &tension;
    bool all = true;
    for (const std::string& act : tension.between) {
      bool any = false;
      for (const Clock& c : clocks) {
        if (c.rule->act != act || c.status == ClockStatus::not_owed) continue;
        any = true;
        entry.clocks.push_back(c.rule->id);
      }
      all = all && any;
    }
    if (!all) continue;
    entry.preserved = event_at(record, "system_preserved");
    entry.told = event_at(record, "authority_told_of_change");
    entry.changed = event_at(record, "system_changed");
    entry.changed_before_told = entry.changed && (!entry.told || entry.changed->moment < entry.told->moment);
    shown.push_back(std::move(entry));
  }
  return shown;
}

}  // namespace duolex::incidents
