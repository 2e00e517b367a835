// The events of a range as intervals of keys, by the evaluation that the OSV schema prescribes.
#pragma once

#include <string>
#include <vector>

#include "vulnerabilities/feeds/advisory.h"
#include "vulnerabilities/versions/version.h"

namespace duolex::vulnerabilities {

struct Interval {
  bool from_start = false;       // no lower end
  std::string from;              // key, belongs to the interval
  bool open_ended = false;       // no upper end
  bool to_included = false;      // last_affected
  std::string to;                // key
  std::string from_text;         // the version of the event that begins it: "0" for the start
  Event::Kind ended_by = Event::Kind::fixed;  // fixed, last_affected or limit; of no meaning when open_ended
  std::string to_text;
};

struct Intervals {
  std::vector<Interval> list;           // ascending
  std::vector<std::string> unreadable;  // versions of events that the scheme cannot read: the range decides nothing
};

[[nodiscard]] Intervals intervals_of(Scheme scheme, const std::vector<Event>& events);

}  // namespace duolex::vulnerabilities
