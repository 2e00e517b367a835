#include "sbom/validity.h"

#include <algorithm>
#include <unordered_set>

#include "sbom/built_in.h"
#include "sbom/cyclonedx.h"
#include "sbom/lines.h"
#include "sbom/structure_check.h"

namespace duolex::sbom {
namespace {

std::vector<std::string_view> tables(std::string_view format) {
  std::vector<std::string_view> out;
  for (const BuiltInFile& file : built_in_files())
    if (file.path.starts_with(format) || file.path == "spdx_licences.txt" || (format == "cyclonedx_json_" && file.path == "cyclonedx_cryptography.txt")) out.push_back(file.text);
  return out;
}

Result<Validity> shown(const std::string& file, const std::string& bytes, Validity out) {
  out.format = "CycloneDX";
  std::stable_sort(out.violations.begin(), out.violations.end(), [](const Violation& a, const Violation& b) { return a.begin < b.begin; });
  out.more = out.violations.size() > most_violations;
  if (out.more) out.violations.resize(most_violations);
  Lines lines(file, bytes);
  for (const Violation& v : out.violations) out.diagnostics.push_back(lines.error(v.begin, v.end, v.rule + ": " + v.message, v.hint));
  return out;
}

Result<Validity> json(const std::string& file, const std::string& bytes, const Limits& limits) {
  const auto tree = json_tree(file, bytes, limits);
  if (!tree) return tl::unexpected(tree.error());
  const Value root = tree->root();
  if (!root.is(Kind::object) || !(root.find("bomFormat") || root.find("specVersion")))
    return failure(Lines(file, bytes).error(root.begin(), root.begin() + 1, "this is no CycloneDX document", "it has \"bomFormat\": \"CycloneDX\""));
  Validity out;
  const Value version = root.find("specVersion");
  if (!version.is(Kind::text) || !is_cyclonedx_version(version.text())) {
    const Value at = version ? version : root;
    out.violations.push_back({"cyclonedx.version", "/specVersion", at.begin(), at.end(), version ? "this version of CycloneDX is not known" : "'specVersion' is missing",
                              cyclonedx_versions_hint});
    return shown(file, bytes, std::move(out));
  }
  out.spec_version = version.text();
  const auto structure = Structure::compile(tables("cyclonedx_json_"), out.spec_version);
  if (!structure) return tl::unexpected(structure.error());
  check_json(*structure, *structure->find_object("bom"), root, out.violations);
  return shown(file, bytes, std::move(out));
}

// An attribute bom-ref names one element of the document.
void unique_references(const Value root, std::vector<Violation>& out) {
  std::unordered_set<std::string> seen;
  std::vector<Value> waiting = {root};
  while (!waiting.empty()) {
    const Value node = waiting.back();
    waiting.pop_back();
    for (const Value child : node.children()) {
      if (child.is(Kind::element)) waiting.push_back(child);
      if (child.is(Kind::attribute) && !child.foreign() && child.plain_key() == "bom-ref" && !seen.insert(child.text()).second && out.size() <= most_violations)
        out.push_back({"cyclonedx.unique", "", child.begin(), child.end(), "the reference '" + shown_text(child.text()) + "' is given twice", ""});
    }
  }
}

Result<Validity> xml(const std::string& file, const std::string& bytes, const Limits& limits) {
  const auto tree = xml_tree(file, bytes, limits);
  if (!tree) return tl::unexpected(tree.error());
  const Value root = tree->root();
  Validity out;
  out.spec_version = cyclonedx_xml_version(*tree);
  if (out.spec_version.empty())
    return failure(Lines(file, bytes).error(root.begin(), root.begin() + 1, "this is no CycloneDX document", cyclonedx_xml_hint));
  const auto structure = Structure::compile(tables("cyclonedx_xml_"), out.spec_version);
  if (!structure) return tl::unexpected(structure.error());
  check_xml(*structure, *structure->find_object("bom"), root, out.violations);
  unique_references(root, out.violations);
  return shown(file, bytes, std::move(out));
}

}  // namespace

Result<Validity> check_cyclonedx(const std::string& file, const std::string& bytes, const Limits& limits) {
  return looks_like_xml(bytes) ? xml(file, bytes, limits) : json(file, bytes, limits);
}

}  // namespace duolex::sbom
