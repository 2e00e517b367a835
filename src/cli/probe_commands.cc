#include <CLI/CLI.hpp>

#include "cli/options.h"
#include "workspace/probe_file.h"

namespace duolex::cli {
namespace {

void add_file(Program& program) {
  const auto given = std::make_shared<workspace::ProbeFileRequest>();
  CLI::App* command = probe_command(program).add_subcommand("file", "Whether model files run code when they are loaded; nothing is loaded");
  command->add_option("PATH", given->paths, "Files, and folders with all that is in them")->required();
  add_format(*command, given->format, {"text", "json", "sarif"});
  command->callback([&program, given] {
    program.chosen = [&program, given] { return workspace::probe_file(*given, program.out, program.err); };
  });
}

}  // namespace

void add_probe_commands(Program& program) { add_file(program); }

}  // namespace duolex::cli
