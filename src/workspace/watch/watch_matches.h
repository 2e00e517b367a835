// What an advisory reaches in a release, component by component, and what VEX says of it. Internal to src/workspace.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <vector>

#include "vulnerabilities/index/index.h"
#include "vulnerabilities/matching/match.h"
#include "workspace/watch/watch_place.h"

namespace duolex::workspace {

class WatchMatches {
 public:
  explicit WatchMatches(WatchFolder& folder);

  struct Found {
    const sbom::Sbom* bill = nullptr;
    const vulnerabilities::Matches* matches = nullptr;
    const vulnerabilities::Finding* finding = nullptr;
  };
  struct Answer {
    std::vector<Found> found;  // until the next question
    Diagnostics problems;      // bills and advisories that cannot be read any more
  };
  [[nodiscard]] Answer of(std::int64_t release, const storage::AdvisoryRow& advisory);
  // Whether statements close the advisory in every component that it reaches. Only what some statement may be about is
  // looked at.
  [[nodiscard]] bool closed(std::int64_t release, const storage::AdvisoryRow& advisory);
  // Documents that cannot be read any more.
  [[nodiscard]] const Diagnostics& problems() const { return problems_; }

 private:
  struct Bill {
    sbom::Sbom read;
    std::string bytes;
    std::unique_ptr<vulnerabilities::Matches> shared;  // against the index of the last run
  };
  [[nodiscard]] bool spoken_of(std::int64_t release, const storage::AdvisoryRow& advisory);
  void take_up(std::int64_t release);
  Result<vulnerabilities::Matches> match(Bill& bill, vulnerabilities::index::Index& known) const;
  Result<vulnerabilities::index::Index*> shared_index();
  Result<vulnerabilities::index::Index*> own_index(const storage::AdvisoryRow& advisory);

  WatchFolder& folder_;
  vulnerabilities::vex::Statements documents_;
  std::set<std::string> spoken_of_;         // vulnerabilities, in capital letters
  std::set<std::int64_t> of_themselves_;    // releases with a bill that states something
  Diagnostics problems_;
  std::int64_t release_ = 0;
  std::vector<Bill> bills_;
  Diagnostics broken_;                      // of that release's bills
  std::vector<std::unique_ptr<vulnerabilities::Matches>> own_;
  std::optional<vulnerabilities::index::Index> index_, advisory_index_;
  std::string advisory_bytes_;
};

}  // namespace duolex::workspace
