// `duolex diff`: two releases → substantial modification, under each act.
#pragma once

#include <filesystem>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include "base/day.h"
#include "base/exit_code.h"
#include "base/text_style.h"

namespace duolex::workspace {

struct DiffRequest {
  std::vector<std::string> releases;  // "DOSSIER" or "DOSSIER@VERSION": one or two
  Day as_of;
  std::optional<std::filesystem::path> law;
  std::string format = "text";        // text, json, html
  std::string language = "en";        // of text and page
  std::optional<std::filesystem::path> out;  // a file; otherwise the stream
  std::string sign, role;             // who stands for the assessment; empty: nobody signs
  Day today;                          // of the signature
  TextStyle style;
};

// One release: the last one of the dossier (or the one named) against the last before it that has a declaration
// among its artefacts. Two: the first against the second; without a version each dossier's last.
// Exit: 0 "not" under both acts, 1 review or presumed, 2 unknown, 65 bad input, 73 the signature or the file cannot be written.
[[nodiscard]] ExitCode diff(const DiffRequest& request, std::ostream& out, std::ostream& err);

}  // namespace duolex::workspace
