#include <CLI/CLI.hpp>

#include "cli/options.h"
#include "workspace/vulnerabilities/csaf_check.h"

namespace duolex::cli {

void add_csaf_commands(Program& program) {
  CLI::App* group = program.app.add_subcommand("csaf", "Security advisories as CSAF 2.0");
  group->require_subcommand(1);
  const auto request = std::make_shared<workspace::CsafCheckRequest>();
  const auto format = std::make_shared<std::string>("text");
  CLI::App* command = group->add_subcommand("check", "Hold documents against the structure and the mandatory tests of CSAF 2.0");
  command->add_option("FILE", request->files, "CSAF documents")->required();
  add_format(*command, *format);
  command->callback([&program, request, format] {
    request->json = *format == "json";
    program.chosen = [&program, request] { return workspace::csaf_check(*request, program.out, program.err); };
  });
}

}  // namespace duolex::cli
