#include <CLI/CLI.hpp>

#include "cli/options.h"
#include "workspace/probe_file.h"
#include "workspace/probe_import.h"

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

void add_import(Program& program) {
  struct Given {
    workspace::ProbeImportRequest request;
    std::string format = "text";
  };
  const auto given = std::make_shared<Given>();
  CLI::App* command = probe_command(program).add_subcommand("import", "Results of garak, PyRIT and promptfoo, counted again from their attempts");
  command->add_option("FILE", given->request.files, "Reports of one of these tools")->required();
  add_format(*command, given->format);
  command->callback([&program, given] {
    given->request.json = given->format == "json";
    program.chosen = [&program, given] { return workspace::probe_import(given->request, program.out, program.err); };
  });
}

}  // namespace

void add_probe_commands(Program& program) {
  add_file(program);
  add_import(program);
}

}  // namespace duolex::cli
