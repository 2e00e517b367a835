#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <ostream>
#include <set>

#include "base/counted.h"
#include "text/json_out.h"
#include "vulnerabilities/feeds/record_reader.h"
#include "workspace/watch/watch_alerts.h"
#include "workspace/watch/watch_case.h"
#include "workspace/watch/watch_deadlines.h"
#include "workspace/watch/watch_documents.h"
#include "workspace/watch/watch_matches.h"
#include "workspace/watch/watch_record.h"

namespace duolex::workspace {
namespace {

namespace fs = std::filesystem;
namespace portfolio = vulnerabilities::portfolio;
namespace index = vulnerabilities::index;
using nlohmann::ordered_json;
using storage::Reach;

vulnerabilities::Advisory stated(const index::StatedRecord& r) {
  vulnerabilities::Advisory a;
  a.id = r.id;
  a.modified = r.modified;
  a.published = r.published;
  a.withdrawn = r.withdrawn;
  a.summary = r.summary;
  a.severity = r.severity;
  a.aliases.assign(r.aliases.begin(), r.aliases.end());
  a.upstream.assign(r.upstream.begin(), r.upstream.end());
  a.related.assign(r.related.begin(), r.related.end());
  return a;
}

// All releases against all that is known.
class Evaluation {
 public:
  Evaluation(WatchFolder& folder, portfolio::Portfolio& releases, const std::string& now) : folder_(folder), store_(folder.store()), releases_(releases), now_(now), recorder_(folder, now) {}

  // Inside a transaction.
  void against(index::Index& known) {
    std::map<std::size_t, std::vector<portfolio::Hit>> by_record;
    releases_.evaluate_all(known, [&](std::size_t record, std::string_view, const std::vector<portfolio::Hit>& hits) {
      auto& all = by_record[record];
      all.insert(all.end(), hits.begin(), hits.end());
    });
    for (const auto& [number, hits] : by_record) one(known, number, hits);
    // What the index says no more, or says otherwise now.
    std::set<std::int64_t> all;
    for (const std::int64_t id : store_.advisories_with_findings()) all.insert(id);
    for (const std::int64_t id : store_.advisories_with_documents()) all.insert(id);
    for (const std::int64_t id : all) {
      if (done_.contains(id)) continue;
      const auto row = store_.advisory(id);
      const auto at = row ? known.find_record(row->name) : std::nullopt;
      if (row && at && known.record(*at).modified > row->modified) one(known, *at, {});
      else if (row && row->document.empty()) recorder_.reaches(id, {});
    }
    if (known.damage()) store_.fail({*known.damage()});
  }

  void against_documents() {
    vulnerabilities::RecordReader reader;
    std::vector<portfolio::Hit> hits;
    for (const std::int64_t id : store_.advisories_with_documents()) {
      const auto row = store_.advisory(id);
      if (!row) return;
      std::string bytes = store_.document(row->document);
      const std::size_t size = bytes.size();
      bytes.append(vulnerabilities::RecordReader::padding, '\0');
      const auto read = reader.read(row->name, 0, {bytes.data(), size});
      if (!read) return store_.fail(read.error());
      hits.clear();
      for (const vulnerabilities::Advisory& a : read->advisories)
        if (a.id == row->name) releases_.evaluate(index::compile(a), hits);
      recorder_.reaches(id, portfolio::releases_of(hits));
      ++documents;
    }
  }

  WatchRecorder& finish() {
    if (auto whole = releases_.whole(); !whole) store_.fail(whole.error());
    for (const std::int64_t id : store_.advisories_with_findings()) recorder_.touch(id);
    recorder_.finish();
    store_.set_evaluated(now_);
    return recorder_;
  }

  std::size_t documents = 0;

 private:
  // Of an advisory that was also ingested the newer copy counts, and of equals that one.
  void one(index::Index& known, std::size_t number, const std::vector<portfolio::Hit>& hits) {
    const index::StatedRecord r = known.record(number);
    const std::string name(r.id);
    if (const auto old = store_.advisory(name); old && !old->document.empty() && old->modified >= r.modified) return;
    const StoredAdvisory kept = store_advisory(store_, stated(r), "", now_);
    done_.insert(kept.id);
    if (r.exploited_via != index::Via::none) {
      (void)store_.put_signal({std::string(r.exploited_cve), "CISA KEV", std::string(r.exploited_added), std::string(r.exploited_due), r.ransomware, now_, "", ""});
      store_.put_exploited({kept.id, std::string(r.exploited_cve), static_cast<storage::Via>(r.exploited_via)});
    }
    recorder_.reaches(kept.id, portfolio::releases_of(hits));
  }

  WatchFolder& folder_;
  storage::PortfolioStore& store_;
  portfolio::Portfolio& releases_;
  std::string now_;
  WatchRecorder recorder_;
  std::set<std::int64_t> done_;
};

struct ReleaseState {
  storage::ReleaseRow row;
  std::size_t affected = 0, unknown = 0, exploited = 0, closed = 0;  // closed by VEX: counted nowhere else
};

struct Run {
  bool checked = false;
  std::vector<std::string> kinds, unseen;  // of packages in the portfolio; those of which the index has no advisory at all
  std::string index_name, newest;
  std::size_t index_records = 0, documents = 0;
  std::vector<ReleaseState> releases;
  std::vector<storage::CaseRow> open, dismissed, aware;
  WatchRecorder::Told told;
  Deadlines deadlines;
  Delivered alerts;
};

void look_at_releases(WatchFolder& folder, Run& run) {
  storage::PortfolioStore& store = folder.store();
  WatchMatches matches(folder);
  std::map<std::int64_t, bool> exploited;
  for (storage::ReleaseRow& row : store.releases()) {
    ReleaseState state{std::move(row), 0, 0, 0, 0};
    for (const storage::FindingRow& f : store.findings_on(state.row.id)) {
      if (const auto advisory = store.advisory(f.advisory); advisory && matches.closed(state.row.id, *advisory)) {
        ++state.closed;
        continue;
      }
      ++(f.status == Reach::affected ? state.affected : state.unknown);
      const auto [at, fresh] = exploited.emplace(f.advisory, false);
      if (fresh) at->second = !store.exploited(f.advisory).empty();
      if (at->second) ++state.exploited;
    }
    run.releases.push_back(std::move(state));
  }
  for (const Diagnostic& d : matches.problems()) run.deadlines.problems.push_back(d);
  for (storage::CaseRow& row : store.cases()) (row.state == "candidate" ? run.open : row.state == "aware" ? run.aware : run.dismissed).push_back(std::move(row));
}

ExitCode status_of(const Run& run) {
  if (run.deadlines.soon()) return ExitCode::deadline;
  const auto any = [&](auto what) { return std::any_of(run.releases.begin(), run.releases.end(), what); };
  if (!run.open.empty() || any([](const ReleaseState& r) { return r.affected != 0; }) || !run.alerts.problems.empty() || !run.deadlines.shortfalls.empty() || !run.deadlines.reports.empty()) return ExitCode::finding;
  // Where the index has nothing about any kind of package, nothing was checked either.
  const bool blind = run.documents == 0 && !run.kinds.empty() && run.unseen.size() == run.kinds.size();
  if (!run.checked || blind || run.releases.empty() || any([](const ReleaseState& r) { return r.unknown != 0; }) || !run.deadlines.problems.empty()) return ExitCode::undecided;
  return ExitCode::clear;
}

std::string listed(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) out += (out.empty() ? " " : ", ") + name;
  return out;
}

std::string in_words(WatchFolder& folder, const Run& run) {
  const auto count = [](std::size_t n, const char* one, const char* many) { return std::to_string(n) + " " + (n == 1 ? one : many); };
  std::string out = count(run.releases.size(), "release", "releases") + " against ";
  if (!run.index_name.empty()) out += run.index_name + " (" + count(run.index_records, "advisory", "advisories") + ", the newest of " + run.newest + ") and ";
  out += count(run.documents, "advisory that was taken in", "advisories that were taken in") + "\n";
  if (!run.checked) out += "Nothing was checked: there is no advisory data (--index, or `duolex watch ingest`).\n";
  if (!run.unseen.empty()) out += "The index holds no advisories of these kinds of package, which were not checked against it:" + listed(run.unseen) + "\n";
  for (const ReleaseState& r : run.releases)
    out += "  " + r.row.product + " " + r.row.version + ": " + count(r.affected, "advisory affects it", "advisories affect it") + (r.unknown != 0 ? ", " + std::to_string(r.unknown) + " may" : "") +
           (r.exploited != 0 ? "; " + std::to_string(r.exploited) + " being exploited" : "") + (r.closed != 0 ? "; " + std::to_string(r.closed) + " closed by VEX" : "") + "\n";
  out += "Changed by this run: " + count(run.told.reached, "new finding", "new findings") + ", " + std::to_string(run.told.ended) + " ended\n";
  for (const storage::CaseRow& row : run.open) out += "\n" + case_text(case_json(folder, row, 10));
  if (!run.open.empty()) out += "\n";
  if (!run.aware.empty() || !run.dismissed.empty()) out += std::to_string(run.aware.size()) + " cases with recorded awareness, " + std::to_string(run.dismissed.size()) + " dismissed\n";
  for (const WatchedClock& c : run.deadlines.pressing)
    out += "Clock: " + c.product + " " + c.incident + ": " + c.label + " to " + c.to + ", " + c.status + (c.due.empty() ? "" : ", due " + c.due) + "\n";
  for (const UntoldUpstream& u : run.deadlines.untold) out += "Upstream: " + u.product + " " + u.incident + ": nobody is recorded to have told the maker of " + u.component + " (CRA Art. 13(6))\n";
  for (const OpenReport& r : run.deadlines.reports) out += "Report: " + r.product + " " + r.incident + ": came in by " + r.channel + " at " + r.received_at + "; nobody has said yet what it is\n";
  for (const WatchedShortfall& s : run.deadlines.shortfalls) out += "Support: " + s.product + " " + s.of + ": " + s.says + "\n";
  std::size_t shown = 0, unknown = 0;
  for (const WatchedEnd& e : run.deadlines.ends) {
    if (e.until.empty()) ++unknown;
    else if (e.soon || shown < 3) {
      out += std::string(e.soon ? "Ends soon: " : "Ends: ") + e.until + " (" + counted(static_cast<std::uint64_t>(e.days_left), "day") + ") " + e.product + (e.of.empty() ? "" : " " + e.of) + ": " + e.what + "\n";
      ++shown;
    }
  }
  if (unknown != 0) out += count(unknown, "end is", "ends are") + " not known (`duolex incident expires` says why)\n";
  if (run.alerts.delivered != 0) out += count(run.alerts.delivered, "alert", "alerts") + " delivered\n";
  if (run.alerts.elsewhere) out += "Another process is delivering alerts.\n";
  return out;
}

ordered_json to_json(WatchFolder& folder, const Run& run) {
  const auto or_null = [](const std::string& text) { return text.empty() ? ordered_json(nullptr) : ordered_json(text); };
  ordered_json releases = ordered_json::array(), cases = ordered_json::array(), clocks = ordered_json::array(), ends = ordered_json::array(), shortfalls = ordered_json::array(),
               untold = ordered_json::array(), reports = ordered_json::array(), problems = ordered_json::array();
  for (const ReleaseState& r : run.releases)
    releases.push_back({{"product", r.row.product}, {"release", r.row.version}, {"affected", r.affected}, {"unknown", r.unknown}, {"exploited", r.exploited}, {"closed_by_vex", r.closed}});
  for (const auto* list : {&run.open, &run.aware, &run.dismissed})
    for (const storage::CaseRow& row : *list) cases.push_back(case_json(folder, row, 10));
  for (const WatchedClock& c : run.deadlines.pressing)
    clocks.push_back({{"product", c.product}, {"incident", c.incident}, {"file", c.file}, {"clock", c.clock}, {"label", c.label}, {"to", c.to}, {"status", c.status}, {"due", or_null(c.due)}});
  for (const WatchedEnd& e : run.deadlines.ends)
    ends.push_back({{"product", e.product}, {"of", e.of}, {"what", e.what}, {"until", or_null(e.until)}, {"days_left", e.until.empty() ? ordered_json(nullptr) : ordered_json(e.days_left)},
                    {"soon", e.soon}, {"open", or_null(e.open)}});
  for (const WatchedShortfall& s : run.deadlines.shortfalls) shortfalls.push_back({{"product", s.product}, {"of", s.of}, {"says", s.says}});
  for (const UntoldUpstream& u : run.deadlines.untold) untold.push_back({{"product", u.product}, {"incident", u.incident}, {"component", u.component}});
  for (const OpenReport& r : run.deadlines.reports) reports.push_back({{"product", r.product}, {"incident", r.incident}, {"channel", r.channel}, {"received_at", r.received_at}});
  for (const Diagnostic& d : run.deadlines.problems) problems.push_back(d.span.file + ": " + d.message);
  return {{"format", 1}, {"checked", run.checked}, {"index", or_null(run.index_name)}, {"index_newest", or_null(run.newest)}, {"index_records", run.index_records}, {"kinds_without_advisories", run.unseen}, {"ingested", run.documents},
          {"new", run.told.reached}, {"ended", run.told.ended}, {"releases", releases}, {"cases", cases}, {"clocks", clocks}, {"not_told_upstream", untold}, {"open_reports", reports}, {"ends", ends}, {"shortfalls", shortfalls},
          {"problems", problems}, {"alerts", {{"delivered", run.alerts.delivered}, {"pending", run.alerts.pending}, {"problems", run.alerts.problems}}}};
}

Result<Run> run_once(WatchFolder& folder, const WatchSettings& settings, const WatchRunRequest& request) {
  Run run;
  auto releases = folder.portfolio();
  if (!releases) return failure(releases.error());
  std::optional<index::Index> known;
  std::string path = request.index;
  if (path.empty() && !settings.index.empty()) path = (folder.path() / settings.index).string();
  if (!path.empty()) {
    auto opened = index::Index::open(path);
    if (!opened) return failure(opened.error());
    known.emplace(std::move(*opened));
    const auto meta = ordered_json::parse(known->meta(), nullptr, false);
    run.index_name = path;
    run.newest = meta.is_object() ? meta.value("newest", "") : "";
    run.index_records = known->record_count();
    // The hash of a file is looked up beside its package's name.
    for (const std::string& kind : releases->types())
      if (kind != "ai-file") {
        run.kinds.push_back(kind);
        if (!known->knows_type(kind)) run.unseen.push_back(kind);
      }
  }
  const auto kept = folder.store().transact([&] {
    Evaluation evaluation(folder, *releases, request.place.now);
    std::error_code error;
    if (known) folder.store().set("index", fs::absolute(path, error).string());
    if (known) evaluation.against(*known);
    evaluation.against_documents();
    run.told = evaluation.finish().told();
    run.documents = evaluation.documents;
    run.checked = run.documents + run.index_records != 0;
    run.deadlines = deadlines_of(folder, request.now_seconds, request.within_days != 0 ? request.within_days : settings.within_days);
    look_at_releases(folder, run);
    tell_deadlines(folder.store(), run.deadlines, request.place.now);
  });
  if (!kept) return failure(kept.error());
  return run;
}

}  // namespace

ExitCode watch_run(const WatchRunRequest& request, std::ostream& out, std::ostream& err) {
  if (!request.sources.empty()) {
    const ExitCode taken = watch_ingest({request.place, request.sources, false, false, false}, request.json ? err : out, err);
    if (taken != ExitCode::clear && taken != ExitCode::finding) return taken;
  }
  auto folder = WatchFolder::open(request.place, WatchFolder::Use::writing);
  if (!folder) return watch_refused(folder.error(), err);
  const auto settings = watch_settings_of(folder->path());
  if (!settings) return watch_refused(settings.error(), err);
  auto run = run_once(*folder, *settings, request);
  if (!run) return watch_refused(run.error(), err);
  folder->release_lock();
  if (request.alerts) {
    auto delivered = deliver_alerts(*folder, *settings, request.place.now);
    if (!delivered) return watch_refused(delivered.error(), err);
    run->alerts = std::move(*delivered);
  }
  if (request.json) out << text::to_json_text(to_json(*folder, *run), text::JsonLayout::pretty);
  else out << in_words(*folder, *run);
  err << render(run->deadlines.problems);
  for (const std::string& problem : run->alerts.problems) err << problem << "\n";
  return status_of(*run);
}

}  // namespace duolex::workspace
