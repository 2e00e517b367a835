// The folder in which a test of a model keeps its evidence. docs/formats/probe-model.md,
// docs/formats/probe-run.md.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "threats/campaign/plan.h"
#include "threats/evasion/suite.h"

namespace duolex::workspace {

class ProbeEvidence {
 public:
  // The state of a run; anything but complete is an interrupted one.
  struct State {
    std::string of = "probe model";  // the command
    bool complete = false;
    unsigned interruptions = 0;
    std::string plan_sha256;
    std::map<std::string, std::string> bound_to;  // "model", "inputs", …: the hashes of the files of the run
    std::map<std::string, std::string> files;     // of the folder, with their hashes, once complete
  };

  // Makes the folder with the plan in it, or takes up an unfinished run of the same plan. Refuses a folder that holds
  // something else or a run that is complete.
  [[nodiscard]] static Result<ProbeEvidence> begin(const std::filesystem::path& folder, const std::string& plan_text, const std::string& of = "probe model");
  // What a folder holds, for replay.
  [[nodiscard]] static Result<State> read_state(const std::filesystem::path& folder);

  [[nodiscard]] const State& state() const { return state_; }
  [[nodiscard]] const std::vector<threats::evasion::SampleResult>& settled() const { return settled_; }
  // Refuses files that are not those of the run that is taken up.
  [[nodiscard]] Result<void> bind(const std::map<std::string, std::string>& hashes);
  [[nodiscard]] Result<void> add_sample(const std::string& line);
  [[nodiscard]] Result<void> finish(const std::map<std::string, std::string>& files);

 private:
  [[nodiscard]] Result<void> write_state() const;
  std::filesystem::path folder_;
  State state_;
  std::vector<threats::evasion::SampleResult> settled_;
};

}  // namespace duolex::workspace
