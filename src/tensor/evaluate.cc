#include "tensor/evaluate.h"

#include <algorithm>
#include <set>

#include "tensor/attributes.h"
#include "tensor/evaluation.h"
#include "tensor/onnx_reader.h"
#include "tensor/operator_call.h"

namespace duolex::tensor {

namespace {

std::size_t size_in_memory(const Tensor& t) {
  std::size_t size = t.bytes.size() + sizeof(Tensor);
  for (const std::string& s : t.strings) size += sizeof s + s.size();
  return size;
}

std::vector<std::vector<std::string>> last_uses(const Graph& graph) {
  std::set<std::string> used_later;
  for (const ValueInfo& v : graph.outputs) used_later.insert(v.name);
  std::vector<std::vector<std::string>> last(graph.nodes.size());
  for (std::size_t i = graph.nodes.size(); i-- > 0;) {
    std::set<std::string> names = names_used(graph.nodes[i]);
    names.insert(graph.nodes[i].outputs.begin(), graph.nodes[i].outputs.end());
    for (const std::string& name : names)
      if (!name.empty() && used_later.insert(name).second) last[i].push_back(name);
  }
  return last;
}

}  // namespace

Datum datum(Tensor tensor) { return {Datum::Kind::tensor, std::make_shared<const Tensor>(std::move(tensor)), {}}; }

const Datum* Scope::find(const std::string& name) const {
  for (const Scope* s = this; s != nullptr; s = s->outer)
    if (const auto found = s->values.find(name); found != s->values.end()) return &found->second;
  return nullptr;
}

const std::map<std::string, Evaluation::Handler>& Evaluation::handlers() {
  static const std::map<std::string, Handler> table{
      {"If", &Evaluation::if_}, {"Loop", &Evaluation::loop}, {"Scan", &Evaluation::scan}, {"SequenceMap", &Evaluation::sequence_map},
      {"SequenceConstruct", &Evaluation::sequence_construct}, {"SequenceEmpty", &Evaluation::sequence_empty},
      {"SequenceAt", &Evaluation::sequence_at}, {"SequenceInsert", &Evaluation::sequence_insert},
      {"SequenceErase", &Evaluation::sequence_erase}, {"SequenceLength", &Evaluation::sequence_length},
      {"SplitToSequence", &Evaluation::split_to_sequence}, {"ConcatFromSequence", &Evaluation::concat_from_sequence},
      {"Optional", &Evaluation::optional}, {"OptionalHasElement", &Evaluation::optional_has_element},
      {"OptionalGetElement", &Evaluation::optional_get_element}, {"Identity", &Evaluation::identity}};
  return table;
}

bool Evaluation::fail(const Node& node, const std::string& message) {
  if (!errors_.empty()) return false;
  Diagnostic d = error_in(model_.file, message + place_of(node));
  d.span.begin = d.span.end = node.offset;
  errors_ = {std::move(d)};
  return false;
}

bool Evaluation::work(const Node& node, std::uint64_t operations) {
  ledger_->done += std::min(operations, limits_.operations + 1);
  return ledger_->done <= limits_.operations || fail(node, "not tested: the model takes more than " + std::to_string(limits_.operations) + " operations");
}

bool Evaluation::hold(const Node& node, Tensor tensor, Datum& result) {
  const std::size_t size = size_in_memory(tensor);
  if (size > limits_.bytes || ledger_->held > limits_.bytes - size)
    return fail(node, "not tested: the model needs more than " + std::to_string(limits_.bytes) + " bytes at a time");
  ledger_->held += size;
  result.kind = Datum::Kind::tensor;
  result.tensor = std::shared_ptr<const Tensor>(new Tensor(std::move(tensor)), [ledger = ledger_, size](const Tensor* t) {
    ledger->held -= size;
    delete t;
  });
  return true;
}

const Datum* Evaluation::input(const Node& node, const Scope& scope, std::size_t i) const {
  return i < node.inputs.size() && !node.inputs[i].empty() ? scope.find(node.inputs[i]) : nullptr;
}

const Tensor* Evaluation::tensor(const Node& node, const Scope& scope, std::size_t i) {
  const Datum* d = input(node, scope, i);
  if (d != nullptr && d->kind == Datum::Kind::tensor) return d->tensor.get();
  (void)fail(node, node.op + ": input " + std::to_string(i) + (d == nullptr ? " is missing" : " is no tensor"));
  return nullptr;
}

bool Evaluation::whole(const Node& node, const Scope& scope, std::size_t i, std::int64_t& value) {
  const Tensor* t = tensor(node, scope, i);
  if (t == nullptr) return false;
  if (t->elements() != 1 || t->type == Type::string) return fail(node, node.op + ": input " + std::to_string(i) + " is not one number");
  value = t->integer(0);
  return true;
}

bool Evaluation::plain(const Node& node, const std::vector<const Tensor*>& in, Data& out) {
  InterpretLimits left = limits_;
  bool texts = false;
  std::uint64_t elements = 1;
  for (const Tensor* t : in)
    if (t != nullptr) {
      texts |= t->type == Type::string;
      elements += t->elements();
    }
  left.bytes = limits_.bytes - std::min(limits_.bytes, ledger_->held);
  left.numbers = std::min(left.numbers, left.bytes / (texts ? 64 : 16));
  left.operations = limits_.operations - std::min(limits_.operations, ledger_->done);
  std::uint64_t done = 0;
  auto results = evaluate(model_.file, node, model_.opset_of(node), in, left, &done);
  if (!results) {
    errors_ = results.error();
    return false;
  }
  for (std::size_t i = 0; i < node.outputs.size(); ++i) elements += (*results)[i].elements();
  if (!work(node, elements + done)) return false;
  out.resize(results->size());
  for (std::size_t i = 0; i < results->size(); ++i)
    if (!hold(node, std::move((*results)[i]), out[i])) return false;
  return true;
}

bool Evaluation::step(const Node& node, Scope& scope) {
  for (const std::string& name : node.inputs)
    if (!name.empty() && scope.find(name) == nullptr) return fail(node, "nothing makes the value '" + name + "'");
  if (!work(node, 1024)) return false;  // about as long as so many multiply-adds
  Data out;
  const auto special = node.domain.empty() ? handlers().find(node.op) : handlers().end();
  if (special != handlers().end()) {
    out.resize(std::max<std::size_t>(1, node.outputs.size()));
    if (const std::string unheeded = unheeded_attribute(node, model_.opset_of(node)); !unheeded.empty()) return fail(node, "not tested: operator " + node.op + ": " + unheeded);
    if (!(this->*special->second)(node, scope, out)) return false;
  } else {
    std::vector<const Tensor*> in;
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
      const Datum* d = input(node, scope, i);
      if (d != nullptr && d->kind != Datum::Kind::tensor) return fail(node, "not tested: operator " + node.op + " on what is no tensor");
      in.push_back(d == nullptr ? nullptr : d->tensor.get());
    }
    if (!plain(node, in, out)) return false;
  }
  for (std::size_t i = 0; i < node.outputs.size(); ++i)
    if (!node.outputs[i].empty()) scope.values.insert_or_assign(node.outputs[i], std::move(out[i]));
  return true;
}

bool Evaluation::graph(const Graph& graph, Scope& scope, Data& outputs) {
  const auto known = last_uses_.try_emplace(&graph);
  if (known.second) known.first->second = last_uses(graph);
  const auto& last = last_uses_.at(&graph);
  for (const auto& [name, tensor] : graph.initializers)  // the model outlives the run
    scope.values.insert_or_assign(name, Datum{Datum::Kind::tensor, std::shared_ptr<const Tensor>(&tensor, [](const Tensor*) {}), {}});
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    if (!step(graph.nodes[i], scope)) return false;
    for (const std::string& name : last[i]) scope.values.erase(name);
  }
  for (const ValueInfo& v : graph.outputs) {
    const Datum* d = scope.find(v.name);
    if (d == nullptr) {
      Node at;
      at.name = "outputs";
      return fail(at, "nothing makes the output '" + v.name + "'");
    }
    outputs.push_back(*d);
  }
  return true;
}

bool Evaluation::body(const Node& node, const Graph& inner, const Scope& outer, Data inputs, Data& outputs) {
  if (inner.inputs.size() > inputs.size()) return fail(node, node.op + ": a graph with " + std::to_string(inner.inputs.size()) + " inputs gets " + std::to_string(inputs.size()));
  if (depth_ >= limits_.depth) return fail(node, "not tested: graphs within graphs, more than " + std::to_string(limits_.depth) + " deep");
  // Setting up a graph costs more than many a node in it.
  if (!work(node, 1024 + 256 * (inner.nodes.size() + inner.initializers.size() + inner.inputs.size() + inner.outputs.size()))) return false;
  ++depth_;
  Scope scope{&outer, {}};
  for (std::size_t i = 0; i < inner.inputs.size(); ++i) scope.values.insert_or_assign(inner.inputs[i].name, std::move(inputs[i]));
  outputs.clear();
  const bool fine = graph(inner, scope, outputs);
  --depth_;
  return fine;
}

bool Evaluation::run(const std::map<std::string, Datum>& inputs, Data& outputs) {
  Scope scope;
  Node at;
  at.name = "inputs";
  for (const ValueInfo& v : model_.graph.inputs) {
    const auto given = inputs.find(v.name);
    if (given == inputs.end()) return fail(at, "the input '" + v.name + "' is not given");
    const Datum& d = given->second;
    if (d.kind == Datum::Kind::tensor && v.type != Type::undefined && d.tensor->type != v.type)
      return fail(at, "the input '" + v.name + "' takes " + name_of(v.type) + ", not " + name_of(d.tensor->type));
    scope.values.insert_or_assign(v.name, d);
  }
  return graph(model_.graph, scope, outputs);
}

std::vector<std::string> evaluated_operators() {
  std::vector<std::string> names = interpreted_operators();
  for (const auto& entry : Evaluation::handlers())
    if (std::find(names.begin(), names.end(), entry.first) == names.end()) names.push_back(entry.first);
  std::sort(names.begin(), names.end());
  return names;
}

Result<std::vector<Datum>> evaluate(const Model& model, const std::map<std::string, Datum>& inputs, const InterpretLimits& limits) {
  if (const std::string unknown = unknown_opset(model); !unknown.empty()) return failure(error_in(model.file, "not tested: " + unknown));
  Evaluation evaluation(model, limits);
  std::vector<Datum> outputs;
  if (!evaluation.run(inputs, outputs)) return failure(evaluation.errors());
  return outputs;
}

}  // namespace duolex::tensor
