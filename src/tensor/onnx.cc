#include "tensor/onnx.h"

#include <algorithm>
#include <bit>
#include <deque>
#include <unordered_map>

#include "tensor/onnx_reader.h"

namespace duolex::tensor {

const Attribute* Node::attribute(std::string_view attribute_name) const {
  for (const Attribute& a : attributes)
    if (a.name == attribute_name) return &a;
  return nullptr;
}
std::int64_t Node::integer(std::string_view attribute_name, std::int64_t otherwise) const {
  const Attribute* a = attribute(attribute_name);
  return a == nullptr ? otherwise : a->i;
}
float Node::number(std::string_view attribute_name, float otherwise) const {
  const Attribute* a = attribute(attribute_name);
  return a == nullptr ? otherwise : a->f;
}
std::string Node::text(std::string_view attribute_name, const std::string& otherwise) const {
  const Attribute* a = attribute(attribute_name);
  return a == nullptr ? otherwise : a->s;
}
std::vector<std::int64_t> Node::integers(std::string_view attribute_name) const {
  const Attribute* a = attribute(attribute_name);
  return a == nullptr ? std::vector<std::int64_t>{} : a->ints;
}

std::int64_t Model::opset_of(const std::string& domain) const {
  const auto found = opsets.find(domain);
  return found == opsets.end() ? 1 : found->second;
}
namespace {

std::string unknown_in(const Model& model, const Graph& graph) {
  for (const Node& n : graph.nodes) {
    const bool own = n.domain.empty();
    if (own || n.domain == "ai.onnx.ml") {
      const std::string whose = own ? "ONNX's own operators" : "the operators of ai.onnx.ml";
      const std::int64_t version = model.opset_of(n), newest = own ? newest_opset : newest_ml_opset;
      // Before version 3 of its format ONNX had one opset, and models do not say it.
      if (n.version == 0 && !model.opsets.contains(n.domain) && !(own && (model.ir_version == 1 || model.ir_version == 2)))
        return "the model does not say which opset of " + whose + " it means (" + n.op + ")";
      if (version > newest) return "opset " + std::to_string(version) + " of " + whose + ", the newest known is " + std::to_string(newest);
    }
    for (const Attribute& a : n.attributes)
      for (const auto& inner : a.graphs)
        if (std::string why = unknown_in(model, *inner); !why.empty()) return why;
  }
  return "";
}

}  // namespace

std::string unknown_opset(const Model& model) { return unknown_in(model, model.graph); }

std::int64_t Model::opset_of(const Node& node) const { return node.version != 0 ? node.version : opset_of(node.domain); }

namespace {

void collect_operators(const Graph& graph, std::set<std::string>& names) {
  for (const Node& node : graph.nodes) {
    names.insert(node.domain.empty() ? node.op : node.domain + ":" + node.op);
    for (const Attribute& a : node.attributes)
      for (const auto& g : a.graphs) collect_operators(*g, names);
  }
}

}  // namespace

std::vector<std::string> Model::operators() const {
  std::set<std::string> names;
  collect_operators(graph, names);
  return {names.begin(), names.end()};
}

bool stays_inside(const std::string& location) {
  if (location.empty() || location.size() > 4096) return false;
  if (location.find('\\') != std::string::npos || location.find(':') != std::string::npos || location.find('\0') != std::string::npos) return false;
  for (std::size_t at = 0; at <= location.size();) {
    const std::size_t end = std::min(location.find('/', at), location.size());
    const std::string part = location.substr(at, end - at);
    if (part.empty() || part == "..") return false;
    at = end + 1;
  }
  return true;
}

bool OnnxReader::fail(std::size_t offset, const std::string& message) {
  Diagnostic d = error_in(file_, "byte " + std::to_string(offset) + ": " + message);
  d.span.begin = d.span.end = offset;
  errors_ = {std::move(d)};
  return false;
}

bool OnnxReader::ended(const Message& message) {
  return message.error().empty() || fail(message.error_offset(), message.error());
}

bool OnnxReader::count(std::size_t offset, std::size_t parts) {
  items_ += parts;
  return items_ <= limits_.items || fail(offset, "more than " + std::to_string(limits_.items) + " parts in one model");
}

bool OnnxReader::text(const Field& field, std::string& value) {
  if (field.wire != 2) return fail(field.offset, "a text that is none");
  if (field.bytes.size() > 65536) return fail(field.offset, "a name or text of more than 65536 bytes");
  value = field.bytes;
  return count(field.offset);
}

bool OnnxReader::integers(const Field& field, std::vector<std::int64_t>& values) {
  if (field.wire == 0) {
    values.push_back(static_cast<std::int64_t>(field.value));
    return count(field.offset);
  }
  if (field.wire != 2) return fail(field.offset, "whole numbers that are none");
  for (std::size_t at = 0; at < field.bytes.size();) {
    const auto value = read_varint(field.bytes, at);
    if (!value) return fail(field.content + at, "a packed number is cut off or too long");
    values.push_back(static_cast<std::int64_t>(*value));
    if (!count(field.content + at)) return false;
  }
  return true;
}

bool OnnxReader::dimension(std::string_view bytes, std::size_t offset, ValueInfo& info) {
  Message message(bytes, offset);
  std::int64_t size = -1;
  std::string named;
  while (const auto field = message.next()) {
    if (field->number == 1 && field->wire == 0) size = static_cast<std::int64_t>(field->value);
    if (field->number == 2 && !text(*field, named)) return false;
  }
  info.shape.push_back(size < 0 ? -1 : size);
  info.dimensions.push_back(size < 0 ? named : "");
  if (info.shape.size() > limits_.rank) return fail(offset, "a value of more than " + std::to_string(limits_.rank) + " dimensions");
  return ended(message);
}

bool OnnxReader::value_type(std::string_view bytes, std::size_t offset, ValueInfo& info) {
  Message message(bytes, offset);
  while (const auto field = message.next()) {
    if (field->wire != 2) continue;
    if (field->number == 4 || field->number == 9) info.kind = field->number == 4 ? ValueKind::sequence : ValueKind::optional;
    if (field->number == 5 || field->number == 8) info.kind = ValueKind::other;  // maps and sparse tensors
    if (field->number != 1) continue;
    Message tensor_type(field->bytes, field->content);
    while (const auto part = tensor_type.next()) {
      if (part->number == 1 && part->wire == 0)
        info.type = part->value <= 13 || part->value == 16 ? static_cast<Type>(part->value) : Type::undefined;
      if (part->number != 2 || part->wire != 2) continue;
      info.has_shape = true;
      Message shape(part->bytes, part->content);
      while (const auto dim = shape.next()) {
        if (!count(dim->offset)) return false;
        if (dim->number == 1 && dim->wire == 2 && !dimension(dim->bytes, dim->content, info)) return false;
      }
      if (!ended(shape)) return false;
    }
    if (!ended(tensor_type)) return false;
  }
  return ended(message);
}

bool OnnxReader::value_info(std::string_view bytes, std::size_t offset, ValueInfo& info) {
  Message message(bytes, offset);
  while (const auto field = message.next()) {
    if (field->number == 1 && !text(*field, info.name)) return false;
    if (field->number == 2 && field->wire == 2 && !value_type(field->bytes, field->content, info)) return false;
  }
  return ended(message);
}

bool OnnxReader::attribute(std::string_view bytes, std::size_t offset, std::size_t depth, Attribute& a) {
  Message message(bytes, offset);
  while (const auto field = message.next()) {
    if (!count(field->offset)) return false;
    const bool is_message = field->wire == 2;
    switch (field->number) {
      case 1:
        if (!text(*field, a.name)) return false;
        break;
      case 2: a.f = std::bit_cast<float>(static_cast<std::uint32_t>(field->value)); break;
      case 3: a.i = static_cast<std::int64_t>(field->value); break;
      case 4: a.s = field->bytes; break;
      case 5: case 10: {
        std::string ignored;
        if (!is_message) return fail(field->offset, "a tensor that is none");
        if (!tensor(field->bytes, field->content, a.tensors.emplace_back(), ignored)) return false;
        break;
      }
      case 6: case 11:
        if (!is_message) return fail(field->offset, "a graph that is none");
        a.graphs.push_back(std::make_shared<Graph>());
        if (!graph(field->bytes, field->content, depth + 1, *a.graphs.back())) return false;
        break;
      case 7:
        if (field->wire == 5) a.floats.push_back(std::bit_cast<float>(static_cast<std::uint32_t>(field->value)));
        else if (field->bytes.size() % 4 != 0) return fail(field->offset, "packed numbers that do not fill whole elements");
        else {
          a.floats.resize(a.floats.size() + field->bytes.size() / 4);
          std::copy(field->bytes.begin(), field->bytes.end(),
                    reinterpret_cast<char*>(a.floats.data()) + a.floats.size() * 4 - field->bytes.size());
        }
        break;
      case 8:
        if (!integers(*field, a.ints)) return false;
        break;
      case 9:
        if (!text(*field, a.strings.emplace_back())) return false;
        break;
      case 21:
        if (!text(*field, a.reference)) return false;
        break;
      case 20: a.type = field->value <= 20 ? static_cast<int>(field->value) : 0; break;
      default: break;
    }
  }
  return ended(message);
}

bool OnnxReader::node(std::string_view bytes, std::size_t offset, std::size_t depth, Node& node) {
  Message message(bytes, offset);
  node.offset = offset;
  while (const auto field = message.next()) {
    bool fine = true;
    switch (field->number) {
      case 1: fine = text(*field, node.inputs.emplace_back()); break;
      case 2: fine = text(*field, node.outputs.emplace_back()); break;
      case 3: fine = text(*field, node.name); break;
      case 4: fine = text(*field, node.op); break;
      case 5:
        if (!count(field->offset, 8)) return false;
        fine = field->wire == 2 ? attribute(field->bytes, field->content, depth, node.attributes.emplace_back())
                                : fail(field->offset, "an attribute that is none");
        break;
      case 7: fine = text(*field, node.domain); break;
      case 8: fine = text(*field, node.overload); break;
      default: break;
    }
    if (!fine) return false;
  }
  if (!ended(message)) return false;
  if (node.domain == "ai.onnx") node.domain.clear();
  return !node.op.empty() || fail(offset, "a node without an operator");
}

namespace {

void free_names(const Graph& graph, std::set<std::string>& names) {
  std::set<std::string> made;
  for (const ValueInfo& v : graph.inputs) made.insert(v.name);
  for (const auto& entry : graph.initializers) made.insert(entry.first);
  const auto use = [&](const std::string& name) {
    if (!name.empty() && made.count(name) == 0) names.insert(name);
  };
  for (const Node& node : graph.nodes) {
    for (const std::string& name : names_used(node)) use(name);
    for (const std::string& name : node.outputs) made.insert(name);
  }
  for (const ValueInfo& v : graph.outputs) use(v.name);
}

}  // namespace

std::set<std::string> names_used(const Node& node) {
  std::set<std::string> names(node.inputs.begin(), node.inputs.end());
  for (const Attribute& a : node.attributes)
    for (const auto& g : a.graphs) free_names(*g, names);
  names.erase("");
  return names;
}

// Puts the nodes into an order in which every value is made before it is used; the file's own where it is one.
bool OnnxReader::order(Graph& graph, bool outermost, std::size_t offset) {
  std::unordered_map<std::string, std::size_t> maker;
  for (std::size_t i = 0; i < graph.nodes.size(); ++i)
    for (const std::string& name : graph.nodes[i].outputs) {
      if (name.empty()) continue;
      if (!maker.emplace(name, i).second || graph.initializers.count(name) != 0)
        return fail(graph.nodes[i].offset, "the value '" + name + "' is made twice");
    }
  std::set<std::string> given;
  for (const ValueInfo& v : graph.inputs)
    if (maker.count(v.name) != 0) return fail(offset, "the input '" + v.name + "' is made by a node as well");
    else given.insert(v.name);
  std::vector<std::vector<std::size_t>> users(graph.nodes.size());
  std::vector<std::size_t> waits(graph.nodes.size(), 0);
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    for (const std::string& name : names_used(graph.nodes[i])) {
      if (const auto found = maker.find(name); found != maker.end()) {
        users[found->second].push_back(i);
        ++waits[i];
      } else if (outermost && given.count(name) == 0 && graph.initializers.count(name) == 0) {
        return fail(graph.nodes[i].offset, "nothing makes the value '" + name + "' that " + graph.nodes[i].op + " uses");
      }
    }
  }
  std::set<std::size_t> ready;
  for (std::size_t i = 0; i < waits.size(); ++i)
    if (waits[i] == 0) ready.insert(i);
  std::vector<std::size_t> sorted;
  while (!ready.empty()) {
    const std::size_t i = *ready.begin();
    ready.erase(ready.begin());
    sorted.push_back(i);
    for (const std::size_t user : users[i])
      if (--waits[user] == 0) ready.insert(user);
  }
  if (sorted.size() != graph.nodes.size()) {
    const auto stuck = std::find_if(waits.begin(), waits.end(), [](std::size_t w) { return w != 0; });
    return fail(graph.nodes[static_cast<std::size_t>(stuck - waits.begin())].offset, "the graph has a cycle");
  }
  for (const ValueInfo& v : graph.outputs)
    if (outermost && maker.count(v.name) == 0 && given.count(v.name) == 0 && graph.initializers.count(v.name) == 0)
      return fail(offset, "nothing makes the output '" + v.name + "'");
  std::vector<Node> nodes;
  nodes.reserve(sorted.size());
  for (const std::size_t i : sorted) nodes.push_back(std::move(graph.nodes[i]));
  graph.nodes = std::move(nodes);
  return true;
}

bool OnnxReader::graph(std::string_view bytes, std::size_t offset, std::size_t depth, Graph& graph) {
  if (depth > limits_.depth) return fail(offset, "graphs within graphs, more than " + std::to_string(limits_.depth) + " deep");
  Message message(bytes, offset);
  std::vector<ValueInfo> inputs;
  while (const auto field = message.next()) {
    if (!count(field->offset, 8)) return false;
    if (field->wire != 2) continue;
    switch (field->number) {
      case 1:
        if (!node(field->bytes, field->content, depth, graph.nodes.emplace_back())) return false;
        break;
      case 2:
        if (!text(*field, graph.name)) return false;
        break;
      case 5: {
        Tensor value;
        std::string name;
        if (!tensor(field->bytes, field->content, value, name)) return false;
        if (!graph.initializers.emplace(name, std::move(value)).second)
          return fail(field->offset, "the initialiser '" + name + "' is given twice");
        break;
      }
      case 11:
        if (!value_info(field->bytes, field->content, inputs.emplace_back())) return false;
        break;
      case 12:
        if (!value_info(field->bytes, field->content, graph.outputs.emplace_back())) return false;
        break;
      case 15: return fail(field->offset, "a sparse initialiser, which is not supported");
      default: break;
    }
  }
  if (!ended(message)) return false;
  for (ValueInfo& v : inputs)
    if (graph.initializers.count(v.name) == 0) graph.inputs.push_back(std::move(v));
  return order(graph, depth == 0, offset);
}

bool OnnxReader::model(std::string_view bytes, Model& model) {
  if (bytes.size() > limits_.bytes) return fail(limits_.bytes, "the file is larger than " + std::to_string(limits_.bytes) + " bytes");
  Message message(bytes, 0);
  bool has_graph = false;
  FunctionTable functions;
  while (const auto field = message.next()) {
    if (!count(field->offset)) return false;
    if (field->number == 1 && field->wire == 0) model.ir_version = static_cast<std::int64_t>(field->value);
    if (field->number == 2 && !text(*field, model.producer)) return false;
    if (field->number == 7 && field->wire == 2) {
      if (has_graph) return fail(field->offset, "a second graph");
      has_graph = true;
      if (!graph(field->bytes, field->content, 0, model.graph)) return false;
    }
    if (field->number == 8 && field->wire == 2) {
      if (!opset(field->bytes, field->content, model.opsets)) return false;
    }
    if (field->number == 25 && field->wire == 2 && !function(field->bytes, field->content, functions)) return false;
  }
  if (!ended(message)) return false;
  if (!has_graph) return fail(bytes.size(), "no ONNX model: there is no graph in it");
  return inline_functions(functions, model.graph);
}

Result<Model> read_onnx(const std::string& file, std::string_view bytes, const Limits& limits, const ExternalData& external) {
  Model model;
  model.file = file;
  OnnxReader reader(file, limits, external);
  if (!reader.model(bytes, model)) return failure(reader.errors());
  return model;
}

Result<Tensor> read_onnx_tensor(const std::string& file, std::string_view bytes, const Limits& limits) {
  Tensor tensor;
  std::string name;
  const ExternalData none;
  OnnxReader reader(file, limits, none);
  if (!reader.tensor(bytes, 0, tensor, name)) return failure(reader.errors());
  return tensor;
}

}  // namespace duolex::tensor
