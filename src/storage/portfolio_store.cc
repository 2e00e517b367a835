#include "storage/portfolio_store.h"

namespace duolex::storage {
namespace {

ReleaseRow read_release(Statement& s) {
  ReleaseRow r;
  r.id = s.integer();
  for (std::string* text : {&r.product, &r.version, &r.dossier, &r.placed_on, &r.support_until}) *text = s.text();
  r.components = s.integer();
  r.looked_up = s.integer();
  for (std::string* text : {&r.added_at, &r.evaluated_at, &r.ended_at, &r.ended_because}) *text = s.text();
  return r;
}

}  // namespace

Result<PortfolioStore> PortfolioStore::open(const std::filesystem::path& file, bool create) {
  auto database = Database::open(file, create);
  if (!database) return failure(database.error());
  return PortfolioStore(std::move(*database));
}

Result<void> PortfolioStore::whole() const {
  if (failed_) return failure(*failed_);
  return {};
}

void PortfolioStore::fail(Diagnostics why) {
  if (!failed_) failed_ = std::move(why);
}

Result<void> PortfolioStore::transact(const std::function<void()>& work) {
  if (failed_) return failure(*failed_);
  auto transaction = Transaction::begin(*database_);
  if (!transaction) return failure(transaction.error());
  work();
  if (failed_) return failure(*failed_);
  return transaction->commit();
}

void PortfolioStore::each(const char* sql, const std::function<void(Statement&)>& bind, const std::function<void(Statement&)>& row) {
  if (failed_) return;
  auto at = statements_.find(sql);
  if (at == statements_.end()) {
    auto made = database_->prepare(sql);
    if (!made) {
      failed_ = made.error();
      return;
    }
    at = statements_.emplace(sql, std::move(*made)).first;
  }
  bind(at->second);
  for (;;) {
    const auto more = at->second.step();
    if (!more) {
      failed_ = more.error();
      return;
    }
    if (!*more) return;
    row(at->second);
  }
}

std::int64_t PortfolioStore::number(const char* sql) {
  std::int64_t out = 0;
  each(sql, [](Statement&) {}, [&](Statement& s) { out = s.integer(); });
  return out;
}

std::int64_t PortfolioStore::add_release(const ReleaseRow& row, const std::vector<BillRow>& bills) {
  run("INSERT INTO releases (product, version, dossier, placed_on, support_until, components, looked_up, added_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
      [&](Statement& s) {
        s.bind(row.product).bind(row.version).bind_or_null(row.dossier).bind_or_null(row.placed_on).bind_or_null(row.support_until);
        s.bind(row.components).bind(row.looked_up).bind(row.added_at);
      });
  const std::int64_t id = database_->last_id();
  for (const BillRow& bill : bills)
    run("INSERT OR IGNORE INTO bills (release, sha256, name) VALUES (?, ?, ?)", [&](Statement& s) { s.bind(id).bind(bill.sha256).bind(bill.name); });
  return id;
}

std::vector<ReleaseRow> PortfolioStore::releases(bool ended) {
  std::vector<ReleaseRow> out;
  each("SELECT id, product, version, dossier, placed_on, support_until, components, looked_up, added_at, evaluated_at, ended_at, ended_because "
       "FROM releases WHERE ended_at IS NULL OR ? ORDER BY product, id",
       [&](Statement& s) { s.bind(ended ? 1 : 0); }, [&](Statement& s) { out.push_back(read_release(s)); });
  return out;
}

std::vector<BillRow> PortfolioStore::bills_of(std::int64_t release) {
  std::vector<BillRow> out;
  each("SELECT sha256, name FROM bills WHERE release = ? ORDER BY name, sha256", [&](Statement& s) { s.bind(release); },
       [&](Statement& s) {
         BillRow& bill = out.emplace_back();
         bill.sha256 = s.text();
         bill.name = s.text();
       });
  return out;
}

void PortfolioStore::end_release(std::int64_t release, const std::string& at, const std::string& because) {
  run("UPDATE releases SET ended_at = ?, ended_because = ? WHERE id = ?", [&](Statement& s) { s.bind(at).bind(because).bind(release); });
  run("DELETE FROM findings WHERE release = ?", [&](Statement& s) { s.bind(release); });
}

void PortfolioStore::set_dates(std::int64_t release, const std::string& placed_on, const std::string& support_until, const std::string& dossier) {
  run("UPDATE releases SET placed_on = ?, support_until = ?, dossier = ? WHERE id = ?",
      [&](Statement& s) { s.bind_or_null(placed_on).bind_or_null(support_until).bind_or_null(dossier).bind(release); });
}

void PortfolioStore::set_evaluated(const std::string& at) {
  run("UPDATE releases SET evaluated_at = ? WHERE ended_at IS NULL", [&](Statement& s) { s.bind(at); });
}

std::vector<SegmentRow> PortfolioStore::segments() {
  std::vector<SegmentRow> out;
  each("SELECT file, bytes, instances FROM segments ORDER BY id", [](Statement&) {},
       [&](Statement& s) {
         SegmentRow& row = out.emplace_back();
         row.file = s.text();
         row.bytes = s.integer();
         row.instances = s.integer();
       });
  return out;
}

void PortfolioStore::set_segments(const std::vector<SegmentRow>& rows) {
  run("DELETE FROM segments", [](Statement&) {});
  for (const SegmentRow& row : rows)
    run("INSERT INTO segments (file, bytes, instances) VALUES (?, ?, ?)", [&](Statement& s) { s.bind(row.file).bind(row.bytes).bind(row.instances); });
}

void PortfolioStore::put_history(const HistoryRow& row) {
  run("INSERT INTO history (at, what, product, subject, detail) VALUES (?, ?, ?, ?, ?)",
      [&](Statement& s) { s.bind(row.at).bind(row.what).bind_or_null(row.product).bind(row.subject).bind_or_null(row.detail); });
}

std::vector<HistoryRow> PortfolioStore::history() {
  std::vector<HistoryRow> out;
  each("SELECT at, what, product, subject, detail FROM history ORDER BY id", [](Statement&) {},
       [&](Statement& s) {
         HistoryRow& row = out.emplace_back();
         for (std::string* text : {&row.at, &row.what, &row.product, &row.subject, &row.detail}) *text = s.text();
       });
  return out;
}

std::string PortfolioStore::setting(const std::string& name) {
  std::string out;
  each("SELECT value FROM settings WHERE name = ?", [&](Statement& s) { s.bind(name); }, [&](Statement& s) { out = s.text(); });
  return out;
}

void PortfolioStore::set(const std::string& name, const std::string& value) {
  run("INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
      [&](Statement& s) { s.bind(name).bind(value); });
}

}  // namespace duolex::storage
