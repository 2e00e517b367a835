#include <CLI/CLI.hpp>
#include <chrono>

#include "cli/options.h"
#include "workspace/incidents/incident.h"
#include "workspace/incidents/incident_reports.h"

namespace duolex::cli {
namespace {

struct Given {
  workspace::IncidentPlace place;
  std::string now, format = "text";
};

void add_place(CLI::App& command, workspace::IncidentPlace& place, bool id_required) {
  command.add_option("DOSSIER", place.dossier, "The dossier's folder, or the file of a record")->required();
  CLI::Option* id = command.add_option("ID", place.id, "The incident: incidents/ID.yaml in the dossier");
  if (id_required) id->required();
}

void add_now(CLI::App& command, std::string& now) {
  command.add_option("--now", now, "The moment to look from, 2027-03-28T10:20+02:00 (default: this moment)")
      ->check([](const std::string& text) {
        return workspace::moment_with_offset(text) ? std::string()
                                                   : "'" + text + "' is no moment with an offset, such as 2027-03-28T10:20+02:00";
      });
}

// The one place of the group that looks at the clock.
std::int64_t now_of(const std::string& given) {
  if (const auto moment = workspace::moment_with_offset(given)) return *moment;
  return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()).time_since_epoch().count();
}

void add_new(Program& program, CLI::App& group) {
  const auto request = std::make_shared<workspace::IncidentNewRequest>();
  CLI::App* command = group.add_subcommand("new", "Write a record in which every fact is open");
  add_place(*command, request->place, true);
  command->add_option("--title", request->title, "What happened, in a line")->required();
  command->add_option("--time-zone", request->time_zone, "Of the main establishment, such as Europe/Berlin")->required();
  command->add_option("--kind", request->kind, "What it is under the CRA, if known")
      ->check(CLI::IsMember({"vulnerability", "incident", "none"}));
  CLI::Option* channel = command->add_option("--channel", request->channel, "How a report came in: mail, form, phone, …");
  CLI::Option* at = command->add_option("--received-at", request->received_at, "When, 2027-03-28T10:20+02:00")->needs(channel);
  CLI::Option* by = command->add_option("--received-by", request->received_by, "Who took it in, by function")->needs(channel);
  channel->needs(at)->needs(by);
  command->add_option("--reporter", request->reporter, "Who reported it; kept as a salted commitment")->needs(channel);
  command->add_option("--reference", request->reference, "The reporter's number for it")->needs(channel);
  command->callback([&program, request] {
    program.chosen = [&program, request] { return workspace::incident_new(*request, program.out, program.err); };
  });
}

// A command that adds what a person did to a list of the record.
class ActCommand {
 public:
  ActCommand(CLI::App& group, const std::string& name, const std::string& help, const std::string& list)
      : given_(std::make_shared<Values>()), command_(*group.add_subcommand(name, help)) {
    given_->list = list;
    add_place(command_, given_->place, true);
  }
  void text(const std::string& key, const std::string& option, const std::string& help, bool required = false) {
    given_->texts.emplace_back(key, std::make_unique<std::string>());
    CLI::Option* o = command_.add_option(option, *given_->texts.back().second, help);
    if (required) o->required();
  }
  void words(const std::string& key, const std::string& option, const std::string& help, bool required = false) {
    given_->lists.emplace_back(key, std::make_unique<std::vector<std::string>>());
    CLI::Option* o = command_.add_option(option, *given_->lists.back().second, help)->delimiter(',');
    if (required) o->required();
  }
  void flag(const std::string& key, const std::string& option, const std::string& help) {
    given_->flags.emplace_back(key, std::make_unique<bool>(false));
    command_.add_flag(option, *given_->flags.back().second, help);
  }
  void finish(Program& program) {
    text("at", "--at", "When, 2027-03-28T10:20+02:00, or the time of the record's zone", true);
    text("by", "--by", "Who did it, by function or name", true);
    text("note", "--note", "Anything that belongs to it");
    command_.callback([&program, given = given_] {
      program.chosen = [&program, given] {
        workspace::IncidentActRequest request;
        request.place = given->place;
        request.list = given->list;
        for (const auto& [key, value] : given->texts) request.texts.emplace_back(key, *value);
        for (const auto& [key, value] : given->lists) request.lists.emplace_back(key, *value);
        for (const auto& [key, value] : given->flags)
          if (*value) request.flags.push_back(key);
        request.now = workspace::moment_with_offset(now()).value_or(0);
        return workspace::incident_act(request, program.out, program.err);
      };
    });
  }

 private:
  struct Values {
    workspace::IncidentPlace place;
    std::string list;
    std::vector<std::pair<std::string, std::unique_ptr<std::string>>> texts;
    std::vector<std::pair<std::string, std::unique_ptr<std::vector<std::string>>>> lists;
    std::vector<std::pair<std::string, std::unique_ptr<bool>>> flags;
  };
  std::shared_ptr<Values> given_;
  CLI::App& command_;
};

void add_acts(Program& program, CLI::App& group) {
  ActCommand aware(group, "aware", "Record that a person became aware: this starts the clocks", "awareness");
  aware.words("of", "--of", "Under which acts: cra, ai_act, gdpr", true);
  aware.finish(program);
  ActCommand event(group, "event", "Record what happened in the course of it", "events");
  event.text("what", "--what", "measure_available, causal_link, system_preserved, authority_told_of_change, system_changed, intermediate_report_requested, report_acknowledged or report_assessed", true);
  event.finish(program);
  ActCommand submit(group, "submit", "Record that something was submitted", "submissions");
  submit.text("act", "--act", "cra, ai_act or gdpr", true);
  submit.text("stage", "--stage", "early_warning, notification, final_report, user_notice, intermediate_report, report, controller_notice or data_subjects", true);
  submit.words("also_covers", "--also-covers", "Later stages whose information it held already");
  submit.text("reference", "--reference", "The number the receiver gave it");
  submit.finish(program);
  ActCommand upstream(group, "upstream", "Record that a component's maker or maintainer was told (CRA Art. 13(6))", "upstream");
  upstream.text("component", "--component", "The component, by package URL", true);
  upstream.text("to", "--to", "Who was told", true);
  upstream.text("reference", "--reference", "The number of the report there");
  upstream.flag("fix_shared", "--fix-shared", "The code or documentation of the own correction was shared with them");
  upstream.finish(program);
}

void add_clocks(Program& program, CLI::App& group) {
  struct Clocks : Given {
    std::optional<int> near_hours;
  };
  const auto given = std::make_shared<Clocks>();
  CLI::App* command = group.add_subcommand("clocks", "What is due to whom, when, and how it stands");
  add_place(*command, given->place, false);
  add_now(*command, given->now);
  command->add_option("--near-hours", given->near_hours, "How many hours before its end a period is near (default: 12, and 72 for periods in days)")
      ->check(CLI::Range(0, 100000));
  add_format(*command, given->format);
  command->callback([&program, given] {
    program.chosen = [&program, given] {
      return workspace::incident_clocks({given->place, now_of(given->now), given->near_hours, given->format == "json"}, program.out, program.err);
    };
  });
}

void add_report(Program& program, CLI::App& group) {
  const auto request = std::make_shared<workspace::IncidentReportRequest>();
  const auto format = std::make_shared<std::string>("text");
  CLI::App* command = group.add_subcommand("report", "The fields of the single reporting platform for a stage, ready to paste; or of AI Act Art. 73 or GDPR Art. 33");
  add_place(*command, request->place, true);
  command->add_option("--act", request->act, "Under which act")->check(CLI::IsMember({"cra", "ai_act", "gdpr"}))->capture_default_str();
  command->add_option("--stage", request->stage, "early_warning, notification or final_report; report under the AI Act, notification under the GDPR")->required();
  add_format(*command, *format);
  command->callback([&program, request, format] {
    request->json = *format == "json";
    program.chosen = [&program, request] { return workspace::incident_report(*request, program.out, program.err); };
  });
}

void add_notice(Program& program, CLI::App& group) {
  const auto request = std::make_shared<workspace::IncidentNoticeRequest>();
  const auto now = std::make_shared<std::string>();
  CLI::App* command = group.add_subcommand("notice", "The word to users (CRA Art. 14(8)) as CSAF 2.0");
  add_place(*command, request->place, true);
  add_now(*command, *now);
  command->add_option("--out", request->file, "The file to write (default: the output)");
  command->callback([&program, request, now] {
    program.chosen = [&program, request, now] {
      request->now = now_of(*now);
      request->program_version = DUOLEX_VERSION;
      return workspace::incident_notice(*request, program.out, program.err);
    };
  });
}

void add_disclosure(Program& program, CLI::App& group) {
  const auto request = std::make_shared<workspace::DisclosureRequest>();
  const auto as_of = std::make_shared<AsOf>();
  CLI::App* command = group.add_subcommand("disclosure", "security.txt (RFC 9116) and the disclosure policy, from disclosure.yaml");
  command->add_option("DOSSIER", request->dossier, "The dossier's folder")->required();
  command->add_option("--out", request->folder, "The folder to write to")->required();
  as_of->add(*command);
  command->callback([&program, request, as_of] {
    program.chosen = [&program, request, as_of] {
      request->today = as_of->day();
      return workspace::disclosure(*request, program.out, program.err);
    };
  });
}

void add_expires(Program& program, CLI::App& group) {
  const auto request = std::make_shared<workspace::ExpiresRequest>();
  const auto as_of = std::make_shared<AsOf>();
  const auto format = std::make_shared<std::string>("text");
  CLI::App* command = group.add_subcommand("expires", "What ends next: support periods, updates, papers to keep");
  command->add_option("DOSSIER", request->dossier, "The dossier's folder")->required();
  as_of->add(*command);
  command->add_option("--within", request->within_days, "Days in which an end is soon")->check(CLI::Range(0, 36500))->capture_default_str();
  add_format(*command, *format);
  command->callback([&program, request, as_of, format] {
    program.chosen = [&program, request, as_of, format] {
      request->as_of = as_of->day();
      request->json = *format == "json";
      return workspace::expires(*request, program.out, program.err);
    };
  });
}

}  // namespace

void add_incident_commands(Program& program) {
  CLI::App* group = program.app.add_subcommand("incident", "Incidents: clocks, reports, notices, disclosure, what expires");
  group->require_subcommand(1);
  add_new(program, *group);
  add_acts(program, *group);
  add_clocks(program, *group);
  add_report(program, *group);
  add_notice(program, *group);
  add_disclosure(program, *group);
  add_expires(program, *group);
}

}  // namespace duolex::cli
