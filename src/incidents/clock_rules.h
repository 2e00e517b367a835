// The periods of an incident as data: law/incidents/clocks.yaml (docs/formats/incident.md).
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/day.h"
#include "base/result.h"

namespace duolex::incidents {

struct Period {
  enum class Unit { at_once, hours, days, months } unit = Unit::at_once;
  int count = 0;
};

// "24 hours", "1 month", "at once"
[[nodiscard]] std::string to_string(const Period& period);

// A fact of the record and the words one of which it must hold.
struct Condition {
  std::string fact;  // "cra.kind"
  std::vector<std::string> any_of;
};

struct ClockRule {
  std::string id, act, stage, label, to;
  std::vector<Condition> when;    // all of them
  std::vector<Condition> unless;  // none of them; an open one does not stop the clock
  std::string from;               // awareness, notification_submitted, or an event of the record
  Period within;
  std::optional<Day> awareness_from;  // the duty exists from this day; what was known before is not owed
  std::vector<std::string> cite;
};

struct Tension {
  std::string id, says, what_to_do;
  std::vector<std::string> between, cite;  // acts; provisions
};

struct ClockRules {
  Day checked_on;
  std::vector<ClockRule> clocks;
  std::vector<Tension> tensions;
};

[[nodiscard]] Result<ClockRules> read_clock_rules(const std::string& file, const std::string& bytes);
// The file as it was when the program was built.
[[nodiscard]] const ClockRules& built_in_clock_rules();

}  // namespace duolex::incidents
