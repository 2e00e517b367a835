// The user's own ONNX Runtime, asked through the C interface of its library. docs/decisions/engine.md says why so.
//
// Loads what the user names: call it in a process that is there for nothing else.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "tensor/tensor.h"

namespace duolex::workspace {

class OnnxRuntime {
 public:
  // `library`: the path of a libonnxruntime.so of version 1.
  [[nodiscard]] static Result<OnnxRuntime> load(const std::string& library);
  [[nodiscard]] const std::string& version() const { return version_; }  // as the library says it

  // A model by itself, its weights inside (read_whole_model): read here first, and refused where it names other files,
  // which the library would look for wherever the process happens to stand. One input of f32 takes the rows; all others
  // are filled by `fixed`, each with one number. `output`: the one that decides; "": the first that is of f32 or f64.
  Result<void> open(const std::string& model, const std::vector<std::pair<std::string, double>>& fixed = {}, const std::string& output = "");
  // Scores of n rows, each of the shape `row`. Many at a time where the model leaves its first dimension open and has no
  // other inputs, else one by one.
  [[nodiscard]] Result<std::vector<float>> ask(const std::vector<float>& rows, std::size_t n, const tensor::Shape& row) const;

 private:
  struct Session;
  std::shared_ptr<Session> session_;
  std::string version_;
};

}  // namespace duolex::workspace
