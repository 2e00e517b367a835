// What `probe run` does around a declared criterion: the plan before the data, the files by their hashes, the answer that
// decides, evidence and records.
#pragma once

#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "torchscript/engine.h"
#include "workspace/evidence/recording.h"
#include "workspace/probes/probe_evidence.h"
#include "workspace/probes/probe_model.h"
#include "workspace/probes/probe_run.h"
#include "workspace/probes/run_inputs.h"

namespace duolex::workspace {

// The scores of the output that decides.
struct Answer {
  std::vector<std::size_t> shape{};
  std::vector<double> scores{};
};
[[nodiscard]] Result<Answer> deciding_answer(const tensor::Model& model, const std::vector<tensor::Datum>& outputs, const std::string& name);
[[nodiscard]] Result<Answer> deciding_answer(const std::string& file, const std::vector<torchscript::Output>& outputs, const std::string& name);

// In the process apart: what the criterion says, and what is kept of it.
struct HeldAnswers {
  std::string result;                        // JSON, see answers_json()
  std::map<std::string, std::string> files;  // "answer.npy", "reference.npy"
};
// `reference` is the model's own answer to the plan's other inputs, where those are what answers are held against.
[[nodiscard]] Result<HeldAnswers> held_answers(const threats::campaign::AnswerPlan& plan, const Answer& answer, const std::optional<Answer>& reference, const ReadFiles& read);

// Around it, in the calling process.
class AnswerRun {
 public:
  // Opens the ledger and the folder of evidence, writes the plan, and then reads model and data. On failure `refused_with`
  // says whether a file or the folder was at fault.
  [[nodiscard]] static Result<AnswerRun> begin(const ProbeRunRequest& request, ExitCode& refused_with);

  [[nodiscard]] const std::string& model() const { return model_; }  // its bytes, with its weights inside
  [[nodiscard]] const ReadFiles& read() const { return read_; }
  // Adds what the result is bound to, writes evidence and records.
  [[nodiscard]] Result<void> end(nlohmann::ordered_json& result, std::map<std::string, std::string> files, std::ostream& said);

 private:
  explicit AnswerRun(Recorder recorder) : recorder_(std::move(recorder)) {}
  threats::campaign::AnswerPlan plan_;
  std::string plan_text_;
  Recorder recorder_;
  std::optional<ProbeEvidence> evidence_;
  std::string folder_;
  std::string model_;
  ReadFiles read_;
  std::map<std::string, std::string> hashes_;
  std::vector<FileOfRun> model_files_, data_files_;
};

// Verifies the evidence of such a run: its hashes, and the criterion on the stored answers.
[[nodiscard]] ExitCode replay_answers(const ProbeReplayRequest& request, const ProbeEvidence::State& state, const std::string& plan, std::ostream& out, std::ostream& err);

}  // namespace duolex::workspace
