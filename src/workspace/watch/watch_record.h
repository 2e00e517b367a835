// What advisories and signals of exploitation mean for the releases, written down: findings, candidate cases, alerts.
// Internal to src/workspace.
#pragma once

#include <map>
#include <set>
#include <vector>

#include "workspace/watch/watch_place.h"

namespace duolex::workspace {

class WatchRecorder {
 public:
  // Everything below happens inside one transaction.
  WatchRecorder(WatchFolder& folder, std::string now);

  // What an advisory reaches, in place of what it reached before. Returns that of the releases that are watched.
  struct Counts {
    std::size_t affected = 0, unknown = 0;
  };
  Counts reaches(std::int64_t advisory, const vulnerabilities::portfolio::Reached& reached);
  // Whether a signal concerns the advisory is looked at again.
  void touch(std::int64_t advisory) { touched_.insert(advisory); }
  // Opens cases and puts down what somebody has to be told.
  void finish();

  struct Told {
    std::size_t reached = 0;  // pairs of advisory and release that are new
    std::size_t ended = 0;    // that are no more
    std::vector<std::int64_t> opened, widened;  // cases: new or open again; with releases that are new
  };
  [[nodiscard]] const Told& told() const { return told_; }

 private:
  struct NewFinding {
    std::int64_t advisory = 0, release = 0;
    storage::Reach status = storage::Reach::affected;
  };
  void find_signals(std::int64_t advisory);
  void open_case(const std::string& product, const std::string& vulnerability, const std::vector<storage::FindingRow>& findings);
  void tell_findings();
  void tell_case(std::int64_t id, bool opened);

  WatchFolder& folder_;
  storage::PortfolioStore& store_;
  std::string now_;
  std::map<std::int64_t, storage::ReleaseRow> releases_;
  std::set<std::int64_t> touched_;
  std::vector<NewFinding> new_;
  Told told_;
};

[[nodiscard]] const char* name_of(storage::Via via);
[[nodiscard]] const char* name_of(storage::Reach status);

}  // namespace duolex::workspace
