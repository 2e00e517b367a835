#include <CLI/CLI.hpp>

#include "cli/options.h"
#include "workspace/vulnerabilities/sbom.h"

namespace duolex::cli {
namespace {

template <class Request>
struct Given {
  Request request;
  std::string format = "text";
};

void add_check(Program& program, CLI::App& sbom) {
  const auto given = std::make_shared<Given<workspace::SbomCheckRequest>>();
  CLI::App* command = sbom.add_subcommand("check", "Hold a bill of materials against its format and against what is asked of one");
  command->add_option("SBOM", given->request.path, "CycloneDX or SPDX; the format is taken from the content")->required();
  command->add_option("--profile", given->request.profile, "Which quality checks: all, cra, ntia, bsi")->check(CLI::IsMember({"all", "cra", "ntia", "bsi"}));
  add_format(*command, given->format);
  command->callback([&program, given] {
    given->request.json = given->format == "json";
    program.chosen = [&program, given] { return workspace::sbom_check(given->request, program.out, program.err); };
  });
}

void add_show(Program& program, CLI::App& sbom) {
  const auto given = std::make_shared<Given<workspace::SbomShowRequest>>();
  CLI::App* command = sbom.add_subcommand("show", "The components of a bill of materials, each with its place in the file");
  command->add_option("SBOM", given->request.path, "CycloneDX or SPDX")->required();
  add_format(*command, given->format);
  command->callback([&program, given] {
    given->request.json = given->format == "json";
    program.chosen = [&program, given] { return workspace::sbom_show(given->request, program.out, program.err); };
  });
}

void add_diff(Program& program, CLI::App& sbom) {
  const auto given = std::make_shared<Given<workspace::SbomDiffRequest>>();
  CLI::App* command = sbom.add_subcommand("diff", "What changed between two bills of materials, of whatever formats");
  command->add_option("BEFORE", given->request.before, "CycloneDX or SPDX")->required();
  command->add_option("AFTER", given->request.after, "CycloneDX or SPDX")->required();
  add_format(*command, given->format);
  command->callback([&program, given] {
    given->request.json = given->format == "json";
    program.chosen = [&program, given] { return workspace::sbom_diff(given->request, program.out, program.err); };
  });
}

}  // namespace

void add_sbom_commands(Program& program) {
  CLI::App* sbom = program.app.add_subcommand("sbom", "Bills of materials: check one, show it, compare two");
  sbom->require_subcommand(1);
  add_check(program, *sbom);
  add_show(program, *sbom);
  add_diff(program, *sbom);
}

}  // namespace duolex::cli
