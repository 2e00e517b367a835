#include <CLI/CLI.hpp>

#include "cli/options.h"
#include "workspace/vulnerabilities/recorded_scan.h"

namespace duolex::cli {

void add_recorded_scan(Program& program) {
  const auto request = std::make_shared<workspace::ScanRequest>();
  const auto record = std::make_shared<RecordOptions>();
  record->add(scan_command(program, *request));
  program.app.get_subcommand("scan")->callback([&program, request, record] {
    program.chosen = [&program, request, record] {
      if (request->now.empty()) request->now = now();
      workspace::Recording recording;
      record->fill(recording);
      return workspace::recorded_scan(*request, recording, program.out, program.err);
    };
  });
}

}  // namespace duolex::cli
