#include "workspace/watch/watch_case.h"

#include <deque>
#include <nlohmann/json.hpp>

#include "vulnerabilities/matching/report.h"
#include "workspace/watch/watch_matches.h"
#include "workspace/watch/watch_record.h"

namespace duolex::workspace {
namespace {

using nlohmann::ordered_json;

// From the bill's subject to the component, by the shortest way that its dependencies give; where they give none, by
// what it is nested in.
ordered_json path_to(const sbom::Sbom& bill, std::size_t component) {
  std::vector<std::size_t> before(bill.components.size(), sbom::no_component);
  std::deque<std::size_t> open;
  if (bill.subject != sbom::no_component) open.push_back(bill.subject);
  std::vector<bool> seen(bill.components.size(), false);
  if (bill.subject != sbom::no_component) seen[bill.subject] = true;
  while (!open.empty() && !seen[component]) {
    const std::size_t at = open.front();
    open.pop_front();
    auto next = std::lower_bound(bill.dependencies.begin(), bill.dependencies.end(), sbom::Dependency{at, 0});
    for (; next != bill.dependencies.end() && next->from == at; ++next) {
      if (seen[next->on]) continue;
      seen[next->on] = true;
      before[next->on] = at;
      open.push_back(next->on);
    }
  }
  std::vector<std::size_t> way;
  if (seen[component]) {
    for (std::size_t at = component; at != sbom::no_component; at = before[at]) way.push_back(at);
  } else {
    for (std::size_t at = component; at != sbom::no_component && way.size() < 100; at = bill.components[at].parent) way.push_back(at);
  }
  ordered_json names = ordered_json::array();
  for (auto at = way.rbegin(); at != way.rend(); ++at) names.push_back(vulnerabilities::component_name(bill.components[*at]));
  return names;
}

ordered_json components_of(WatchMatches& matches, std::int64_t release, const storage::AdvisoryRow& advisory) {
  ordered_json out = ordered_json::array();
  const auto found = matches.of(release, advisory);
  for (const WatchMatches::Found& f : found.found) {
    const vulnerabilities::Finding& finding = *f.finding;
    ordered_json item = {{"component", vulnerabilities::component_name(f.bill->components[finding.component])}, {"path", path_to(*f.bill, finding.component)},
                         {"status", vulnerabilities::name_of(finding.status)}, {"because", vulnerabilities::because(*f.matches, finding)}};
    if (finding.vex.any()) item["vex"] = vulnerabilities::vex_json(*f.matches, finding);
    out.push_back(std::move(item));
  }
  for (const Diagnostic& d : found.problems)
    out.push_back({{"component", nullptr}, {"path", ordered_json::array()}, {"because", "it cannot be shown any more: " + d.span.file + ": " + d.message}});
  return out;
}

ordered_json or_null(const std::string& text) { return text.empty() ? ordered_json(nullptr) : ordered_json(text); }

}  // namespace

ordered_json case_json(WatchFolder& folder, const storage::CaseRow& row, std::size_t explained) {
  storage::PortfolioStore& store = folder.store();
  std::map<std::int64_t, storage::ReleaseRow> releases;
  for (storage::ReleaseRow& r : store.releases(true))
    if (r.product == row.product) releases.emplace(r.id, std::move(r));
  ordered_json out = {{"case", row.id}, {"state", row.state}, {"product", row.product}, {"vulnerability", row.vulnerability}, {"opened_at", row.opened_at},
                      {"changed_at", row.changed_at}, {"decided_by", or_null(row.decided_by)}, {"because", or_null(row.because)}, {"incident", or_null(row.incident)}};
  ordered_json signals = ordered_json::array();
  for (const storage::SignalRow& s : store.signals_of(row.vulnerability))
    signals.push_back({{"source", s.source}, {"said_on", or_null(s.said_on)}, {"due_on", or_null(s.due_on)}, {"ransomware", s.ransomware},
                       {"recorded_at", s.recorded_at}, {"recorded_by", or_null(s.recorded_by)}, {"note", or_null(s.note)}});
  out["signals"] = std::move(signals);
  const std::vector<storage::CaseReleaseRow> rows = store.case_releases(row.id);
  std::map<std::int64_t, storage::AdvisoryRow> advisories;
  for (const storage::CaseReleaseRow& r : rows)
    if (!advisories.contains(r.advisory))
      if (auto a = store.advisory(r.advisory)) advisories.emplace(r.advisory, std::move(*a));
  ordered_json grounds = ordered_json::array();
  for (const auto& [id, a] : advisories) {
    ordered_json ground = {{"id", a.name}, {"published", or_null(a.published)}, {"modified", a.modified}, {"severity", or_null(a.severity)}, {"summary", or_null(a.summary)}};
    for (const storage::ExploitedRow& e : store.exploited(id))
      if (e.vulnerability == row.vulnerability) ground["tied_by"] = name_of(e.via);
    grounds.push_back(std::move(ground));
  }
  out["advisories"] = std::move(grounds);
  ordered_json list = ordered_json::array();
  WatchMatches matches(folder);
  std::size_t reached = 0, closed = 0;
  for (const storage::CaseReleaseRow& r : rows) {
    const auto release = releases.find(r.release);
    const auto advisory = advisories.find(r.advisory);
    if (release == releases.end() || advisory == advisories.end()) continue;
    ordered_json item = {{"release", release->second.version}, {"placed_on", or_null(release->second.placed_on)}, {"watched", release->second.ended_at.empty()},
                         {"advisory", advisory->second.name}, {"status", name_of(r.status)}, {"since", r.since}};
    if (list.size() < explained) item["components"] = components_of(matches, r.release, advisory->second);
    if (release->second.ended_at.empty()) ++reached;
    if (matches.closed(r.release, advisory->second)) {
      item["closed_by_vex"] = true;
      if (release->second.ended_at.empty()) ++closed;
    }
    list.push_back(std::move(item));
  }
  out["releases"] = std::move(list);
  // Said, and not done: whether the case is none is for a person to decide.
  out["closed_by_vex"] = reached != 0 && closed == reached;
  const std::string place = " --portfolio " + folder.path().string();
  ordered_json next = ordered_json::array();
  if (row.state == "candidate") {
    next.push_back("duolex watch aware " + std::to_string(row.id) + place + " --at MOMENT --by WHO");
    next.push_back("duolex watch dismiss " + std::to_string(row.id) + place + " --by WHO --because REASON");
  } else if (row.state == "aware" && !row.incident.empty()) {
    next.push_back("duolex incident clocks " + row.incident);
  }
  out["next"] = std::move(next);
  return out;
}

std::string case_text(const ordered_json& c) {
  const auto text = [](const ordered_json& value) { return value.is_string() ? value.get<std::string>() : std::string("not known"); };
  std::string out = "Case " + std::to_string(c["case"].get<std::int64_t>()) + ", " + text(c["state"]) + ": " + text(c["vulnerability"]) + " in " + text(c["product"]) + ", opened " + text(c["opened_at"]) + "\n";
  for (const ordered_json& s : c["signals"])
    out += "  being exploited, says " + text(s["source"]) + " of " + text(s["said_on"]) + (s["ransomware"].get<bool>() ? ", also by ransomware" : "") +
           (s["recorded_by"].is_string() ? " (recorded by " + text(s["recorded_by"]) + ")" : "") + "\n";
  for (const ordered_json& a : c["advisories"])
    out += "  advisory " + text(a["id"]) + (a["published"].is_string() ? " of " + text(a["published"]).substr(0, 10) : "") +
           (a.contains("tied_by") && a["tied_by"] != "id" ? ", tied to " + text(c["vulnerability"]) + " by its " + text(a["tied_by"]) : "") + (a["summary"].is_string() ? ": " + text(a["summary"]) : "") + "\n";
  if (c["closed_by_vex"].get<bool>()) out += "  every release that is watched is under a VEX statement that closes it; whether the case is none is a person's to say\n";
  for (const ordered_json& r : c["releases"]) {
    out += "  release " + text(r["release"]) + (r["placed_on"].is_string() ? ", placed on the market " + text(r["placed_on"]) : "") + (r["watched"].get<bool>() ? "" : ", no longer watched") +
           (r["status"] == "affected" ? "" : ": whether it is affected cannot be told") + (r.contains("closed_by_vex") ? "; closed by VEX" : "") + "\n";
    if (!r.contains("components")) continue;
    for (const ordered_json& component : r["components"]) {
      std::string way;
      for (const ordered_json& step : component["path"]) way += (way.empty() ? "" : " > ") + text(step);
      out += "    " + (way.empty() ? std::string() : way + ": ") + text(component["because"]) + "\n";
    }
  }
  if (c["decided_by"].is_string()) out += "  " + text(c["state"]) + ", says " + text(c["decided_by"]) + (c["because"].is_string() ? ": " + text(c["because"]) : "") + "\n";
  if (c["incident"].is_string()) out += "  record: " + text(c["incident"]) + "\n";
  for (const ordered_json& command : c["next"]) out += "  $ " + text(command) + "\n";
  return out;
}

}  // namespace duolex::workspace
