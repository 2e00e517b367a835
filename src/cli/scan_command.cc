#include <CLI/CLI.hpp>

#include "cli/options.h"
#include "workspace/scan.h"

namespace duolex::cli {

void add_scan(Program& program) {
  const auto request = std::make_shared<workspace::ScanRequest>();
  CLI::App* command = program.app.add_subcommand("scan", "Hold a bill of materials against known vulnerabilities");
  command->add_option("SBOM", request->bill, "CycloneDX or SPDX")->required();
  command->add_option("--index", request->index, "The index of advisories; without it nothing is checked");
  add_format(*command, request->format, {"text", "json"});
  command->callback([&program, request] {
    program.chosen = [&program, request] { return workspace::scan(*request, program.out, program.err); };
  });
}

}  // namespace duolex::cli
