// `duolex gate`: everything that decides whether a release may go out, in one command with one exit status.
#pragma once

#include <filesystem>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include "base/day.h"
#include "base/exit_code.h"
#include "workspace/evidence/recording.h"

namespace duolex::workspace {

struct GateRequest {
  std::filesystem::path dossier;
  std::filesystem::path out;             // a folder: report/, documents/, declaration/, gate.json and gate.txt
  std::string index;                     // of advisories; empty: known vulnerabilities are not checked, and the gate is undecided
  std::vector<std::string> vex;
  std::optional<std::filesystem::path> checkpoint;  // of the ledger, kept elsewhere
  std::vector<std::string> checkpoint_keys;
  bool tests_only = false;               // scan, model files and ledger count; the rest is written and does not
  bool json = false;
  Recording recording;                   // of the scan and the look into model files
  std::string now;                       // RFC 3339
  Day as_of;
  std::optional<std::filesystem::path> law;
};

// Scans every bill of materials of the last release, looks into every model file, assesses, plans, writes the documents,
// holds what stands against a declaration, and verifies the ledger where there is one. All steps run, whatever one finds.
// A product that surely neither act reaches has no gate to pass: of its steps the ledger alone counts, unless tests_only, and
// it says so with the provisions.
// Exit: 70, 73 or 65 when a step could not be done; else 1 when one found something; else 2 when one is undecided; else 0.
// Findings of plan and docs do not count: what of them stands against the release, declare lists, and what binds after it
// may be open. What stands against a declaration counts as a finding where an act surely reaches the product; undecided where
// none is known to, or where all of it waits for an answer (docs/decisions/gate.md). With tests_only, findings of assess and declare do not count either.
[[nodiscard]] ExitCode gate(const GateRequest& request, std::ostream& out, std::ostream& err);

// The exit status of all steps together.
[[nodiscard]] ExitCode together(const std::vector<ExitCode>& steps);

}  // namespace duolex::workspace
