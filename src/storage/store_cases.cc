#include "storage/portfolio_store.h"

namespace duolex::storage {
namespace {

CaseRow read_case(Statement& s) {
  CaseRow row;
  row.id = s.integer();
  for (std::string* text : {&row.product, &row.vulnerability, &row.state, &row.opened_at, &row.changed_at, &row.decided_by, &row.because, &row.incident})
    *text = s.text();
  return row;
}

}  // namespace

std::optional<CaseRow> PortfolioStore::find_case(const std::string& product, const std::string& vulnerability) {
  std::optional<CaseRow> out;
  each("SELECT id, product, vulnerability, state, opened_at, changed_at, decided_by, because, incident FROM cases WHERE product = ? AND vulnerability = ?",
       [&](Statement& s) { s.bind(product).bind(vulnerability); }, [&](Statement& s) { out = read_case(s); });
  return out;
}

std::optional<CaseRow> PortfolioStore::find_case(std::int64_t id) {
  std::optional<CaseRow> out;
  each("SELECT id, product, vulnerability, state, opened_at, changed_at, decided_by, because, incident FROM cases WHERE id = ?",
       [&](Statement& s) { s.bind(id); }, [&](Statement& s) { out = read_case(s); });
  return out;
}

std::vector<CaseRow> PortfolioStore::cases() {
  std::vector<CaseRow> out;
  each("SELECT id, product, vulnerability, state, opened_at, changed_at, decided_by, because, incident FROM cases ORDER BY id", [](Statement&) {},
       [&](Statement& s) { out.push_back(read_case(s)); });
  return out;
}

std::int64_t PortfolioStore::put_case(const CaseRow& row) {
  if (row.id == 0) {
    run("INSERT INTO cases (product, vulnerability, state, opened_at, changed_at, decided_by, because, incident) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [&](Statement& s) {
          s.bind(row.product).bind(row.vulnerability).bind(row.state).bind(row.opened_at).bind(row.changed_at);
          s.bind_or_null(row.decided_by).bind_or_null(row.because).bind_or_null(row.incident);
        });
    return database_->last_id();
  }
  run("UPDATE cases SET state = ?, changed_at = ?, decided_by = ?, because = ?, incident = ? WHERE id = ?", [&](Statement& s) {
    s.bind(row.state).bind(row.changed_at).bind_or_null(row.decided_by).bind_or_null(row.because).bind_or_null(row.incident).bind(row.id);
  });
  return row.id;
}

std::vector<CaseReleaseRow> PortfolioStore::case_releases(std::int64_t id) {
  std::vector<CaseReleaseRow> out;
  each("SELECT release, advisory, status, since FROM case_releases WHERE case_id = ? ORDER BY release, advisory", [&](Statement& s) { s.bind(id); },
       [&](Statement& s) {
         CaseReleaseRow& row = out.emplace_back();
         row.release = s.integer();
         row.advisory = s.integer();
         row.status = static_cast<Reach>(s.integer());
         row.since = s.text();
       });
  return out;
}

void PortfolioStore::put_case_release(std::int64_t id, const CaseReleaseRow& row) {
  run("INSERT INTO case_releases (case_id, release, advisory, status, since) VALUES (?, ?, ?, ?, ?) "
      "ON CONFLICT (case_id, release, advisory) DO UPDATE SET status = excluded.status",
      [&](Statement& s) { s.bind(id).bind(row.release).bind(row.advisory).bind(static_cast<std::int64_t>(row.status)).bind(row.since); });
}

}  // namespace duolex::storage
