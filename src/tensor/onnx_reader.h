// How onnx.cc, onnx_functions.cc, onnx_tensor.cc and onnx_weights.cc read. Not for others.
#pragma once

#include <map>
#include <set>

#include "tensor/onnx.h"
#include "tensor/wire.h"

namespace duolex::tensor {

// A function that the model brings along.
struct Function {
  std::string domain, name, overload;
  std::vector<Attribute> defaults;
  std::map<std::string, std::int64_t> opsets;
  Graph body;  // its inputs and outputs have names alone
  std::size_t offset = 0;
};

class FunctionTable {
 public:
  bool add(Function function) {
    std::string k = key(function.domain, function.name, function.overload);
    return functions_.emplace(std::move(k), std::move(function)).second;
  }
  [[nodiscard]] const Function* called(const Node& node) const;  // null: the node is an operator
  [[nodiscard]] const std::map<std::string, Function>& all() const { return functions_; }

 private:
  static std::string key(const std::string& domain, const std::string& name, const std::string& overload);
  std::map<std::string, Function> functions_;
};

class OnnxReader {
 public:
  OnnxReader(const std::string& file, const Limits& limits, const ExternalData& external)
      : file_(file), limits_(limits), external_(external) {}

  bool model(std::string_view bytes, Model& model);
  bool tensor(std::string_view bytes, std::size_t offset, Tensor& tensor, std::string& name);
  [[nodiscard]] Diagnostics errors() const { return errors_; }
  bool fail(std::size_t offset, const std::string& message);
  bool count(std::size_t offset, std::size_t parts = 1);
  bool ended(const Message& message);

 private:
  struct External {
    std::string location;
    std::uint64_t offset = 0, length = 0;
  };
  bool graph(std::string_view bytes, std::size_t offset, std::size_t depth, Graph& graph);
  bool node(std::string_view bytes, std::size_t offset, std::size_t depth, Node& node);
  bool attribute(std::string_view bytes, std::size_t offset, std::size_t depth, Attribute& attribute);
  bool value_info(std::string_view bytes, std::size_t offset, ValueInfo& info);
  bool value_type(std::string_view bytes, std::size_t offset, ValueInfo& info);
  bool dimension(std::string_view bytes, std::size_t offset, ValueInfo& info);
  bool order(Graph& graph, bool outermost, std::size_t offset);
  bool integers(const Field& field, std::vector<std::int64_t>& values);
  bool text(const Field& field, std::string& value);
  bool typed_values(const Field& field, Type type, std::string& bytes);
  bool external_entry(std::string_view bytes, std::size_t offset, External& external);
  bool load_external(const External& external, std::size_t offset, std::size_t wanted, std::string& bytes);
  bool opset(std::string_view bytes, std::size_t offset, std::map<std::string, std::int64_t>& opsets);
  bool function(std::string_view bytes, std::size_t offset, FunctionTable& table);
  bool inline_functions(const FunctionTable& table, Graph& graph);

  const std::string& file_;
  const Limits& limits_;
  const ExternalData& external_;
  std::size_t items_ = 0;
  Diagnostics errors_;
};

}  // namespace duolex::tensor
