#include <CLI/CLI.hpp>

#include "cli/options.h"
#include "workspace/probes/probe_verify.h"

namespace duolex::cli {

void add_probe_verify_commands(Program& program) {
  struct Given {
    workspace::ProbeVerifyRequest request;
    RecordOptions record;
    std::string format = "text";
  };
  const auto given = std::make_shared<Given>();
  CLI::App* command = probe_command(program).add_subcommand("verify", "Decide a VNN-LIB property of an ONNX network: unsat, sat or timeout");
  command->add_option("NETWORK", given->request.network, "An ONNX file, packed with gzip or not")->required();
  command->add_option("PROPERTY", given->request.property, "A VNN-LIB file, packed with gzip or not")->required();
  command->add_option("--timeout", given->request.timeout, "Seconds")->check(CLI::PositiveNumber)->capture_default_str();
  command->add_option("--threads", given->request.threads, "Threads (default: all processors); the verdict does not depend on it");
  command->add_option("--seed", given->request.seed, "Of the search for counter-examples")->capture_default_str();
  add_format(*command, given->format);
  given->record.add(*command);
  command->callback([&program, given] {
    given->record.fill(given->request.recording);
    given->request.json = given->format == "json";
    program.chosen = [&program, given] { return workspace::probe_verify(given->request, program.out, program.err); };
  });
}

}  // namespace duolex::cli
