#include "workspace/law/law_commands.h"

#include <CLI/CLI.hpp>

#include "cli/options.h"
#include "cli/terminal.h"

namespace duolex::cli {
namespace {

template <class Request>
struct Given {
  Request request;
  std::string format = "text";
  std::string first, second;  // days
};

void add_check(Program& program, CLI::App& law) {
  const auto given = std::make_shared<Given<workspace::LawCheckRequest>>();
  CLI::App* command = law.add_subcommand("check", "Prove the rule base: citations, contradictions, gaps, dead clauses, invariants");
  add_law(*command, given->request.law);
  command->add_option("--witness", given->request.witness, "A folder for the products that show what was found");
  command->add_option("--law-text", given->request.law_text, "The texts of the acts, held against the lists of provisions");
  add_format(*command, given->format);
  command->callback([&program, given] {
    given->request.json = given->format == "json";
    program.chosen = [&program, given] { return workspace::law_check(given->request, program.out, program.err); };
  });
}

void add_show(Program& program, CLI::App& law) {
  const auto given = std::make_shared<Given<workspace::LawShowRequest>>();
  CLI::App* command = law.add_subcommand("show", "Read the rule base: its contents, or one rule, fact, duty or provision");
  command->add_option("ID", given->request.name, "Such as cra.class or CRA/art/12/3 (without it: the contents)");
  add_law(*command, given->request.law);
  command->add_option("--law-text", given->request.law_text, "The texts of the acts: the words are quoted");
  add_format(*command, given->format);
  command->callback([&program, given] {
    given->request.json = given->format == "json";
    program.chosen = [&program, given] { return workspace::law_show(given->request, program.out, program.err); };
  });
}

void add_diff(Program& program, CLI::App& law) {
  const auto given = std::make_shared<Given<workspace::LawDiffRequest>>();
  CLI::App* command = law.add_subcommand("diff", "Which conclusions change between two days, each with a product that shows it");
  add_day(*command, "FIRST", given->first, "A day, YYYY-MM-DD");
  add_day(*command, "SECOND", given->second, "A later day, YYYY-MM-DD");
  for (const char* day : {"FIRST", "SECOND"}) command->get_option(day)->required();
  add_law(*command, given->request.law);
  command->add_option("--witness", given->request.witness, "A folder for the products that show what changes");
  add_format(*command, given->format);
  command->callback([&program, given] {
    given->request.first = *parse_day(given->first);
    given->request.second = *parse_day(given->second);
    given->request.json = given->format == "json";
    program.chosen = [&program, given] { return workspace::law_diff(given->request, program.out, program.err); };
  });
}

void add_impact(Program& program, CLI::App& law) {
  struct Impact {
    workspace::LawImpactRequest request;
    std::string format = "text";
    AsOf as_of;
  };
  const auto given = std::make_shared<Impact>();
  CLI::App* command = law.add_subcommand("impact", "What a changed rule base does to a product, its sign-offs and its declarations");
  command->add_option("DOSSIER", given->request.dossier, "A dossier's folder")->required();
  command->add_option("--before", given->request.before, "The law folder as it was (without it: what is bound to another law)");
  add_law(*command, given->request.law);
  given->as_of.add(*command);
  add_format(*command, given->format);
  command->callback([&program, given] {
    given->request.as_of = given->as_of.day();
    given->request.json = given->format == "json";
    given->request.style = standard_output_style();
    program.chosen = [&program, given] { return workspace::law_impact(given->request, program.out, program.err); };
  });
}

void add_export(Program& program, CLI::App& law) {
  const auto given = std::make_shared<Given<workspace::LawExportRequest>>();
  CLI::App* command = law.add_subcommand("export", "Write the built-in rule base to a folder, to be kept: for --law, and for 'law impact --before'");
  command->add_option("FOLDER", given->request.folder, "The folder to write, new or empty")->required();
  add_format(*command, given->format);
  command->callback([&program, given] {
    given->request.json = given->format == "json";
    program.chosen = [&program, given] { return workspace::law_export(given->request, program.out, program.err); };
  });
}

}  // namespace

void add_law_commands(Program& program) {
  CLI::App* law = program.app.add_subcommand("law", "The rule base: prove it, read it, compare two days or two states of it");
  law->require_subcommand(1);
  add_check(program, *law);
  add_show(program, *law);
  add_diff(program, *law);
  add_impact(program, *law);
  add_export(program, *law);
}

}  // namespace duolex::cli
