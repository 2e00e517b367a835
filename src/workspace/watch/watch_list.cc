#include <nlohmann/json.hpp>
#include <ostream>

#include "base/counted.h"
#include "text/json_out.h"
#include "workspace/watch/watch_matches.h"

namespace duolex::workspace {

using nlohmann::ordered_json;

ExitCode watch_list(const WatchListRequest& request, std::ostream& out, std::ostream& err) {
  auto folder = WatchFolder::open(request.place, WatchFolder::Use::reading);
  if (!folder) return watch_refused(folder.error(), err);
  storage::PortfolioStore& store = folder->store();
  WatchMatches matches(*folder);
  ordered_json rows = ordered_json::array();
  std::string words;
  for (const storage::ReleaseRow& r : store.releases()) {
    std::size_t affected = 0, unknown = 0, closed = 0;
    for (const storage::FindingRow& f : store.findings_on(r.id)) {
      const auto advisory = store.advisory(f.advisory);
      const bool by_vex = advisory && matches.closed(r.id, *advisory);
      ++(by_vex ? closed : f.status == storage::Reach::affected ? affected : unknown);
    }
    const auto or_null = [](const std::string& text) { return text.empty() ? ordered_json(nullptr) : ordered_json(text); };
    rows.push_back({{"product", r.product}, {"release", r.version}, {"placed_on", or_null(r.placed_on)}, {"support_until", or_null(r.support_until)},
                    {"components", r.components}, {"looked_up", r.looked_up}, {"added_at", r.added_at}, {"evaluated_at", or_null(r.evaluated_at)},
                    {"advisories", {{"affected", affected}, {"unknown", unknown}, {"closed_by_vex", closed}}}, {"dossier", or_null(r.dossier)}});
    words += r.product + " " + r.version + ": " + counted(static_cast<std::uint64_t>(r.components), "component") + ", " + std::to_string(r.looked_up) + " can be looked up; " +
             (r.evaluated_at.empty() ? "no run has held it against advisories" : counted(affected, "advisory affects", "advisories affect") + " it, " + std::to_string(unknown) + " may" + (closed != 0 ? ", " + std::to_string(closed) + " closed by VEX" : "") + " (run of " + r.evaluated_at + ")") +
             "\n  placed on the market " + (r.placed_on.empty() ? "on a day that is not known" : r.placed_on) + ", supported " +
             (r.support_until.empty() ? "until a day that is not known" : "until " + r.support_until) + "\n";
  }
  if (auto whole = store.whole(); !whole) return watch_refused(whole.error(), err);
  if (request.json) out << text::to_json_text(ordered_json{{"format", 1}, {"releases", rows}}, text::JsonLayout::pretty);
  else out << (words.empty() ? "No release is watched.\n" : words);
  return ExitCode::clear;
}

}  // namespace duolex::workspace
