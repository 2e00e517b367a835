#include "sbom/sbom.h"

namespace duolex::sbom {

std::string Component::title() const {
  std::string text = group.empty() ? name : group + "/" + name;
  if (!version.empty()) text += " " + version;
  return text;
}

std::vector<std::size_t> Sbom::direct() const {
  std::vector<std::size_t> out;
  if (subject == no_component) return out;
  for (const Dependency& d : dependencies)
    if (d.from == subject) out.push_back(d.on);
  return out;
}

}  // namespace duolex::sbom
