#include "vulnerabilities/matching/reference.h"

#include <nlohmann/json.hpp>
#include <algorithm>
#include <regex>

#include "vulnerabilities/versions/version.h"

namespace duolex::vulnerabilities::reference {
namespace {

using nlohmann::json;

struct Step {
  std::string kind, version;
};

Scheme scheme_for(const std::string& ecosystem, const std::string& type) {
  const Scheme own = scheme_of(ecosystem);
  if (type == "SEMVER" && own != Scheme::go && own != Scheme::hex && own != Scheme::pub) return Scheme::semver;
  return own;
}

// -1, 0, 1, or 2 when either cannot be read.
int order(Scheme scheme, const std::string& a, const std::string& b) {
  const auto o = compare(scheme, a, b);
  return !o ? 2 : *o < 0 ? -1 : *o > 0 ? 1 : 0;
}

bool exact(Scheme scheme, const std::string& version) {
  std::string ignored;
  return append_key(scheme, version, ignored) == Reading::exact;
}

// IncludedInRanges, for one range.
Answer in_range(const json& range, const std::string& ecosystem, const std::string& version) {
  const std::string type = range["type"];
  if (type == "GIT") return Answer::no;
  const Scheme scheme = scheme_for(ecosystem, type);
  std::vector<Step> steps, limits;
  for (const json& event : range["events"])
    for (const auto& [kind, value] : event.items()) {
      const std::string v = value;
      if (!(kind == "introduced" && v == "0") && !(kind == "limit" && v == "*") && order(scheme, v, v) == 2) return Answer::unknown;
      (kind == "limit" ? limits : steps).push_back({kind, v});
    }
  const auto compare_steps = [&](const Step& a, const Step& b) {
    const bool x = a.kind == "introduced" && a.version == "0", y = b.kind == "introduced" && b.version == "0";
    return x || y ? x && !y : order(scheme, a.version, b.version) < 0;
  };
  std::stable_sort(steps.begin(), steps.end(), compare_steps);
  if (!exact(scheme, version)) {
    // Without an order only a range that holds nothing is known not to hold the version.
    return steps.empty() ? Answer::no : Answer::unknown;
  }
  const bool before_limits = limits.empty() || std::any_of(limits.begin(), limits.end(), [&](const Step& s) {
                               return s.version == "*" || order(scheme, version, s.version) < 0;
                             });
  if (!before_limits) return Answer::no;
  bool vulnerable = false;
  for (const Step& s : steps) {
    if (s.kind == "introduced" && (s.version == "0" || order(scheme, version, s.version) >= 0)) vulnerable = true;
    else if (s.kind == "fixed" && order(scheme, version, s.version) >= 0) vulnerable = false;
    else if (s.kind == "last_affected" && order(scheme, version, s.version) > 0) vulnerable = false;
  }
  return vulnerable ? Answer::affected : Answer::no;
}

}  // namespace

Answer evaluate(const json& affected, const std::string& version) {
  const std::string ecosystem = affected["package"]["ecosystem"];
  const Scheme own = scheme_of(ecosystem);
  const json versions = affected.value("versions", json::array()), ranges = affected.value("ranges", json::array());
  for (const std::string listed : versions)
    if (listed == version || order(own, listed, version) == 0) return Answer::affected;
  Answer answer = Answer::no;
  bool only_git = !ranges.empty();
  for (const json& range : ranges) {
    const Answer one = in_range(range, ecosystem, version);
    if (one == Answer::affected) return one;
    if (one == Answer::unknown) answer = one;
    only_git = only_git && range["type"] == "GIT";
  }
  if (versions.empty() && (ranges.empty() || only_git)) return Answer::unknown;
  return answer;
}

Package package_of(const sbom::Purl& purl) {
  const std::string slash = purl.name_space.empty() ? "" : purl.name_space + "/";
  if (purl.type == "npm") return {"npm", slash + purl.name};
  if (purl.type == "pypi") return {"PyPI", purl.name};
  if (purl.type == "golang") return {"Go", slash + purl.name};
  if (purl.type == "maven") return {"Maven", purl.name_space + ":" + purl.name};
  if (purl.type == "composer") return {"Packagist", slash + purl.name};
  if (purl.type == "bitnami") return {"Bitnami", purl.name};
  if (purl.type == "rpm" && purl.name_space == "almalinux") return {"AlmaLinux", purl.name};
  if (purl.type == "generic") return {"OSS-Fuzz", purl.name};
  return {};
}

bool same_name(const std::string& ecosystem, const std::string& a, const std::string& b) {
  const auto folded = [&](std::string name) {
    if (ecosystem == "npm" || ecosystem == "Maven" || ecosystem == "AlmaLinux" || ecosystem == "OSS-Fuzz") return name;
    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return ecosystem == "PyPI" ? std::regex_replace(name, std::regex("[-_.]+"), "-") : name;
  };
  return a == b || folded(a) == folded(b);
}

}  // namespace duolex::vulnerabilities::reference
