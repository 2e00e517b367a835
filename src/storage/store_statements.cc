#include "storage/portfolio_store.h"

namespace duolex::storage {

bool PortfolioStore::put_statements(const StatementsRow& row) {
  const std::int64_t before = number("SELECT count(*) FROM statements");
  run("INSERT INTO statements (sha256, release, name, added_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
      [&](Statement& s) { s.bind(row.sha256).bind(row.release).bind(row.name).bind(row.added_at); });
  return number("SELECT count(*) FROM statements") != before;
}

std::vector<StatementsRow> PortfolioStore::statements() {
  std::vector<StatementsRow> out;
  each("SELECT sha256, release, name, added_at FROM statements ORDER BY release, sha256", [](Statement&) {},
       [&](Statement& s) {
         StatementsRow& row = out.emplace_back();
         row.sha256 = s.text();
         row.release = s.integer();
         for (std::string* text : {&row.name, &row.added_at}) *text = s.text();
       });
  return out;
}

}  // namespace duolex::storage
