// One run of a model. Not for others.
#pragma once

#include <unordered_map>

#include "tensor/evaluate.h"

namespace duolex::tensor {

// The bytes that a run holds and the work it has done.
struct Ledger {
  std::size_t held = 0;
  std::uint64_t done = 0;
};

// The values of one graph; those of the graphs around it are seen through it.
struct Scope {
  const Scope* outer = nullptr;
  std::unordered_map<std::string, Datum> values{};
  [[nodiscard]] const Datum* find(const std::string& name) const;
};

class Evaluation {
 public:
  Evaluation(const Model& model, const InterpretLimits& limits) : model_(model), limits_(limits), ledger_(std::make_shared<Ledger>()) {}

  bool run(const std::map<std::string, Datum>& inputs, std::vector<Datum>& outputs);
  [[nodiscard]] const Diagnostics& errors() const { return errors_; }

  using Data = std::vector<Datum>;
  using Handler = bool (Evaluation::*)(const Node&, const Scope&, Data&);
  static const std::map<std::string, Handler>& handlers();

 private:

  bool graph(const Graph& graph, Scope& scope, Data& outputs);
  // A graph within a graph, with its inputs in their order.
  bool body(const Node& node, const Graph& graph, const Scope& outer, Data inputs, Data& outputs);
  bool step(const Node& node, Scope& scope);
  bool plain(const Node& node, const std::vector<const Tensor*>& in, Data& out);

  bool if_(const Node& node, const Scope& scope, Data& out);
  bool loop(const Node& node, const Scope& scope, Data& out);
  bool scan(const Node& node, const Scope& scope, Data& out);
  bool scan_with_batch(const Node& node, const Scope& scope, Data& out);
  bool scan_once(const Node& node, const Graph& body, const Scope& scope, Data states, const Data& sequences,
                 const std::vector<std::int64_t>& axes, const std::vector<bool>& backward, std::size_t length, Data& out);
  bool sequence_map(const Node& node, const Scope& scope, Data& out);
  bool sequence_construct(const Node& node, const Scope& scope, Data& out);
  bool sequence_empty(const Node& node, const Scope& scope, Data& out);
  bool sequence_at(const Node& node, const Scope& scope, Data& out);
  bool sequence_insert(const Node& node, const Scope& scope, Data& out);
  bool sequence_erase(const Node& node, const Scope& scope, Data& out);
  bool sequence_length(const Node& node, const Scope& scope, Data& out);
  bool split_to_sequence(const Node& node, const Scope& scope, Data& out);
  bool concat_from_sequence(const Node& node, const Scope& scope, Data& out);
  bool optional(const Node& node, const Scope& scope, Data& out);
  bool optional_has_element(const Node& node, const Scope& scope, Data& out);
  bool optional_get_element(const Node& node, const Scope& scope, Data& out);
  bool identity(const Node& node, const Scope& scope, Data& out);

  // The i-th input, or null where it is left out.
  [[nodiscard]] const Datum* input(const Node& node, const Scope& scope, std::size_t i) const;
  const Tensor* tensor(const Node& node, const Scope& scope, std::size_t i);  // null after fail()
  bool whole(const Node& node, const Scope& scope, std::size_t i, std::int64_t& value);
  // Tensors as one, along a new axis.
  bool stack(const Node& node, const Data& parts, std::int64_t axis, const ValueInfo& declared, Datum& result);
  bool concat(const Node& node, const Data& parts, std::int64_t axis, Datum& result);
  bool slices(const Node& node, const Datum& from, std::int64_t axis, Data& parts);
  // Takes a tensor into the ledger; false after fail() when that is too much.
  bool hold(const Node& node, Tensor tensor, Datum& result);
  bool work(const Node& node, std::uint64_t operations);
  bool fail(const Node& node, const std::string& message);

  const Model& model_;
  const InterpretLimits& limits_;
  std::shared_ptr<Ledger> ledger_;
  // For each graph and node the names that nothing uses afterwards.
  std::unordered_map<const Graph*, std::vector<std::vector<std::string>>> last_uses_{};
  std::size_t depth_ = 0;
  Diagnostics errors_{};
};

}  // namespace duolex::tensor
