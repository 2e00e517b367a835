#include <CLI/CLI.hpp>

#include "cli/options.h"
#include "cli/terminal.h"
#include "workspace/plan.h"

namespace duolex::cli {

void add_plan(Program& program) {
  struct Given {
    workspace::PlanRequest request;
    AsOf as_of;
  };
  const auto given = std::make_shared<Given>();
  CLI::App* command = program.app.add_subcommand("plan", "The duty matrix: duties of both acts, joint controls, evidence, owner, due date");
  command->add_option("DOSSIER", given->request.subject, "A dossier's folder, or a facts file")->required();
  command->add_option("--role", given->request.role, "Whose checklist, instead of the role in the facts")
      ->check(CLI::IsMember(workspace::plan_roles()));
  add_format(*command, given->request.format, {"text", "json", "html", "csv", "xlsx", "oscal"});
  command->add_option("--out", given->request.out, "The file to write (default: standard output)");
  given->as_of.add(*command);
  add_law(*command, given->request.law);
  command->callback([&program, given] {
    given->request.as_of = given->as_of.day();
    given->request.style = standard_output_style();
    program.chosen = [&program, given] { return workspace::plan(given->request, program.out, program.err); };
  });
}

}  // namespace duolex::cli
