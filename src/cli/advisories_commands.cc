#include <CLI/CLI.hpp>
#include <iostream>

#include "cli/options.h"
#include "workspace/vulnerabilities/advisories.h"

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

void add_build(Program& program, CLI::App& advisories) {
  const auto request = std::make_shared<workspace::BuildRequest>();
  const auto format = std::make_shared<std::string>("text");
  CLI::App* command = advisories.add_subcommand("build", "Make the index from advisories and signals of exploitation");
  command->add_option("SOURCE", request->sources, "Folders, files (JSON, YAML, lines of JSON, EPSS as CSV) or zip archives; also compressed")->required();
  command->add_option("--index", request->index, "The index to write")->required();
  command->add_flag("--delta", request->delta, "Write what the sources change as a delta beside the index, which stays as it is");
  add_format(*command, *format);
  command->callback([&program, request, format] {
    request->json = *format == "json";
    request->now = now();
    program.chosen = [&program, request] { return workspace::advisories_build(*request, program.out, program.err); };
  });
}

void add_update(Program& program, CLI::App& advisories) {
  const auto request = std::make_shared<workspace::UpdateRequest>();
  const auto format = std::make_shared<std::string>("text");
  CLI::App* command = advisories.add_subcommand("update", "Fetch the public files of advisories into a folder, and build the index");
  command->add_option("FOLDER", request->folder, "Where the files are kept; what is there and unchanged is not fetched again")->required();
  command->add_option("--index", request->index, "Build this index from them");
  command->add_option("--only", request->only, "These sources of the list")->type_name("NAME");
  command->add_option("--sources", request->sources, "A list of sources in place of the one that comes with the program (advisories sources)");
  command->add_option("--mirror", request->mirror, "Take the files from this folder or address instead of their publishers")->type_name("PLACE");
  add_format(*command, *format);
  command->callback([&program, request, format] {
    request->json = *format == "json";
    request->now = now();
    program.chosen = [&program, request] { return workspace::advisories_update(*request, program.out, program.err); };
  });
  CLI::App* sources = advisories.add_subcommand("sources", "The list of sources that comes with the program");
  sources->callback([&program] { program.chosen = [&program] { return workspace::advisories_sources(program.out); }; });
}

void add_info(Program& program, CLI::App& advisories) {
  const auto request = std::make_shared<workspace::InfoRequest>();
  const auto format = std::make_shared<std::string>("text");
  CLI::App* command = advisories.add_subcommand("info", "What an index holds, and that it is whole; or one of its records");
  command->add_option("ID", request->record, "A record, such as GHSA-j7hp-h8jx-5ppr");
  command->add_option("--index", request->index, "The index")->required();
  command->add_option("--journal", [request](const std::vector<std::string>& ids) {
           request->record = ids.front();
           return request->journal = true;
         }, "When this record became known, changed or went")->type_name("ID");
  add_format(*command, *format);
  command->callback([&program, request, format] {
    request->json = *format == "json";
    program.chosen = [&program, request] { return workspace::advisories_info(*request, program.out, program.err); };
  });
}

}  // namespace

void add_advisories_commands(Program& program) {
  CLI::App* advisories = program.app.add_subcommand("advisories", "Known vulnerabilities: fetch them, build the index, look into it");
  advisories->require_subcommand(1);
  add_build(program, *advisories);
  add_update(program, *advisories);
  add_info(program, *advisories);
  add_order(program, *advisories);
}

}  // namespace duolex::cli
