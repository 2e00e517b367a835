// duolex probe import: what garak, PyRIT and promptfoo found, counted again.
#pragma once

#include <filesystem>
#include <iosfwd>
#include <vector>

#include "base/exit_code.h"
#include "workspace/evidence/recording.h"

namespace duolex::workspace {

struct ProbeImportRequest {
  std::vector<std::filesystem::path> files;
  bool json = false;
  Recording recording;
  std::vector<std::filesystem::path> models;  // of the dossier, that were attacked
};

// bad_input when a file cannot be read at all; finding when an attempt broke the model or counts disagree; undecided
// when a run is incomplete and nothing else was found; clear.
[[nodiscard]] ExitCode probe_import(const ProbeImportRequest& request, std::ostream& out, std::ostream& err);

}  // namespace duolex::workspace
