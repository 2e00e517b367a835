#include <algorithm>
#include <array>
#include <unordered_map>

#include "sbom/sbom.h"
#include "text/node.h"

namespace duolex::sbom {
namespace {

using text::Node;

constexpr std::array versions = {"1.2", "1.3", "1.4", "1.5", "1.6", "1.7"};
// More complaints of one kind help nobody.
constexpr std::size_t most_warnings = 100;

class Reader {
 public:
  Reader(const std::string& file, const std::string& bytes, const Limits& limits) : bytes_(bytes), limits_(limits) {
    out_.file = file;
  }

  Result<Sbom> read(const Node& root) {
    if (const auto wrong = header(root)) return failure(*wrong);
    if (const Node* metadata = root.find("metadata"); metadata != nullptr)
      if (const Node* component = metadata->find("component"); component != nullptr && component->kind != Node::Kind::null) {
        if (store(*component, no_component)) out_.subject = 0;
      }
    if (const Node* components = root.find("components")) list(*components, no_component);
    if (too_many_)
      return failure(error_in(out_.file, "holds more than " + std::to_string(limits_.components) + " components"));
    if (const Node* dependencies = root.find("dependencies")) graph(*dependencies);
    return std::move(out_);
  }

 private:
  std::optional<Diagnostic> header(const Node& root) {
    if (root.kind != Node::Kind::mapping)
      return error_about(root, bytes_, "a CycloneDX document is an object, not " + describe(root));
    const Node* format = root.find("bomFormat");
    if (format == nullptr || format->text != "CycloneDX")
      return error_about(format == nullptr ? root : *format, bytes_, "this is no CycloneDX document",
                         "it has \"bomFormat\": \"CycloneDX\"");
    const Node* version = root.find("specVersion");
    if (version == nullptr || version->kind != Node::Kind::text ||
        std::find(versions.begin(), versions.end(), version->text) == versions.end())
      return error_about(version == nullptr ? root : *version, bytes_,
                         version == nullptr ? "'specVersion' is missing" : "'specVersion' is " + describe(*version),
                         "CycloneDX JSON is read in the versions 1.2 to 1.7");
    for (const char* key : {"components", "dependencies"})
      if (const Node* node = root.find(key); node != nullptr && node->kind != Node::Kind::sequence)
        return error_about(*node, bytes_, std::string("'") + key + "' is " + describe(*node) + ", not a list");
    if (const Node* metadata = root.find("metadata"); metadata != nullptr && metadata->kind != Node::Kind::mapping)
      return error_about(*metadata, bytes_, "'metadata' is " + describe(*metadata) + ", not an object");
    out_.format = "CycloneDX";
    out_.spec_version = version->text;
    return std::nullopt;
  }

  void warn(const Node& node, const std::string& message) {
    if (out_.warnings.size() >= most_warnings) return;
    Diagnostic d = error_about(node, bytes_, message);
    d.severity = Severity::warning;
    out_.warnings.push_back(std::move(d));
  }

  // The text behind a key, "" when it is absent; a warning and "" when it is something else.
  std::string text_of(const Node& object, const char* key) {
    const Node* node = object.find(key);
    if (node == nullptr || node->kind == Node::Kind::null) return "";
    if (node->kind == Node::Kind::text && node->quoted) return node->text;
    warn(*node, std::string("'") + key + "' is " + describe(*node) + ", not text");
    return "";
  }

  void list(const Node& components, std::size_t parent) {
    for (std::size_t i = 0; i < components.items.size() && !too_many_; ++i)
      store(components.items[i], parent, static_cast<std::uint32_t>(i));
  }

  bool reject(const Node& node, const std::string& why) {
    ++out_.rejected_components;
    if (out_.rejected.size() < most_warnings) out_.rejected.push_back(error_about(node, bytes_, why));
    return false;
  }

  bool store(const Node& node, std::size_t parent, std::uint32_t ordinal = 0) {
    if (++out_.parsed > limits_.components) return too_many_ = true, false;
    if (node.kind != Node::Kind::mapping) return reject(node, "a component is an object, not " + describe(node));
    const Node* name = node.find("name");
    const bool named = name != nullptr && name->kind == Node::Kind::text && name->quoted && !name->text.empty();
    std::size_t self = parent;
    if (named) {
      self = out_.components.size();
      out_.components.push_back(read_component(node, parent));
      out_.components.back().ordinal = ordinal;
      index(node, self);
    } else {
      reject(name == nullptr ? node : *name, "this component has no name");
    }
    if (const Node* nested = node.find("components")) {
      if (nested->kind == Node::Kind::sequence) {
        list(*nested, self);
      } else {
        warn(*nested, "'components' is " + describe(*nested) + ", not a list");
      }
    }
    return named;
  }

  Component read_component(const Node& node, std::size_t parent) {
    Component c;
    c.parent = parent;
    c.span = {node.span.line, node.span.column, node.span.begin, node.span.end};
    c.name = node.find("name")->text;
    c.ref = text_of(node, "bom-ref");
    c.type = text_of(node, "type");
    c.group = text_of(node, "group");
    c.version = text_of(node, "version");
    if (const Node* supplier = node.find("supplier"); supplier != nullptr && supplier->kind == Node::Kind::mapping)
      c.supplier = text_of(*supplier, "name");
    c.purl_text = text_of(node, "purl");
    if (!c.purl_text.empty()) {
      auto purl = parse_purl(c.purl_text);
      if (purl) {
        c.purl = std::move(*purl);
      } else {
        warn(*node.find("purl"), purl.error()[0].message);
      }
    }
    if (const Node* hashes = node.find("hashes"); hashes != nullptr && hashes->kind == Node::Kind::sequence)
      for (const Node& hash : hashes->items)
        if (hash.kind == Node::Kind::mapping) c.hashes.push_back({text_of(hash, "alg"), text_of(hash, "content")});
    return c;
  }

  void index(const Node& node, std::size_t self) {
    const std::string& ref = out_.components[self].ref;
    if (ref.empty()) return;
    if (!by_ref_.emplace(ref, self).second) warn(*node.find("bom-ref"), "the reference '" + ref + "' is given twice");
  }

  std::size_t resolve(const Node& ref) {
    const auto at = by_ref_.find(ref.text);
    if (at != by_ref_.end()) return at->second;
    warn(ref, "there is no component '" + ref.text.substr(0, 200) + "'");
    return no_component;
  }

  void graph(const Node& dependencies) {
    for (const Node& entry : dependencies.items) {
      const Node* ref = entry.kind == Node::Kind::mapping ? entry.find("ref") : nullptr;
      if (ref == nullptr || ref->kind != Node::Kind::text) {
        warn(entry, "a dependency without 'ref'");
        continue;
      }
      const std::size_t from = resolve(*ref);
      const Node* on = entry.find("dependsOn");
      if (from == no_component || on == nullptr || on->kind != Node::Kind::sequence) continue;
      for (const Node& item : on->items)
        if (const std::size_t to = resolve(item); to != no_component) out_.dependencies.push_back({from, to});
    }
    auto& all = out_.dependencies;
    std::sort(all.begin(), all.end());
    all.erase(std::unique(all.begin(), all.end()), all.end());
  }

  const std::string& bytes_;
  const Limits& limits_;
  Sbom out_;
  std::unordered_map<std::string, std::size_t> by_ref_;
  bool too_many_ = false;
};

}  // namespace

Result<Sbom> read_cyclonedx_json(const std::string& file, const std::string& bytes, const Limits& limits) {
  const auto root = text::read_json(file, bytes, {limits.bytes, limits.nodes, limits.depth});
  if (!root) return tl::unexpected(root.error());
  return Reader(file, bytes, limits).read(*root);
}

Result<Sbom> read_sbom(const std::string& file, const std::string& bytes, const Limits& limits) {
  return read_cyclonedx_json(file, bytes, limits);
}

}  // namespace duolex::sbom
