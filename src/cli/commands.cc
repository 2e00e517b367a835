#include "cli/commands.h"

#include <CLI/CLI.hpp>
#include <ostream>

#include "cli/options.h"

namespace duolex::cli {

ExitCode run(int argc, const char* const* argv, std::ostream& out, std::ostream& err) {
  CLI::App app{"Duolex: one assessment for the EU AI Act and the Cyber Resilience Act", "duolex"};
  app.require_subcommand(1);
  app.failure_message(CLI::FailureMessage::simple);
  Program program{app, out, err};
  add_assessment(program);
  add_law_commands(program);
  add_advisories_commands(program);
  add_scan(program);
  add_incident_commands(program);
  add_evidence_commands(program);
  add_probe_commands(program);
  add_probe_model_commands(program);
  add_probe_verify_commands(program);
  add_plan(program);
  add_sbom_commands(program);
  add_documents(program);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return app.exit(e, out, err) == 0 ? ExitCode::clear : ExitCode::usage;
  }
  try {
    return program.chosen();
  } catch (const std::exception& e) {
    err << "internal error: " << e.what() << "\n";
    return ExitCode::internal;
  }
}

}  // namespace duolex::cli
