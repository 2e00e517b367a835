// `duolex incident report | notice | disclosure | expires`: what goes out, and what ends.
#pragma once

#include "base/day.h"
#include "workspace/incidents/incident.h"

namespace duolex::workspace {

struct IncidentReportRequest {
  IncidentPlace place;
  std::string stage;       // one of incidents::form_stages(act)
  bool json = false;
  std::string act = "cra";
};
// The fields of an act's form for a stage: of the single reporting platform, or what AI Act Art. 73 and GDPR Art. 33 ask
// for. Exit: 0; 1 a required field has no value; 64 the act has no form for the stage; 65 a value the form does not take,
// with its place.
[[nodiscard]] ExitCode incident_report(const IncidentReportRequest& request, std::ostream& out, std::ostream& err);

struct IncidentNoticeRequest {
  IncidentPlace place;
  std::int64_t now = 0;
  std::string program_version;
  std::optional<std::filesystem::path> file;  // else to the output
};
// The notice to users as CSAF 2.0, held against its mandatory tests before it is written. Exit: 0; 1 something is missing,
// and nothing is written; 65, also when it would break the standard; 73.
[[nodiscard]] ExitCode incident_notice(const IncidentNoticeRequest& request, std::ostream& out, std::ostream& err);

struct DisclosureRequest {
  std::filesystem::path dossier, folder;  // folder: security.txt, policy.md and policy.html go there
  Day today;
};
// Exit: 0; 1 the policy leaves something open, which is listed; 65; 73.
[[nodiscard]] ExitCode disclosure(const DisclosureRequest& request, std::ostream& out, std::ostream& err);

struct ExpiresRequest {
  std::filesystem::path dossier;
  Day as_of;
  int within_days = 90;
  bool json = false;
};
// Exit: 3 something ends within so many days; 1 a support period is too short; 2 a date is not known; 0; 65.
[[nodiscard]] ExitCode expires(const ExpiresRequest& request, std::ostream& out, std::ostream& err);

}  // namespace duolex::workspace
