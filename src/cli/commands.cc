#include "cli/commands.h"

#include "cli/options.h"

namespace duolex::cli {

const std::vector<AddCommands>& all_commands() {
  static const std::vector<AddCommands> groups = {
      add_assessment,
      add_law_commands,
      add_advisories_commands,
      add_recorded_scan,
      add_csaf_commands,
      add_incident_commands,
      add_watch,
      add_evidence_commands,
      add_gate,
      add_probe_commands,
      add_probe_model_commands,
      add_probe_run_commands,
      add_probe_verify_commands,
      add_plan,
      add_diff,
      add_sbom_commands,
      add_documents,
  };
  return groups;
}

}  // namespace duolex::cli
