#include "vulnerabilities/vex/identify.h"

#include <algorithm>

namespace duolex::vulnerabilities::vex {
namespace {

std::string lower(std::string text) {
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  return text;
}

// Equal, different, or nothing to compare.
enum class Hashes { nothing, equal, different };
Hashes compare_hashes(const std::vector<sbom::Hash>& a, const std::vector<sbom::Hash>& b) {
  bool equal = false;
  for (const sbom::Hash& x : a)
    for (const sbom::Hash& y : b) {
      if (x.algorithm != y.algorithm) continue;
      if (lower(x.value) != lower(y.value)) return Hashes::different;
      equal = true;
    }
  return equal ? Hashes::equal : Hashes::nothing;
}

Likeness by_version(const std::string& named, const std::string& has) {
  if (named.empty()) return Likeness::any_version;
  return named == has ? Likeness::exact : Likeness::other_version;
}

Likeness by_purl(const sbom::Purl& named, const sbom::Component& c) {
  const sbom::Purl& has = *c.purl;
  if (named.type != has.type || named.name_space != has.name_space || named.name != has.name) return Likeness::none;
  if (!named.subpath.empty() && named.subpath != has.subpath) return Likeness::none;
  for (const auto& [key, value] : named.qualifiers)
    if (has.qualifier(key) != value) return Likeness::none;
  return by_version(named.version, has.version.empty() ? c.version : has.version);
}

// The version of a CPE: its fifth part of 2.3, its fourth of 2.2.
bool has_version(const std::string& cpe) {
  const int wanted = cpe.starts_with("cpe:2.3:") ? 5 : 4;
  std::size_t at = 0;
  for (int i = 0; i < wanted; ++i) {
    at = cpe.find(':', at);
    if (at == std::string::npos) return false;
    ++at;
  }
  return at < cpe.size() && cpe[at] != '*' && cpe[at] != '-' && cpe[at] != ':';
}

Likeness identify(const Identity& named, const sbom::Sbom& bill, std::size_t number) {
  const sbom::Component& c = bill.components[number];
  if (named.this_bill || (!named.bill.empty() && named.bill == bill.id)) {
    const bool meant = named.ref.empty() ? number == bill.subject : c.ref == named.ref;
    if (meant && (named.this_bill || named.bill_version == bill.version)) return named.version.empty() ? Likeness::exact : by_version(named.version, c.version);
    if (meant) return Likeness::other_version;
    if (named.this_bill) return Likeness::none;
  }
  const Hashes hashes = compare_hashes(named.hashes, c.hashes);
  if (named.purl) {
    if (!c.purl) return hashes == Hashes::equal ? Likeness::exact : Likeness::none;
    const Likeness likeness = by_purl(*named.purl, c);
    if (likeness == Likeness::none) return Likeness::none;
    if (hashes == Hashes::different) return Likeness::other_version;
    return likeness == Likeness::any_version && hashes == Hashes::equal ? Likeness::exact : likeness;
  }
  if (hashes == Hashes::equal) return Likeness::exact;
  if (!named.cpe.empty() && !c.cpe.empty() && lower(named.cpe) == lower(c.cpe)) return has_version(named.cpe) ? Likeness::exact : Likeness::any_version;
  // A name without an ecosystem tells packages apart only where there is no package URL.
  if (!named.name.empty() && (!c.purl || number == bill.subject) && (named.name == c.name || named.name == c.group + "/" + c.name)) {
    if (hashes == Hashes::different) return Likeness::other_version;
    return by_version(named.version, c.version);
  }
  return Likeness::none;
}

}  // namespace

std::vector<std::string> keys_of(const Identity& named, std::string& loose) {
  std::vector<std::string> out;
  loose.clear();
  if (named.purl) loose = "pkg:" + named.purl->type + "/" + named.purl->full_name();
  else if (!named.name.empty()) loose = "name:" + named.name;
  if (!loose.empty()) out.push_back(loose + "@" + (named.purl ? named.purl->version : named.version));
  if (named.this_bill || !named.bill.empty()) out.push_back("ref:" + named.ref);
  if (!named.cpe.empty()) out.push_back(lower(named.cpe));
  for (const sbom::Hash& hash : named.hashes) out.push_back("hash:" + lower(hash.value));
  return out;
}

std::vector<std::string> keys_of(const sbom::Component& c) {
  std::vector<std::string> out = {"ref:", "ref:" + c.ref};
  const auto add = [&](const std::string& name, const std::string& version) {
    for (const std::string& end : {std::string(), "@" + version, std::string("@")}) out.push_back(name + end);
  };
  add("name:" + c.name, c.version);
  if (!c.group.empty()) add("name:" + c.group + "/" + c.name, c.version);
  if (c.purl) add("pkg:" + c.purl->type + "/" + c.purl->full_name(), c.purl->version.empty() ? c.version : c.purl->version);
  if (!c.cpe.empty()) out.push_back(lower(c.cpe));
  for (const sbom::Hash& hash : c.hashes) out.push_back("hash:" + lower(hash.value));
  return out;
}

namespace {

vers::Contained in_range(const vers::Range& range, const sbom::Component& c) {
  if (!c.purl) return vers::contains(range, c.version, "");
  return vers::contains(range, c.purl->version.empty() ? c.version : c.purl->version, c.purl->type);
}

}  // namespace

Likeness compare(const Identity& named, const sbom::Sbom& bill, std::size_t component) {
  const Likeness likeness = identify(named, bill, component);
  if (likeness != Likeness::exact && likeness != Likeness::any_version) return likeness;
  const vers::Answer in = named.range ? in_range(*named.range, bill.components[component]).answer : vers::Answer::inside;
  if (in != vers::Answer::inside) return in == vers::Answer::outside ? Likeness::other_version : Likeness::cannot_tell;
  if (!named.open_ended.empty()) return Likeness::any_version;
  return named.range ? Likeness::exact : likeness;
}

std::string why_unbound(const Identity& named, const sbom::Sbom& bill, std::size_t component) {
  if (!named.range) return named.open_ended;
  const vers::Contained in = in_range(*named.range, bill.components[component]);
  if (in.answer == vers::Answer::unknown) return "whether it is about this version cannot be told by '" + named.range->text + "': " + in.why;
  return named.open_ended;
}

}  // namespace duolex::vulnerabilities::vex
