#include <CLI/CLI.hpp>
#include <cerrno>
#include <ostream>

#include "base/version.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "cli/plain_stream.h"

namespace duolex::cli {

namespace {

// Of the command that was chosen: something other than text for people is asked for.
bool for_programs(const CLI::App& app) {
  for (const CLI::App* command : app.get_subcommands()) {
    if (const CLI::Option* const format = command->get_option_no_throw("--format"); format != nullptr)
      for (const std::string& name : format->results())
        if (name != "text") return true;
    for (const char* name : {"--batch", "--proofs"})
      if (const CLI::Option* const option = command->get_option_no_throw(name); option != nullptr && option->count() != 0) return true;
    if (for_programs(*command)) return true;
  }
  return false;
}

// Every command's last word: what could not be written was not said, whatever came of it. Nobody is told who has gone away.
ExitCode said(ExitCode code, PlainStream& out, PlainStream& err) {
  out.flush();
  if (out) return code;
  if (out.error() != EPIPE && !err.used()) err << "error: the answer cannot be written\n";
  return code == ExitCode::internal ? code : ExitCode::cannot_write;
}

}  // namespace

ExitCode run(const std::vector<AddCommands>& groups, int argc, const char* const* argv, std::ostream& to, std::ostream& errors_to) {
  PlainStream out(to), err(errors_to, true);
  CLI::App app{"Duolex: one assessment for the EU AI Act and the Cyber Resilience Act", "duolex"};
  app.require_subcommand(1);
  app.set_version_flag("--version", std::string("duolex ") + program_version, "Print the version and exit");
  app.failure_message(CLI::FailureMessage::simple);
  Program program{app, out, err};
  for (const AddCommands add : groups) add(program);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return said(app.exit(e, out, err) == 0 ? ExitCode::clear : ExitCode::usage, out, err);
  }
  if (for_programs(app)) out.pass_all();
  try {
    return said(program.chosen(), out, err);
  } catch (const std::exception& e) {
    err << "internal error: " << e.what() << "\n";
    return ExitCode::internal;
  }
}

}  // namespace duolex::cli
