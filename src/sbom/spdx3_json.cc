#include <map>
#include <optional>
#include <unordered_map>

#include "sbom/spdx.h"

namespace duolex::sbom {
namespace {

// The only element of a document without "@graph" has no number in it.
constexpr std::uint32_t alone = static_cast<std::uint32_t>(-1);

Value either(const Value object, std::string_view key, std::string_view other) {
  const Value found = object.find(key);
  return found ? found : object.find(other);
}

std::string plain_text(const Value node) { return node.is(Kind::text) ? node.text() : ""; }

// One text or a list of texts.
std::vector<std::string> texts(const Value node) {
  std::vector<std::string> out;
  if (node.is(Kind::text)) out.push_back(node.text());
  if (node.is(Kind::array))
    for (const Value item : node.children())
      if (item.is(Kind::text)) out.push_back(item.text());
  return out;
}

std::string joined(const std::vector<std::string>& parts) {
  std::string out;
  for (const std::string& part : parts) out += (out.empty() ? "" : ", ") + part;
  return out;
}

std::string type_of(const Value element) {
  const auto all = texts(either(element, "type", "@type"));
  return all.empty() ? "" : all[0];
}

bool is_component_type(std::string_view type) {
  return type == "software_Package" || type == "ai_AIPackage" || type == "dataset_DatasetPackage" || type == "software_File";
}

class Reader {
 public:
  Reader(const std::string& file, const std::string& bytes, const Limits& limits)
      : collector_(file, bytes, limits, Format::spdx3_json_ld), out_(collector_.sbom()) {}

  Result<Sbom> read(const Value root) {
    const Value graph = root.find("@graph");
    if (const Value again = root.find_again("@graph")) return failure(collector_.lines().error(again.begin(), again.end(), "'@graph' is given twice"));
    if (graph && !graph.is(Kind::array))
      return failure(collector_.lines().error(graph.begin(), graph.end(), std::string("'@graph' is ") + describe(graph.kind()) + ", not a list"));
    if (graph) {
      std::uint32_t ordinal = 0;
      for (const Value item : graph.children()) element(item, ordinal++);
    } else {
      element(root, alone);
    }
    if (collector_.too_many()) return collector_.finish();
    if (const auto wrong = header(root)) return failure(*wrong);
    collector_.index_references();
    name_suppliers();
    for (const Value r : relationships_) relationship(r);
    for (const Value collection : collections_)
      for (const std::string& ref : texts(either(collection, "rootElement", "core_rootElement"))) relate(collector_, "", Relation::describes, ref);
    for (auto& [component, model] : models_) out_.components[component].model = std::move(model);
    return collector_.finish();
  }

 private:
  std::optional<Diagnostic> header(const Value root) {
    Value info;
    if (!documents_.empty()) {
      const Value document = documents_[0];
      out_.id = plain_text(either(document, "spdxId", "@id"));
      info = resolved(document.find("creationInfo"));
    }
    if (!info) info = first_info_;
    out_.spec_version = plain_text(info.find("specVersion"));
    if (out_.spec_version.empty()) {
      const std::string context = joined(texts(root.find("@context")));
      if (const std::size_t at = context.find("/rdf/3."); at != std::string::npos) out_.spec_version = context.substr(at + 5, 5);
    }
    if (!out_.spec_version.starts_with("3.0"))
      return collector_.lines().error(root.begin(), root.begin() + 1, "this is no SPDX 3.0 document", "it has a CreationInfo with \"specVersion\": \"3.0.1\"");
    out_.timestamp = plain_text(info.find("created"));
    for (const std::string& name : agents(info.find("createdBy"))) out_.authors.push_back(name);
    for (const std::string& name : agents(info.find("createdUsing"))) out_.tools.push_back(name);
    return std::nullopt;
  }

  void element(const Value item, std::uint32_t ordinal) {
    if (collector_.too_many()) return;
    if (!item.is(Kind::object)) return collector_.warn(item.begin(), item.end(), std::string("an element is an object, not ") + describe(item.kind()));
    const std::string type = type_of(item);
    if (type == "CreationInfo" && !first_info_) first_info_ = item;
    if (type == "SpdxDocument") documents_.push_back(item);
    if (type == "software_Sbom" || type == "Bom" || type == "Bundle" || type == "SpdxDocument") collections_.push_back(item);
    if (type.ends_with("Relationship")) relationships_.push_back(item);
    if (is_component_type(type)) {
      component(item, type, ordinal);
    } else if (const std::string id = plain_text(either(item, "spdxId", "@id")); !id.empty()) {
      others_.emplace(id, item);
    }
    inner(item);
  }

  // Elements stand in the graph by themselves; one inside another has no place that others can refer to.
  void inner(const Value item) {
    std::vector<Value> waiting;
    for (const Value child : item.children()) waiting.push_back(child);
    while (!waiting.empty() && !collector_.too_many()) {
      const Value node = waiting.back();
      waiting.pop_back();
      if (node.is(Kind::object) && is_component_type(type_of(node)) && collector_.met())
        collector_.reject(node.begin(), node.end(), "this package stands inside another element, not in the graph");
      if (node.is(Kind::object) || node.is(Kind::array))
        for (const Value child : node.children()) waiting.push_back(child);
    }
  }

  void component(const Value item, const std::string& type, std::uint32_t ordinal) {
    if (!collector_.met()) return;
    Component c;
    c.ordinal = ordinal;
    c.name = plain_text(item.find("name"));
    c.ref = plain_text(either(item, "spdxId", "@id"));
    if (c.name.empty()) return collector_.reject(item.begin(), item.end(), "this package or file has no name");
    c.version = plain_text(item.find("software_packageVersion"));
    c.type = spdx_purpose(plain_text(item.find("software_primaryPurpose")));
    suppliers_.push_back({out_.components.size(), item.find("suppliedBy"), item.find("originatedBy")});
    if (const Value url = item.find("software_packageUrl")) collector_.purl(c, plain_text(url), url.begin(), url.end());
    identifiers(item.find("externalIdentifier"), c);
    hashes(item.find("verifiedUsing"), c);
    std::shared_ptr<ModelFacts> model;
    if (type == "ai_AIPackage") {
      c.type = "machine-learning-model";
      model = std::make_shared<ModelFacts>(model_of(item));
    } else if (type == "dataset_DatasetPackage") {
      c.type = "data";
      c.data = std::make_shared<DataFacts>(data_of(item));
    } else if (type == "software_File") {
      c.type = "file";
    }
    const std::size_t self = collector_.store(std::move(c), item.begin(), item.end());
    if (model) models_.emplace(self, std::move(model));
  }

  void identifiers(const Value list, Component& c) {
    if (!list.is(Kind::array)) return;
    for (const Value id : list.children()) {
      const std::string type = plain_text(id.find("externalIdentifierType"));
      const Value value = id.find("identifier");
      if (type == "packageUrl" || type == "packageURL" || type == "purl") collector_.purl(c, plain_text(value), value.begin(), value.end());
      if ((type == "cpe23" || type == "cpe22") && c.cpe.empty()) c.cpe = plain_text(value);
    }
  }

  static void hashes(const Value list, Component& c) {
    if (!list.is(Kind::array)) return;
    for (const Value hash : list.children())
      if (const Value value = hash.find("hashValue"); value.is(Kind::text))
        c.hashes.push_back({hash_algorithm(plain_text(hash.find("algorithm"))), value.text()});
  }

  static ModelFacts model_of(const Value item) {
    ModelFacts model;
    model.task = joined(texts(item.find("ai_domain")));
    model.architecture_family = joined(texts(item.find("ai_typeOfModel")));
    model.limitations = texts(item.find("ai_limitation"));
    if (const std::string risk = plain_text(item.find("ai_safetyRiskAssessment")); !risk.empty()) model.ethical.push_back("safety risk: " + risk);
    if (const Value metrics = item.find("ai_metric"); metrics.is(Kind::array))
      for (const Value metric : metrics.children()) model.metrics.push_back(plain_text(metric.find("key")) + ": " + plain_text(metric.find("value")));
    return model;
  }

  static DataFacts data_of(const Value item) {
    DataFacts data;
    data.type = joined(texts(item.find("dataset_datasetType")));
    data.classification = plain_text(item.find("dataset_confidentialityLevel"));
    if (plain_text(item.find("dataset_hasSensitivePersonalInformation")) == "yes") data.sensitive.emplace_back("yes");
    data.collection = plain_text(item.find("dataset_dataCollectionProcess"));
    data.known_bias = texts(item.find("dataset_knownBias"));
    return data;
  }

  // The element that a reference names, or the one that stands there itself.
  [[nodiscard]] Value resolved(const Value ref) const {
    if (!ref.is(Kind::text)) return ref;
    const auto at = others_.find(ref.text());
    return at == others_.end() ? Value() : at->second;
  }

  [[nodiscard]] std::vector<std::string> agents(const Value refs) const {
    std::vector<std::string> out;
    const auto add = [&](const Value ref) {
      if (std::string name = plain_text(resolved(ref).find("name")); !name.empty()) out.push_back(std::move(name));
    };
    if (refs.is(Kind::array)) {
      for (const Value ref : refs.children()) add(ref);
    } else if (refs) {
      add(refs);
    }
    return out;
  }

  void relationship(const Value r) {
    const std::string type = plain_text(r.find("relationshipType")), from = plain_text(r.find("from"));
    if (type.empty() || from.empty()) return collector_.warn(r.begin(), r.end(), "a relationship without its type or its two ends");
    const Relation relation = spdx_relation(type);
    for (const std::string& to : texts(r.find("to"))) {
      relate(collector_, from, relation, to);
      const std::size_t self = collector_.find(from);
      if (self == no_component) continue;
      if (type == "hasConcludedLicense" || type == "hasDeclaredLicense") licence(self, to, type == "hasConcludedLicense");
      if (type == "trainedOn" || type == "testedOn")
        if (const auto model = models_.find(self); model != models_.end()) {
          const std::size_t set = collector_.find(to);
          model->second->datasets.push_back(set == no_component ? to : out_.components[set].name);
        }
    }
    if (!type.empty() && r.find("to").is(Kind::array)) out_.has_dependencies = true;
  }

  // What was concluded stands before what was declared.
  void licence(std::size_t self, const std::string& ref, bool concluded) {
    std::string text;
    const auto at = others_.find(ref);
    if (at != others_.end()) {
      text = plain_text(at->second.find("simplelicensing_licenseExpression"));
      if (text.empty()) text = plain_text(at->second.find("name"));
    } else if (const std::size_t slash = ref.rfind('/'); slash != std::string::npos && ref.find("/licenses/") != std::string::npos) {
      text = ref.substr(slash + 1);
    }
    if (says_nothing(text) || text.find("NoAssertion") != std::string::npos) return;
    auto& licences = out_.components[self].licences;
    bool& known = concluded_[self];
    if (concluded && !known) licences.clear();
    if (concluded) known = true;
    if (concluded || !known) add_spdx_licence(text, licences);
  }

  // Suppliers may stand behind the packages in the file.
  void name_suppliers() {
    for (const Supplied& s : suppliers_) {
      Component& c = out_.components[s.component];
      if (const auto names = agents(s.by); !names.empty()) c.supplier = names[0];
      if (const auto names = agents(s.from); !names.empty()) c.author = names[0];
    }
  }

  struct Supplied {
    std::size_t component;
    Value by, from;
  };

  Collector collector_;
  Sbom& out_;
  Value first_info_;
  std::vector<Value> documents_, collections_, relationships_;
  std::vector<Supplied> suppliers_;
  std::map<std::size_t, std::shared_ptr<ModelFacts>> models_;
  std::map<std::size_t, bool> concluded_;
  std::unordered_map<std::string, Value> others_;
};

}  // namespace

Result<Sbom> spdx3_from_json(const std::string& file, const std::string& bytes, const Tree& tree, const Limits& limits) {
  return Reader(file, bytes, limits).read(tree.root());
}

}  // namespace duolex::sbom
