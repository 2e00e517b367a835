#include <CLI/CLI.hpp>

#include "cli/options.h"
#include "cli/terminal.h"
#include "workspace/joint_file/plan.h"

namespace duolex::cli {

void add_plan(Program& program) {
  struct Given {
    workspace::PlanRequest request;
    AsOf as_of;
  };
  const auto given = std::make_shared<Given>();
  CLI::App* command = program.app.add_subcommand("plan", "The duty matrix: duties of both acts, joint controls, evidence, owner, due date");
  command->add_option("DOSSIER", given->request.subject, "A dossier's folder, or a facts file");
  const auto coverage = std::make_shared<bool>(false);
  command->add_flag("--coverage", *coverage, "Instead: what answers each provision of the acts, or why it asks nothing of anybody here");
  const auto provision = std::make_shared<std::string>();
  command->add_option("--provision", *provision, "With --coverage: this provision and all below it, with what is said there")->needs("--coverage");
  command->add_option("--role", given->request.role, "Whose checklist, instead of the role in the facts")
      ->check(CLI::IsMember(workspace::plan_roles()));
  add_format(*command, given->request.format, {"text", "json", "html", "csv", "xlsx", "oscal"});
  command->add_option("--language,--lang", given->request.language, "Of the page: en, de, fr, or one the dossier has a catalogue of (default: en)");
  command->add_option("--out", given->request.out, "The file to write (default: standard output)");
  given->as_of.add(*command);
  add_law(*command, given->request.law);
  command->callback([&program, given, coverage, provision] {
    const bool json = given->request.format == "json";
    if (*coverage != given->request.subject.empty()) throw CLI::ValidationError(*coverage ? "--coverage stands alone, without a dossier" : "DOSSIER is required");
    if (*coverage && !json && given->request.format != "text") throw CLI::ValidationError("--coverage has the formats text and json");
    if (*coverage) {
      program.chosen = [&program, given, json, provision] { return workspace::plan_coverage({json, *provision, given->request.law}, program.out, program.err); };
      return;
    }
    if (given->request.language != "en" && given->request.format != "html") throw CLI::ValidationError("--language goes with --format html");
    given->request.as_of = given->as_of.day();
    given->request.style = standard_output_style();
    program.chosen = [&program, given] { return workspace::plan(given->request, program.out, program.err); };
  });
}

}  // namespace duolex::cli
