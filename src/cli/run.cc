#include <CLI/CLI.hpp>
#include <algorithm>
#include <ostream>

#include "base/version.h"
#include "cli/commands.h"
#include "cli/options.h"

namespace duolex::cli {

namespace {

bool names(const Group& group, const char* command) { return std::find(group.names.begin(), group.names.end(), command) != group.names.end(); }

}  // namespace

ExitCode run(const std::vector<Group>& groups, int argc, const char* const* argv, std::ostream& out, std::ostream& err) {
  CLI::App app{"Duolex: one assessment for the EU AI Act and the Cyber Resilience Act", "duolex"};
  app.require_subcommand(1);
  app.failure_message(CLI::FailureMessage::simple);
  Program program{app, out, err};
  app.set_version_flag("--version", std::string("duolex ") + program_version);
  const bool known = argc > 1 && std::any_of(groups.begin(), groups.end(), [&](const Group& g) { return names(g, argv[1]); });
  for (const Group& group : groups)
    if (!known || names(group, argv[1])) group.add(program);
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
