#include "cli/commands.h"

#include <CLI/CLI.hpp>
#include <chrono>
#include <functional>
#include <iostream>
#include <ostream>

#include "workspace/assess.h"
#include "workspace/decide.h"
#include "workspace/explain.h"
#include "workspace/init.h"

namespace duolex::cli {
namespace {

// The day to decide for: as given, or today (the one place that looks at the clock).
struct AsOf {
  std::string given;
  void add(CLI::App& command) {
    command.add_option("--as-of", given, "The day to decide for, YYYY-MM-DD (default: today)")
        ->check([](const std::string& text) {
          return parse_day(text) ? std::string() : "'" + text + "' is not a date as YYYY-MM-DD";
        });
  }
  [[nodiscard]] Day day() const {
    if (const auto day = parse_day(given)) return *day;
    return today();
  }
  [[nodiscard]] static Day today() {
    const auto today = std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now());
    return Day{static_cast<std::int32_t>(today.time_since_epoch().count())};
  }
};

void add_format(CLI::App& command, std::string& format) {
  command.add_option("--format", format, "text or json")->check(CLI::IsMember({"text", "json"}))->capture_default_str();
}

void add_law(CLI::App& command, std::optional<std::filesystem::path>& law) {
  command.add_option("--law", law, "A law folder in place of the built-in rule base");
}

}  // namespace

ExitCode run(int argc, const char* const* argv, std::ostream& out, std::ostream& err) {
  CLI::App app{"Duolex: one assessment for the EU AI Act and the Cyber Resilience Act", "duolex"};
  app.require_subcommand(1);
  app.failure_message(CLI::FailureMessage::simple);
  std::function<ExitCode()> chosen;

  workspace::DecideRequest decide;
  std::string decide_format = "text";
  AsOf decide_as_of;
  CLI::App* command = app.add_subcommand("decide", "Facts in, conclusions with proofs out");
  command->add_option("FACTS", decide.facts, "Facts file (YAML or JSON)");
  command->add_option("--batch", decide.facts, "Instead: one {\"facts\": {…}} a line, one answer a line");
  decide_as_of.add(*command);
  add_format(*command, decide_format);
  add_law(*command, decide.law);
  command->add_flag("--proofs", decide.proofs, "With --format json: a proof of every conclusion");
  command->callback([&, command] {
    if (command->count("FACTS") + command->count("--batch") != 1)
      throw CLI::ValidationError("decide", "name one facts file, or a batch with --batch");
    decide.batch = command->count("--batch") != 0;
    if (decide.batch && decide.proofs) throw CLI::ValidationError("decide", "--proofs goes with a single facts file");
    decide.json = decide_format == "json" || decide.batch || decide.proofs;
    decide.as_of = decide_as_of.day();
    chosen = [&] { return workspace::decide(decide, out, err); };
  });

  workspace::InitRequest init;
  AsOf init_as_of;
  CLI::App* init_command = app.add_subcommand("init", "Ask what matters, write a dossier; can be left and resumed");
  init_command->add_option("FOLDER", init.folder, "The dossier's folder")->required();
  init_command->add_option("--by", init.by, "Who answers: written as the source of each fact");
  init_as_of.add(*init_command);
  add_law(*init_command, init.law);
  init_command->callback([&] {
    init.as_of = init_as_of.day();
    init.today = AsOf::today();
    chosen = [&] { return workspace::init(init, std::cin, out, err); };
  });

  workspace::SignOffRequest sign;
  AsOf sign_as_of;
  CLI::App* sign_command = app.add_subcommand("sign-off", "A named person stands for the classification as it is");
  sign_command->add_option("DOSSIER", sign.dossier, "A dossier's folder")->required();
  sign_command->add_option("--by", sign.by, "Name")->required();
  sign_command->add_option("--role", sign.role, "Function")->required();
  sign_as_of.add(*sign_command);
  add_law(*sign_command, sign.law);
  sign_command->callback([&] {
    sign.as_of = sign_as_of.day();
    sign.today = AsOf::today();
    chosen = [&] { return workspace::sign_off(sign, out, err); };
  });

  workspace::AssessRequest assess;
  std::string assess_format = "text";
  AsOf assess_as_of;
  CLI::App* assess_command = app.add_subcommand("assess", "The main job: a dossier in, a report folder out");
  assess_command->add_option("DOSSIER", assess.dossier, "A dossier's folder")->required();
  assess_command->add_option("--out", assess.out, "The report folder (default: DOSSIER/report)");
  assess_as_of.add(*assess_command);
  add_format(*assess_command, assess_format);
  add_law(*assess_command, assess.law);
  assess_command->callback([&] {
    assess.json = assess_format == "json";
    assess.as_of = assess_as_of.day();
    if (assess.out.empty()) assess.out = assess.dossier / "report";
    chosen = [&] { return workspace::assess(assess, out, err); };
  });

  workspace::AskRequest ask;
  std::string ask_format = "text";
  AsOf ask_as_of;
  CLI::App* ask_command = app.add_subcommand("ask", "The open questions that matter, most decisive first");
  ask_command->add_option("DOSSIER", ask.subject, "A dossier's folder, or a facts file")->required();
  ask_as_of.add(*ask_command);
  add_format(*ask_command, ask_format);
  add_law(*ask_command, ask.law);
  ask_command->callback([&] {
    ask.json = ask_format == "json";
    ask.as_of = ask_as_of.day();
    chosen = [&] { return workspace::ask(ask, out, err); };
  });

  workspace::ExplainRequest explain;
  std::string explain_format = "text";
  AsOf explain_as_of;
  CLI::App* explain_command = app.add_subcommand("explain", "Why a conclusion, why not another, what would change it");
  explain_command->add_option("DOSSIER", explain.subject, "A dossier's folder, or a facts file")->required();
  explain_command->add_option("CONCLUSION", explain.conclusion, "Such as joint.cra_assessed_by")->required();
  explain_as_of.add(*explain_command);
  add_format(*explain_command, explain_format);
  add_law(*explain_command, explain.law);
  explain_command->callback([&] {
    explain.json = explain_format == "json";
    explain.as_of = explain_as_of.day();
    chosen = [&] { return workspace::explain(explain, out, err); };
  });

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return app.exit(e, out, err) == 0 ? ExitCode::clear : ExitCode::usage;
  }
  try {
    return chosen();
  } catch (const std::exception& e) {
    err << "internal error: " << e.what() << "\n";
    return ExitCode::internal;
  }
}

}  // namespace duolex::cli
