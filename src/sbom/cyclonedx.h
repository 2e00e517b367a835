// The readers of CycloneDX over a tree.
#pragma once

#include <string>
#include <string_view>

#include "sbom/sbom.h"
#include "sbom/tree.h"

namespace duolex::sbom {

inline constexpr const char* cyclonedx_versions_hint = "CycloneDX is read in the versions 1.2 to 1.7";

inline constexpr const char* cyclonedx_xml_hint = "its root is <bom> in the namespace http://cyclonedx.org/schema/bom/1.0 to 1.7";

[[nodiscard]] bool is_cyclonedx_version(std::string_view version);
// Of the root's namespace; "" when this is none.
[[nodiscard]] std::string cyclonedx_xml_version(const Tree& tree);
// By its first bytes: XML rather than anything else.
[[nodiscard]] bool looks_like_xml(const std::string& bytes);

[[nodiscard]] Result<Sbom> cyclonedx_from_json(const std::string& file, const std::string& bytes, const Tree& tree, const Limits& limits);
// Of a tree without some components of the top list: `kept` are the numbers of the others in it.
struct Kept {
  std::vector<std::uint32_t> kept;
  std::size_t passed_over = 0;
};
[[nodiscard]] Result<Sbom> cyclonedx_from_json(const std::string& file, const std::string& bytes, const Tree& tree, const Limits& limits,
                                               const Kept& kept);
[[nodiscard]] Result<Sbom> cyclonedx_from_xml(const std::string& file, const std::string& bytes, const Limits& limits);

}  // namespace duolex::sbom
