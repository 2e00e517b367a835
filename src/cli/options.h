// Options that several commands share, and what a command needs of the program around it.
#pragma once

#include <filesystem>
#include <functional>
#include <iosfwd>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/day.h"
#include "base/exit_code.h"

namespace CLI {
class App;
}
namespace duolex::workspace {
struct Recording;
struct ScanRequest;
}

namespace duolex::cli {

// The command line being read. Each command group adds its commands; the one that is named sets `chosen`.
struct Program {
  CLI::App& app;
  std::ostream& out;
  std::ostream& err;
  std::function<ExitCode()> chosen = {};
};

// The day to decide for: as given, or today.
struct AsOf {
  std::string given;
  void add(CLI::App& command);
  [[nodiscard]] Day day() const;
};

// The one place that looks at the calendar.
[[nodiscard]] Day today();
// The one place that looks at the clock: "2027-01-02T03:04:05Z".
[[nodiscard]] std::string now();

// A day on the command line; a text that is none is refused.
void add_day(CLI::App& command, const std::string& name, std::string& day, const std::string& help);

void add_format(CLI::App& command, std::string& format);
// Any of these formats.
void add_format(CLI::App& command, std::string& format, const std::vector<std::string>& formats);
void add_law(CLI::App& command, std::optional<std::filesystem::path>& law);

// --record, --no-record, --release, --key and --good-until of a command whose results become evidence. `fill` sets the
// request's recording when the command runs.
struct RecordOptions {
  std::string dossier, release, key, good_until;
  bool off = false;
  void add(CLI::App& command);
  void fill(workspace::Recording& recording) const;
};

// The command `probe`, to which several groups add theirs; made at the first call.
[[nodiscard]] CLI::App& probe_command(Program& program);

// The command groups.
void add_assessment(Program& program);  // init decide assess ask explain sign-off
void add_law_commands(Program& program);
void add_sbom_commands(Program& program);  // sbom
void add_advisories_commands(Program& program);
// `scan` without its callback; add_scan records nothing, add_recorded_scan can.
[[nodiscard]] CLI::App& scan_command(Program& program, workspace::ScanRequest& request);
void add_scan(Program& program);
void add_recorded_scan(Program& program);
void add_csaf_commands(Program& program);  // csaf check
void add_incident_commands(Program& program);
void add_evidence_commands(Program& program);
void add_gate(Program& program);
void add_probe_commands(Program& program);  // probe file
void add_probe_model_commands(Program& program);  // probe model, probe replay
void add_probe_run_commands(Program& program);
void add_probe_verify_commands(Program& program);
void add_diff(Program& program);
void add_plan(Program& program);
void add_probe_commands(Program& program);  // probe file, import
void add_probe_model_commands(Program& program);  // probe model, probe replay
void add_watch(Program& program);
void add_documents(Program& program);  // docs declare

}  // namespace duolex::cli
