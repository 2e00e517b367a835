#include "workspace/vulnerabilities/known_vulnerabilities.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "vulnerabilities/matching/report.h"
#include "vulnerabilities/vex/read.h"

namespace duolex::workspace {

using vulnerabilities::Status;

namespace {

namespace vex = vulnerabilities::vex;
using documents::data;
using documents::open_point;
using documents::said;
using documents::Said;

// What the release's VEX documents state.
Result<vex::Statements> stated(const Subject& s) {
  vex::Statements out;
  for (const dossier::Artefact& artefact : s.dossier.releases.back().artefacts) {
    if (artefact.kind != "vex") continue;
    const auto bytes = read_file(s.dossier.folder / artefact.path, vex::limits.bytes);
    if (!bytes) return tl::unexpected(bytes.error());
    if (const auto read = vex::read_document(artefact.path, *bytes, out); !read) return tl::unexpected(read.error());
  }
  return out;
}

}  // namespace

Result<void> add_known_vulnerabilities(const Subject& s, const std::string& index_file, documents::Assessment& a) {
  documents::VulnerabilityCheck& check = a.vulnerabilities;
  if (index_file.empty()) {
    check.against = said("Nothing was checked: no advisory data was given (--index).");
    a.not_checked.push_back(said("Known vulnerabilities: no advisory data was given (--index)."));
    a.open_points.push_back(open_point(said("Known vulnerabilities were not looked for: no advisory data was given"), said("Name an index of advisories with --index"), {"CRA/anx/I/PartI/2/a"}));
    a.open_points.back().undecided = true;
    return {};
  }
  auto index = vulnerabilities::index::Index::open(index_file);
  if (!index) return tl::unexpected(index.error());
  const auto meta = nlohmann::json::parse(index->meta(), nullptr, false);
  check.checked = index->record_count() != 0;
  check.advisories = index->record_count();
  check.newest = meta.is_object() ? meta.value("newest", "") : "";
  const std::vector<std::pair<std::string, Said>> held = {{"n", data(std::to_string(check.advisories))}, {"day", check.newest.empty() ? said("an unknown day") : data(check.newest)}};
  check.against = check.advisories == 1 ? said("Held against {n} advisory, the newest of {day}.", held) : said("Held against {n} advisories, the newest of {day}.", held);
  if (s.dossier.releases.empty()) return {};
  const auto documents = stated(s);
  if (!documents) return tl::unexpected(documents.error());
  const auto end_of_day = vex::parse_instant(to_string(s.as_of) + "T23:59:59Z").value_or(vex::Instant{});
  for (const dossier::Artefact& artefact : s.dossier.releases.back().artefacts) {
    if (artefact.kind != "sbom") continue;
    const std::string path = (s.dossier.folder / artefact.path).string();
    const auto bytes = read_file(path);
    if (!bytes) return tl::unexpected(bytes.error());
    const auto bill = sbom::read_sbom(artefact.path, *bytes);
    if (!bill) {
      check.bills.push_back(said("{file} cannot be read as a bill of materials, so its components were not checked.", {{"file", data(artefact.path)}}));
      a.not_checked.push_back(said("Known vulnerabilities of what {file} lists: it cannot be read.", {{"file", data(artefact.path)}}));
      continue;
    }
    vulnerabilities::Scan scan;
    scan.bill = &*bill;
    scan.checked = check.checked;
    auto matches = vulnerabilities::match(*bill, *index);
    if (!matches) return tl::unexpected(matches.error());
    scan.matches = std::move(*matches);
    vex::Statements statements = *documents;
    vex::read_embedded(*bill, *bytes, statements);
    vulnerabilities::apply_vex(scan.matches, std::move(statements), *bill, end_of_day);
    for (std::string& line : vulnerabilities::vex_lines(scan.matches)) check.stated.push_back(artefact.path + ": " + std::move(line));
    check.of_known_kinds += scan.matches.looked_up - scan.matches.no_advisories;
    const auto number = [](std::size_t n) { return data(std::to_string(n)); };
    const std::vector<std::pair<std::string, Said>> looked_at = {{"file", data(artefact.path)}, {"n", number(bill->components.size())},
                                                                 {"m", number(scan.matches.looked_up - scan.matches.no_advisories)}, {"k", number(scan.matches.no_advisories)}};
    check.bills.push_back(bill->components.size() == 1 ? said("{file}: {n} component, {m} of kinds for which there are advisories, {k} of kinds for which there are none.", looked_at)
                                                       : said("{file}: {n} components, {m} of kinds for which there are advisories, {k} of kinds for which there are none.", looked_at));
    for (const vulnerabilities::Finding& f : scan.matches.findings) {
      const sbom::Component& c = bill->components[f.component];
      documents::VulnerabilityRow row{vulnerabilities::component_name(c), f.advisory, name_of(f.status),
                                      vulnerabilities::because(scan.matches, f), "", artefact.path + ":" + std::to_string(c.span.line) + ":" + std::to_string(c.span.column)};
      row.score = vulnerabilities::score_words(f);
      if (f.exploited()) row.exploited = f.exploited_cve + ", known to be exploited since " + f.exploited_added;
      const std::vector<std::pair<std::string, Said>> which = {{"component", data(row.component)}, {"advisory", data(f.advisory)}};
      if (f.status == Status::unknown) {
        a.open_points.push_back(open_point(said("It cannot be told whether {component} has the known vulnerability {advisory}", which),
                                           said("Give the component a version that can be read, or state it in a VEX document among the release's artefacts"), {"CRA/anx/I/PartI/2/a"}));
        a.open_points.back().undecided = true;
      }
      if (f.status == Status::affected)
        a.open_points.push_back(open_point(f.exploited() ? said("{component} has the known vulnerability {advisory}, which is being exploited ({cve})", {which[0], which[1], {"cve", data(f.exploited_cve)}})
                                                         : said("{component} has the known vulnerability {advisory}", which),
                                           said("Update the component, or state with a justification why it cannot be exploited here, in a VEX document among the release's artefacts"), {"CRA/anx/I/PartI/2/a"}));
      (f.status == Status::not_affected ? check.closed : check.rows).push_back(std::move(row));
    }
  }
  if (check.of_known_kinds == 0) {
    a.open_points.push_back(open_point(said("No component of the release could be held against known vulnerabilities"),
                                       said("Name a bill of materials with package URLs among the release's artefacts, and an index with advisories of their kinds"), {"CRA/anx/I/PartI/2/a"}));
    a.open_points.back().undecided = true;
  }
  for (auto* rows : {&check.rows, &check.closed})
    std::stable_sort(rows->begin(), rows->end(), [](const auto& x, const auto& y) { return !x.exploited.empty() && y.exploited.empty(); });
  return {};
}

}  // namespace duolex::workspace
