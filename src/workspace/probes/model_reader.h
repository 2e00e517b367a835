// Models and properties from files, packed with gzip or not.
#pragma once

#include <filesystem>
#include <string>

#include "base/result.h"
#include "tensor/onnx.h"

namespace duolex::workspace {

// The bytes of a file; those of a gzip file unpacked. Both are bounded by `limit`.
[[nodiscard]] Result<std::string> read_unpacked(const std::filesystem::path& path, std::size_t limit);

// An ONNX model. Tensors outside of the file are read from its folder and nowhere else, symbolic links included.
[[nodiscard]] Result<tensor::Model> read_model(const std::filesystem::path& path);

}  // namespace duolex::workspace
