// What changed between two bills of materials: components added, removed and changed, and the dependencies.
#pragma once

#include <string>
#include <vector>

#include "sbom/sbom.h"

namespace duolex::sbom {

struct ComponentChange {
  enum class Kind { added, removed, changed };
  Kind kind = Kind::changed;
  std::string name;                       // purl without version, or "type group/name"
  std::size_t before = no_component, after = no_component;  // indexes; no_component where there is none
  std::string version_before, version_after;
  std::vector<std::string> fields;        // changed: "version", "hashes", "licences", "supplier", "type", "purl", "cpe", "model", "data"
};

struct EdgeChange {
  bool added = false;
  std::string from, on;  // names as above, with version
};

struct Difference {
  std::vector<ComponentChange> components;  // sorted by name, then version
  std::vector<EdgeChange> dependencies;     // sorted; of components that are in both bills alone
  std::size_t unchanged = 0;                // components that say the same in both

  [[nodiscard]] bool empty() const { return components.empty() && dependencies.empty(); }
};

// Components are paired by their package URL without version, or by type, group and name where there is
// none. Where several share a name, equal versions are paired first, the rest in the order of versions as
// text; what is left over was added or removed. The order of either file does not matter.
[[nodiscard]] Difference difference(const Sbom& before, const Sbom& after);

}  // namespace duolex::sbom
