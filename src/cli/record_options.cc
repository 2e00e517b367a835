#include <CLI/CLI.hpp>
#include <chrono>

#include "cli/options.h"
#include "workspace/evidence/recording.h"

namespace duolex::cli {

void RecordOptions::add(CLI::App& command) {
  CLI::Option* record = command.add_option("--record", dossier, "Record the result in this dossier's ledger (by itself in a dossier that has one)");
  command.add_flag("--no-record", off, "Record nothing")->excludes(record);
  command.add_option("--release", release, "The release that the evidence is about (default: the last)");
  command.add_option("--key", key, "An Ed25519 key, in PEM, to sign the evidence with");
  add_day(command, "--good-until", good_until, "Until when the evidence counts (default: as the test says)");
}

void RecordOptions::fill(workspace::Recording& recording) const {
  if (!dossier.empty()) recording.dossier = dossier;
  else if (!off) recording.dossier = workspace::dossier_with_ledger(".");
  recording.release = release;
  if (!key.empty()) recording.key = key;
  recording.good_until = parse_day(good_until);
  recording.now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()).time_since_epoch().count();
}

}  // namespace duolex::cli
