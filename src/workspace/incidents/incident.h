// `duolex incident new | aware | event | submit | upstream | clocks`: the records of incidents in a dossier
// (incidents/ID.yaml) and the clocks of CRA Art. 14, AI Act Art. 73 and GDPR Art. 33.
#pragma once

#include <cstdint>
#include <filesystem>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include "base/exit_code.h"

namespace duolex::workspace {

// Where a record is: a dossier and the record's id, or the record's file alone.
struct IncidentPlace {
  std::filesystem::path dossier;
  std::string id;
};

struct IncidentNewRequest {
  IncidentPlace place;
  std::string title, time_zone, kind;  // kind: vulnerability, incident, none or "" (open)
  // A report that came in (CRA Annex I Part II(5)-(6)); without a channel it is none.
  std::string channel, received_at, received_by, reference;
  std::string reporter;  // who reported it: kept as a salted commitment, its opening in ledger/private of the dossier
};
// Writes a record with every decisive fact open. Exit: 0; 65 no dossier, zone or id; 73 it is there already.
[[nodiscard]] ExitCode incident_new(const IncidentNewRequest& request, std::ostream& out, std::ostream& err);

// What a person did, added to a list of the record; every other byte of the file stays.
struct IncidentActRequest {
  IncidentPlace place;
  std::string list;                                               // awareness, events, submissions, upstream
  std::vector<std::pair<std::string, std::string>> texts;         // in this order; empty ones are left out
  std::vector<std::pair<std::string, std::vector<std::string>>> lists;
  std::vector<std::string> flags;                                 // those that are set
  std::int64_t now = 0;                                           // seconds since 1970, UTC
};
// Exit: 0; 65 the record would not be one any more, or the act lies after now, so that no clock would take the record; 73.
[[nodiscard]] ExitCode incident_act(const IncidentActRequest& request, std::ostream& out, std::ostream& err);

struct IncidentClocksRequest {
  IncidentPlace place;           // without an id: every record of the dossier
  std::int64_t now = 0;          // seconds since 1970, UTC
  std::optional<int> near_hours;
  bool json = false;
};
// Exit: 3 a deadline is near, passed or "at once"; 1 something was submitted late; 2 it is open whether something is
// owed; 0 nothing of this; 65.
[[nodiscard]] ExitCode incident_clocks(const IncidentClocksRequest& request, std::ostream& out, std::ostream& err);

// A moment on the command line, "2027-03-28T10:20+02:00"; nothing when it is none or has no offset.
[[nodiscard]] std::optional<std::int64_t> moment_with_offset(const std::string& text);

}  // namespace duolex::workspace
