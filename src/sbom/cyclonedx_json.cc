#include <algorithm>
#include <array>

#include "sbom/collector.h"
#include "sbom/cyclonedx.h"
#include "sbom/tree.h"

namespace duolex::sbom {
namespace {

class Reader {
 public:
  Reader(const std::string& file, const std::string& bytes, const Limits& limits, const Kept* kept = nullptr)
      : kept_(kept), collector_(file, bytes, limits, Format::cyclonedx_json), out_(collector_.sbom()) {}

  Result<Sbom> read(const Value root) {
    if (const auto wrong = header(root)) return failure(*wrong);
    if (const Value metadata = root.find("metadata")) read_metadata(metadata);
    if (const Value components = root.find("components")) {
      std::size_t count = 0;
      for ([[maybe_unused]] const Value c : components.children()) ++count;
      collector_.expect(count + 1);
      list(components, no_component, kept_ != nullptr ? &kept_->kept : nullptr);
    }
    if (kept_ != nullptr)
      for (std::size_t i = 0; i < kept_->passed_over && collector_.met();) ++i;
    if (collector_.too_many()) return collector_.finish();
    if (kept_ != nullptr) return collector_.finish();
    collector_.index_references();
    if (const Value dependencies = root.find("dependencies")) graph(dependencies);
    return collector_.finish();
  }

 private:
  Diagnostic error(const Value at, const std::string& message, const std::string& hint = "") {
    return collector_.lines().error(at.begin(), at.end(), message, hint);
  }

  std::optional<Diagnostic> header(const Value root) {
    if (!root.is(Kind::object)) return error(root, std::string("a CycloneDX document is an object, not ") + describe(root.kind()));
    const Value format = root.find("bomFormat");
    if (!format || format.text() != "CycloneDX")
      return error(format ? format : root, "this is no CycloneDX document", "it has \"bomFormat\": \"CycloneDX\"");
    const Value version = root.find("specVersion");
    if (!version) return error(root, "'specVersion' is missing", cyclonedx_versions_hint);
    if (!version.is(Kind::text) || !is_cyclonedx_version(version.text()))
      return error(version, "'specVersion' is " + (version.is(Kind::text) ? "'" + version.text().substr(0, 40) + "'" : describe(version.kind())),
                   cyclonedx_versions_hint);
    for (const char* key : {"components", "dependencies", "metadata"})
      if (const Value again = root.find_again(key)) return error(again, std::string("'") + key + "' is given twice");
    for (const char* key : {"components", "dependencies"})
      if (const Value node = root.find(key); node && !node.is(Kind::array))
        return error(node, std::string("'") + key + "' is " + describe(node.kind()) + ", not a list");
    if (const Value metadata = root.find("metadata"); metadata && !metadata.is(Kind::object))
      return error(metadata, std::string("'metadata' is ") + describe(metadata.kind()) + ", not an object");
    out_.spec_version = version.text();
    out_.id = text_of(root.find("serialNumber"));
    if (const Value number = root.find("version"); number.is(Kind::number) || number.is(Kind::text)) out_.version = number.text();
    return std::nullopt;
  }

  void warn(const Value at, const std::string& message) { collector_.warn(at.begin(), at.end(), message); }

  // The text, "" when it is absent; a warning and "" when it is something else.
  std::string text_of(const Value node) {
    if (!node || node.is(Kind::null)) return "";
    if (node.is(Kind::text)) return node.text();
    warn(node, "'" + node.key() + "' is " + describe(node.kind()) + ", not text");
    return "";
  }

  void texts_of(const Value list, std::vector<std::string>& out) {
    if (!list.is(Kind::array)) return;
    for (const Value item : list.children())
      if (item.is(Kind::text)) out.push_back(item.text());
  }

  static std::string named(const Value object) {
    if (!object.is(Kind::object)) return "";
    for (const char* key : {"name", "email"})
      if (const Value text = object.find(key); text.is(Kind::text)) return text.text();
    return "";
  }

  void read_metadata(const Value metadata) {
    out_.timestamp = text_of(metadata.find("timestamp"));
    for (const char* key : {"manufacturer", "manufacture", "supplier"})
      if (std::string name = named(metadata.find(key)); !name.empty()) out_.authors.push_back(std::move(name));
    if (const Value authors = metadata.find("authors"); authors.is(Kind::array))
      for (const Value author : authors.children())
        if (std::string name = named(author); !name.empty()) out_.authors.push_back(std::move(name));
    if (const Value tools = metadata.find("tools")) read_tools(tools);
    const std::size_t self = out_.components.size();
    if (const Value component = metadata.find("component"); component && !component.is(Kind::null))
      if (store(component, no_component, 0)) out_.subject = self;
  }

  // A list until 1.4, since 1.5 also an object of components and services.
  void read_tools(const Value tools) {
    if (tools.is(Kind::object)) {
      for (const char* key : {"components", "services"})
        if (const Value list = tools.find(key); list.is(Kind::array)) read_tools(list);
      return;
    }
    for (const Value tool : tools.children()) {
      if (!tool.is(Kind::object)) continue;
      std::string name = text_of(tool.find("name"));
      const std::string version = text_of(tool.find("version"));
      if (!name.empty()) out_.tools.push_back(version.empty() ? name : name + " " + version);
    }
  }

  void list(const Value components, std::size_t parent, const std::vector<std::uint32_t>* ordinals = nullptr) {
    std::uint32_t ordinal = 0;
    for (const Value component : components.children()) {
      if (collector_.too_many()) return;
      store(component, parent, ordinals != nullptr ? (*ordinals)[ordinal] : ordinal);
      ++ordinal;
    }
  }

  // Bounded by the depth of the tree.
  bool store(const Value node, std::size_t parent, std::uint32_t ordinal) {
    if (!collector_.met()) return false;
    if (!node.is(Kind::object)) return collector_.reject(node.begin(), node.end(), "a component is an object"), false;
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
      const Value name = node.find("name");
      collector_.reject(name ? name.begin() : node.begin(), name ? name.end() : node.end(), "this component has no name");
    }
    for (const Value more : nested) {
      if (more.is(Kind::array)) list(more, self);
      else warn(more, std::string("'components' is ") + describe(more.kind()) + ", not a list");
    }
    return is_named;
  }

  void read_component(const Value node, Component& c, std::vector<Value>& nested) {
    for (const Value field : node.children()) {
      const std::string_view key = field.plain_key();
      // By length first: every component asks for every key.
      switch (key.size()) {
        case 3:
          if (key == "cpe") c.cpe = text_of(field);
          break;
        case 4:
          if (key == "name") once(field, c.name);
          else if (key == "purl") purl(field, c);
          else if (key == "type") c.type = text_of(field);
          else if (key == "data") data(field, c);
          break;
        case 5:
          if (key == "group") c.group = text_of(field);
          break;
        case 6:
          if (key == "hashes") hashes(field, c);
          else if (key == "author") author(c, text_of(field));
          break;
        case 7:
          if (key == "version") once(field, c.version);
          else if (key == "bom-ref") c.ref = text_of(field);
          else if (key == "authors") authors(field, c);
          break;
        case 8:
          if (key == "licenses") licences(field, c);
          else if (key == "supplier") c.supplier = named(field);
          break;
        case 9:
          if (key == "publisher") author(c, text_of(field));
          else if (key == "modelCard") model(field, c);
          break;
        case 10:
          if (key == "components") nested.push_back(field);
          break;
        case 12:
          if (key == "manufacturer") author(c, named(field));
          break;
        default: break;
      }
    }
  }

  // The first of several, with a word about the rest.
  void once(const Value field, std::string& text) {
    if (text.empty()) text = text_of(field);
    else warn(field, "'" + field.key() + "' is given twice");
  }

  void purl(const Value field, Component& c) {
    std::string room;
    if (field.is(Kind::text)) collector_.purl(c, field.text(room), field.begin(), field.end());
    else text_of(field);
  }

  static void author(Component& c, std::string name) {
    if (c.author.empty()) c.author = std::move(name);
  }

  static void authors(const Value list, Component& c) {
    if (!list.is(Kind::array)) return;
    for (const Value item : list.children()) author(c, named(item));
  }

  void hashes(const Value list, Component& c) {
    if (!list.is(Kind::array)) return;
    for (const Value hash : list.children())
      if (hash.is(Kind::object)) c.hashes.push_back({text_of(hash.find("alg")), text_of(hash.find("content"))});
  }

  void licences(const Value list, Component& c) {
    // 1.2 to 1.7 have a list; of old programs there is also one object.
    for (const Value choice : list.children()) {
      if (!choice.is(Kind::object)) continue;
      if (const Value expression = choice.find("expression")) {
        c.licences.push_back({Licence::Kind::expression, text_of(expression)});
      } else if (const Value licence = choice.find("license"); licence.is(Kind::object)) {
        if (const Value id = licence.find("id")) c.licences.push_back({Licence::Kind::id, text_of(id)});
        else if (const Value name = licence.find("name")) c.licences.push_back({Licence::Kind::name, text_of(name)});
      }
    }
  }

  void formats(const Value list, std::vector<std::string>& out) {
    if (!list.is(Kind::array)) return;
    for (const Value item : list.children())
      if (const Value format = item.find("format"); format.is(Kind::text)) out.push_back(format.text());
  }

  void model(const Value card, Component& c) {
    if (!card.is(Kind::object)) return warn(card, std::string("'modelCard' is ") + describe(card.kind()) + ", not an object");
    auto model = std::make_shared<ModelFacts>();
    if (const Value p = card.find("modelParameters"); p.is(Kind::object)) {
      if (const Value approach = p.find("approach"); approach.is(Kind::object)) model->approach = text_of(approach.find("type"));
      model->task = text_of(p.find("task"));
      model->architecture_family = text_of(p.find("architectureFamily"));
      model->architecture = text_of(p.find("modelArchitecture"));
      formats(p.find("inputs"), model->inputs);
      formats(p.find("outputs"), model->outputs);
      if (const Value sets = p.find("datasets"); sets.is(Kind::array))
        for (const Value set : sets.children()) {
          std::string name = set.is(Kind::object) ? text_of(set.find("ref")) : "";
          if (name.empty()) name = named(set);
          if (!name.empty()) model->datasets.push_back(std::move(name));
        }
    }
    if (const Value q = card.find("quantitativeAnalysis"); q.is(Kind::object))
      if (const Value metrics = q.find("performanceMetrics"); metrics.is(Kind::array))
        for (const Value metric : metrics.children())
          if (metric.is(Kind::object)) model->metrics.push_back(text_of(metric.find("type")) + ": " + text_of(metric.find("value")));
    if (const Value considerations = card.find("considerations"); considerations.is(Kind::object)) {
      texts_of(considerations.find("technicalLimitations"), model->limitations);
      if (const Value ethical = considerations.find("ethicalConsiderations"); ethical.is(Kind::array))
        for (const Value risk : ethical.children())
          if (std::string name = named(risk); !name.empty()) model->ethical.push_back(std::move(name));
    }
    c.model = std::move(model);
  }

  void data(const Value list, Component& c) {
    if (!list.is(Kind::array)) return;
    auto data = std::make_shared<DataFacts>();
    const auto join = [](std::string& to, const std::string& more) {
      if (!more.empty()) to += (to.empty() ? "" : ", ") + more;
    };
    for (const Value item : list.children()) {
      if (!item.is(Kind::object)) continue;
      join(data->type, text_of(item.find("type")));
      join(data->classification, text_of(item.find("classification")));
      // A list since 1.5; 1.5 wrote one text at first.
      if (const Value sensitive = item.find("sensitiveData"); sensitive.is(Kind::text)) data->sensitive.push_back(sensitive.text());
      else texts_of(sensitive, data->sensitive);
      if (const Value governance = item.find("governance"); governance.is(Kind::object))
        for (const char* role : {"owners", "custodians", "stewards"})
          if (const Value parties = governance.find(role); parties.is(Kind::array))
            for (const Value party : parties.children())
              if (party.is(Kind::object)) {
                std::string name = named(party.find("organization"));
                join(data->governance, name.empty() ? named(party.find("contact")) : name);
              }
    }
    c.data = std::move(data);
  }

  std::size_t resolve(const Value ref) {
    std::string room;
    const std::size_t at = ref.is(Kind::text) ? collector_.find(ref.text(room)) : no_component;
    if (at == no_component) warn(ref, "there is no component '" + (ref.is(Kind::text) ? ref.text().substr(0, 200) : describe(ref.kind())) + "'");
    return at;
  }

  void graph(const Value dependencies) {
    out_.has_dependencies = true;
    for (const Value entry : dependencies.children()) {
      const Value ref = entry.is(Kind::object) ? entry.find("ref") : Value();
      if (!ref.is(Kind::text)) {
        warn(entry, "a dependency without 'ref'");
        continue;
      }
      const std::size_t from = resolve(ref);
      const Value on = entry.find("dependsOn");
      if (from == no_component || !on.is(Kind::array)) continue;
      for (const Value item : on.children()) collector_.edge(from, resolve(item));
    }
  }

  const Kept* kept_;
  Collector collector_;
  Sbom& out_;
};

}  // namespace

bool is_cyclonedx_version(std::string_view version) {
  static constexpr std::array versions = {"1.2", "1.3", "1.4", "1.5", "1.6", "1.7"};
  return std::find(versions.begin(), versions.end(), version) != versions.end();
}

Result<Sbom> cyclonedx_from_json(const std::string& file, const std::string& bytes, const Tree& tree, const Limits& limits) {
  return Reader(file, bytes, limits).read(tree.root());
}

Result<Sbom> cyclonedx_from_json(const std::string& file, const std::string& bytes, const Tree& tree, const Limits& limits, const Kept& kept) {
  return Reader(file, bytes, limits, &kept).read(tree.root());
}

Result<Sbom> read_cyclonedx_json(const std::string& file, const std::string& bytes, const Limits& limits) {
  const auto tree = json_tree(file, bytes, limits);
  if (!tree) return tl::unexpected(tree.error());
  return cyclonedx_from_json(file, bytes, *tree, limits);
}

}  // namespace duolex::sbom
