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

struct WatchVexRequest {
  WatchPlace place;
  std::vector<std::string> documents;  // OpenVEX, CSAF, CycloneDX
  bool json = false;
};
// Statements about vulnerabilities are kept and shown wherever they close a finding. Each ends by itself where its product
// or version does. They dismiss no case. Exit: 0; 65 one cannot be read, and nothing was kept; 73.
[[nodiscard]] ExitCode watch_vex(const WatchVexRequest& request, std::ostream& out, std::ostream& err);

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
  bool cases = true;   // show those that were opened
  bool json = false;
};
// Advisories and catalogues of exploited vulnerabilities, each held against every release as it comes in. Exit: 0 no
// release is newly reached; 1 one is; 65 something could not be read (the rest was recorded); 73.
[[nodiscard]] ExitCode watch_ingest(const WatchIngestRequest& request, std::ostream& out, std::ostream& err);

struct WatchRunRequest {
  WatchPlace place;
  std::vector<std::string> sources;  // taken in first, as watch_ingest does
  std::string index;                 // "": the one that watch.yaml names, if any
  int within_days = 0;               // 0: as watch.yaml says
  bool alerts = true;
  bool json = false;
  std::int64_t now_seconds = 0;
};
// Every release against the index and against what was ingested; cases, clocks, what ends next; alerts go out. Exit: 3 a
// clock presses or something ends soon; else 1 a case is open, a release is affected or an alert could not be delivered;
// else 2 nothing could be checked, or for something it cannot be told; else 0. 65; 73.
[[nodiscard]] ExitCode watch_run(const WatchRunRequest& request, std::ostream& out, std::ostream& err);

struct WatchCasesRequest {
  WatchPlace place;
  std::int64_t id = 0;  // 0: all
  bool json = false;
};
// Exit: 1 a candidate is open; 0; 65 there is no such case; 73.
[[nodiscard]] ExitCode watch_cases(const WatchCasesRequest& request, std::ostream& out, std::ostream& err);

struct WatchAwareRequest {
  WatchPlace place;
  std::int64_t id = 0;
  std::string at, by, note, time_zone;
};
// A person became aware (CRA Art. 14(1)): writes the incident's record, whose clocks run from `at`, and ties the case to
// it. Exit: 0; 65; 73.
[[nodiscard]] ExitCode watch_aware(const WatchAwareRequest& request, std::ostream& out, std::ostream& err);

struct WatchDismissRequest {
  WatchPlace place;
  std::int64_t id = 0;
  std::string by, because;
};
[[nodiscard]] ExitCode watch_dismiss(const WatchDismissRequest& request, std::ostream& out, std::ostream& err);

struct WatchSignalRequest {
  WatchPlace place;
  std::string vulnerability, source, said_on, by, note;
};
// Somebody other than a catalogue says that a vulnerability is being exploited. Exit: 1 a case was opened; 0; 73.
[[nodiscard]] ExitCode watch_signal(const WatchSignalRequest& request, std::ostream& out, std::ostream& err);

struct WatchAlertsRequest {
  WatchPlace place;
  bool deliver = false, json = false;
};
// The alerts and how far they went. Exit: 1 one is pending; 0; 65; 73.
[[nodiscard]] ExitCode watch_alerts(const WatchAlertsRequest& request, std::ostream& out, std::ostream& err);

struct WatchRebuildRequest {
  WatchPlace place;
};
// The component index again from the kept bills. Exit: 0; 65 a bill is missing or is another; 73.
[[nodiscard]] ExitCode watch_rebuild(const WatchRebuildRequest& request, std::ostream& out, std::ostream& err);

}  // namespace duolex::workspace
