#include <CLI/CLI.hpp>

#include "cli/options.h"
#include "cli/terminal.h"
#include "workspace/joint_file/diff.h"

namespace duolex::cli {

void add_diff(Program& program) {
  struct Given {
    workspace::DiffRequest request;
    AsOf as_of;
  };
  const auto given = std::make_shared<Given>();
  CLI::App* command = program.app.add_subcommand("diff", "Two releases: is the step between them a substantial modification, under each act");
  command->add_option("RELEASE", given->request.releases, "DOSSIER or DOSSIER@VERSION: one (against the last declared release before it) or two")->required()->expected(1, 2);
  command->add_option("--sign", given->request.sign, "Stand for the assessment: your name goes into the second release's dossier; two people do so");
  command->add_option("--role", given->request.role, "In which function")->needs("--sign");
  add_format(*command, given->request.format, {"text", "json", "html"});
  command->add_option("--language,--lang", given->request.language, "Of text and page: en, de, fr, or one with a catalogue in the dossier");
  command->add_option("--out", given->request.out, "The file to write (default: standard output)");
  given->as_of.add(*command);
  add_law(*command, given->request.law);
  command->callback([&program, given] {
    given->request.as_of = given->as_of.day();
    given->request.today = today();
    given->request.style = standard_output_style();
    program.chosen = [&program, given] { return workspace::diff(given->request, program.out, program.err); };
  });
}

}  // namespace duolex::cli
