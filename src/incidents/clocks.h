// record × periods × now → clocks: what is due to whom, when, and how it stands.
//
// Hours elapse: 24 hours after 01:30 on the night the clocks change are 24 hours (CRA Art. 14(2) and (4), GDPR
// Art. 33(1)). Days and months are calendar days of the record's zone, to the end of the last one; a month ends on
// the same day number, or the last day of a shorter month. That is the date which the rule base gives as
// cra.final_report_due. What Regulation (EEC, Euratom) 1182/71 may add, the next working day, is shown as
// information and never used.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "incidents/clock_rules.h"
#include "incidents/disclosure.h"
#include "incidents/record.h"

namespace duolex::incidents {

enum class ClockStatus {
  overdue,      // the period is over and nothing was submitted
  at_once,      // owed without a period, and not done
  near,         // runs, and ends soon
  running,
  not_started,  // owed, but what it counts from has not happened
  undetermined, // facts are open that decide whether it is owed
  done_late,
  done,
  not_owed,
};
[[nodiscard]] std::string to_string(ClockStatus status);

struct Clock {
  const ClockRule* rule = nullptr;
  ClockStatus status = ClockStatus::not_owed;
  std::optional<Point> start;
  std::optional<Moment> due_at;           // the last second in time
  std::optional<Day> due_on;              // of a period in days or months
  std::optional<Moment> same_hour_at;     // of such a period, read from the moment: the cautious end
  std::optional<Day> working_day_on;      // where the last day is a Saturday or Sunday: the Monday, as information
  std::optional<Moment> done_at;
  bool pressing = false;                  // overdue, at once or near; also where it is open whether it is owed
  std::vector<std::string> open;          // facts that decide and are not stated
  std::vector<std::string> notes;
};

struct ClockOptions {
  std::optional<int> near_hours;  // else 12 for periods in hours and 72 for longer ones
};

// What a disclosure policy promises to whoever reports a vulnerability, as clocks from the day on which a report came in
// to the event that says it was done. No act gives these periods; the CRA has the manufacturer put the policy in place and
// enforce it (Annex I Part II(5)).
inline constexpr const char* policy_act = "policy";
[[nodiscard]] std::vector<ClockRule> promised_clocks(const Disclosure& disclosure);

// Acts of the record that lie after now: they are no acts yet, and no clock counts from them.
[[nodiscard]] Diagnostics in_the_future(const Record& record, Moment now);

// Most pressing first. Fails when an act lies after `now`: what has not happened yet is not recorded.
[[nodiscard]] Result<std::vector<Clock>> clocks_of(const Record& record, const ClockRules& rules, Moment now,
                                                   const ClockOptions& options = {});

// A collision of two acts whose clocks both run, and what of the way out is recorded.
struct TensionShown {
  const Tension* tension = nullptr;
  std::vector<std::string> clocks;  // ids of the clocks that meet
  std::optional<Point> preserved, told, changed;
  bool changed_before_told = false;  // the system was changed and nobody had been told before
};
[[nodiscard]] std::vector<TensionShown> tensions_of(const Record& record, const ClockRules& rules,
                                                    const std::vector<Clock>& clocks);

}  // namespace duolex::incidents
