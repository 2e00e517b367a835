#include "sbom/validity.h"

#include <algorithm>

#include "sbom/built_in.h"
#include "sbom/cyclonedx.h"
#include "sbom/lines.h"
#include "sbom/structure_check.h"

namespace duolex::sbom {
namespace {

std::vector<std::string_view> tables(std::string_view format) {
  std::vector<std::string_view> out;
  for (const BuiltInFile& file : built_in_files())
    if (file.path.starts_with(format) || file.path == "spdx_licences.txt" || file.path == "cyclonedx_cryptography.txt") out.push_back(file.text);
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

}  // namespace

Result<Validity> check_cyclonedx(const std::string& file, const std::string& bytes, const Limits& limits) {
  return json(file, bytes, limits);
}

}  // namespace duolex::sbom
