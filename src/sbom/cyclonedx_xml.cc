#include <algorithm>

#include "sbom/collector.h"
#include "sbom/cyclonedx.h"

namespace duolex::sbom {
namespace {

constexpr std::string_view name_space = "http://cyclonedx.org/schema/bom/";

class Reader {
 public:
  Reader(const std::string& file, const std::string& bytes, const Limits& limits)
      : collector_(file, bytes, limits, Format::cyclonedx_xml), out_(collector_.sbom()) {}

  Result<Sbom> read(const std::string& file, const std::string& bytes, const Limits& limits) {
    expect_components(bytes);
    std::uint32_t ordinal = 0;
    XmlStream stream;
    stream.list = "components";
    stream.item = [&](const Value item) {
      if (is_part(item, "component")) store(item, no_component, ordinal++);
      return !collector_.too_many();
    };
    stream.part = [&](const Value part) {
      if (is_part(part, "metadata") && out_.subject == no_component) read_metadata(part);
    };
    const auto tree = xml_tree(file, bytes, limits, stream);
    if (collector_.too_many()) return collector_.finish();
    if (!tree) return tl::unexpected(tree.error());
    const Value root = tree->root();
    const std::string version = cyclonedx_xml_version(*tree);
    if (version.empty())
      return failure(collector_.lines().error(root.begin(), root.begin() + 1, "this is no CycloneDX document", cyclonedx_xml_hint));
    out_.spec_version = version;
    out_.id = text_of(root.find("serialNumber"));
    out_.version = text_of(root.find("version"));
    collector_.index_references();
    if (const Value dependencies = part(root, "dependencies")) graph(dependencies);
    return collector_.finish();
  }

 private:
  // The first element of CycloneDX's own namespace with this name.
  static Value part(const Value parent, std::string_view name) {
    if (!parent) return {};
    for (const Value child : parent.children())
      if (is_part(child, name)) return child;
    return {};
  }
  // Room for what looks like components; more room than is used costs nothing.
  void expect_components(const std::string& bytes) {
    std::size_t count = 0;
    for (std::size_t at = bytes.find("<component "); at != std::string::npos; at = bytes.find("<component ", at + 1)) ++count;
    out_.components.reserve(std::min(count, std::size_t{1} << 19));
  }

  static bool is_part(const Value node, std::string_view name) {
    return node.is(Kind::element) && !node.foreign() && node.plain_key() == name;
  }
  static Value attribute(const Value parent, std::string_view name) {
    for (const Value child : parent.children()) {
      if (!child.is(Kind::attribute)) return {};
      if (!child.foreign() && child.plain_key() == name) return child;
    }
    return {};
  }

  static std::string text_of(const Value node) {
    if (!node) return "";
    // As XML's own token type does it, and every reader of CycloneDX: space at the ends falls away, a run
    // of it is one blank.
    std::string room, out;
    const std::string_view text = node.text(room);
    if (text.find_first_of(" \t\r\n") == std::string_view::npos) return std::string(text);
    out.reserve(text.size());
    for (const char c : text) {
      if (c != ' ' && c != '\t' && c != '\r' && c != '\n') out += c;
      else if (!out.empty() && out.back() != ' ') out += ' ';
    }
    if (!out.empty() && out.back() == ' ') out.pop_back();
    return out;
  }
  static std::string named(const Value node) {
    std::string name = text_of(part(node, "name"));
    return name.empty() ? text_of(part(node, "email")) : name;
  }

  void warn(const Value at, const std::string& message) { collector_.warn(at.begin(), at.end(), message); }

  void read_metadata(const Value metadata) {
    out_.timestamp = text_of(part(metadata, "timestamp"));
    for (const char* key : {"manufacturer", "manufacture", "supplier"})
      if (std::string name = named(part(metadata, key)); !name.empty()) out_.authors.push_back(std::move(name));
    if (const Value authors = part(metadata, "authors"))
      for (const Value author : authors.children())
        if (std::string name = is_part(author, "author") ? named(author) : ""; !name.empty()) out_.authors.push_back(std::move(name));
    if (const Value tools = part(metadata, "tools")) {
      read_tools(tools);
      for (const char* key : {"components", "services"})
        if (const Value list = part(tools, key)) read_tools(list);
    }
    const std::size_t self = out_.components.size();
    if (const Value component = part(metadata, "component"))
      if (store(component, no_component, 0)) out_.subject = self;
  }

  void read_tools(const Value tools) {
    for (const Value tool : tools.children()) {
      const std::string name = tool.is(Kind::element) ? text_of(part(tool, "name")) : "";
      const std::string version = text_of(part(tool, "version"));
      if (!name.empty()) out_.tools.push_back(version.empty() ? name : name + " " + version);
    }
  }

  void list(const Value components, std::size_t parent) {
    std::uint32_t ordinal = 0;
    for (const Value component : components.children()) {
      if (collector_.too_many()) return;
      if (is_part(component, "component")) store(component, parent, ordinal++);
    }
  }

  // Bounded by the depth of the tree.
  bool store(const Value node, std::size_t parent, std::uint32_t ordinal) {
    if (!collector_.met()) return false;
    Component c;
    std::vector<Value> nested;
    read_component(node, c, nested);
    const bool is_named = !c.name.empty();
    std::size_t self = parent;
    if (is_named) {
      c.parent = parent;
      c.ordinal = ordinal;
      self = collector_.store(std::move(c), node.begin(), node.end());
    } else {
      collector_.reject(node.begin(), node.end(), "this component has no name");
    }
    for (const Value more : nested) list(more, self);
    return is_named;
  }

  void read_component(const Value node, Component& c, std::vector<Value>& nested) {
    c.type = text_of(attribute(node, "type"));
    c.ref = text_of(attribute(node, "bom-ref"));
    std::shared_ptr<DataFacts> data;
    for (const Value field : node.children()) {
      if (!field.is(Kind::element) || field.foreign()) continue;
      const std::string_view key = field.plain_key();
      if (key == "name") c.name = text_of(field);
      else if (key == "version") c.version = text_of(field);
      else if (key == "purl") collector_.purl(c, text_of(field), field.begin(), field.end());
      else if (key == "group") c.group = text_of(field);
      else if (key == "cpe") c.cpe = text_of(field);
      else if (key == "hashes") hashes(field, c);
      else if (key == "licenses") licences(field, c);
      else if (key == "supplier") c.supplier = named(field);
      else if (key == "author" || key == "publisher") author(c, text_of(field));
      else if (key == "manufacturer") author(c, named(field));
      else if (key == "authors") author(c, named(part(field, "author")));
      else if (key == "components") nested.push_back(field);
      else if (key == "modelCard") model(field, c);
      else if (key == "data") read_data(field, data);
    }
    c.data = std::move(data);
  }

  static void author(Component& c, std::string name) {
    if (c.author.empty()) c.author = std::move(name);
  }

  static void hashes(const Value list, Component& c) {
    for (const Value hash : list.children())
      if (is_part(hash, "hash")) c.hashes.push_back({text_of(attribute(hash, "alg")), text_of(hash)});
  }

  static void licences(const Value list, Component& c) {
    for (const Value choice : list.children()) {
      if (is_part(choice, "expression")) {
        c.licences.push_back({Licence::Kind::expression, text_of(choice)});
      } else if (is_part(choice, "license")) {
        if (const Value id = part(choice, "id")) c.licences.push_back({Licence::Kind::id, text_of(id)});
        else if (const Value name = part(choice, "name")) c.licences.push_back({Licence::Kind::name, text_of(name)});
      }
    }
  }

  // The texts of list/item, or of list/item/inner.
  static void texts(const Value list, std::string_view item, std::string_view inner, std::vector<std::string>& out) {
    if (!list) return;
    for (const Value child : list.children()) {
      if (!is_part(child, item)) continue;
      if (std::string text = text_of(inner.empty() ? child : part(child, inner)); !text.empty()) out.push_back(std::move(text));
    }
  }

  static void model(const Value card, Component& c) {
    auto model = std::make_shared<ModelFacts>();
    const Value p = part(card, "modelParameters");
    model->approach = text_of(part(part(p, "approach"), "type"));
    model->task = text_of(part(p, "task"));
    model->architecture_family = text_of(part(p, "architectureFamily"));
    model->architecture = text_of(part(p, "modelArchitecture"));
    texts(part(p, "inputs"), "input", "format", model->inputs);
    texts(part(p, "outputs"), "output", "format", model->outputs);
    if (const Value sets = part(p, "datasets"))
      for (const Value set : sets.children()) {
        if (!set.is(Kind::element)) continue;
        std::string name = text_of(part(set, "ref"));
        if (name.empty()) name = is_part(set, "ref") ? text_of(set) : named(set);
        if (!name.empty()) model->datasets.push_back(std::move(name));
      }
    if (const Value metrics = part(part(card, "quantitativeAnalysis"), "performanceMetrics"))
      for (const Value metric : metrics.children())
        if (is_part(metric, "performanceMetric"))
          model->metrics.push_back(text_of(part(metric, "type")) + ": " + text_of(part(metric, "value")));
    const Value considerations = part(card, "considerations");
    texts(part(considerations, "technicalLimitations"), "technicalLimitation", "", model->limitations);
    texts(part(considerations, "ethicalConsiderations"), "ethicalConsideration", "name", model->ethical);
    c.model = std::move(model);
  }

  static void read_data(const Value item, std::shared_ptr<DataFacts>& data) {
    if (!data) data = std::make_shared<DataFacts>();
    const auto join = [](std::string& to, const std::string& more) {
      if (!more.empty()) to += (to.empty() ? "" : ", ") + more;
    };
    join(data->type, text_of(part(item, "type")));
    join(data->classification, text_of(part(item, "classification")));
    for (const Value child : item.children())
      if (is_part(child, "sensitiveData"))
        if (std::string text = text_of(child); !text.empty()) data->sensitive.push_back(std::move(text));
    const Value governance = part(item, "governance");
    for (const auto& [roles, role] : {std::pair{"owners", "owner"}, {"custodians", "custodian"}, {"stewards", "steward"}})
      if (const Value parties = part(governance, roles))
        for (const Value party : parties.children())
          if (is_part(party, role)) {
            const std::string name = named(part(party, "organization"));
            join(data->governance, name.empty() ? named(part(party, "contact")) : name);
          }
  }

  std::size_t resolve(const Value entry) {
    const Value ref = attribute(entry, "ref");
    const std::string text = text_of(ref);
    const std::size_t at = collector_.find(text);
    if (at == no_component) warn(ref ? ref : entry, ref ? "there is no component '" + text.substr(0, 200) + "'" : "a dependency without 'ref'");
    return at;
  }

  void graph(const Value dependencies) {
    out_.has_dependencies = true;
    for (const Value entry : dependencies.children()) {
      if (!is_part(entry, "dependency")) continue;
      const std::size_t from = resolve(entry);
      if (from == no_component) continue;
      for (const Value on : entry.children())
        if (is_part(on, "dependency")) collector_.edge(from, resolve(on));
    }
  }

  Collector collector_;
  Sbom& out_;
};

}  // namespace

std::string cyclonedx_xml_version(const Tree& tree) {
  const std::string& space = tree.name_space();
  if (tree.root().plain_key() != "bom" || !space.starts_with(name_space)) return "";
  std::string version = space.substr(name_space.size());
  return version == "1.0" || version == "1.1" || is_cyclonedx_version(version) ? version : "";
}

Result<Sbom> cyclonedx_from_xml(const std::string& file, const std::string& bytes, const Limits& limits) {
  return Reader(file, bytes, limits).read(file, bytes, limits);
}

}  // namespace duolex::sbom
