#include "cli/commands.h"

#include "cli/options.h"

namespace duolex::cli {

const std::vector<Group>& all_commands() {
  static const std::vector<Group> groups = {
      {add_assessment, {"init", "decide", "assess", "ask", "explain", "sign-off"}},
      {add_law_commands, {"law"}},
      {add_advisories_commands, {"advisories"}},
      {add_scan, {"scan"}},
      {add_incident_commands, {"incident"}},
      {add_evidence_commands, {"evidence", "verify"}},
      {add_probe_commands, {"probe"}},
      {add_probe_model_commands, {"probe"}},
      {add_probe_verify_commands, {"probe"}},
      {add_plan, {"plan"}},
      {add_diff, {"diff"}},
      {add_sbom_commands, {"sbom"}},
      {add_documents, {"docs", "declare"}},
  };
  return groups;
}

}  // namespace duolex::cli
