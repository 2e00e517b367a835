// How onnx.cc and onnx_tensor.cc read. Not for others.
#pragma once

#include <set>

#include "tensor/onnx.h"
#include "tensor/wire.h"

namespace duolex::tensor {

class OnnxReader {
 public:
  OnnxReader(const std::string& file, const Limits& limits, const ExternalData& external)
      : file_(file), limits_(limits), external_(external) {}

  bool model(std::string_view bytes, Model& model);
  bool tensor(std::string_view bytes, std::size_t offset, Tensor& tensor, std::string& name);
  [[nodiscard]] Diagnostics errors() const { return errors_; }
  bool fail(std::size_t offset, const std::string& message);

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
  bool ended(const Message& message);
  bool count(std::size_t offset, std::size_t parts = 1);

  const std::string& file_;
  const Limits& limits_;
  const ExternalData& external_;
  std::size_t items_ = 0;
  Diagnostics errors_;
};

}  // namespace duolex::tensor
