#include "vulnerabilities/versions/version.h"

#include <algorithm>
#include <array>

#include "vulnerabilities/versions/parts.h"

namespace duolex::vulnerabilities {
namespace {

struct Ecosystem {
  std::string_view name;
  Scheme scheme;
};

// Sorted. The ecosystems of the OSV schema that state an order of a scheme we know.
constexpr auto ecosystems = std::to_array<Ecosystem>({
    {"Alpaquita", Scheme::apk},
    {"AlmaLinux", Scheme::rpm},
    {"Alpine", Scheme::apk},
    {"Azure Linux", Scheme::rpm},
    {"BellSoft Hardened Containers", Scheme::apk},
    {"Bioconductor", Scheme::cran},
    {"Bitnami", Scheme::semver},
    {"CRAN", Scheme::cran},
    {"Chainguard", Scheme::apk},
    {"CleanStart", Scheme::apk},
    {"ConanCenter", Scheme::semver},
    {"Debian", Scheme::dpkg},
    {"Echo", Scheme::dpkg},
    {"GHC", Scheme::hackage},
    {"GitHub Actions", Scheme::semver},
    {"Go", Scheme::go},
    {"Hackage", Scheme::hackage},
    {"Hex", Scheme::hex},
    {"Julia", Scheme::semver},
    {"Mageia", Scheme::rpm},
    {"Maven", Scheme::maven},
    {"MinimOS", Scheme::apk},
    {"NuGet", Scheme::nuget},
    {"Packagist", Scheme::packagist},
    {"Photon OS", Scheme::rpm},
    {"Pub", Scheme::pub},
    {"PyPI", Scheme::pep440},
    {"Red Hat", Scheme::rpm},
    {"Rocky Linux", Scheme::rpm},
    {"RubyGems", Scheme::rubygems},
    {"SUSE", Scheme::rpm},
    {"SwiftURL", Scheme::semver},
    {"Ubuntu", Scheme::dpkg},
    {"Wolfi", Scheme::apk},
    {"crates.io", Scheme::semver},
    {"npm", Scheme::semver},
    {"openEuler", Scheme::rpm},
    {"openSUSE", Scheme::rpm},
});

bool can_be_looked_at(std::string_view version) {
  return !version.empty() && version.size() <= longest_version &&
         std::none_of(version.begin(), version.end(), [](unsigned char c) { return c <= ' ' || c == 0x7f; });
}

struct Functions {
  std::optional<versions::Order> (*compare)(std::string_view, std::string_view);
  Reading (*key)(std::string_view, std::string&);
  std::string_view name;
};

const Functions& functions(Scheme scheme) {
  using namespace versions;
  static const std::array<Functions, scheme_count> table = {{
      {nullptr, nullptr, "none"},
      {compare_semver, key_semver, "SemVer"},
      {compare_pep440, key_pep440, "PEP 440"},
      {compare_dpkg, key_dpkg, "dpkg"},
      {compare_rpm, key_rpm, "rpm"},
      {compare_apk, key_apk, "apk"},
      {compare_maven, key_maven, "Maven"},
      {compare_rubygems, key_rubygems, "RubyGems"},
      {compare_nuget, key_nuget, "NuGet"},
      {compare_packagist, key_packagist, "Packagist"},
      {compare_dotted, key_dotted, "CRAN"},
      {compare_dotted, key_dotted, "Hackage"},
      {compare_semver, key_semver, "Hex"},
      {compare_pub, key_pub, "Pub"},
      {compare_go, key_go, "Go"},
  }};
  return table[static_cast<std::size_t>(scheme)];
}

}  // namespace

std::string_view name_of(Scheme scheme) { return functions(scheme).name; }

Scheme scheme_of(std::string_view ecosystem) {
  ecosystem = ecosystem.substr(0, ecosystem.find(':'));
  for (const Ecosystem& e : ecosystems)
    if (e.name == ecosystem) return e.scheme;
  return Scheme::none;
}

std::vector<std::string_view> known_ecosystems() {
  std::vector<std::string_view> names;
  for (const Ecosystem& e : ecosystems) names.push_back(e.name);
  return names;
}

Reading append_key(Scheme scheme, std::string_view version, std::string& key) {
  const Functions& f = functions(scheme);
  if (f.key == nullptr || !can_be_looked_at(version)) return Reading::unreadable;
  const std::size_t before = key.size();
  const Reading reading = f.key(version, key);
  if (reading == Reading::unreadable) key.resize(before);
  return reading;
}

std::optional<std::strong_ordering> compare(Scheme scheme, std::string_view a, std::string_view b) {
  const Functions& f = functions(scheme);
  if (f.compare == nullptr || !can_be_looked_at(a) || !can_be_looked_at(b)) return std::nullopt;
  return f.compare(a, b);
}

}  // namespace duolex::vulnerabilities
