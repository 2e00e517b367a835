// What presses across a portfolio: the clocks of its incidents, what ends next. Internal to src/workspace.
#pragma once

#include "incidents/clocks.h"
#include "incidents/support.h"
#include "workspace/watch/watch_place.h"

namespace duolex::workspace {

struct WatchedClock {
  std::string product, incident, file, clock, label, to, status, due;
};
struct WatchedEnd {
  std::string product, what, of, until, open;
  std::int64_t days_left = 0;
  bool soon = false;
};
struct WatchedShortfall {
  std::string product, of, says;
};
struct UntoldUpstream {
  std::string product, incident, component;
};

// A report that came in (CRA Annex I Part II(5) and (6)) and of which nobody has said yet what it is.
struct OpenReport {
  std::string product, incident, channel, received_at;
};

struct Deadlines {
  std::vector<WatchedClock> pressing;
  std::vector<WatchedEnd> ends;  // soonest first; those that are over are left out, unknown ones last
  std::vector<WatchedShortfall> shortfalls;
  std::vector<UntoldUpstream> untold;  // components of a vulnerability whose maker nobody told (CRA Art. 13(6))
  std::vector<OpenReport> reports;
  std::size_t incidents = 0;
  Diagnostics problems;  // dossiers and records that could not be read
  [[nodiscard]] bool soon() const;
};
[[nodiscard]] Deadlines deadlines_of(WatchFolder& folder, std::int64_t now_seconds, int within_days);
// Inside a transaction: an alert for each, once for each state it is in.
void tell_deadlines(storage::PortfolioStore& store, const Deadlines& deadlines, const std::string& now);

}  // namespace duolex::workspace
