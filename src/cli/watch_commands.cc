#include <CLI/CLI.hpp>
#include <chrono>
#include <iostream>

#include "cli/options.h"
#include "workspace/watch/watch.h"

namespace duolex::cli {
namespace {

// What every command of the group takes.
void add_place(CLI::App& command, workspace::WatchPlace& place, bool required = true) {
  CLI::Option* folder = command.add_option("--portfolio", place.folder, "The portfolio's folder");
  if (required) folder->required();
  command.add_option("--wait", place.wait_seconds, "Seconds to wait for another process that is at work in it")->check(CLI::Range(0, 86400));
}

template <class Request>
std::shared_ptr<Request> begin(CLI::App& command) {
  const auto request = std::make_shared<Request>();
  add_place(command, request->place);
  return request;
}

template <class Request, class Work>
void finish(Program& program, CLI::App& command, const std::shared_ptr<Request>& request, Work work) {
  command.callback([&program, request, work] {
    program.chosen = [&program, request, work] {
      request->place.now = now();
      return work(*request, program.out, program.err);
    };
  });
}

template <class Request>
void add_json(CLI::App& command, const std::shared_ptr<Request>& request) {
  command.add_option_function<std::string>("--format", [request](const std::string& format) { request->json = format == "json"; }, "text or json")
      ->check(CLI::IsMember({"text", "json"}));
}

void add_add(Program& program, CLI::App& group) {
  CLI::App* command = group.add_subcommand("add", "Watch releases: those of a dossier, or the one that a bill of materials is about");
  const auto request = begin<workspace::WatchAddRequest>(*command);
  command->add_option("ITEM", request->items, "Folders of dossiers, files of bills of materials")->required();
  command->add_option("--product", request->product, "Of a bill (default: what it says it is about)");
  command->add_option("--release", request->release, "Of a bill (default: the version it says)");
  add_day(*command, "--placed-on", request->placed_on, "The day on which a bill's release was placed on the market");
  add_day(*command, "--support-until", request->support_until, "The end of its support period");
  add_json(*command, request);
  finish(program, *command, request, workspace::watch_add);
}

void add_vex(Program& program, CLI::App& group) {
  CLI::App* command = group.add_subcommand("vex", "Keep what suppliers and the maker state about vulnerabilities, and show what it closes");
  const auto request = begin<workspace::WatchVexRequest>(*command);
  command->add_option("DOCUMENT", request->documents, "OpenVEX, CSAF or CycloneDX")->required();
  add_json(*command, request);
  finish(program, *command, request, workspace::watch_vex);
}

void add_list(Program& program, CLI::App& group) {
  CLI::App* command = group.add_subcommand("list", "The releases that are watched");
  const auto request = begin<workspace::WatchListRequest>(*command);
  add_json(*command, request);
  finish(program, *command, request, workspace::watch_list);
}

void add_end(Program& program, CLI::App& group) {
  CLI::App* command = group.add_subcommand("end", "No longer watch a release");
  const auto request = begin<workspace::WatchEndRequest>(*command);
  command->add_option("PRODUCT", request->product)->required();
  command->add_option("RELEASE", request->release)->required();
  command->add_option("--because", request->because, "Why")->required();
  finish(program, *command, request, workspace::watch_end);
}

void add_ingest(Program& program, CLI::App& group) {
  CLI::App* command = group.add_subcommand("ingest", "Take in advisories and catalogues of exploited vulnerabilities, and hold them against every release");
  const auto request = begin<workspace::WatchIngestRequest>(*command);
  command->add_option("SOURCE", request->sources, "Folders, files (JSON, YAML, lines of JSON) or zip archives; also compressed")->required();
  command->add_flag("!--no-alerts", request->alerts, "Deliver no alerts");
  add_json(*command, request);
  finish(program, *command, request, workspace::watch_ingest);
}

void add_case(CLI::App& command, std::int64_t& id, bool required) {
  CLI::Option* option = command.add_option("CASE", id, "Its number")->check(CLI::PositiveNumber);
  if (required) option->required();
}

void add_cases(Program& program, CLI::App& group) {
  CLI::App* command = group.add_subcommand("cases", "The cases: vulnerabilities known to be exploited that reach a release");
  const auto request = begin<workspace::WatchCasesRequest>(*command);
  add_case(*command, request->id, false);
  add_json(*command, request);
  finish(program, *command, request, workspace::watch_cases);
}

void add_decisions(Program& program, CLI::App& group) {
  CLI::App* command = group.add_subcommand("aware", "Record that a person became aware of a case: this starts the clocks of CRA Art. 14");
  const auto aware = begin<workspace::WatchAwareRequest>(*command);
  add_case(*command, aware->id, true);
  command->add_option("--at", aware->at, "When, 2027-03-28T10:20+02:00, or the time of the zone")->required();
  command->add_option("--by", aware->by, "Who, by function or name")->required();
  command->add_option("--note", aware->note, "Anything that belongs to it");
  command->add_option("--time-zone", aware->time_zone, "Of the main establishment, such as Europe/Berlin (default: that of watch.yaml)");
  finish(program, *command, aware, workspace::watch_aware);

  command = group.add_subcommand("dismiss", "Record that a candidate case is none, and why");
  const auto dismiss = begin<workspace::WatchDismissRequest>(*command);
  add_case(*command, dismiss->id, true);
  command->add_option("--by", dismiss->by, "Who decided it, by function or name")->required();
  command->add_option("--because", dismiss->because, "Why")->required();
  finish(program, *command, dismiss, workspace::watch_dismiss);

  command = group.add_subcommand("signal", "Record that somebody says a vulnerability is being exploited");
  const auto signal = begin<workspace::WatchSignalRequest>(*command);
  command->add_option("VULNERABILITY", signal->vulnerability, "CVE-2027-1234, or the id of an advisory")->required();
  command->add_option("--source", signal->source, "Who says so")->required();
  add_day(*command, "--on", signal->said_on, "The day on which they said it");
  command->add_option("--by", signal->by, "Who records it, by function or name")->required();
  command->add_option("--note", signal->note, "Anything that belongs to it");
  finish(program, *command, signal, workspace::watch_signal);
}

void add_upkeep(Program& program, CLI::App& group) {
  CLI::App* command = group.add_subcommand("alerts", "What was to be told to whom, and how far that went");
  const auto alerts = begin<workspace::WatchAlertsRequest>(*command);
  command->add_flag("--deliver", alerts->deliver, "Try again what was not delivered");
  add_json(*command, alerts);
  finish(program, *command, alerts, workspace::watch_alerts);

  command = group.add_subcommand("rebuild", "Make the component index again from the kept bills");
  const auto rebuild = begin<workspace::WatchRebuildRequest>(*command);
  finish(program, *command, rebuild, workspace::watch_rebuild);
}

// The options of a run, for `watch run` and for `watch` alone.
std::shared_ptr<workspace::WatchRunRequest> add_run_options(CLI::App& command, bool required) {
  const auto request = std::make_shared<workspace::WatchRunRequest>();
  add_place(command, request->place, required);
  command.add_option("--index", request->index, "The index of advisories (default: the one that watch.yaml names)");
  command.add_option("--ingest", request->sources, "Advisories to take in first");
  command.add_option("--within", request->within_days, "Days in which an end is soon (default: as watch.yaml says, else 90)")->check(CLI::Range(1, 36500));
  command.add_flag("!--no-alerts", request->alerts, "Deliver no alerts");
  add_json(command, request);
  return request;
}

ExitCode run_once(workspace::WatchRunRequest& request, std::ostream& out, std::ostream& err) {
  const auto at = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  request.now_seconds = at.time_since_epoch().count();
  request.place.now = now();
  return workspace::watch_run(request, out, err);
}

void add_run(Program& program, CLI::App& group) {
  CLI::App* command = group.add_subcommand("run", "One run over the portfolio; the same as `watch` alone");
  const auto request = add_run_options(*command, true);
  command->callback([&program, request] { program.chosen = [&program, request] { return run_once(*request, program.out, program.err); }; });
}

}  // namespace

void add_watch(Program& program) {
  CLI::App* group = program.app.add_subcommand("watch", "All releases on the market against known vulnerabilities, for as long as the law asks");
  group->require_subcommand(0, 1);
  const auto request = add_run_options(*group, false);
  group->callback([&program, group, request] {
    if (!group->get_subcommands().empty()) return;
    program.chosen = [&program, request] {
      if (!request->place.folder.empty()) return run_once(*request, program.out, program.err);
      program.err << "--portfolio is required\nRun with --help for more information.\n";
      return ExitCode::usage;
    };
  });
  add_add(program, *group);
  add_vex(program, *group);
  add_list(program, *group);
  add_end(program, *group);
  add_ingest(program, *group);
  add_run(program, *group);
  add_cases(program, *group);
  add_decisions(program, *group);
  add_upkeep(program, *group);
}

}  // namespace duolex::cli
