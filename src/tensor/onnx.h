// ONNX models: a bounded reader of the protobuf encoding. It reads what inference needs (operators, attributes,
// initialisers, the declared inputs and outputs) and skips documentation and training information. A call of a function
// that the model brings along is replaced by the function's nodes, with the opset that the function asks for.
//
// Promise: never recurses deeper than Limits::depth, allocates in proportion to the bytes read, and refuses in one
// pass. Every error names the byte it is about: "model.onnx: error: byte 4711: …".
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "tensor/tensor.h"

namespace duolex::tensor {

struct Graph;

struct Attribute {
  std::string name;
  std::string reference = {};  // the function's attribute that it stands for; none outside of functions
  float f = 0;
  std::int64_t i = 0;
  std::string s;
  std::vector<Tensor> tensors;                 // one for TENSOR, any number for TENSORS
  std::vector<std::shared_ptr<Graph>> graphs;  // likewise
  std::vector<float> floats;
  std::vector<std::int64_t> ints;
  std::vector<std::string> strings;
  int type = 0;  // as written: 1 f, 2 i, 3 s, 4 tensor, 5 graph, 6 floats, 7 ints, 8 strings, 9 tensors, 10 graphs
};

struct Node {
  std::string name, op, domain, overload;  // domain "" is ONNX's own
  std::vector<std::string> inputs, outputs;  // "" where an optional one is left out
  std::vector<Attribute> attributes;
  std::size_t offset = 0;  // where it begins in the file
  std::int64_t version = 0;  // of its domain, where the function it came from says one; 0: the model's

  [[nodiscard]] const Attribute* attribute(std::string_view attribute_name) const;
  [[nodiscard]] std::int64_t integer(std::string_view attribute_name, std::int64_t otherwise) const;
  [[nodiscard]] float number(std::string_view attribute_name, float otherwise) const;
  [[nodiscard]] std::string text(std::string_view attribute_name, const std::string& otherwise) const;
  [[nodiscard]] std::vector<std::int64_t> integers(std::string_view attribute_name) const;  // empty without it
};

// The names that a node uses, with those that its subgraphs take from the graphs around them.
[[nodiscard]] std::set<std::string> names_used(const Node& node);

enum class ValueKind : std::uint8_t { tensor, sequence, optional, other };

struct ValueInfo {
  std::string name;
  ValueKind kind = ValueKind::tensor;
  Type type = Type::undefined;  // undefined: not a tensor, or not said
  bool has_shape = false;
  Shape shape;                            // -1 where a dimension is a name or unknown
  std::vector<std::string> dimensions;    // the names of such dimensions, "" elsewhere
};

struct Graph {
  std::string name;
  std::vector<Node> nodes;  // in an order in which every value is made before it is used
  std::map<std::string, Tensor> initializers;
  std::vector<ValueInfo> inputs;  // those that are no initialisers
  std::vector<ValueInfo> outputs;
};

struct Model {
  std::string file;
  std::int64_t ir_version = 0;
  std::string producer;
  std::map<std::string, std::int64_t> opsets;  // domain -> version; "" is ONNX's own
  Graph graph;

  [[nodiscard]] std::int64_t opset_of(const std::string& domain) const;  // 1 when the model does not name it
  [[nodiscard]] std::int64_t opset_of(const Node& node) const;
  // Every operator that occurs, subgraphs included, sorted; "domain:Op" outside ONNX's own domain.
  [[nodiscard]] std::vector<std::string> operators() const;
};

// The newest opsets of ONNX's own operators, and of those of ai.onnx.ml, whose meaning is known here: they were held
// against the test vectors of an ONNX that has them (docs/operators.md).
inline constexpr std::int64_t newest_opset = 28, newest_ml_opset = 5;
// Why the meaning of a model's operators is not known: "opset 29 of …", an operator whose opset the model does not say.
// "" where it is. Such a model is read, and never evaluated. What is imported and not used does not count.
[[nodiscard]] std::string unknown_opset(const Model& model);

struct Limits {
  std::size_t bytes = std::size_t{256} << 20;      // of the file
  std::size_t depth = 24;                          // of nested messages
  std::size_t items = 2'000'000;                   // names and values of attributes; a node, attribute or input counts as eight
  std::size_t rank = 32;                           // dimensions of a tensor
  std::size_t tensor_bytes = std::size_t{1} << 30;  // of one tensor
};

// Data of a tensor outside of the model file: the bytes of `location`, a name relative to the model's folder.
// They stay as they are until the model is read. Without one such a tensor is refused.
using ExternalData = std::function<Result<std::string_view>(const std::string& location)>;
// True for a name that stays inside a folder: relative, no "..", no drive, no empty part.
[[nodiscard]] bool stays_inside(const std::string& location);

[[nodiscard]] Result<Model> read_onnx(const std::string& file, std::string_view bytes, const Limits& limits = {},
                                      const ExternalData& external = {});
// The same model with its weights in other files put inside, as one file by itself; as it is where there are none, or
// where it is no model. All together are at most Limits::bytes.
[[nodiscard]] Result<std::string> with_weights_inside(const std::string& file, std::string_view bytes, const ExternalData& external, const Limits& limits = {});
// A TensorProto alone, as in test vectors (.pb).
[[nodiscard]] Result<Tensor> read_onnx_tensor(const std::string& file, std::string_view bytes, const Limits& limits = {});

}  // namespace duolex::tensor
