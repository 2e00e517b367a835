#include "storage/portfolio_store.h"

namespace duolex::storage {
namespace {

AdvisoryRow read_advisory(Statement& s) {
  AdvisoryRow row;
  row.id = s.integer();
  for (std::string* text : {&row.name, &row.modified, &row.published, &row.withdrawn, &row.summary, &row.severity, &row.document, &row.first_at})
    *text = s.text();
  return row;
}

FindingRow read_finding(Statement& s) {
  FindingRow row;
  row.advisory = s.integer();
  row.release = s.integer();
  row.status = static_cast<Reach>(s.integer());
  row.since = s.text();
  return row;
}

}  // namespace

std::optional<AdvisoryRow> PortfolioStore::advisory(const std::string& name) {
  std::optional<AdvisoryRow> out;
  each("SELECT id, name, modified, published, withdrawn, summary, severity, document, first_at FROM advisories WHERE name = ?",
       [&](Statement& s) { s.bind(name); }, [&](Statement& s) { out = read_advisory(s); });
  return out;
}

std::optional<AdvisoryRow> PortfolioStore::advisory(std::int64_t id) {
  std::optional<AdvisoryRow> out;
  each("SELECT id, name, modified, published, withdrawn, summary, severity, document, first_at FROM advisories WHERE id = ?",
       [&](Statement& s) { s.bind(id); }, [&](Statement& s) { out = read_advisory(s); });
  return out;
}

std::int64_t PortfolioStore::put_advisory(const AdvisoryRow& row, const std::vector<std::pair<NameKind, std::string>>& names,
                                          const std::string& document_bytes, const std::string& now) {
  if (!row.document.empty())
    run("INSERT OR IGNORE INTO documents (sha256, bytes) VALUES (?, ?)", [&](Statement& s) { s.bind(row.document).bind_blob(document_bytes); });
  run("INSERT INTO advisories (name, modified, published, withdrawn, summary, severity, document, first_at, changed_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) "
      "ON CONFLICT (name) DO UPDATE SET modified = excluded.modified, published = excluded.published, withdrawn = excluded.withdrawn, "
      "summary = excluded.summary, severity = excluded.severity, document = excluded.document, changed_at = excluded.changed_at",
      [&](Statement& s) {
        s.bind(row.name).bind(row.modified).bind_or_null(row.published).bind_or_null(row.withdrawn).bind_or_null(row.summary);
        s.bind_or_null(row.severity).bind_or_null(row.document).bind(now).bind(now);
      });
  const auto stored = advisory(row.name);
  if (!stored) return 0;
  run("DELETE FROM names WHERE advisory = ?", [&](Statement& s) { s.bind(stored->id); });
  for (const auto& [kind, name] : names)
    run("INSERT OR IGNORE INTO names (advisory, kind, name) VALUES (?, ?, ?)",
        [&, k = kind, n = std::string_view(name)](Statement& s) { s.bind(stored->id).bind(static_cast<std::int64_t>(k)).bind(n); });
  return stored->id;
}

std::string PortfolioStore::document(const std::string& sha256) {
  std::string out;
  each("SELECT bytes FROM documents WHERE sha256 = ?", [&](Statement& s) { s.bind(sha256); }, [&](Statement& s) { out = s.text(); });
  return out;
}

std::vector<std::int64_t> PortfolioStore::advisories_with_documents() {
  std::vector<std::int64_t> out;
  each("SELECT id FROM advisories WHERE document IS NOT NULL ORDER BY name", [](Statement&) {}, [&](Statement& s) { out.push_back(s.integer()); });
  return out;
}

std::vector<std::int64_t> PortfolioStore::advisories_with_findings() {
  std::vector<std::int64_t> out;
  each("SELECT id FROM advisories WHERE EXISTS (SELECT 1 FROM findings WHERE advisory = advisories.id) ORDER BY name", [](Statement&) {},
       [&](Statement& s) { out.push_back(s.integer()); });
  return out;
}

std::int64_t PortfolioStore::advisory_count() { return number("SELECT count(*) FROM advisories WHERE document IS NOT NULL"); }

std::vector<std::string> PortfolioStore::names_of(std::int64_t advisory, NameKind kind) {
  std::vector<std::string> out;
  each("SELECT name FROM names WHERE advisory = ? AND kind = ? ORDER BY name",
       [&](Statement& s) { s.bind(advisory).bind(static_cast<std::int64_t>(kind)); }, [&](Statement& s) { out.push_back(s.text()); });
  return out;
}

std::vector<std::int64_t> PortfolioStore::named_by(const std::string& name, NameKind kind) {
  std::vector<std::int64_t> out;
  each("SELECT advisory FROM names WHERE name = ? AND kind = ? ORDER BY advisory",
       [&](Statement& s) { s.bind(name).bind(static_cast<std::int64_t>(kind)); }, [&](Statement& s) { out.push_back(s.integer()); });
  return out;
}

std::vector<FindingRow> PortfolioStore::findings_of(std::int64_t advisory) {
  std::vector<FindingRow> out;
  each("SELECT advisory, release, status, since FROM findings WHERE advisory = ? ORDER BY release", [&](Statement& s) { s.bind(advisory); },
       [&](Statement& s) { out.push_back(read_finding(s)); });
  return out;
}

std::vector<FindingRow> PortfolioStore::findings_on(std::int64_t release) {
  std::vector<FindingRow> out;
  each("SELECT advisory, release, status, since FROM findings WHERE release = ? ORDER BY advisory", [&](Statement& s) { s.bind(release); },
       [&](Statement& s) { out.push_back(read_finding(s)); });
  return out;
}

void PortfolioStore::put_finding(const FindingRow& row) {
  run("INSERT INTO findings (advisory, release, status, since) VALUES (?, ?, ?, ?) ON CONFLICT (advisory, release) DO UPDATE SET status = excluded.status",
      [&](Statement& s) { s.bind(row.advisory).bind(row.release).bind(static_cast<std::int64_t>(row.status)).bind(row.since); });
}

void PortfolioStore::remove_finding(std::int64_t advisory, std::int64_t release) {
  run("DELETE FROM findings WHERE advisory = ? AND release = ?", [&](Statement& s) { s.bind(advisory).bind(release); });
}

bool PortfolioStore::put_signal(const SignalRow& row) {
  const std::int64_t before = signal_count();
  run("INSERT INTO signals (vulnerability, source, said_on, due_on, ransomware, recorded_at, recorded_by, note) VALUES (?, ?, ?, ?, ?, ?, ?, ?) "
      "ON CONFLICT (vulnerability, source) DO UPDATE SET due_on = excluded.due_on, ransomware = excluded.ransomware",
      [&](Statement& s) {
        s.bind(row.vulnerability).bind(row.source).bind_or_null(row.said_on).bind_or_null(row.due_on).bind(row.ransomware ? 1 : 0);
        s.bind(row.recorded_at).bind_or_null(row.recorded_by).bind_or_null(row.note);
      });
  return signal_count() != before;
}

std::vector<SignalRow> PortfolioStore::signals_of(const std::string& vulnerability) {
  std::vector<SignalRow> out;
  each("SELECT vulnerability, source, said_on, due_on, ransomware, recorded_at, recorded_by, note FROM signals WHERE vulnerability = ? ORDER BY source",
       [&](Statement& s) { s.bind(vulnerability); },
       [&](Statement& s) {
         SignalRow& row = out.emplace_back();
         for (std::string* text : {&row.vulnerability, &row.source, &row.said_on, &row.due_on}) *text = s.text();
         row.ransomware = s.integer() != 0;
         for (std::string* text : {&row.recorded_at, &row.recorded_by, &row.note}) *text = s.text();
       });
  return out;
}

std::int64_t PortfolioStore::signal_count() { return number("SELECT count(*) FROM signals"); }

void PortfolioStore::put_exploited(const ExploitedRow& row) {
  run("INSERT INTO exploited (advisory, vulnerability, via) VALUES (?, ?, ?) ON CONFLICT (advisory, vulnerability) DO UPDATE SET via = min(via, excluded.via)",
      [&](Statement& s) { s.bind(row.advisory).bind(row.vulnerability).bind(static_cast<std::int64_t>(row.via)); });
}

std::vector<ExploitedRow> PortfolioStore::exploited(std::int64_t advisory) {
  std::vector<ExploitedRow> out;
  each("SELECT advisory, vulnerability, via FROM exploited WHERE advisory = ? ORDER BY vulnerability", [&](Statement& s) { s.bind(advisory); },
       [&](Statement& s) {
         ExploitedRow& row = out.emplace_back();
         row.advisory = s.integer();
         row.vulnerability = s.text();
         row.via = static_cast<Via>(s.integer());
       });
  return out;
}

}  // namespace duolex::storage
