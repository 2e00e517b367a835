#include <CLI/CLI.hpp>
#include <iostream>

#include "cli/options.h"
#include "workspace/advisories.h"

namespace duolex::cli {
namespace {

void add_order(Program& program, CLI::App& advisories) {
  const auto request = std::make_shared<workspace::OrderRequest>();
  CLI::App* command = advisories.add_subcommand("order", "Hold lines 'A < B' from standard input against an ecosystem's order of versions");
  command->add_option("ECOSYSTEM", request->ecosystem, "As OSV names it, such as Debian, npm or PyPI; or a scheme, such as SemVer")->required();
  command->callback([&program, request] {
    program.chosen = [&program, request] { return workspace::advisories_order(*request, std::cin, program.out, program.err); };
  });
}

}  // namespace

void add_advisories_commands(Program& program) {
  CLI::App* advisories = program.app.add_subcommand("advisories", "Known vulnerabilities: build the index, look into it");
  advisories->require_subcommand(1);
  add_order(program, *advisories);
}

}  // namespace duolex::cli
