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

const char* name_of(Format format) {
  switch (format) {
    case Format::cyclonedx_json: return "CycloneDX JSON";
    case Format::cyclonedx_xml: return "CycloneDX XML";
    case Format::spdx_json: return "SPDX JSON";
    case Format::spdx_tag_value: return "SPDX tag-value";
    case Format::spdx3_json_ld: return "SPDX 3 JSON-LD";
  }
  return "";
}

std::string Sbom::pointer(std::size_t component) const {
  if (encoding == Format::spdx_tag_value) return "line " + std::to_string(components[component].span.line);
  std::string out;
  const bool xml = encoding == Format::cyclonedx_xml;
  for (std::size_t i = component; i != no_component; i = components[i].parent) {
    const Component& c = components[i];
    std::string step;
    if (i == subject && format == "CycloneDX") {
      step = "/metadata/component";
    } else if (xml) {
      step = "/components/component[" + std::to_string(c.ordinal + 1) + "]";
    } else {
      const char* list = encoding == Format::spdx3_json_ld ? "/@graph/"
                         : encoding == Format::cyclonedx_json ? "/components/"
                         : c.type == "file" ? "/files/" : "/packages/";
      // The only element of an SPDX 3 document without a graph is the document.
      if (c.ordinal != static_cast<std::uint32_t>(-1)) step = list + std::to_string(c.ordinal);
    }
    out.insert(0, step);
  }
  return xml ? "/bom" + out : out;
}

Span Sbom::span(std::size_t component) const {
  const Place& p = components[component].span;
  return {file, p.line, p.column, p.begin, p.end};
}

}  // namespace duolex::sbom
