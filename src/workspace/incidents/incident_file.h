// The files of incident records. Internal to src/workspace.
#pragma once

#include "incidents/clocks.h"
#include "incidents/record.h"
#include "incidents/support.h"
#include "workspace/incidents/incident.h"

namespace duolex::workspace {

struct IncidentFile {
  std::filesystem::path path;
  std::string bytes;
  incidents::Record record;
};

[[nodiscard]] Result<std::filesystem::path> incident_path(const IncidentPlace& place);
[[nodiscard]] Result<IncidentFile> load_incident(const IncidentPlace& place);
// All of a dossier, by name; the one when the place names one.
[[nodiscard]] Result<std::vector<IncidentFile>> load_incidents(const IncidentPlace& place);

// The clocks of the acts and, for a report that came in, those that the policy beside the record promises. `place` as it
// was given to load the record. Fails when there is a policy that cannot be read.
[[nodiscard]] Result<incidents::ClockRules> clock_rules_for(const std::filesystem::path& place, const incidents::Record& record);

// What ends when, of a dossier's releases and support.yaml.
[[nodiscard]] Result<incidents::Endings> endings_of_dossier(const std::filesystem::path& folder);

}  // namespace duolex::workspace
