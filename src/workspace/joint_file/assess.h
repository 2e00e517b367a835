// `duolex assess`: the main job. A dossier in, a report folder out.
#pragma once

#include <filesystem>
#include <iosfwd>
#include <optional>
#include <string>

#include "base/day.h"
#include "base/exit_code.h"
#include "base/text_style.h"

namespace duolex::workspace {

struct AssessRequest {
  std::filesystem::path dossier;
  std::filesystem::path out;  // the report folder; replaced as a whole
  bool default_out = false;  // nobody named it: it lies inside the dossier, and git is told to leave it out
  Day as_of;
  bool json = false;  // the summary on standard output as JSON instead of text
  std::optional<std::filesystem::path> law;
  std::string language = "en";  // of report.html; the other files are in English, or for programs
  std::string index;  // of advisories; empty: known vulnerabilities are not checked
  TextStyle style;  // of the summary on standard output
};

// Writes assessment.json, answer.json (with proofs), report.html, findings.sarif and summary.txt.
// Exit: 0 route settled and no open point (a contested reading without a recorded choice is one), 1 open points,
// 2 route undecided, 65 bad input,
// 73 the folder cannot be written.
[[nodiscard]] ExitCode assess(const AssessRequest& request, std::ostream& out, std::ostream& err);

}  // namespace duolex::workspace
