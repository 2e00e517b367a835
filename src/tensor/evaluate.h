// Whole models at inference, node by node on whole tensors: every element type, shapes that depend on the data, If,
// Loop and Scan, sequences and optional values. Simple rather than fast: sums are taken in double precision and
// rounded once. Gradients and bounds are the business of network.h, for the models that it can compile.
//
// Promise. A result is a function of the model and its inputs. A value is given back at its last use, and no more than
// Limits::bytes are held at a time. What is missing is an error "not tested: operator X …", never a guess.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "tensor/interpret.h"
#include "tensor/onnx.h"

namespace duolex::tensor {

// What a name stands for while a model runs. Cheap to copy: tensors are shared and never change.
struct Datum {
  enum class Kind : std::uint8_t { tensor, sequence, optional };
  Kind kind = Kind::tensor;
  std::shared_ptr<const Tensor> tensor{};  // of a tensor
  std::vector<Datum> parts{};              // of a sequence; one or none of an optional value
};
[[nodiscard]] Datum datum(Tensor tensor);

// The outputs of the model in their order. `inputs` holds one value for each of the graph's inputs.
[[nodiscard]] Result<std::vector<Datum>> evaluate(const Model& model, const std::map<std::string, Datum>& inputs,
                                                  const InterpretLimits& limits = {});

// Every operator that a model may be made of here, sorted; "domain:Op" outside ONNX's own domain.
[[nodiscard]] std::vector<std::string> evaluated_operators();

// A value as in test vectors (.pb): a TensorProto, SequenceProto or OptionalProto.
[[nodiscard]] Result<Datum> read_onnx_datum(const std::string& file, std::string_view bytes, Datum::Kind kind,
                                            const Limits& limits = {});

}  // namespace duolex::tensor
