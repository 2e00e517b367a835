#include <nlohmann/json.hpp>
#include <ostream>

#include "base/counted.h"
#include "base/file.h"
#include "base/hash.h"
#include "text/json_out.h"
#include "workspace/watch/watch_alerts.h"

namespace duolex::workspace {

using nlohmann::ordered_json;

ExitCode watch_alerts(const WatchAlertsRequest& request, std::ostream& out, std::ostream& err) {
  auto folder = WatchFolder::open(request.place, WatchFolder::Use::reading);
  if (!folder) return watch_refused(folder.error(), err);
  const auto settings = watch_settings_of(folder->path());
  if (!settings) return watch_refused(settings.error(), err);
  if (request.deliver) {
    const auto delivered = deliver_alerts(*folder, *settings, request.place.now);
    if (!delivered) return watch_refused(delivered.error(), err);
    for (const std::string& problem : delivered->problems) err << problem << "\n";
    if (delivered->elsewhere) err << "Another process is delivering alerts.\n";
  }
  storage::PortfolioStore& store = folder->store();
  ordered_json rows = ordered_json::array();
  std::string words;
  bool pending = false;
  for (const storage::AlertRow& alert : store.alerts()) {
    ordered_json ways = ordered_json::array();
    words += std::to_string(alert.id) + "  " + alert.created_at + "  " + alert.kind + "  " + alert.name + "\n";
    bool delivered = false;
    for (const storage::DeliveryRow& d : store.deliveries(alert.id)) {
      ways.push_back({{"way", d.way}, {"attempts", d.attempts}, {"tried_at", d.tried_at}, {"delivered_at", d.delivered_at.empty() ? ordered_json(nullptr) : ordered_json(d.delivered_at)},
                      {"problem", d.problem.empty() ? ordered_json(nullptr) : ordered_json(d.problem)}});
      words += "    " + d.way + ": " + (d.delivered_at.empty() ? "not delivered, " + d.problem : "delivered " + d.delivered_at) + " (attempt " + std::to_string(d.attempts) + ")\n";
      delivered = delivered || !d.delivered_at.empty();
      pending = pending || d.delivered_at.empty();
    }
    if (!delivered) pending = true;
    rows.push_back({{"alert", alert.id}, {"kind", alert.kind}, {"created_at", alert.created_at}, {"body", ordered_json::parse(alert.body, nullptr, false)}, {"deliveries", ways}});
  }
  if (auto whole = store.whole(); !whole) return watch_refused(whole.error(), err);
  if (request.json) out << text::to_json_text(ordered_json{{"format", 1}, {"alerts", rows}}, text::JsonLayout::pretty);
  else out << (words.empty() ? "There is no alert.\n" : words);
  if (settings->alerts.empty() && !rows.empty()) err << "No way of telling is set up (watch.yaml): nobody was told.\n";
  return pending ? ExitCode::finding : ExitCode::clear;
}

ExitCode watch_rebuild(const WatchRebuildRequest& request, std::ostream& out, std::ostream& err) {
  auto folder = WatchFolder::open(request.place, WatchFolder::Use::writing);
  if (!folder) return watch_refused(folder.error(), err);
  storage::PortfolioStore& store = folder->store();
  vulnerabilities::portfolio::Gatherer gatherer;
  std::size_t releases = 0;
  for (const storage::ReleaseRow& r : store.releases()) {
    ++releases;
    for (const storage::BillRow& kept : store.bills_of(r.id)) {
      const auto path = folder->bill_path(kept.sha256);
      const auto bytes = read_file(path);
      if (!bytes) return watch_refused(bytes.error(), err);
      if (sha256_hex(*bytes) != kept.sha256) return watch_refused({error_in(path.string(), "is not the bill of " + r.product + " " + r.version + " any more", "restore it from a copy, or add the release again")}, err);
      const auto bill = sbom::read_sbom(kept.name, *bytes);
      if (!bill) return watch_refused(bill.error(), err);
      gatherer.add(static_cast<std::uint32_t>(r.id), *bill);
    }
  }
  const std::size_t instances = gatherer.instances();
  const auto kept = store.transact([&] { folder->replace_segments(gatherer.finish()); });
  if (!kept) return watch_refused(kept.error(), err);
  folder->remove_unused_segments();
  out << "The component index was made again: " << counted(releases, "release") << ", " << counted(instances, "component") << "\n";
  return ExitCode::clear;
}

}  // namespace duolex::workspace
