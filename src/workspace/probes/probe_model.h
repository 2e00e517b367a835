// `duolex probe model` and `duolex probe replay`: attacks on a product's own model, and their evidence.
#pragma once

#include <filesystem>
#include <iosfwd>
#include <optional>
#include <string>

#include "base/exit_code.h"
#include "threats/campaign/plan.h"
#include "workspace/evidence/recording.h"
#include "workspace/system/answer_clock.h"

namespace duolex::workspace {

struct ProbeModelRequest {
  threats::campaign::Plan plan;  // plan.model: a file, or a black box (relay.h)
  std::optional<std::filesystem::path> constraints;  // becomes part of the plan
  std::optional<std::filesystem::path> evidence;  // a folder; without it nothing can be replayed or resumed
  Recording recording;
  unsigned threads = 1;
  double answer_seconds = default_answer_seconds;  // of a black box, and of libtorch: one that takes longer ends the run, "not tested"
  bool json = false;
  bool progress = false;  // on the error stream, in place
};
// The plan is written and hashed, then the files are opened; the model is read and attacked in a process of its own.
// A folder that holds an unfinished run of the same plan on the same files is taken up where it ended.
// Where results are recorded, a whole run of the same plan on the same files by the same program is not made again.
// Exit: 0 the criterion is met, or there was none and nothing was found; 1 not met, or a backdoor is suspected;
// 2 inconclusive or not tested; 65 files that cannot be read or do not fit; 73 the folder cannot be written.
[[nodiscard]] ExitCode probe_model(const ProbeModelRequest& request, std::ostream& out, std::ostream& err);

struct ProbeReplayRequest {
  std::filesystem::path evidence;
  std::optional<std::string> model;  // where it is now: a file, or a black box (relay.h), which is started only when named here
  std::string runtime{};             // a libonnxruntime.so that is to answer for the model file; likewise
  bool torch = false;                // libtorch is to run the TorchScript model; likewise
  double answer_seconds = default_answer_seconds;
  bool json = false;
};
// Verifies the stored examples again: files as they were, inside ball and box, wrong in double precision; a black box
// is asked again.
// Exit: 0 all hold, 1 one does not, 2 the evidence is of an interrupted run, 65 it cannot be read.
[[nodiscard]] ExitCode probe_replay(const ProbeReplayRequest& request, std::ostream& out, std::ostream& err);

}  // namespace duolex::workspace
