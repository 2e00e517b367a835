#include "sbom/quality.h"

#include <algorithm>
#include <functional>
#include <unordered_set>

#include "sbom/structure.h"

namespace duolex::sbom {
namespace {

constexpr std::size_t most_named = 100;

bool is_part_of_another(const Component& c) { return c.type == "file" || c.type == "data" || c.type == "cryptographic-asset"; }
bool has_hash(const Component& c, std::string_view algorithm) {
  return std::any_of(c.hashes.begin(), c.hashes.end(), [&](const Hash& h) { return !h.value.empty() && (algorithm.empty() || h.algorithm == algorithm); });
}

class Checks {
 public:
  explicit Checks(const Sbom& sbom) : sbom_(sbom) {}

  std::vector<QualityCheck> run() {
    the_bill();
    the_graph();
    each("component.version", {"NTIA-2021:version", "BSI-TR-03183-2:component-version"}, "every component that is no file or data has a version",
         [](const Component& c) { return !is_part_of_another(c); }, [](const Component& c) { return !c.version.empty(); });
    each("component.supplier", {"NTIA-2021:supplier-name", "BSI-TR-03183-2:component-creator"}, "every component that is no file or data names who supplies or made it",
         [](const Component& c) { return !is_part_of_another(c); }, [](const Component& c) { return !c.supplier.empty() || !c.author.empty(); });
    each("component.identifier", {"NTIA-2021:other-unique-identifiers", "BSI-TR-03183-2:other-unique-identifiers"},
         "every component that is no file or data has a package URL or CPE, by which advisories find it",
         [](const Component& c) { return !is_part_of_another(c); }, [](const Component& c) { return c.purl.has_value() || !c.cpe.empty(); });
    each("component.purl", {"PURL"}, "every package URL can be read and keeps the rules of its type", [](const Component& c) { return !c.purl_text.empty(); },
         [](const Component& c) { return c.purl && purl_problems(*c.purl).empty(); });
    each("component.hash", {"BSI-TR-03183-2:hash-value"}, "every component has a hash value", [](const Component&) { return true; },
         [](const Component& c) { return has_hash(c, ""); });
    each("component.hash-sha512", {"BSI-TR-03183-2:hash-value"}, "every component has a hash value by SHA-512", [](const Component&) { return true; },
         [](const Component& c) { return has_hash(c, "SHA-512"); });
    each("component.licence", {"BSI-TR-03183-2:distribution-licences"}, "every component names its licence", [](const Component&) { return true; },
         [](const Component& c) { return std::any_of(c.licences.begin(), c.licences.end(), [](const Licence& l) { return !l.text.empty(); }); });
    unique();
    return std::move(out_);
  }

 private:
  QualityCheck& check(const char* id, std::vector<std::string> basis, const char* asks) {
    out_.push_back({id, std::move(basis), asks, 0, 0, {}, ""});
    return out_.back();
  }

  void bill(const char* id, std::vector<std::string> basis, const char* asks, bool holds, std::string found) {
    QualityCheck& c = check(id, std::move(basis), asks);
    c.examined = 1;
    c.lacking = holds ? 0 : 1;
    c.found = std::move(found);
  }

  void lack(QualityCheck& c, std::size_t component) const {
    ++c.lacking;
    if (c.components.size() < most_named) c.components.push_back(component);
  }

  template <class Concerned, class Holds>
  void each(const char* id, std::vector<std::string> basis, const char* asks, Concerned concerned, Holds holds) {
    QualityCheck& c = check(id, std::move(basis), asks);
    for (std::size_t i = 0; i < sbom_.components.size(); ++i) {
      if (!concerned(sbom_.components[i])) continue;
      ++c.examined;
      if (!holds(sbom_.components[i])) lack(c, i);
    }
  }

  void the_bill() {
    const std::string format = sbom_.format + " " + sbom_.spec_version;
    bill("bill.format", {"CRA/anx/I/PartII/1", "NTIA-2021:automation-support"}, "the bill is in a commonly used and machine-readable format", true, format);
    const bool recent = sbom_.format == "CycloneDX" ? sbom_.spec_version >= "1.6" : sbom_.spec_version >= "3.0.1";
    bill("bill.format-version", {"BSI-TR-03183-2:formats"}, "the format is CycloneDX from 1.6 or SPDX from 3.0.1", recent, format);
    bill("bill.read-in-full", {"CRA/anx/I/PartII/1"}, "every component in the file can be read", sbom_.rejected_components == 0,
         std::to_string(sbom_.components.size()) + " of " + std::to_string(sbom_.parsed) + " were read");
    bill("bill.subject", {"CRA/anx/I/PartII/1", "BSI-TR-03183-2:primary-component"}, "the bill says which product it is about", sbom_.subject != no_component,
         sbom_.subject == no_component ? "" : sbom_.components[sbom_.subject].title());
    std::string makers;
    for (const auto* list : {&sbom_.authors, &sbom_.tools})
      for (const std::string& name : *list) makers += (makers.empty() ? "" : ", ") + name;
    bill("bill.author", {"NTIA-2021:author-of-sbom-data", "BSI-TR-03183-2:creator-of-the-sbom"}, "the bill names the people, organisation or program that made it",
         !makers.empty(), makers.size() > 300 ? makers.substr(0, 297) + "..." : makers);
    bill("bill.timestamp", {"NTIA-2021:timestamp", "BSI-TR-03183-2:timestamp"}, "the bill says when it was made", looks_like("xml-date-time", sbom_.timestamp), sbom_.timestamp);
    bill("bill.id", {"BSI-TR-03183-2:sbom-uri"}, "the bill has an identifier of its own", !sbom_.id.empty(), sbom_.id);
  }

  void the_graph() {
    const auto direct = sbom_.direct();
    std::size_t top = direct.size();
    for (const Component& c : sbom_.components) top += c.parent == sbom_.subject && sbom_.subject != no_component;
    // A product of its own making alone depends on nothing, and then says so in a graph.
    const bool alone = sbom_.subject != no_component && sbom_.components.size() == 1 && sbom_.has_dependencies;
    bill("bill.top-level-dependencies", {"CRA/anx/I/PartII/1", "NTIA-2021:dependency-relationship"}, "the bill covers at least the top-level dependencies of the product",
         top > 0 || alone, top > 0 ? std::to_string(top) + " stand directly below the product" : "");
    QualityCheck& c = check("component.in-graph", {"NTIA-2021:dependency-relationship", "BSI-TR-03183-2:dependencies"},
                            "every component is reached from the product over dependencies or containment");
    if (sbom_.subject == no_component) {
      c.examined = c.lacking = sbom_.components.size();
      for (std::size_t i = 0; i < sbom_.components.size() && i < most_named; ++i) c.components.push_back(i);
      c.found = "there is no product to start from";
      return;
    }
    reached(c);
  }

  void reached(QualityCheck& c) const {
    const std::size_t count = sbom_.components.size();
    // Children of each component, by one pass over parents that come first.
    std::vector<std::vector<std::size_t>> children(count);
    for (std::size_t i = 0; i < count; ++i)
      if (sbom_.components[i].parent != no_component) children[sbom_.components[i].parent].push_back(i);
    std::vector<bool> seen(count);
    std::vector<std::size_t> waiting = {sbom_.subject};
    seen[sbom_.subject] = true;
    const auto visit = [&](std::size_t i) {
      if (!seen[i]) seen[i] = true, waiting.push_back(i);
    };
    while (!waiting.empty()) {
      const std::size_t at = waiting.back();
      waiting.pop_back();
      for (const std::size_t child : children[at]) visit(child);
      auto edge = std::lower_bound(sbom_.dependencies.begin(), sbom_.dependencies.end(), Dependency{at, 0});
      for (; edge != sbom_.dependencies.end() && edge->from == at; ++edge) visit(edge->on);
    }
    c.examined = count;
    for (std::size_t i = 0; i < count; ++i)
      if (!seen[i]) lack(c, i);
  }

  void unique() {
    QualityCheck& c = check("component.unique", {"BSI-TR-03183-2:component-name"}, "no two components say they are the same");
    std::unordered_set<std::string> seen;
    for (std::size_t i = 0; i < sbom_.components.size(); ++i) {
      const Component& one = sbom_.components[i];
      if (one.type == "file") continue;
      ++c.examined;
      const std::string key = one.purl_text.empty() ? one.type + "\n" + one.group + "\n" + one.name + "\n" + one.version : one.purl_text;
      if (!seen.insert(key).second) lack(c, i);
    }
  }

  const Sbom& sbom_;
  std::vector<QualityCheck> out_;
};

}  // namespace

std::vector<QualityCheck> check_quality(const Sbom& sbom) { return Checks(sbom).run(); }

}  // namespace duolex::sbom
