// duolex probe file: whether model files run code when they are loaded.
#pragma once

#include <filesystem>
#include <iosfwd>
#include <string>
#include <vector>

#include "base/exit_code.h"
#include "threats/model_files/report.h"
#include "workspace/evidence/recording.h"

namespace duolex::workspace {

struct ProbeFileRequest {
  std::vector<std::filesystem::path> paths;  // files, and folders with all that is in them
  std::string format = "text";               // text, json, sarif
  Recording recording;
};

// finding when any file executes code or is suspicious; bad_input when some are unreadable and that is all; clear.
[[nodiscard]] ExitCode probe_file(const ProbeFileRequest& request, std::ostream& out, std::ostream& err);

// One file, read and looked at, never loaded. What cannot be opened is unreadable.
[[nodiscard]] threats::model_files::FileReport look_at_model_file(const std::filesystem::path& path);

}  // namespace duolex::workspace
