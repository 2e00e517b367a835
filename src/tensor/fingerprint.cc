#include "tensor/fingerprint.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/hash.h"

namespace duolex::tensor {
namespace {

// Every piece is preceded by its length: no two sequences of pieces give the same bytes.
void put(Sha256& hash, std::string_view bytes) {
  const std::uint64_t size = bytes.size();
  hash.add({reinterpret_cast<const char*>(&size), sizeof size});
  hash.add(bytes);
}
void put(Sha256& hash, std::int64_t number) { hash.add({reinterpret_cast<const char*>(&number), sizeof number}); }

class Walk {
 public:
  void graph(const Graph& g) {
    std::map<std::string, std::int64_t> outer = numbers_;
    for (const auto& [name, tensor] : g.initializers) constants_[name] = &tensor;
    std::set<std::string> skipped;
    for (const Node& n : g.nodes)
      if (const Attribute* value = n.op == "Constant" && n.domain.empty() && !n.outputs.empty() ? n.attribute("value") : nullptr; value != nullptr && value->tensors.size() == 1) {
        constants_[n.outputs.at(0)] = &value->tensors[0];
        skipped.insert(n.outputs.at(0));
      }
    for (const ValueInfo& v : g.inputs) value(v);
    for (const Node& n : g.nodes)
      if (n.outputs.empty() || !skipped.contains(n.outputs[0])) node(n);
    put(graph_, "outputs");
    for (const ValueInfo& v : g.outputs) value(v);
    numbers_ = std::move(outer);
  }

  Fingerprint done(const Model& model) {
    for (const auto& [domain, version] : model.opsets) {
      put(graph_, domain);
      put(graph_, version);
    }
    return {graph_.hex(), weights_.hex(), ""};
  }

 private:
  void value(const ValueInfo& v) {
    put(graph_, number_of(v.name));
    put(graph_, static_cast<std::int64_t>(v.type));
    put(graph_, v.has_shape ? to_string(v.shape) : "");
  }

  std::int64_t number_of(const std::string& name) {
    if (name.empty()) return -1;
    const auto [it, added] = numbers_.emplace(name, next_);
    if (added) {
      ++next_;
      if (const auto constant = constants_.find(name); constant != constants_.end()) weight(*constant->second);
    }
    return it->second;
  }

  void weight(const Tensor& t) {
    put(graph_, static_cast<std::int64_t>(t.type));
    put(graph_, to_string(t.shape));
    put(weights_, t.bytes);
    for (const std::string& s : t.strings) put(weights_, s);
  }

  void node(const Node& n) {
    put(graph_, n.domain);
    put(graph_, n.op);
    if (n.version != 0) put(graph_, "opset " + std::to_string(n.version));
    for (const std::string& input : n.inputs) put(graph_, number_of(input));
    put(graph_, "to");
    for (const std::string& output : n.outputs) put(graph_, number_of(output));
    std::vector<const Attribute*> sorted;
    for (const Attribute& a : n.attributes) sorted.push_back(&a);
    std::sort(sorted.begin(), sorted.end(), [](const Attribute* a, const Attribute* b) { return a->name < b->name; });
    for (const Attribute* a : sorted) attribute(*a);
  }

  void attribute(const Attribute& a) {
    put(graph_, a.name);
    put(graph_, a.type);
    put(graph_, {reinterpret_cast<const char*>(&a.f), sizeof a.f});
    put(graph_, a.i);
    put(graph_, a.s);
    put(graph_, {reinterpret_cast<const char*>(a.floats.data()), a.floats.size() * sizeof(float)});
    put(graph_, {reinterpret_cast<const char*>(a.ints.data()), a.ints.size() * sizeof(std::int64_t)});
    for (const std::string& s : a.strings) put(graph_, s);
    for (const Tensor& t : a.tensors) weight(t);
    for (const std::shared_ptr<Graph>& g : a.graphs) graph(*g);
  }

  Sha256 graph_, weights_;
  std::map<std::string, std::int64_t> numbers_;
  std::map<std::string, const Tensor*> constants_;
  std::int64_t next_ = 0;
};

std::string list(const std::vector<ValueInfo>& values) {
  std::string text;
  for (const ValueInfo& v : values)
    text += (text.empty() ? "" : ", ") + v.name + " " + name_of(v.type) + (v.has_shape ? " " + to_string(v.shape) : std::string());
  return text;
}

}  // namespace

Fingerprint fingerprint(const Model& model) {
  Walk walk;
  walk.graph(model.graph);
  Fingerprint f = walk.done(model);
  f.interface = list(model.graph.inputs) + " -> " + list(model.graph.outputs);
  return f;
}

}  // namespace duolex::tensor
