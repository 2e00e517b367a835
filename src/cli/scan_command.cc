#include <CLI/CLI.hpp>

#include "cli/options.h"
#include "workspace/vulnerabilities/scan.h"

namespace duolex::cli {

CLI::App& scan_command(Program& program, workspace::ScanRequest& request) {
  CLI::App* command = program.app.add_subcommand("scan", "Hold a bill of materials against known vulnerabilities");
  command->add_option("SBOM", request.bill, "CycloneDX or SPDX")->required();
  command->add_option("--index", request.index, "The index of advisories; without it nothing is checked");
  command->add_option("--vex", request.vex, "A VEX document (OpenVEX, CSAF or CycloneDX) whose statements apply to the findings; may be repeated")->allow_extra_args(false);
  command->add_option("--now", request.now, "The time for which to scan, as 2027-01-02T03:04:05Z (default: the clock's)");
  command->add_option("--publisher", request.publisher, "Who publishes a CSAF or OpenVEX document");
  command->add_option("--publisher-url", request.publisher_url, "The publisher's address, as CSAF asks for it");
  add_format(*command, request.format, {"text", "json", "sarif", "junit", "csaf", "csaf-vex", "cyclonedx-vdr", "cyclonedx-vex", "openvex"});
  return *command;
}

void add_scan(Program& program) {
  const auto request = std::make_shared<workspace::ScanRequest>();
  CLI::App& command = scan_command(program, *request);
  command.add_flag_callback("--no-record", [] {}, "Record nothing");
  command.callback([&program, request] {
    if (request->now.empty()) request->now = now();
    program.chosen = [&program, request] { return workspace::scan(*request, program.out, program.err); };
  });
}

}  // namespace duolex::cli
