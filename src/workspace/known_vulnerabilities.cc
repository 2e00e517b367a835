#include "workspace/known_vulnerabilities.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "vulnerabilities/matching/report.h"

namespace duolex::workspace {

using vulnerabilities::Status;

Result<void> add_known_vulnerabilities(const Subject& s, const std::string& index_file, documents::Assessment& a) {
  documents::VulnerabilityCheck& check = a.vulnerabilities;
  if (index_file.empty()) {
    check.against = "Nothing was checked: no advisory data was given (--index).";
    a.not_checked.push_back("Known vulnerabilities: no advisory data was given (--index).");
    return {};
  }
  auto index = vulnerabilities::index::Index::open(index_file);
  if (!index) return tl::unexpected(index.error());
  const auto meta = nlohmann::json::parse(index->meta(), nullptr, false);
  check.checked = index->record_count() != 0;
  check.advisories = index->record_count();
  check.newest = meta.is_object() ? meta.value("newest", "") : "";
  check.against = "Held against " + std::to_string(check.advisories) + " advisories, the newest of " + check.newest + ".";
  if (s.dossier.releases.empty()) return {};
  for (const dossier::Artefact& artefact : s.dossier.releases.back().artefacts) {
    if (artefact.kind != "sbom") continue;
    const std::string path = (s.dossier.folder / artefact.path).string();
    const auto bytes = read_file(path);
    if (!bytes) return tl::unexpected(bytes.error());
    const auto bill = sbom::read_sbom(artefact.path, *bytes);
    if (!bill) {
      check.bills.push_back(artefact.path + " cannot be read as a bill of materials, so its components were not checked.");
      a.not_checked.push_back("Known vulnerabilities of what " + artefact.path + " lists: it cannot be read.");
      continue;
    }
    vulnerabilities::Scan scan;
    scan.bill = &*bill;
    scan.checked = check.checked;
    auto matches = vulnerabilities::match(*bill, *index);
    if (!matches) return tl::unexpected(matches.error());
    scan.matches = std::move(*matches);
    check.bills.push_back(artefact.path + ": " + std::to_string(bill->components.size()) + " components, " +
                          std::to_string(scan.matches.looked_up - scan.matches.no_advisories) + " of kinds for which there are advisories, " +
                          std::to_string(scan.matches.no_advisories) + " of kinds for which there are none.");
    for (const vulnerabilities::Finding& f : scan.matches.findings) {
      if (f.status == Status::not_affected) continue;
      const sbom::Component& c = bill->components[f.component];
      documents::VulnerabilityRow row{vulnerabilities::component_name(c), f.advisory, f.status == Status::affected ? "affected" : "unknown",
                                      f.reason.in_words(), "", artefact.path + ":" + std::to_string(c.span.line) + ":" + std::to_string(c.span.column)};
      if (f.exploited()) row.exploited = f.exploited_cve + ", known to be exploited since " + f.exploited_added;
      if (f.status == Status::affected)
        a.open_points.push_back({row.component + " has the known vulnerability " + f.advisory + (f.exploited() ? ", which is being exploited (" + f.exploited_cve + ")" : ""),
                                 "Update the component, or say why it cannot be exploited here", {"CRA/anx/I/PartI/2/a"}});
      check.rows.push_back(std::move(row));
    }
  }
  std::stable_sort(check.rows.begin(), check.rows.end(), [](const auto& x, const auto& y) { return !x.exploited.empty() && y.exploited.empty(); });
  return {};
}

}  // namespace duolex::workspace
