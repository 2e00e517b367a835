#include "sbom/difference.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

namespace duolex::sbom {
namespace {

std::string name_of(const Component& c) {
  if (c.purl) {
    Purl nameless = *c.purl;
    nameless.version.clear();
    // Where a package is fetched from and its checksum are no part of which one it is.
    std::erase_if(nameless.qualifiers, [](const auto& q) { return q.first == "checksum" || q.first == "download_url" || q.first == "vcs_url"; });
    if (auto text = purl_text(nameless)) return *text;
  }
  const std::string name = c.group.empty() ? c.name : c.group + "/" + c.name;
  return c.type.empty() ? name : c.type + " " + name;
}

std::vector<Hash> sorted(std::vector<Hash> hashes) {
  std::sort(hashes.begin(), hashes.end(), [](const Hash& a, const Hash& b) { return std::tie(a.algorithm, a.value) < std::tie(b.algorithm, b.value); });
  return hashes;
}

std::set<std::string> texts(const std::vector<Licence>& licences) {
  std::set<std::string> out;
  for (const Licence& l : licences) out.insert(l.text);
  return out;
}

auto parts(const ModelFacts& m) {
  return std::tie(m.task, m.architecture_family, m.architecture, m.approach, m.datasets, m.limitations, m.ethical, m.metrics, m.inputs, m.outputs);
}
auto parts(const DataFacts& d) { return std::tie(d.type, d.classification, d.sensitive, d.governance, d.collection, d.known_bias); }

template <class T>
bool same(const std::shared_ptr<const T>& a, const std::shared_ptr<const T>& b) {
  return a && b ? parts(*a) == parts(*b) : !a == !b;
}

std::vector<std::string> changed_fields(const Component& a, const Component& b) {
  std::vector<std::string> out;
  if (a.version != b.version) out.emplace_back("version");
  if (a.type != b.type) out.emplace_back("type");
  if (a.supplier != b.supplier) out.emplace_back("supplier");
  // The version alone does not change the purl once more.
  Purl left = a.purl.value_or(Purl()), right = b.purl.value_or(Purl());
  left.version = right.version = "";
  if (left != right || (!a.purl && a.purl_text != b.purl_text)) out.emplace_back("purl");
  if (a.cpe != b.cpe) out.emplace_back("cpe");
  if (sorted(a.hashes) != sorted(b.hashes)) out.emplace_back("hashes");
  if (texts(a.licences) != texts(b.licences)) out.emplace_back("licences");
  if (!same(a.model, b.model)) out.emplace_back("model");
  if (!same(a.data, b.data)) out.emplace_back("data");
  return out;
}

using ByName = std::map<std::string, std::vector<std::size_t>>;

ByName by_name(const Sbom& sbom) {
  ByName out;
  for (std::size_t i = 0; i < sbom.components.size(); ++i) out[name_of(sbom.components[i])].push_back(i);
  for (auto& [name, all] : out)
    std::stable_sort(all.begin(), all.end(), [&](std::size_t a, std::size_t b) {
      const Component &x = sbom.components[a], &y = sbom.components[b];
      return std::tie(x.version, x.ref) < std::tie(y.version, y.ref);
    });
  return out;
}

class Comparison {
 public:
  Comparison(const Sbom& before, const Sbom& after)
      : before_(before), after_(after), partner_of_before_(before.components.size(), no_component), partner_of_after_(after.components.size(), no_component) {}

  Difference run() {
    const ByName old_names = by_name(before_), new_names = by_name(after_);
    for (const auto& [name, all] : old_names) {
      const auto other = new_names.find(name);
      pair(name, all, other == new_names.end() ? std::vector<std::size_t>() : other->second);
    }
    for (const auto& [name, all] : new_names)
      if (!old_names.contains(name)) pair(name, {}, all);
    std::stable_sort(out_.components.begin(), out_.components.end(), [](const ComponentChange& a, const ComponentChange& b) {
      return std::tie(a.name, a.version_before, a.version_after) < std::tie(b.name, b.version_before, b.version_after);
    });
    edges();
    return std::move(out_);
  }

 private:
  void pair(const std::string& name, std::vector<std::size_t> old_ones, std::vector<std::size_t> new_ones) {
    // Both are sorted by version: equal versions meet in one pass.
    std::vector<std::size_t> old_left, new_left;
    std::size_t i = 0, k = 0;
    while (i < old_ones.size() && k < new_ones.size()) {
      const std::string &a = before_.components[old_ones[i]].version, &b = after_.components[new_ones[k]].version;
      if (a == b) couple(name, old_ones[i++], new_ones[k++]);
      else if (a < b) old_left.push_back(old_ones[i++]);
      else new_left.push_back(new_ones[k++]);
    }
    old_left.insert(old_left.end(), old_ones.begin() + static_cast<std::ptrdiff_t>(i), old_ones.end());
    new_left.insert(new_left.end(), new_ones.begin() + static_cast<std::ptrdiff_t>(k), new_ones.end());
    const std::size_t both = std::min(old_left.size(), new_left.size());
    for (std::size_t n = 0; n < both; ++n) couple(name, old_left[n], new_left[n]);
    for (std::size_t n = both; n < old_left.size(); ++n)
      out_.components.push_back({ComponentChange::Kind::removed, name, old_left[n], no_component, before_.components[old_left[n]].version, "", {}});
    for (std::size_t n = both; n < new_left.size(); ++n)
      out_.components.push_back({ComponentChange::Kind::added, name, no_component, new_left[n], "", after_.components[new_left[n]].version, {}});
  }

  void couple(const std::string& name, std::size_t a, std::size_t b) {
    partner_of_before_[a] = b;
    partner_of_after_[b] = a;
    auto fields = changed_fields(before_.components[a], after_.components[b]);
    if (fields.empty()) {
      ++out_.unchanged;
      return;
    }
    out_.components.push_back({ComponentChange::Kind::changed, name, a, b, before_.components[a].version, after_.components[b].version, std::move(fields)});
  }

  // Edges between components that both bills have; those of new and vanished ones go with them.
  void edges() {
    const auto label = [](const Component& c) { return c.version.empty() ? name_of(c) : name_of(c) + " " + c.version; };
    for (const Dependency& d : before_.dependencies) {
      const std::size_t from = partner_of_before_[d.from], on = partner_of_before_[d.on];
      if (from == no_component || on == no_component) continue;
      if (!std::binary_search(after_.dependencies.begin(), after_.dependencies.end(), Dependency{from, on}))
        out_.dependencies.push_back({false, label(before_.components[d.from]), label(before_.components[d.on])});
    }
    for (const Dependency& d : after_.dependencies) {
      const std::size_t from = partner_of_after_[d.from], on = partner_of_after_[d.on];
      if (from == no_component || on == no_component) continue;
      if (!std::binary_search(before_.dependencies.begin(), before_.dependencies.end(), Dependency{from, on}))
        out_.dependencies.push_back({true, label(after_.components[d.from]), label(after_.components[d.on])});
    }
    std::sort(out_.dependencies.begin(), out_.dependencies.end(),
              [](const EdgeChange& a, const EdgeChange& b) { return std::tie(a.from, a.on, a.added) < std::tie(b.from, b.on, b.added); });
  }

  const Sbom &before_, &after_;
  std::vector<std::size_t> partner_of_before_, partner_of_after_;
  Difference out_;
};

}  // namespace

Difference difference(const Sbom& before, const Sbom& after) { return Comparison(before, after).run(); }

}  // namespace duolex::sbom
