// `duolex sbom check | show | diff`: a bill of materials held against its format and against what is asked of
// one, its components, and what changed between two.
#pragma once

#include <filesystem>
#include <iosfwd>
#include <string>

#include "base/exit_code.h"

namespace duolex::workspace {

struct SbomCheckRequest {
  std::filesystem::path path;
  std::string profile = "all";  // of the quality checks: all, cra, ntia, bsi
  bool json = false;
};
// Exit: 0 nothing is lacking, 1 something is, 65 the file cannot be read or breaks the structure of its format.
[[nodiscard]] ExitCode sbom_check(const SbomCheckRequest& request, std::ostream& out, std::ostream& err);

struct SbomShowRequest {
  std::filesystem::path path;
  bool json = false;
};
// Exit: 0; 1 some components were rejected; 65.
[[nodiscard]] ExitCode sbom_show(const SbomShowRequest& request, std::ostream& out, std::ostream& err);

struct SbomDiffRequest {
  std::filesystem::path before, after;
  bool json = false;
};
// Exit: 0 no difference, 1 a difference, 65.
[[nodiscard]] ExitCode sbom_diff(const SbomDiffRequest& request, std::ostream& out, std::ostream& err);

}  // namespace duolex::workspace
