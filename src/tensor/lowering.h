// From a model to a program: constants are folded, each node becomes steps. Not for others.
#pragma once

#include <map>
#include <set>
#include <string>

#include "base/result.h"
#include "tensor/network.h"
#include "tensor/program.h"
#include "tensor/window.h"

namespace duolex::tensor {

// What a name stands for: a constant, or a value of the program.
struct Operand {
  std::shared_ptr<const Tensor> constant;
  std::size_t value = 0;
  Shape shape;
  [[nodiscard]] bool is_constant() const { return constant != nullptr; }
};

class Lowering {
 public:
  Lowering(const Model& model, const NetworkOptions& options) : model_(model), options_(options) {}
  Result<Program> run();

  using Handler = bool (Lowering::*)(const Node&);
  static const std::map<std::string, Handler>& handlers();

 private:

  // Each lowers one node and says false after fail().
  bool conv(const Node& node);
  bool conv_transpose(const Node& node);
  bool convolve(const Node& node, std::size_t value, const Window& window, std::int64_t channels, std::int64_t groups,
                std::int64_t filters, std::vector<double> weights, std::vector<double> bias);
  bool window(const Node& node, const Shape& from, std::vector<std::int64_t> kernel, Window& window);
  bool gemm(const Node& node);
  bool matmul(const Node& node);
  bool arithmetic(const Node& node);
  bool batch_normalization(const Node& node);
  bool unary(const Node& node);
  bool clip(const Node& node);
  bool power(const Node& node);
  bool pool(const Node& node);
  bool reduce(const Node& node);
  bool softmax(const Node& node);
  bool same(const Node& node);
  bool cast(const Node& node);
  bool rearrange(const Node& node);
  bool shape_of(const Node& node);
  bool resize(const Node& node);
  bool prelu(const Node& node);
  bool response_normalization(const Node& node);
  bool mean(const Node& node);
  struct Recurrent;
  bool recurrent(const Node& node);

  bool inputs();
  bool nodes(const std::vector<Node>& list);
  bool choose(const Node& node);
  bool node(const Node& node);
  bool compound(const Node& node);
  bool fold(const Node& node);
  bool fail(const Node& node, const std::string& message);
  bool unsupported(const Node& node, const std::string& why = "");

  [[nodiscard]] const Operand* find(const std::string& name) const;
  [[nodiscard]] bool has(const Node& node, std::size_t i) const;
  [[nodiscard]] const Operand& operand(const Node& node, std::size_t i) const;
  [[nodiscard]] bool is_constant(const Node& node, std::size_t i) const { return operand(node, i).is_constant(); }
  [[nodiscard]] const Tensor& constant(const Node& node, std::size_t i) const { return *operand(node, i).constant; }
  [[nodiscard]] const Shape& shape(const Node& node, std::size_t i) const { return operand(node, i).shape; }
  std::size_t new_value(std::size_t features);
  bool add(const Node& node, Operation operation, std::vector<std::size_t> inputs, std::size_t features, std::size_t& value);
  bool output(const Node& node, Operation operation, std::vector<std::size_t> inputs, const Shape& shape);
  void bind(const std::string& name, std::size_t value, const Shape& shape) { names_[name] = Operand{nullptr, value, shape}; }
  void bind(const std::string& name, Tensor tensor);
  // The value of an operand in a wanted shape.
  bool broadcast(const Node& node, const Operand& operand, const Shape& wanted, std::size_t& result);
  // A constant as a value of the program.
  bool materialise(const Node& node, const Operand& operand, std::size_t& value);
  bool charge(const Node& node, std::size_t numbers);
  void share_places();
  void merge_scales(std::vector<Step>& steps) const;
  void finish();

  const Model& model_;
  const NetworkOptions& options_;
  Program program_;
  std::map<std::string, Operand> names_;
  std::size_t charged_ = 0;
  Diagnostics errors_;
};

// The shape two shapes broadcast to, or nothing.
[[nodiscard]] std::optional<Shape> broadcast_shape(const Shape& a, const Shape& b);
// For each element of `to` the element of `from` it shows. Precondition: from broadcasts to to.
[[nodiscard]] std::vector<std::int32_t> broadcast_index(const Shape& from, const Shape& to);
// A constant's elements as doubles, broadcast to a shape.
[[nodiscard]] std::vector<double> broadcast_numbers(const Tensor& tensor, const Shape& to);

}  // namespace duolex::tensor
