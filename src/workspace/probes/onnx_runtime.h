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

  // A model with one input of f32. Read here first and refused where it has weights in other files: the library would
  // look for them beside wherever the process happens to stand.
  Result<void> open(const std::string& model);
  // Scores of n rows, each of the shape `row`: the model's first output that is of f32 or f64. Many at a time where
  // the model leaves its first dimension open, else one by one.
  [[nodiscard]] Result<std::vector<float>> ask(const std::vector<float>& rows, std::size_t n, const tensor::Shape& row) const;

 private:
  struct Session;
  std::shared_ptr<Session> session_;
  std::string version_;
};

}  // namespace duolex::workspace
