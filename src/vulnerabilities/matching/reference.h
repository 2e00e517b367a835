// A matcher that shares nothing with the index: straight from the pseudocode of the OSV specification, record by
// record, with the comparators of versions and no keys. Slow, and made to be read.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <set>
#include <string>
#include <vector>

#include "sbom/sbom.h"

namespace duolex::vulnerabilities::reference {

enum class Answer { no, affected, unknown };

// For one entry of `affected` that is about the component's package.
[[nodiscard]] Answer evaluate(const nlohmann::json& affected, const std::string& version);

// The package of a purl as OSV names it: ecosystem and name; empty ecosystem when OSV has none for its type.
struct Package {
  std::string ecosystem, name;
};
[[nodiscard]] Package package_of(const sbom::Purl& purl);
[[nodiscard]] bool same_name(const std::string& ecosystem, const std::string& a, const std::string& b);

}  // namespace duolex::vulnerabilities::reference
