// Functions that a model brings along: each call becomes the nodes of the function, so that all who come after see
// operators alone.
#include <algorithm>
#include <optional>

#include "tensor/onnx_reader.h"

namespace duolex::tensor {

std::string FunctionTable::key(const std::string& domain, const std::string& name, const std::string& overload) {
  return domain + '\0' + name + '\0' + overload;
}

const Function* FunctionTable::called(const Node& node) const {
  const auto found = functions_.find(key(node.domain, node.op, node.overload));
  return found == functions_.end() ? nullptr : &found->second;
}

bool OnnxReader::opset(std::string_view bytes, std::size_t offset, std::map<std::string, std::int64_t>& opsets) {
  Message message(bytes, offset);
  std::string domain;
  std::int64_t version = 0;
  while (const auto part = message.next()) {
    if (part->number == 1 && !text(*part, domain)) return false;
    if (part->number == 2 && part->wire == 0) version = static_cast<std::int64_t>(part->value);
  }
  if (!ended(message)) return false;
  if (version < 1) return fail(offset, "an opset without a version, of '" + domain + "'");
  const auto [known, added] = opsets.emplace(domain == "ai.onnx" ? "" : domain, version);
  return added || known->second == version ||
         fail(offset, "the opset of '" + domain + "' is given as " + std::to_string(known->second) + " and as " + std::to_string(version) + "; readers differ in which they take");
}

bool OnnxReader::function(std::string_view bytes, std::size_t offset, FunctionTable& table) {
  Message message(bytes, offset);
  Function f;
  f.offset = offset;
  while (const auto field = message.next()) {
    if (!count(field->offset, 8)) return false;
    bool fine = true;
    switch (field->number) {
      case 1: fine = text(*field, f.name); break;
      case 4: fine = text(*field, f.body.inputs.emplace_back().name); break;
      case 5: fine = text(*field, f.body.outputs.emplace_back().name); break;
      case 7:
        fine = field->wire == 2 ? node(field->bytes, field->content, 1, f.body.nodes.emplace_back()) : fail(field->offset, "a node that is none");
        break;
      case 9: fine = field->wire == 2 ? opset(field->bytes, field->content, f.opsets) : fail(field->offset, "an opset that is none"); break;
      case 10: fine = text(*field, f.domain); break;
      case 11:
        fine = field->wire == 2 ? attribute(field->bytes, field->content, 1, f.defaults.emplace_back()) : fail(field->offset, "an attribute that is none");
        break;
      case 13: fine = text(*field, f.overload); break;
      default: break;  // names of attributes without a default say nothing that a call does not
    }
    if (!fine) return false;
  }
  if (!ended(message)) return false;
  if (f.name.empty()) return fail(offset, "a function without a name");
  if (f.domain.empty() || f.domain.starts_with("ai.onnx"))
    return fail(offset, "the function '" + f.name + "' in ONNX's own domain, which is not supported: runtimes differ in whose they take");
  std::set<std::string> formal;
  for (const ValueInfo& v : f.body.inputs)
    if (!formal.insert(v.name).second) return fail(offset, "the function '" + f.name + "' has the input '" + v.name + "' twice");
  if (!order(f.body, true, offset)) return false;
  const std::string name = f.name;
  return table.add(std::move(f)) || fail(offset, "the function '" + name + "' is given twice");
}

namespace {

void collect_calls(const Graph& graph, const FunctionTable& table, std::set<const Function*>& calls) {
  for (const Node& node : graph.nodes) {
    if (const Function* f = table.called(node)) calls.insert(f);
    for (const Attribute& a : node.attributes)
      for (const auto& g : a.graphs) collect_calls(*g, table, calls);
  }
}

void collect_names(const Graph& graph, std::set<std::string>& names) {
  for (const ValueInfo& v : graph.inputs) names.insert(v.name);
  for (const auto& entry : graph.initializers) names.insert(entry.first);
  for (const Node& node : graph.nodes) {
    names.insert(node.outputs.begin(), node.outputs.end());
    for (const Attribute& a : node.attributes)
      for (const auto& g : a.graphs) collect_names(*g, names);
  }
}

// What names of a function's body are called where it is used.
struct Renaming {
  const Renaming* outer = nullptr;
  std::map<std::string, std::string> names = {};

  [[nodiscard]] std::string operator()(const std::string& name) const {
    for (const Renaming* r = this; r != nullptr; r = r->outer)
      if (const auto found = r->names.find(name); found != r->names.end()) return found->second;
    return name;
  }
};

const Attribute* named(const std::vector<Attribute>& attributes, const std::string& name) {
  for (const Attribute& a : attributes)
    if (a.name == name) return &a;
  return nullptr;
}

std::size_t size_of(const Attribute& a) {
  std::size_t bytes = a.s.size() + 4 * a.floats.size() + 8 * a.ints.size();
  for (const std::string& s : a.strings) bytes += 32 + s.size();
  for (const Tensor& t : a.tensors) {
    bytes += 64 + t.bytes.size();
    for (const std::string& s : t.strings) bytes += 32 + s.size();
  }
  return 8 + bytes / 64;
}

}  // namespace

class Inliner {
 public:
  Inliner(OnnxReader& reader, const FunctionTable& table, const Limits& limits) : reader_(reader), table_(table), limits_(limits) {}

  // No function may reach itself, whether it is called or not.
  bool check() {
    for (const auto& entry : table_.all())
      if (!height(entry.second, 0)) return false;
    return true;
  }

  bool run(Graph& graph) {
    if (!table_.all().empty()) collect_names(graph, taken_);
    return expand(graph);
  }

 private:
  // How many functions call one another from here down; nothing after fail().
  std::optional<std::size_t> height(const Function& f, std::size_t depth) {
    if (const auto known = heights_.find(&f); known != heights_.end()) return known->second;
    if (!open_.insert(&f).second) return failed(f.offset, "the function '" + f.name + "' calls itself");
    std::set<const Function*> calls;
    collect_calls(f.body, table_, calls);
    std::vector<const Function*> sorted(calls.begin(), calls.end());
    std::sort(sorted.begin(), sorted.end(), [](const Function* a, const Function* b) { return a->offset < b->offset; });
    std::size_t highest = 0;
    for (const Function* next : sorted) {
      const auto below = depth < limits_.depth ? height(*next, depth + 1) : std::optional<std::size_t>(limits_.depth);
      if (!below) return std::nullopt;
      highest = std::max(highest, *below);
    }
    if (highest >= limits_.depth) return failed(f.offset, "functions that call functions, more than " + std::to_string(limits_.depth) + " deep");
    open_.erase(&f);
    return heights_[&f] = highest + 1;
  }

  bool expand(Graph& graph) {
    std::vector<Node> nodes;
    for (Node& node : graph.nodes)
      if (!place(std::move(node), nodes)) return false;
    graph.nodes = std::move(nodes);
    return true;
  }

  bool place(Node node, std::vector<Node>& into) {
    for (Attribute& a : node.attributes) {
      if (!a.reference.empty()) return reader_.fail(node.offset, "an attribute of '" + node.op + "' that stands for '" + a.reference + "', outside of a function");
      for (const auto& g : a.graphs)
        if (!expand(*g)) return false;
    }
    if (const Function* f = table_.called(node)) return call(*f, node, into);
    into.push_back(std::move(node));
    return true;
  }

  std::string fresh(const Function& f) {
    for (;;) {
      std::string prefix = "call" + std::to_string(++calls_) + "/" + f.name + "/";
      const auto found = taken_.lower_bound(prefix);
      if (found == taken_.end() || !found->starts_with(prefix)) return prefix;
    }
  }

  bool call(const Function& f, const Node& node, std::vector<Node>& into) {
    if (node.inputs.size() > f.body.inputs.size() || node.outputs.size() > f.body.outputs.size())
      return reader_.fail(node.offset, "the function '" + f.name + "' has " + std::to_string(f.body.inputs.size()) + " inputs and " +
                                           std::to_string(f.body.outputs.size()) + " outputs, and is called with more");
    const std::string prefix = fresh(f);
    Renaming renaming;
    std::set<std::string> given;
    for (std::size_t i = 0; i < f.body.inputs.size(); ++i) {
      renaming.names[f.body.inputs[i].name] = i < node.inputs.size() ? node.inputs[i] : "";
      given.insert(f.body.inputs[i].name);
    }
    std::vector<std::pair<std::string, std::string>> copies;  // outputs that are no node's own
    for (std::size_t i = 0; i < node.outputs.size(); ++i) {
      const std::string& inside = f.body.outputs[i].name;
      if (node.outputs[i].empty()) continue;
      if (given.count(inside) != 0 || !renaming.names.emplace(inside, node.outputs[i]).second) copies.emplace_back(inside, node.outputs[i]);
    }
    for (const Node& inner : f.body.nodes)
      for (const std::string& name : inner.outputs)
        if (!name.empty()) renaming.names.emplace(name, prefix + name);
    for (const Node& inner : f.body.nodes) {
      std::optional<Node> copy = instance(f, inner, node, renaming, prefix);
      if (!copy || !place(std::move(*copy), into)) return false;
    }
    for (const auto& [inside, outside] : copies) {
      Node same;
      same.op = "Identity";
      same.name = prefix + outside;
      same.inputs = {renaming(inside)};
      same.outputs = {outside};
      same.offset = node.offset;
      same.version = f.opsets.contains("") ? f.opsets.at("") : 0;
      if (same.inputs[0].empty()) return reader_.fail(node.offset, "the function '" + f.name + "' returns an input that is left out");
      if (!reader_.count(node.offset, 16 + prefix.size() / 16)) return false;
      into.push_back(std::move(same));
    }
    return true;
  }

  std::optional<Node> instance(const Function& f, const Node& from, const Node& call, const Renaming& renaming, const std::string& prefix) {
    Node node;
    node.op = from.op;
    node.domain = from.domain;
    node.overload = from.overload;
    node.offset = from.offset;
    node.name = prefix + (from.name.empty() ? from.op : from.name);
    std::size_t parts = 8 + node.name.size() / 32;
    for (const std::string& name : from.inputs) parts += 1 + node.inputs.emplace_back(renaming(name)).size() / 32;
    for (const std::string& name : from.outputs) parts += 1 + node.outputs.emplace_back(name.empty() ? "" : renaming(name)).size() / 32;
    if (table_.called(from) == nullptr) {
      const auto version = f.opsets.find(from.domain);
      if (version == f.opsets.end())
        return failed(from.offset, "the function '" + f.name + "' uses " + from.op + " without saying which opset of '" + from.domain + "' it means");
      node.version = version->second;
    }
    for (const Attribute& a : from.attributes) {
      const Attribute* meant = &a;
      if (!a.reference.empty()) {
        meant = named(call.attributes, a.reference);
        if (meant == nullptr) meant = named(f.defaults, a.reference);
        if (meant == nullptr) continue;  // left out by the caller: the operator's own default
      }
      parts += size_of(*meant);
      if (!reader_.count(from.offset, parts)) return std::nullopt;
      parts = 0;
      Attribute copy = *meant;
      copy.name = a.name;
      if (meant == &a)  // a graph that the caller gave has its names already
        for (auto& g : copy.graphs) {
          g = body(f, *g, call, renaming, prefix);
          if (!g) return std::nullopt;
        }
      node.attributes.push_back(std::move(copy));
    }
    if (!reader_.count(from.offset, parts)) return std::nullopt;
    return node;
  }

  std::shared_ptr<Graph> body(const Function& f, const Graph& from, const Node& call, const Renaming& outer, const std::string& prefix) {
    Renaming renaming{&outer};
    const auto own = [&](const std::string& name) {
      if (!name.empty()) renaming.names.emplace(name, prefix + name);
    };
    for (const ValueInfo& v : from.inputs) own(v.name);
    for (const auto& entry : from.initializers) own(entry.first);
    for (const Node& node : from.nodes)
      for (const std::string& name : node.outputs) own(name);
    auto graph = std::make_shared<Graph>();
    graph->name = from.name;
    graph->inputs = from.inputs;
    graph->outputs = from.outputs;
    for (ValueInfo& v : graph->inputs) v.name = renaming(v.name);
    for (ValueInfo& v : graph->outputs) v.name = renaming(v.name);
    for (const auto& [name, tensor] : from.initializers) {
      if (!reader_.count(f.offset, 8 + (name.size() + tensor.bytes.size()) / 32)) return nullptr;
      graph->initializers.emplace(renaming(name), tensor);
    }
    if (!reader_.count(f.offset, 8 + 8 * (from.inputs.size() + from.outputs.size()))) return nullptr;
    for (const Node& node : from.nodes) {
      std::optional<Node> copy = instance(f, node, call, renaming, prefix);
      if (!copy) return nullptr;
      graph->nodes.push_back(std::move(*copy));
    }
    return graph;
  }

  std::nullopt_t failed(std::size_t offset, const std::string& message) {
    reader_.fail(offset, message);
    return std::nullopt;
  }

  OnnxReader& reader_;
  const FunctionTable& table_;
  const Limits& limits_;
  std::set<const Function*> open_ = {};
  std::map<const Function*, std::size_t> heights_ = {};
  std::set<std::string> taken_ = {};
  std::size_t calls_ = 0;
};

bool OnnxReader::inline_functions(const FunctionTable& table, Graph& graph) {
  Inliner inliner(*this, table, limits_);
  return inliner.check() && inliner.run(graph);
}

}  // namespace duolex::tensor
