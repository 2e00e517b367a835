// duolex probe run: a model once from its inputs to its outputs, whatever operators it is made of.
#pragma once

#include <cstdint>
#include <filesystem>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include "base/exit_code.h"
#include "threats/campaign/answers.h"
#include "workspace/evidence/recording.h"

namespace duolex::workspace {

struct ProbeRunRequest {
  std::filesystem::path model;
  // "FILE.npy" for the only input, "NAME=FILE.npy", or "NAME=NUMBER" for an input that is filled with it. What is not
  // given is drawn by the seed from [0, 1) (whole numbers: 0).
  std::vector<std::string> inputs;
  std::vector<std::string> dimensions;  // "NAME=SIZE" or "INPUT.PLACE=SIZE" for open dimensions; else 1
  std::uint64_t seed = 0;
  std::optional<std::filesystem::path> out;  // a folder for the outputs as NPY
  std::uint64_t memory = std::uint64_t{2} << 30;  // bytes of values held at a time
  bool torch = false;  // a TorchScript model, run by libtorch
  std::uint64_t seconds = 300;  // of processor time
  // What counts as a changed answer; model, inputs, dimensions, seed and torch are those above.
  std::optional<threats::campaign::AnswerPlan> answers{};
  std::optional<std::filesystem::path> evidence{};  // with `answers`: a new folder for plan, answers and result
  Recording recording{};                            // likewise
  bool json = false;
};

// Prints each output: shape, type, least, greatest and mean, how many are no finite numbers. Runs in a process apart.
// With `answers` the output that decides is held against its reference. Exit: clear; finding when an output is not finite
// though every input is, or when answers have changed against the criterion; undecided ("not tested: operator X"); 65.
[[nodiscard]] ExitCode probe_run(const ProbeRunRequest& request, std::ostream& out, std::ostream& err);

}  // namespace duolex::workspace
