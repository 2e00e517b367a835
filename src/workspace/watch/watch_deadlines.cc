#include "workspace/watch/watch_deadlines.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "text/json_out.h"
#include "workspace/incidents/incident_file.h"

namespace duolex::workspace {
namespace {

namespace fs = std::filesystem;
using nlohmann::ordered_json;

class Collector {
 public:
  Collector(std::int64_t now, int within_days) : now_{now}, within_days_(within_days) {
    today_ = Day{static_cast<std::int32_t>(now / 86400)};
  }

  Deadlines out;

  void incident(const std::string& product, const IncidentFile& file) {
    ++out.incidents;
    const auto rules = clock_rules_for(file.path, file.record);
    if (!rules) return problem(rules.error());
    const auto clocks = incidents::clocks_of(file.record, *rules, now_);
    if (!clocks) return problem(clocks.error());
    for (const incidents::Clock& c : *clocks) {
      if (!c.pressing) continue;
      const std::string due = c.due_at ? file.record.zone->text(*c.due_at) : c.due_on ? to_string(*c.due_on) : "";
      out.pressing.push_back({product, file.record.id, file.path.string(), c.rule->id, c.rule->label, c.rule->to, incidents::to_string(c.status), due});
    }
    const auto kind = file.record.facts.find("cra.kind");
    if (kind == file.record.facts.end() && file.record.intake)
      out.reports.push_back({product, file.record.id, file.record.intake->channel, file.record.zone->text(file.record.intake->received.at.moment)});
    if (kind == file.record.facts.end() || kind->second != std::vector<std::string>{"vulnerability"}) return;
    for (const std::string& component : file.record.components) {
      const bool told = std::any_of(file.record.upstream.begin(), file.record.upstream.end(), [&](const incidents::UpstreamReport& u) { return u.component == component; });
      if (!told) out.untold.push_back({product, file.record.id, component});
    }
  }

  void endings(const std::string& product, const incidents::Endings& found) {
    for (const incidents::Ending& e : found.list) {
      WatchedEnd end{product, e.what + (e.by == "importer" ? " (by the importer)" : e.by.empty() ? "" : " (by the authorised representative)"), e.of, "", e.open, 0, false};
      if (e.until) {
        if (*e.until < today_) continue;
        end.until = to_string(*e.until);
        end.days_left = e.until->number - today_.number;
        end.soon = end.days_left <= within_days_;
      }
      out.ends.push_back(std::move(end));
    }
    for (const incidents::Shortfall& s : found.shortfalls) out.shortfalls.push_back({product, s.of, s.says});
  }

  void problem(const Diagnostics& why) { out.problems.insert(out.problems.end(), why.begin(), why.end()); }

 private:
  incidents::Moment now_;
  int within_days_;
  Day today_;
};

}  // namespace

bool Deadlines::soon() const {
  return !pressing.empty() || std::any_of(ends.begin(), ends.end(), [](const WatchedEnd& e) { return e.soon; });
}

Deadlines deadlines_of(WatchFolder& folder, std::int64_t now_seconds, int within_days) {
  Collector collector(now_seconds, within_days);
  std::map<std::string, std::vector<storage::ReleaseRow>> by_product;
  for (storage::ReleaseRow& r : folder.store().releases()) by_product[r.product].push_back(std::move(r));
  std::error_code error;
  std::set<std::string> seen;
  for (const auto& [product, releases] : by_product) {
    std::vector<incidents::ReleaseDates> alone;
    for (const storage::ReleaseRow& r : releases) {
      const bool there = !r.dossier.empty() && fs::is_regular_file(fs::path(r.dossier) / "duolex.yaml", error);
      if (!there) {
        if (!r.dossier.empty()) collector.problem({error_in(r.dossier, "the dossier of " + product + " is not there any more", "what the portfolio knows of its releases is used")});
        alone.push_back({r.version, parse_day(r.placed_on), parse_day(r.support_until)});
        continue;
      }
      if (!seen.insert(r.dossier).second) continue;
      if (const auto endings = endings_of_dossier(r.dossier)) collector.endings(product, *endings);
      else collector.problem(endings.error());
      if (const auto files = load_incidents({r.dossier, ""}))
        for (const IncidentFile& file : *files) collector.incident(product, file);
      else collector.problem(files.error());
    }
    if (!alone.empty()) collector.endings(product, incidents::endings_of(alone, {}, incidents::built_in_retention()));
  }
  std::vector<fs::path> own;
  for (fs::directory_iterator it(folder.path() / "incidents", error), end; !error && it != end; it.increment(error))
    if (it->path().extension() == ".yaml") own.push_back(it->path());
  std::sort(own.begin(), own.end());
  for (const fs::path& path : own) {
    std::string product;
    for (const storage::CaseRow& row : folder.store().cases())
      if (row.incident == fs::absolute(path, error).lexically_normal().string()) product = row.product;
    if (const auto file = load_incident({path, ""})) collector.incident(product, *file);
    else collector.problem(file.error());
  }
  Deadlines out = std::move(collector.out);
  std::stable_sort(out.ends.begin(), out.ends.end(), [](const WatchedEnd& a, const WatchedEnd& b) {
    return std::tuple(a.until.empty(), a.until) < std::tuple(b.until.empty(), b.until);
  });
  return out;
}

void tell_deadlines(storage::PortfolioStore& store, const Deadlines& deadlines, const std::string& now) {
  const auto tell = [&](const std::string& name, const char* kind, ordered_json body) {
    ordered_json whole = {{"format", 1}, {"kind", kind}, {"at", now}};
    whole.update(body);
    store.put_alert({0, name, kind, now, text::to_json_text(whole, text::JsonLayout::compact)});
  };
  for (const WatchedClock& c : deadlines.pressing)
    tell("clock/" + c.file + "/" + c.clock + "/" + c.status + "/" + c.due, "deadline",
         {{"product", c.product}, {"incident", c.incident}, {"clock", c.clock}, {"label", c.label}, {"to", c.to}, {"status", c.status}, {"due", c.due}});
  for (const WatchedEnd& e : deadlines.ends)
    if (e.soon)
      tell("ending/" + e.product + "/" + e.of + "/" + e.what + "/" + e.until, "ending",
           {{"product", e.product}, {"of", e.of}, {"what", e.what}, {"until", e.until}, {"days_left", e.days_left}});
}

}  // namespace duolex::workspace
