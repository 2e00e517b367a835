// What a model is run on once: arrays, numbers that fill an input, and what is drawn where nothing is given.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tensor/evaluate.h"
#include "threats/array.h"

namespace duolex::workspace {

using Given = std::map<std::string, std::string>;  // "NAME=VALUE" pairs
// Files that were read before, by path; others are read where they are.
using ReadFiles = std::map<std::string, std::string>;

// "NAME=VALUE", or a value alone for the input that `only` names ("": none may be so).
[[nodiscard]] Result<Given> pairs(const std::vector<std::string>& list, const std::string& only, const char* what);
[[nodiscard]] std::optional<double> number_in(const std::string& text);
[[nodiscard]] Result<std::string> bytes_of_file(const std::string& path, const ReadFiles& read);

// One value for each input of the model: an NPY file, a number throughout, or drawn by the seed from [0, 1) (whole
// numbers: 0). `dimensions` closes what is open ("NAME=SIZE", "INPUT.PLACE=SIZE"), else it is 1.
[[nodiscard]] Result<std::map<std::string, tensor::Datum>> inputs_of(const tensor::Model& model, Given given, const std::vector<std::string>& dimensions,
                                                                     std::uint64_t seed, std::uint64_t memory, const ReadFiles& read);
// None for types that NPY files here do not have.
[[nodiscard]] std::optional<threats::Array> array_of(const tensor::Tensor& tensor);

}  // namespace duolex::workspace
