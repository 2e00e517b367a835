// The rows of a portfolio (docs/formats/portfolio.md): releases, advisories and what they reach, cases, alerts.
//
// A failure sticks: after it every call does nothing, and commit(), or whole() where only reading is done, says what it
// was. What a caller read before is then void.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "storage/database.h"

namespace duolex::storage {

struct BillRow {
  std::string sha256, name;
};
struct ReleaseRow {
  std::int64_t id = 0;
  std::string product, version, dossier, placed_on, support_until;
  std::int64_t components = 0, looked_up = 0;
  std::string added_at, evaluated_at, ended_at, ended_because;
};
struct SegmentRow {
  std::string file;
  std::int64_t bytes = 0, instances = 0;
};

enum class NameKind : std::uint8_t { alias = 0, upstream = 1, related = 2 };
struct AdvisoryRow {
  std::int64_t id = 0;
  std::string name, modified, published, withdrawn, summary, severity, document;
  std::string first_at;
};
enum class Reach : std::uint8_t { affected = 0, unknown = 1 };
struct FindingRow {
  std::int64_t advisory = 0, release = 0;
  Reach status = Reach::affected;
  std::string since;
};
struct SignalRow {
  std::string vulnerability, source, said_on, due_on;
  bool ransomware = false;
  std::string recorded_at, recorded_by, note;
};
enum class Via : std::uint8_t { none = 0, itself = 1, alias = 2, upstream = 3, related = 4 };
struct ExploitedRow {
  std::int64_t advisory = 0;
  std::string vulnerability;
  Via via = Via::none;
};

struct CaseRow {
  std::int64_t id = 0;
  std::string product, vulnerability, state, opened_at, changed_at, decided_by, because, incident;
};
struct CaseReleaseRow {
  std::int64_t release = 0, advisory = 0;
  Reach status = Reach::affected;
  std::string since;
};

// A document of statements about vulnerabilities (release 0), or a bill that holds some.
struct StatementsRow {
  std::string sha256;
  std::int64_t release = 0;
  std::string name, added_at;
};

struct AlertRow {
  std::int64_t id = 0;
  std::string name, kind, created_at, body;
};
struct DeliveryRow {
  std::int64_t alert = 0;
  std::string way;
  std::int64_t attempts = 0;
  std::string tried_at, delivered_at, problem;
};
struct HistoryRow {
  std::string at, what, product, subject, detail;
};

class PortfolioStore {
 public:
  [[nodiscard]] static Result<PortfolioStore> open(const std::filesystem::path& file, bool create);

  // All that `work` writes, or nothing. Once it returns a value it is on the disk.
  [[nodiscard]] Result<void> transact(const std::function<void()>& work);
  [[nodiscard]] Result<void> whole() const;
  // What went wrong beside the store, in the middle of `work`: nothing of it is kept.
  void fail(Diagnostics why);

  // Releases
  [[nodiscard]] std::int64_t add_release(const ReleaseRow& row, const std::vector<BillRow>& bills);
  [[nodiscard]] std::vector<ReleaseRow> releases(bool ended = false);  // by product and order of adding
  [[nodiscard]] std::vector<BillRow> bills_of(std::int64_t release);
  void end_release(std::int64_t release, const std::string& at, const std::string& because);
  void set_dates(std::int64_t release, const std::string& placed_on, const std::string& support_until, const std::string& dossier);
  void set_evaluated(const std::string& at);
  [[nodiscard]] std::vector<SegmentRow> segments();
  void set_segments(const std::vector<SegmentRow>& rows);

  // Advisories and findings
  [[nodiscard]] std::optional<AdvisoryRow> advisory(const std::string& name);
  [[nodiscard]] std::optional<AdvisoryRow> advisory(std::int64_t id);
  // The id. `names` replace those there were; the document is kept when it is given.
  std::int64_t put_advisory(const AdvisoryRow& row, const std::vector<std::pair<NameKind, std::string>>& names, const std::string& document_bytes,
                            const std::string& now);
  [[nodiscard]] std::string document(const std::string& sha256);
  [[nodiscard]] std::vector<std::int64_t> advisories_with_documents();
  [[nodiscard]] std::vector<std::int64_t> advisories_with_findings();
  [[nodiscard]] std::int64_t advisory_count();
  [[nodiscard]] std::vector<std::string> names_of(std::int64_t advisory, NameKind kind);
  [[nodiscard]] std::vector<std::int64_t> named_by(const std::string& name, NameKind kind);
  [[nodiscard]] std::vector<FindingRow> findings_of(std::int64_t advisory);
  [[nodiscard]] std::vector<FindingRow> findings_on(std::int64_t release);
  void put_finding(const FindingRow& row);
  void remove_finding(std::int64_t advisory, std::int64_t release);

  // Exploitation
  [[nodiscard]] bool put_signal(const SignalRow& row);  // whether it tells something new
  [[nodiscard]] std::vector<SignalRow> signals_of(const std::string& vulnerability);
  [[nodiscard]] std::int64_t signal_count();
  void put_exploited(const ExploitedRow& row);
  [[nodiscard]] std::vector<ExploitedRow> exploited(std::int64_t advisory);

  // Cases
  [[nodiscard]] std::optional<CaseRow> find_case(const std::string& product, const std::string& vulnerability);
  [[nodiscard]] std::optional<CaseRow> find_case(std::int64_t id);
  [[nodiscard]] std::vector<CaseRow> cases();
  std::int64_t put_case(const CaseRow& row);  // new when it has no id
  [[nodiscard]] std::vector<CaseReleaseRow> case_releases(std::int64_t id);
  void put_case_release(std::int64_t id, const CaseReleaseRow& row);

  // Statements
  bool put_statements(const StatementsRow& row);  // whether it is new
  [[nodiscard]] std::vector<StatementsRow> statements();

  // Alerts
  void put_alert(const AlertRow& row);  // nothing when there is one of this name
  [[nodiscard]] std::vector<AlertRow> undelivered(const std::string& way);
  [[nodiscard]] std::vector<AlertRow> alerts();
  [[nodiscard]] std::vector<DeliveryRow> deliveries(std::int64_t alert);
  void put_delivery(const DeliveryRow& row);

  void put_history(const HistoryRow& row);
  [[nodiscard]] std::vector<HistoryRow> history();
  [[nodiscard]] std::string setting(const std::string& name);
  void set(const std::string& name, const std::string& value);

 private:
  explicit PortfolioStore(Database database) : database_(std::make_unique<Database>(std::move(database))) {}
  // A row at a time; the parameters are bound by `bind`.
  void each(const char* sql, const std::function<void(Statement&)>& bind, const std::function<void(Statement&)>& row);
  void run(const char* sql, const std::function<void(Statement&)>& bind) { each(sql, bind, [](Statement&) {}); }
  [[nodiscard]] std::int64_t number(const char* sql);

  std::unique_ptr<Database> database_;
  std::map<const char*, Statement> statements_;
  std::optional<Diagnostics> failed_;
};

}  // namespace duolex::storage
