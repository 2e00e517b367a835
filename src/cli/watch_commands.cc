#include <CLI/CLI.hpp>
#include <iostream>

#include "cli/options.h"
#include "workspace/watch.h"

namespace duolex::cli {
namespace {

// What every command of the group takes. The folder may stand behind `watch` or behind the command's own name.
void add_place(CLI::App& command, workspace::WatchPlace& place) {
  command.add_option("--portfolio", place.folder, "The portfolio's folder")->required();
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
  add_json(*command, request);
  finish(program, *command, request, workspace::watch_ingest);
}

}  // namespace

void add_watch(Program& program) {
  CLI::App* group = program.app.add_subcommand("watch", "All releases on the market against known vulnerabilities, for as long as the law asks");
  group->require_subcommand(1);
  add_add(program, *group);
  add_list(program, *group);
  add_end(program, *group);
  add_ingest(program, *group);
}

}  // namespace duolex::cli
