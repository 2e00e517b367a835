// A TorchScript model as a target with gradients, answered by libtorch (src/torchscript). What it loads stays in the
// process: call in one that is there for nothing else.
#pragma once

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "base/result.h"
#include "threats/campaign/plan.h"
#include "threats/evasion/target.h"
#include "torchscript/engine.h"
#include "workspace/system/answer_clock.h"
#include "workspace/system/confined.h"

namespace duolex::workspace {

// Which libtorch answers; what evidence is bound to.
struct TorchIdentity {
  std::string version, processor;                           // "1.13.1"; the kernels it chose: "AVX2"
  std::vector<std::pair<std::string, std::string>> files{};  // name and SHA-256 of the plug-in and the libraries behind it
  std::string sha256{};                                     // of all of these
  void describe(nlohmann::ordered_json& into) const;        // adds "version", "processor", "sha256" and "files"
};
// Loads the library once, in a process of its own, to learn that.
[[nodiscard]] Result<TorchIdentity> torch_identity();

// Refused, with the reason, where the symbolic reading of `probe file` finds code, damage or no TorchScript.
[[nodiscard]] Result<void> admit_torchscript(const std::string& file, const std::string& bytes);

// Loads the library, then leaves files behind. In a child of run_confined().
[[nodiscard]] Result<torchscript::Engine*> torch_engine(const Say& say);

// Admits and opens the model for rows of this shape. `clock` (or none) outlives the target and is held to each answer, and to
// the opening, which runs code of the model.
[[nodiscard]] Result<std::shared_ptr<threats::evasion::Target>> open_torch(torchscript::Engine& engine, const threats::campaign::Plan& plan, const std::string& bytes, const tensor::Shape& row, AnswerClock* clock);
// Both, for rows of an NPY file.
[[nodiscard]] Result<std::shared_ptr<threats::evasion::Target>> open_torch_rows(const threats::campaign::Plan& plan, const std::string& bytes, const std::string& inputs, const Say& say, AnswerClock* clock);
// Of such a target.
[[nodiscard]] const torchscript::About& about_torch(const threats::evasion::Target& target);

}  // namespace duolex::workspace
