#include "sbom/collector.h"

#include <algorithm>
#include <array>

namespace duolex::sbom {
namespace {

// More complaints of one kind help nobody.
constexpr std::size_t most_shown = 100;

}  // namespace

Collector::Collector(const std::string& file, const std::string& bytes, const Limits& limits, Format format)
    : limits_(limits), lines_(file, bytes) {
  out_.file = file;
  out_.encoding = format;
  out_.format = format == Format::cyclonedx_json || format == Format::cyclonedx_xml ? "CycloneDX" : "SPDX";
}

bool Collector::met() {
  if (too_many_ || out_.parsed >= limits_.components) return too_many_ = true, false;
  ++out_.parsed;
  return true;
}

void Collector::expect(std::size_t components) {
  if (components > limits_.components) too_many_ = true;
  if (too_many_) return;
  out_.components.reserve(out_.components.size() + components);
}

void Collector::reject(std::size_t begin, std::size_t end, const char* reason) {
  ++out_.rejected_components;
  out_.rejections.push_back({lines_.at(begin, end), reason});
  if (out_.rejected.size() < most_shown) out_.rejected.push_back(lines_.error(begin, end, reason));
}

std::size_t Collector::store(Component&& component, std::size_t begin, std::size_t end) {
  component.span = lines_.at(begin, end);
  out_.components.push_back(std::move(component));
  return out_.components.size() - 1;
}

void Collector::warn(std::size_t begin, std::size_t end, const std::string& message) {
  if (out_.warnings.size() >= most_shown) return;
  Diagnostic d = lines_.error(begin, end, message);
  d.severity = Severity::warning;
  out_.warnings.push_back(std::move(d));
}

void Collector::purl(Component& component, std::string_view text, std::size_t begin, std::size_t end) {
  if (text.empty() || !component.purl_text.empty()) return;
  component.purl_text = text;
  auto purl = parse_purl(text);
  if (purl) {
    component.purl = std::move(*purl);
  } else {
    warn(begin, end, purl.error()[0].message);
  }
}

void Collector::index_references() {
  std::size_t size = 16;
  while (size < 2 * out_.components.size()) size *= 2;
  slots_.assign(size, 0);
  for (std::size_t i = 0; i < out_.components.size(); ++i) {
    const std::string& ref = out_.components[i].ref;
    if (ref.empty()) continue;
    std::size_t slot = std::hash<std::string_view>()(ref) & (size - 1);
    while (slots_[slot] != 0 && out_.components[slots_[slot] - 1].ref != ref) slot = (slot + 1) & (size - 1);
    if (slots_[slot] == 0) {
      slots_[slot] = static_cast<std::uint32_t>(i + 1);
    } else {
      const Place& p = out_.components[i].span;
      warn(p.begin, p.end, "the reference '" + ref.substr(0, 200) + "' is given twice");
    }
  }
}

std::size_t Collector::find(std::string_view reference) const {
  if (slots_.empty() || reference.empty()) return no_component;
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t slot = std::hash<std::string_view>()(reference) & mask; slots_[slot] != 0; slot = (slot + 1) & mask)
    if (out_.components[slots_[slot] - 1].ref == reference) return slots_[slot] - 1;
  return no_component;
}

void Collector::edge(std::size_t from, std::size_t on) {
  if (from != no_component && on != no_component) out_.dependencies.push_back({from, on});
}

Diagnostic too_many_components(const std::string& file, const Limits& limits) {
  return error_in(file, "holds more than " + std::to_string(limits.components) + " components");
}

Result<Sbom> Collector::finish() {
  if (too_many_)
    return failure(too_many_components(out_.file, limits_));
  auto& all = out_.dependencies;
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return std::move(out_);
}

std::string hash_algorithm(std::string_view spdx) {
  struct Name {
    std::string_view spdx, here;
  };
  static constexpr std::array names = {
      Name{"SHA1", "SHA-1"}, Name{"SHA224", "SHA-224"}, Name{"SHA256", "SHA-256"}, Name{"SHA384", "SHA-384"},
      Name{"SHA512", "SHA-512"}, Name{"BLAKE2B-256", "BLAKE2b-256"}, Name{"BLAKE2B-384", "BLAKE2b-384"},
      Name{"BLAKE2B-512", "BLAKE2b-512"}};
  std::string upper(spdx);
  for (char& c : upper) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    if (c == '_') c = '-';
  }
  for (const Name& name : names)
    if (upper == name.spdx) return std::string(name.here);
  if (upper.starts_with("SHA3-") || upper.starts_with("MD") || upper == "BLAKE3") return upper;
  return std::string(spdx);
}

}  // namespace duolex::sbom
