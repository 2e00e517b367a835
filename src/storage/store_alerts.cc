#include "storage/portfolio_store.h"

namespace duolex::storage {
namespace {

AlertRow read_alert(Statement& s) {
  AlertRow row;
  row.id = s.integer();
  for (std::string* text : {&row.name, &row.kind, &row.created_at, &row.body}) *text = s.text();
  return row;
}

}  // namespace

void PortfolioStore::put_alert(const AlertRow& row) {
  run("INSERT OR IGNORE INTO alerts (name, kind, created_at, body) VALUES (?, ?, ?, ?)",
      [&](Statement& s) { s.bind(row.name).bind(row.kind).bind(row.created_at).bind(row.body); });
}

std::vector<AlertRow> PortfolioStore::undelivered(const std::string& way) {
  std::vector<AlertRow> out;
  each("SELECT id, name, kind, created_at, body FROM alerts WHERE NOT EXISTS "
       "(SELECT 1 FROM deliveries WHERE alert = alerts.id AND way = ? AND delivered_at IS NOT NULL) ORDER BY id",
       [&](Statement& s) { s.bind(way); }, [&](Statement& s) { out.push_back(read_alert(s)); });
  return out;
}

std::vector<AlertRow> PortfolioStore::alerts() {
  std::vector<AlertRow> out;
  each("SELECT id, name, kind, created_at, body FROM alerts ORDER BY id", [](Statement&) {}, [&](Statement& s) { out.push_back(read_alert(s)); });
  return out;
}

std::vector<DeliveryRow> PortfolioStore::deliveries(std::int64_t alert) {
  std::vector<DeliveryRow> out;
  each("SELECT alert, way, attempts, tried_at, delivered_at, problem FROM deliveries WHERE alert = ? ORDER BY way", [&](Statement& s) { s.bind(alert); },
       [&](Statement& s) {
         DeliveryRow& row = out.emplace_back();
         row.alert = s.integer();
         row.way = s.text();
         row.attempts = s.integer();
         for (std::string* text : {&row.tried_at, &row.delivered_at, &row.problem}) *text = s.text();
       });
  return out;
}

void PortfolioStore::put_delivery(const DeliveryRow& row) {
  run("INSERT INTO deliveries (alert, way, attempts, tried_at, delivered_at, problem) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (alert, way) DO UPDATE SET "
      "attempts = attempts + excluded.attempts, tried_at = excluded.tried_at, delivered_at = excluded.delivered_at, problem = excluded.problem",
      [&](Statement& s) {
        s.bind(row.alert).bind(row.way).bind(row.attempts).bind(row.tried_at).bind_or_null(row.delivered_at).bind_or_null(row.problem);
      });
}

}  // namespace duolex::storage
