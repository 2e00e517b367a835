// Models and properties from files, packed with gzip or not.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "base/result.h"
#include "tensor/onnx.h"

namespace duolex::workspace {

// The bytes of a file; those of a gzip file unpacked. Both are bounded by `limit`.
[[nodiscard]] Result<std::string> read_unpacked(const std::filesystem::path& path, std::size_t limit);

// The file of that name beside a model. One outside of the model's folder is refused, also where a symbolic link leads
// there; nothing where there is none.
[[nodiscard]] Result<std::optional<std::filesystem::path>> beside_model(const std::filesystem::path& model, const std::string& location);

// A model as it takes part in a test.
struct WholeModel {
  std::string bytes;                          // of ONNX with its weights in other files put inside
  std::string sha256;                         // of the file alone
  std::map<std::string, std::string> weights; // files beside it that it keeps weights in, with their SHA-256
  [[nodiscard]] std::string weights_sha256() const;  // of all these together; "" where there are none
};
[[nodiscard]] Result<WholeModel> read_whole_model(const std::filesystem::path& path);

// An ONNX model. Tensors outside of the file are read from its folder and nowhere else (beside_model).
[[nodiscard]] Result<tensor::Model> read_model(const std::filesystem::path& path);
// From bytes that were read before, with weights of other files inside.
[[nodiscard]] Result<tensor::Model> read_model(const std::filesystem::path& path, const std::string& whole);

}  // namespace duolex::workspace
