#include <algorithm>

#include "sbom/cyclonedx.h"
#include "sbom/spdx.h"

namespace duolex::sbom {
namespace {

constexpr const char* what_is_read = "CycloneDX 1.2 to 1.7 (JSON, XML), SPDX 2.2 and 2.3 (JSON, tag-value) and SPDX 3.0 (JSON-LD) are read";

std::string_view body(const std::string& bytes) {
  std::string_view text = bytes;
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  const std::size_t begin = std::min(text.find_first_not_of(" \t\r\n"), text.size());
  return text.substr(begin);
}

bool is_utf16(const std::string& bytes) {
  return bytes.starts_with("\xff\xfe") || bytes.starts_with("\xfe\xff") ||
         (bytes.size() > 3 && ((bytes[0] == '<' && bytes[1] == '\0') || (bytes[0] == '\0' && bytes[1] == '<')));
}

// A line that begins with the tag, among the first.
bool has_tag_value_header(std::string_view text) {
  text = text.substr(0, std::size_t{1} << 16);
  for (std::size_t at = text.find("SPDXVersion"); at != std::string_view::npos; at = text.find("SPDXVersion", at + 1)) {
    std::size_t begin = at;
    while (begin > 0 && (text[begin - 1] == ' ' || text[begin - 1] == '\t')) --begin;
    if (begin == 0 || text[begin - 1] == '\n') return true;
  }
  return false;
}

Result<Sbom> from_json(const std::string& file, const std::string& bytes, const Limits& limits) {
  const auto tree = json_tree(file, bytes, limits);
  if (!tree) return tl::unexpected(tree.error());
  const Value root = tree->root();
  if (root.find("bomFormat") || (root.find("specVersion") && root.find("components"))) return cyclonedx_from_json(file, bytes, *tree, limits);
  if (root.find("spdxVersion") || root.find("SPDXID")) return spdx2_from_json(file, bytes, *tree, limits);
  if (root.find("@graph") || root.find("@context")) return spdx3_from_json(file, bytes, *tree, limits);
  return failure(Lines(file, bytes).error(root.begin(), root.begin() + 1, "this JSON is no bill of materials", what_is_read));
}

}  // namespace

bool looks_like_xml(const std::string& bytes) { return body(bytes).starts_with('<') || is_utf16(bytes); }

Result<Sbom> read_sbom(const std::string& file, const std::string& bytes, const Limits& limits) {
  const std::string_view text = body(bytes);
  if (text.starts_with('{') || text.starts_with('[')) return from_json(file, bytes, limits);
  if (looks_like_xml(bytes)) return cyclonedx_from_xml(file, bytes, limits);
  if (has_tag_value_header(text)) return spdx2_from_tag_value(file, bytes, limits);
  return failure(Lines(file, bytes).error(0, 1, "this is no bill of materials", what_is_read));
}

}  // namespace duolex::sbom
