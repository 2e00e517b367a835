// `duolex watch …`: all releases on the market held against known vulnerabilities for as long as the law asks (CRA
// Annex I Part II, Art. 13(8), Art. 14; docs/formats/portfolio.md).
//
// A candidate case says that a vulnerability known to be exploited reaches a release. It starts no clock: becoming
// aware (CRA Art. 14(1)) is what a person records.
#pragma once

#include <cstdint>
#include <filesystem>
#include <iosfwd>
#include <string>
#include <vector>

#include "base/day.h"
#include "base/exit_code.h"

namespace duolex::workspace {

struct WatchPlace {
  std::filesystem::path folder;
  int wait_seconds = 0;  // for another process that is at work in the folder
  std::string now;       // "2027-01-02T03:04:05Z"
};

struct WatchAddRequest {
  WatchPlace place;
  std::vector<std::string> items;  // folders of dossiers, files of bills
  std::string product, release, placed_on, support_until;  // of a bill alone
  bool json = false;
};
// Exit: 0; 65 an item cannot be read, and nothing was added; 73.
[[nodiscard]] ExitCode watch_add(const WatchAddRequest& request, std::ostream& out, std::ostream& err);

struct WatchListRequest {
  WatchPlace place;
  bool json = false;
};
// Exit: 0; 65; 73.
[[nodiscard]] ExitCode watch_list(const WatchListRequest& request, std::ostream& out, std::ostream& err);

struct WatchEndRequest {
  WatchPlace place;
  std::string product, release, because;
};
// A release is no longer watched. Exit: 0; 65 there is none; 73.
[[nodiscard]] ExitCode watch_end(const WatchEndRequest& request, std::ostream& out, std::ostream& err);

struct WatchIngestRequest {
  WatchPlace place;
  std::vector<std::string> sources;
  bool alerts = true;  // deliver them when everything is recorded
  bool json = false;
};
// Advisories and catalogues of exploited vulnerabilities, each held against every release as it comes in. Exit: 0 no
// release is newly reached; 1 one is; 65 something could not be read (the rest was recorded); 73.
[[nodiscard]] ExitCode watch_ingest(const WatchIngestRequest& request, std::ostream& out, std::ostream& err);

}  // namespace duolex::workspace
