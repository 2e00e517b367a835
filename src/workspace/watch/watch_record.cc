#include "workspace/watch/watch_record.h"

#include <deque>
#include <nlohmann/json.hpp>

#include "base/hash.h"
#include "text/json_out.h"
#include "workspace/watch/watch_case.h"

namespace duolex::workspace {
namespace {

using nlohmann::ordered_json;
using storage::FindingRow;
using storage::NameKind;
using storage::Reach;
using storage::Via;

constexpr std::size_t most_names = 1000;      // that lead from an advisory to others
constexpr std::size_t most_in_an_alert = 100;

// Every name that leads from an advisory to a vulnerability: aliases in both directions and upstream ids to the end,
// related ids one step, as the index ties signals to records.
std::map<std::string, Via> names_behind(storage::PortfolioStore& store, const storage::AdvisoryRow& advisory) {
  std::map<std::string, Via> seen;
  std::deque<std::string> open;
  const auto add = [&](const std::string& name, Via via) {
    if (seen.size() < most_names && seen.emplace(name, via).second) open.push_back(name);
  };
  add(advisory.name, Via::itself);
  while (!open.empty()) {
    const std::string name = std::move(open.front());
    open.pop_front();
    const Via via = seen[name];
    for (const std::int64_t id : store.named_by(name, NameKind::alias))
      if (const auto other = store.advisory(id)) add(other->name, std::max(via, Via::alias));
    const auto own = store.advisory(name);
    if (!own) continue;
    for (const std::string& alias : store.names_of(own->id, NameKind::alias)) add(alias, std::max(via, Via::alias));
    for (const std::string& up : store.names_of(own->id, NameKind::upstream)) add(up, std::max(via, Via::upstream));
  }
  for (const std::string& related : store.names_of(advisory.id, NameKind::related)) seen.emplace(related, Via::related);
  return seen;
}

}  // namespace

// The numbers are those of the index.
const char* name_of(Via via) { return vulnerabilities::index::name_of(static_cast<vulnerabilities::index::Via>(via)); }

const char* name_of(Reach status) { return status == Reach::affected ? "affected" : "unknown"; }

WatchRecorder::WatchRecorder(WatchFolder& folder, std::string now) : folder_(folder), store_(folder.store()), now_(std::move(now)) {
  for (storage::ReleaseRow& r : store_.releases()) releases_.emplace(r.id, std::move(r));
}

WatchRecorder::Counts WatchRecorder::reaches(std::int64_t advisory, const vulnerabilities::portfolio::Reached& reached) {
  std::map<std::int64_t, Reach> fresh;
  for (const std::uint32_t release : reached.affected)
    if (releases_.contains(release)) fresh.emplace(release, Reach::affected);
  for (const std::uint32_t release : reached.unknown)
    if (releases_.contains(release)) fresh.emplace(release, Reach::unknown);
  Counts counts;
  for (const auto& [release, status] : fresh) ++(status == Reach::affected ? counts.affected : counts.unknown);
  for (const FindingRow& old : store_.findings_of(advisory)) {
    const auto at = fresh.find(old.release);
    if (at == fresh.end()) {
      store_.remove_finding(advisory, old.release);
      ++told_.ended;
      if (const auto row = store_.advisory(advisory); row && releases_.contains(old.release)) {
        const storage::ReleaseRow& r = releases_.at(old.release);
        store_.put_history({now_, "finding ended", r.product, row->name, r.version});
      }
    } else if (at->second == old.status) {
      fresh.erase(at);
    }
  }
  for (const auto& [release, status] : fresh) {
    store_.put_finding({advisory, release, status, now_});
    new_.push_back({advisory, release, status});
    ++told_.reached;
  }
  if (!fresh.empty()) touch(advisory);
  return counts;
}

void WatchRecorder::find_signals(std::int64_t advisory) {
  const auto row = store_.advisory(advisory);
  if (!row) return;
  for (const auto& [name, via] : names_behind(store_, *row))
    if (!store_.signals_of(name).empty()) store_.put_exploited({advisory, name, via});
}

void WatchRecorder::finish() {
  for (const std::int64_t advisory : touched_) {
    const std::vector<FindingRow> findings = store_.findings_of(advisory);
    if (findings.empty()) continue;
    find_signals(advisory);
    const auto exploited = store_.exploited(advisory);
    if (exploited.empty()) continue;
    std::map<std::string, std::vector<FindingRow>> by_product;
    for (const FindingRow& f : findings)
      if (const auto at = releases_.find(f.release); at != releases_.end()) by_product[at->second.product].push_back(f);
    for (const storage::ExploitedRow& e : exploited)
      for (const auto& [product, of_it] : by_product) open_case(product, e.vulnerability, of_it);
  }
  tell_findings();
  std::set<std::int64_t> opened(told_.opened.begin(), told_.opened.end());
  for (const std::int64_t id : opened) tell_case(id, true);
  std::set<std::int64_t> widened(told_.widened.begin(), told_.widened.end());
  for (const std::int64_t id : widened)
    if (!opened.contains(id)) tell_case(id, false);
  told_.opened.assign(opened.begin(), opened.end());
  told_.widened.assign(widened.begin(), widened.end());
  touched_.clear();
  new_.clear();
}

// One case for a product and a vulnerability, however many releases, advisories and signals speak of it. A release that
// is new to a case that was dismissed opens it again: what was decided was not decided about it.
void WatchRecorder::open_case(const std::string& product, const std::string& vulnerability, const std::vector<FindingRow>& findings) {
  auto row = store_.find_case(product, vulnerability);
  std::set<std::int64_t> known;
  std::set<std::pair<std::int64_t, std::int64_t>> rows;
  if (row) {
    for (const storage::CaseReleaseRow& r : store_.case_releases(row->id)) {
      if (r.status == Reach::affected) known.insert(r.release);
      rows.emplace(r.release, r.advisory);
    }
  }
  const bool widens = std::any_of(findings.begin(), findings.end(), [&](const FindingRow& f) {
    return f.status == Reach::affected ? !known.contains(f.release) : !rows.contains({f.release, f.advisory});
  });
  if (!row || (row->state == "dismissed" && widens)) {
    storage::CaseRow fresh;
    if (row) fresh = *row;
    else fresh = {0, product, vulnerability, "", now_, now_, "", "", ""};
    fresh.state = "candidate";
    fresh.changed_at = now_;
    fresh.id = store_.put_case(fresh);
    store_.put_history({now_, row ? "case open again" : "case opened", product, "case " + std::to_string(fresh.id), vulnerability});
    told_.opened.push_back(fresh.id);
    row = fresh;
  } else if (widens) {
    store_.put_history({now_, "case wider", product, "case " + std::to_string(row->id), vulnerability});
    told_.widened.push_back(row->id);
  }
  if (!widens) return;
  for (const FindingRow& f : findings) store_.put_case_release(row->id, {f.release, f.advisory, f.status, now_});
}

void WatchRecorder::tell_findings() {
  struct News {
    std::map<std::int64_t, std::vector<const NewFinding*>> by_advisory;
  };
  std::map<std::string, News> by_product;
  for (const NewFinding& f : new_) by_product[releases_.at(f.release).product].by_advisory[f.advisory].push_back(&f);
  // So many advisories an alert; as many alerts as it takes.
  for (const auto& [product, news] : by_product) {
    ordered_json list = ordered_json::array();
    std::string all;
    const auto put = [&, p = product] {
      const ordered_json body = {{"format", 1}, {"kind", "findings"}, {"at", now_}, {"product", p}, {"count", list.size()}, {"advisories", list}};
      store_.put_alert({0, "findings/" + p + "/" + now_ + "/" + sha256_hex(all).substr(0, 16), "findings", now_, text::to_json_text(body, text::JsonLayout::compact)});
      list = ordered_json::array();
      all.clear();
    };
    for (const auto& [advisory, findings] : news.by_advisory) {
      const auto row = store_.advisory(advisory);
      if (!row) return;
      ordered_json affected = ordered_json::array(), unknown = ordered_json::array();
      std::size_t affected_count = 0;
      for (const NewFinding* f : findings) {
        affected_count += f->status == Reach::affected ? 1 : 0;
        ordered_json& into = f->status == Reach::affected ? affected : unknown;
        if (into.size() < most_in_an_alert) into.push_back(releases_.at(f->release).version);
        all += row->name + " " + row->modified + " " + std::to_string(f->release) + "\n";
      }
      list.push_back({{"advisory", row->name}, {"summary", row->summary}, {"severity", row->severity}, {"modified", row->modified},
                      {"exploited", !store_.exploited(advisory).empty()}, {"affected", affected_count}, {"unknown", findings.size() - affected_count},
                      {"affected_releases", affected}, {"unknown_releases", unknown}});
      if (list.size() == most_in_an_alert) put();
    }
    if (!list.empty()) put();
  }
}

void WatchRecorder::tell_case(std::int64_t id, bool opened) {
  const auto row = store_.find_case(id);
  if (!row) return;
  const std::size_t count = store_.case_releases(id).size();
  ordered_json body = {{"format", 1}, {"kind", "candidate"}, {"at", now_}, {"news", opened ? "opened" : "more releases"}};
  body.update(case_json(folder_, *row, 10));
  store_.put_alert({0, "case/" + std::to_string(id) + "/" + row->changed_at + "/" + std::to_string(count), "candidate", now_, text::to_json_text(body, text::JsonLayout::compact)});
}

}  // namespace duolex::workspace
