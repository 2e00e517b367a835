#include <CLI/CLI.hpp>
#include <ostream>

#include "cli/commands.h"
#include "cli/options.h"

namespace duolex::cli {

ExitCode run(const std::vector<AddCommands>& groups, int argc, const char* const* argv, std::ostream& out, std::ostream& err) {
  CLI::App app{"Duolex: one assessment for the EU AI Act and the Cyber Resilience Act", "duolex"};
  app.require_subcommand(1);
  app.failure_message(CLI::FailureMessage::simple);
  Program program{app, out, err};
  for (const AddCommands add : groups) add(program);
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
