#include "vulnerabilities/feeds/cve.h"

#include <algorithm>
#include <array>

#include "vulnerabilities/feeds/packages.h"

namespace duolex::vulnerabilities::feeds {
namespace {

constexpr std::size_t most_affected = 100'000, most_versions = 100'000;

bool is_name(std::string_view text, std::size_t longest) {
  return !text.empty() && text.size() <= longest && std::none_of(text.begin(), text.end(), [](unsigned char c) { return c < ' ' || c == 0x7f; });
}

// Times of CVE records are UTC, with or without saying so.
std::string time_at(const Json& object, std::string_view key) {
  std::string time(text_at(object, key).substr(0, 40));
  if (time.size() < 19 || time[4] != '-' || time[7] != '-' || time[10] != 'T') return "";
  if (time.back() != 'Z' && time.find('+', 10) == std::string::npos && time.find('-', 10) == std::string::npos) time += 'Z';
  if (time.ends_with("+00:00")) time.replace(time.size() - 6, 6, "Z");
  return time;
}

struct Collection {
  std::string_view url, ecosystem;
};
constexpr auto collections = std::to_array<Collection>({
    {"registry.npmjs.org", "npm"},
    {"npmjs.com", "npm"},
    {"pypi.org", "PyPI"},
    {"pypi.python.org", "PyPI"},
    {"repo.maven.apache.org/maven2", "Maven"},
    {"repo1.maven.org/maven2", "Maven"},
    {"rubygems.org", "RubyGems"},
    {"crates.io", "crates.io"},
    {"nuget.org", "NuGet"},
    {"packagist.org", "Packagist"},
    {"pkg.go.dev", "Go"},
    {"hex.pm", "Hex"},
    {"pub.dev", "Pub"},
});

std::string_view ecosystem_of(std::string_view url) {
  for (const std::string_view scheme : {"https://", "http://", "www."})
    if (url.starts_with(scheme)) url.remove_prefix(scheme.size());
  while (url.ends_with('/')) url.remove_suffix(1);
  for (const Collection& c : collections)
    if (url == c.url) return c.ecosystem;
  return {};
}

// The order that a record names; one that is not known here orders nothing, and the answer is then unknown.
std::string scheme_named(std::string_view type) {
  std::string lower(type.substr(0, 40));
  for (char& c : lower)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  if (lower == "semver") return "SemVer";
  if (lower == "maven") return "Maven";
  if (lower == "python") return "PEP 440";
  if (lower == "rpm") return "rpm";
  if (lower == "deb" || lower == "dpkg") return "dpkg";
  return "";
}

bool from_the_start(std::string_view version) { return version == "0" || version == "*" || version == "unspecified" || version == "n/a"; }

// The versions of one product, read once and given to each of its names.
struct Product {
  std::vector<Range> ranges;
  std::vector<std::string> versions;
};

// What is affected unless something is said of it: all but the ranges that are not. One exempt version alone has no
// event that ends it; the range is then left without an order, so that nothing is decided.
void but_for(const Json& version, std::string_view stated, Range& rest) {
  const std::string_view less = text_at(version, "lessThan");
  rest.events.push_back({from_the_start(stated) ? Event::Kind::introduced : Event::Kind::fixed, std::string(from_the_start(stated) ? "0" : stated)});
  if (less.empty()) rest.scheme = "none";
  else if (less != "*") rest.events.push_back({Event::Kind::introduced, std::string(less)});
}

std::string read_changes(const Json& version, Range& range) {
  const auto value = get(version, "changes");
  const auto changes = value ? list(*value) : std::nullopt;
  if (!changes) return value ? "'changes' is no list" : "";
  for (const Json change : *changes) {
    const std::string_view at = text_at(change, "at"), status = text_at(change, "status");
    if (!is_name(at, 1024)) return "a change names no version";
    if (status == "unknown") range.scheme = "none";
    else range.events.push_back({status == "affected" ? Event::Kind::introduced : Event::Kind::fixed, std::string(at)});
    if (range.events.size() > most_versions) return "a version has too many changes";
  }
  return "";
}

std::string read_versions(const Json& affected, Product& out) {
  const std::string_view otherwise = text_at(affected, "defaultStatus");
  const auto value = get(affected, "versions");
  const auto versions = value ? list(*value) : std::nullopt;
  if (value && !versions) return "'versions' is no list";
  Range rest;
  rest.events.push_back({Event::Kind::introduced, "0"});
  if (versions)
    for (const Json version : *versions) {
      const std::string_view stated = text_at(version, "version"), status = text_at(version, "status"), type = text_at(version, "versionType");
      if (!is_name(stated, 1024)) return "a version is no text";
      if (out.ranges.size() + out.versions.size() > most_versions) return "a product has too many versions";
      if (status != "affected") {
        if (otherwise == "affected") {
          if (rest.scheme.empty()) rest.scheme = scheme_named(type);
          but_for(version, stated, rest);
        }
        continue;
      }
      const std::string_view less = text_at(version, "lessThan"), last = text_at(version, "lessThanOrEqual");
      if (less.empty() && last.empty() && !get(version, "changes")) {
        if (from_the_start(stated)) out.ranges.push_back({Range::Type::ecosystem, "", {{Event::Kind::introduced, "0"}}});
        else out.versions.emplace_back(stated);
        continue;
      }
      Range range;
      range.type = type == "git" ? Range::Type::git : Range::Type::ecosystem;
      range.scheme = scheme_named(type);
      range.events.push_back({Event::Kind::introduced, std::string(from_the_start(stated) ? "0" : stated)});
      if (const std::string wrong = read_changes(version, range); !wrong.empty()) return wrong;
      if (!last.empty() && last != "*") range.events.push_back({Event::Kind::last_affected, std::string(last)});
      else if (!less.empty() && less != "*") range.events.push_back({Event::Kind::fixed, std::string(less)});
      out.ranges.push_back(std::move(range));
    }
  if (otherwise == "affected") out.ranges.push_back(std::move(rest));
  return "";
}

void add(const Product& product, std::string ecosystem, std::string name, std::vector<Affected>& out) {
  Affected a;
  a.ecosystem = std::move(ecosystem);
  a.name = std::move(name);
  a.ranges = product.ranges;
  a.versions = product.versions;
  if (std::none_of(out.begin(), out.end(), [&](const Affected& other) { return other.ecosystem == a.ecosystem && other.name == a.name; }) || !a.ranges.empty() || !a.versions.empty())
    out.push_back(std::move(a));
}

std::string read_product(const Json& affected, std::vector<Affected>& out) {
  Product product;
  if (const std::string wrong = read_versions(affected, product); !wrong.empty()) return wrong;
  // A product of which nothing is affected is no entry.
  if (product.ranges.empty() && product.versions.empty() && get(affected, "versions")) return "";
  bool named = false;
  for (const char* key : {"packageURL", "packageUrl"})
    if (const std::string_view purl = text_at(affected, key); is_name(purl, 4000))
      if (const auto package = package_named(purl)) {
        add(product, package->first, package->second, out);
        named = true;
      }
  const std::string_view package = text_at(affected, "packageName");
  if (const std::string_view ecosystem = ecosystem_of(text_at(affected, "collectionURL")); !named && !ecosystem.empty() && is_name(package, 2000)) {
    add(product, std::string(ecosystem), std::string(package), out);
    named = true;
  }
  if (const auto value = get(affected, "cpes"))
    if (const auto cpes = list(*value)) {
      std::vector<std::string> seen;
      for (const Json cpe : *cpes) {
        const auto name = cpe_product(text(cpe).value_or(""));
        if (!name || std::find(seen.begin(), seen.end(), name->product) != seen.end()) continue;
        seen.push_back(name->product);
        add(product, "CPE", name->product, out);
        named = true;
        if (seen.size() > 1000) break;
      }
    }
  if (named) return "";
  // Vendor and product alone name nothing that a bill could name; it is kept, counted, and never matched.
  const std::string_view vendor = text_at(affected, "vendor"), name = text_at(affected, "product");
  const std::string words = std::string(vendor.substr(0, 500)) + " " + std::string(name.substr(0, 500));
  add(product, "CVE", is_name(words, 1001) ? words : "unnamed", out);
  return "";
}

void read_severity(const Json& container, Advisory& out) {
  const auto value = get(container, "metrics");
  const auto metrics = value ? list(*value) : std::nullopt;
  if (!metrics) return;
  for (const char* form : {"cvssV4_0", "cvssV3_1", "cvssV3_0", "cvssV2_0"})
    for (const Json metric : *metrics)
      if (const auto score = get(metric, form); score && out.severity.empty()) out.severity = text_at(*score, "vectorString").substr(0, 200);
}

std::string read_container(const Json& container, Advisory& out) {
  read_severity(container, out);
  const auto value = get(container, "affected");
  const auto affected = value ? list(*value) : std::nullopt;
  if (value && !affected) return "'affected' is no list";
  if (!affected) return "";
  for (const Json entry : *affected) {
    if (const std::string wrong = read_product(entry, out.affected); !wrong.empty()) return wrong;
    if (out.affected.size() > most_affected) return "'affected' has too many entries";
  }
  return "";
}

}  // namespace

std::string read_cve(const Json& record, Advisory& out) {
  const auto metadata = get(record, "cveMetadata");
  const std::string_view id = metadata ? text_at(*metadata, "cveId") : std::string_view{};
  if (!id.starts_with("CVE-") || !is_name(id, 40) || id.find(' ') != std::string_view::npos) return "'cveId' is no CVE id";
  out.id = id;
  out.published = time_at(*metadata, "datePublished");
  out.modified = time_at(*metadata, "dateUpdated");
  if (out.modified.empty()) out.modified = out.published;
  if (out.modified.empty()) return "neither 'dateUpdated' nor 'datePublished' is a time";
  if (text_at(*metadata, "state") == "REJECTED") {
    out.withdrawn = time_at(*metadata, "dateRejected");
    if (out.withdrawn.empty()) out.withdrawn = out.modified;
  }
  const auto containers = get(record, "containers");
  const auto own = containers ? get(*containers, "cna") : std::nullopt;
  if (!own) return "there is no container 'cna'";
  std::string_view title = text_at(*own, "title").substr(0, 160);
  while (!title.empty() && (static_cast<unsigned char>(title.back()) & 0x80) != 0) title.remove_suffix(1);
  out.summary = title;
  if (const std::string wrong = read_container(*own, out); !wrong.empty()) return wrong;
  if (const auto more = get(*containers, "adp"))
    if (const auto others = list(*more))
      for (const Json other : *others)
        if (const std::string wrong = read_container(other, out); !wrong.empty()) return wrong;
  return "";
}

}  // namespace duolex::vulnerabilities::feeds
