#include <CLI/CLI.hpp>
#include <iostream>

#include "cli/options.h"
#include "cli/terminal.h"
#include "workspace/joint_file/assess.h"
#include "workspace/verdict/decide.h"
#include "workspace/verdict/explain.h"
#include "workspace/verdict/init.h"

namespace duolex::cli {
namespace {

void add_decide(Program& program) {
  struct Given {
    workspace::DecideRequest request;
    std::string format = "text";
    AsOf as_of;
  };
  const auto given = std::make_shared<Given>();
  CLI::App* command = program.app.add_subcommand("decide", "Facts in, conclusions with proofs out");
  command->add_option("FACTS", given->request.facts, "A facts file (YAML or JSON), or a dossier's folder");
  command->add_option("--batch", given->request.facts, "Instead: one {\"facts\": {…}} a line, one answer a line");
  given->as_of.add(*command);
  add_format(*command, given->format);
  add_law(*command, given->request.law);
  command->add_flag("--proofs", given->request.proofs, "With --format json: a proof of every conclusion");
  command->callback([&program, given, command] {
    workspace::DecideRequest& decide = given->request;
    if (command->count("FACTS") + command->count("--batch") != 1)
      throw CLI::ValidationError("decide", "name one facts file or dossier, or a batch with --batch");
    decide.batch = command->count("--batch") != 0;
    if (decide.batch && decide.proofs) throw CLI::ValidationError("decide", "--proofs goes with a single facts file");
    decide.json = given->format == "json" || decide.batch || decide.proofs;
    decide.as_of = given->as_of.day();
    program.chosen = [&program, given] { return workspace::decide(given->request, program.out, program.err); };
  });
}

void add_init(Program& program) {
  struct Given {
    workspace::InitRequest request;
    AsOf as_of;
  };
  const auto given = std::make_shared<Given>();
  CLI::App* command = program.app.add_subcommand("init", "Ask what matters, write a dossier; can be left and resumed");
  command->add_option("FOLDER", given->request.folder, "The dossier's folder")->required();
  command->add_option("--by", given->request.by, "Who answers: written as the source of each fact");
  given->as_of.add(*command);
  add_law(*command, given->request.law);
  command->callback([&program, given] {
    given->request.as_of = given->as_of.day();
    given->request.today = today();
    program.chosen = [&program, given] { return workspace::init(given->request, std::cin, program.out, program.err); };
  });
}

void add_sign_off(Program& program) {
  struct Given {
    workspace::SignOffRequest request;
    AsOf as_of;
  };
  const auto given = std::make_shared<Given>();
  CLI::App* command = program.app.add_subcommand("sign-off", "A named person stands for the classification as it is");
  command->add_option("DOSSIER", given->request.dossier, "A dossier's folder")->required();
  command->add_option("--by", given->request.by, "Name")->required();
  command->add_option("--role", given->request.role, "Function")->required();
  given->as_of.add(*command);
  add_law(*command, given->request.law);
  command->callback([&program, given] {
    given->request.as_of = given->as_of.day();
    given->request.today = today();
    program.chosen = [&program, given] { return workspace::sign_off(given->request, program.out, program.err); };
  });
}

void add_assess(Program& program) {
  struct Given {
    workspace::AssessRequest request;
    std::string format = "text";
    AsOf as_of;
  };
  const auto given = std::make_shared<Given>();
  CLI::App* command = program.app.add_subcommand("assess", "The main job: a dossier in, a report folder out");
  command->add_option("DOSSIER", given->request.dossier, "A dossier's folder")->required();
  command->add_option("--out", given->request.out, "The report folder (default: DOSSIER/report, with a .gitignore)");
  command->add_option("--language,--lang", given->request.language, "Of report.html: en, de, fr, or one the dossier has a catalogue of (default: en)");
  command->add_option("--index", given->request.index, "An index of advisories: the release's bills of materials are held against it");
  given->as_of.add(*command);
  add_format(*command, given->format);
  add_law(*command, given->request.law);
  command->callback([&program, given] {
    workspace::AssessRequest& assess = given->request;
    assess.json = given->format == "json";
    assess.as_of = given->as_of.day();
    assess.default_out = assess.out.empty();
    if (assess.default_out) assess.out = assess.dossier / "report";
    assess.style = standard_output_style();
    program.chosen = [&program, given] { return workspace::assess(given->request, program.out, program.err); };
  });
}

void add_ask(Program& program) {
  struct Given {
    workspace::AskRequest request;
    std::string format = "text";
    AsOf as_of;
  };
  const auto given = std::make_shared<Given>();
  CLI::App* command = program.app.add_subcommand("ask", "The open questions that matter, most decisive first");
  command->add_option("DOSSIER", given->request.subject, "A dossier's folder, or a facts file")->required();
  given->as_of.add(*command);
  add_format(*command, given->format);
  add_law(*command, given->request.law);
  command->callback([&program, given] {
    given->request.json = given->format == "json";
    given->request.as_of = given->as_of.day();
    given->request.style = standard_output_style();
    program.chosen = [&program, given] { return workspace::ask(given->request, program.out, program.err); };
  });
}

void add_explain(Program& program) {
  struct Given {
    workspace::ExplainRequest request;
    std::string format = "text";
    AsOf as_of;
  };
  const auto given = std::make_shared<Given>();
  CLI::App* command = program.app.add_subcommand("explain", "Why a conclusion, why not another, what would change it");
  command->add_option("DOSSIER", given->request.subject, "A dossier's folder, or a facts file")->required();
  command->add_option("CONCLUSION", given->request.conclusion, "Such as joint.cra_assessed_by; 'duolex decide' names them all")->required();
  given->as_of.add(*command);
  add_format(*command, given->format);
  add_law(*command, given->request.law);
  command->callback([&program, given] {
    given->request.json = given->format == "json";
    given->request.as_of = given->as_of.day();
    given->request.style = standard_output_style();
    program.chosen = [&program, given] { return workspace::explain(given->request, program.out, program.err); };
  });
}

}  // namespace

void add_assessment(Program& program) {
  add_init(program);
  add_decide(program);
  add_assess(program);
  add_ask(program);
  add_explain(program);
  add_sign_off(program);
}

}  // namespace duolex::cli
