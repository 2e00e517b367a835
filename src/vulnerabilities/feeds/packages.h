// Which package is meant: the names that advisories and bills of materials use, brought to one form.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sbom/purl.h"
#include "vulnerabilities/versions/version.h"

namespace duolex::vulnerabilities {

// The key of a package: its purl type, with the distribution behind a slash where the type is shared ("deb/debian"),
// a NUL, and the name in the one form that the type has ("rails", "org.slf4j:slf4j-api").
struct PackageKey {
  std::string text;
  [[nodiscard]] std::string_view type() const { return std::string_view(text).substr(0, text.find('\0')); }
  [[nodiscard]] std::string_view name() const { return std::string_view(text).substr(text.find('\0') + 1); }
};

// What stands behind the colon of an ecosystem: "12" of "Debian:12".
[[nodiscard]] std::string_view release_of(std::string_view ecosystem);

// For the package of an advisory; `purl` is used where the ecosystem is not known here. Empty when neither says.
[[nodiscard]] std::optional<PackageKey> key_of(std::string_view ecosystem, std::string_view name, std::string_view purl);

// What to look up for a component.
struct Query {
  PackageKey key;
  std::string version;
  std::string release;  // of the distribution; "" when not stated
  bool distribution = false;
  bool unsure = false;  // what it hits is unknown rather than affected
  bool source = false;  // asked for the source package that the component was built from
  Scheme scheme = Scheme::none;
};
[[nodiscard]] std::vector<Query> queries_for(const sbom::Purl& purl);
// The package of a package URL as OSV names it: ecosystem and name. Empty where OSV has no ecosystem for its type.
[[nodiscard]] std::optional<std::pair<std::string, std::string>> package_named(std::string_view purl);

// A CPE name, of 2.2 or 2.3, as far as matching goes.
struct CpeProduct {
  std::string product;  // "a:vendor:product", in lower case, without escapes
  std::string version;  // "" when it names none
};
[[nodiscard]] std::optional<CpeProduct> cpe_product(std::string_view cpe);
[[nodiscard]] PackageKey cpe_key(std::string_view product);

// Whether advisories can name a file by a hash of this algorithm.
[[nodiscard]] bool is_file_hash(std::string_view algorithm);
// The keys under which advisories about files stand.
[[nodiscard]] std::optional<PackageKey> file_key(std::string_view algorithm, std::string_view hex);

}  // namespace duolex::vulnerabilities
