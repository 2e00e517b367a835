#include "storage/database.h"

#include <sqlite3.h>

#include "storage/built_in_files.h"

namespace duolex::storage {
namespace {

constexpr int application = 0x444c5850;  // "DLXP"
constexpr int patience = 10'000;         // milliseconds, for another process to end its short write

}  // namespace

int schema_version() { return static_cast<int>(built_in_files().size()); }

Statement::Statement(Statement&& other) noexcept : database_(other.database_), handle_(other.handle_), bound_(other.bound_), column_(other.column_) {
  other.handle_ = nullptr;
}
Statement::~Statement() { sqlite3_finalize(handle_); }

Statement& Statement::bind(std::int64_t value) {
  sqlite3_bind_int64(handle_, ++bound_, value);
  return *this;
}
Statement& Statement::bind(std::string_view value) {
  sqlite3_bind_text64(handle_, ++bound_, value.data() == nullptr ? "" : value.data(), value.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
  return *this;
}
Statement& Statement::bind_blob(std::string_view value) {
  sqlite3_bind_blob64(handle_, ++bound_, value.data() == nullptr ? "" : value.data(), value.size(), SQLITE_TRANSIENT);
  return *this;
}
Statement& Statement::bind_null() {
  sqlite3_bind_null(handle_, ++bound_);
  return *this;
}

void Statement::reset() {
  sqlite3_reset(handle_);
  bound_ = 0;
  column_ = 0;
}

Result<bool> Statement::step() {
  column_ = 0;
  const int code = sqlite3_step(handle_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) {
    reset();
    return false;
  }
  Diagnostic problem = database_->error();
  reset();
  return failure(std::move(problem));
}

Result<void> Statement::run() {
  for (;;) {
    const auto row = step();
    if (!row) return failure(row.error());
    if (!*row) return {};
  }
}

std::int64_t Statement::integer() { return sqlite3_column_int64(handle_, column_++); }

std::string Statement::text() {
  const int column = column_++;
  const void* bytes = sqlite3_column_blob(handle_, column);
  const int size = sqlite3_column_bytes(handle_, column);
  return bytes == nullptr ? std::string() : std::string(static_cast<const char*>(bytes), static_cast<std::size_t>(size));
}

Database::Database(Database&& other) noexcept : name_(std::move(other.name_)), handle_(other.handle_) { other.handle_ = nullptr; }
Database& Database::operator=(Database&& other) noexcept {
  std::swap(name_, other.name_);
  std::swap(handle_, other.handle_);
  return *this;
}
Database::~Database() { sqlite3_close_v2(handle_); }

Result<Database> Database::open(const std::filesystem::path& path, bool create) {
  Database database(path.string());
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE | (create ? SQLITE_OPEN_CREATE : 0);
  if (sqlite3_open_v2(path.c_str(), &database.handle_, flags, nullptr) != SQLITE_OK) return failure(database.error());
  sqlite3_busy_timeout(database.handle_, patience);
  for (const char* setting : {"PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", "PRAGMA foreign_keys=ON", "PRAGMA trusted_schema=OFF"})
    if (auto done = database.run(setting); !done) return failure(done.error());
  if (auto done = database.migrate(); !done) return failure(done.error());
  return database;
}

Result<void> Database::migrate() {
  const auto number = [&](const char* sql) -> Result<std::int64_t> {
    auto statement = prepare(sql);
    if (!statement) return failure(statement.error());
    const auto row = statement->step();
    if (!row) return failure(row.error());
    return statement->integer();
  };
  const auto refused = [&](const std::string& what, const std::string& hint) { return failure(error_in(name_, what, hint)); };
  const auto version = number("PRAGMA user_version");
  if (!version) return failure(version.error());
  if (*version == schema_version()) {
    const auto whose = number("PRAGMA application_id");
    if (!whose) return failure(whose.error());
    if (*whose != application) return refused("is a database of another program", "");
    return {};
  }
  if (*version > schema_version())
    return refused("has schema " + std::to_string(*version) + "; this program knows schemas up to " + std::to_string(schema_version()), "a newer program wrote it: use that one");
  auto transaction = Transaction::begin(*this);
  if (!transaction) return failure(transaction.error());
  // Another process may have been faster.
  const auto now = number("PRAGMA user_version");
  if (!now) return failure(now.error());
  const auto tables = number("SELECT count(*) FROM sqlite_master");
  if (!tables) return failure(tables.error());
  if (*now == 0 && *tables != 0) return refused("is a database of another program", "");
  for (std::size_t step = static_cast<std::size_t>(*now); step < built_in_files().size(); ++step)
    if (auto done = run(built_in_files()[step].text); !done) return done;
  if (auto done = run("PRAGMA application_id=" + std::to_string(application)); !done) return done;
  if (auto done = run("PRAGMA user_version=" + std::to_string(schema_version())); !done) return done;
  return transaction->commit();
}

Result<Statement> Database::prepare(std::string_view sql) {
  sqlite3_stmt* handle = nullptr;
  if (sqlite3_prepare_v2(handle_, sql.data(), static_cast<int>(sql.size()), &handle, nullptr) != SQLITE_OK) return failure(error());
  return Statement(*this, handle);
}

Result<void> Database::run(const std::string& sql) {
  if (sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) return failure(error());
  return {};
}

void Database::roll_back() {
  if (sqlite3_get_autocommit(handle_) == 0) sqlite3_exec(handle_, "ROLLBACK", nullptr, nullptr, nullptr);
}

std::int64_t Database::last_id() const { return sqlite3_last_insert_rowid(handle_); }

Diagnostic Database::error() const {
  if (handle_ == nullptr) return error_in(name_, "there is no memory for the database");
  const int code = sqlite3_errcode(handle_) & 0xff;
  std::string what = sqlite3_errmsg(handle_), hint;
  switch (code) {
    case SQLITE_FULL: what = "cannot be written: no space is left", hint = "nothing of this step was recorded; make room and repeat it"; break;
    case SQLITE_IOERR: what = "cannot be read or written: " + what, hint = "nothing of this step was recorded; look at the disk and repeat it"; break;
    case SQLITE_READONLY: what = "cannot be written: it or its folder is read-only", hint = "the portfolio's folder must be writable"; break;
    case SQLITE_CANTOPEN: what = "cannot be opened, or its folder cannot be written", hint = "the portfolio's folder must be there and writable"; break;
    case SQLITE_BUSY: what = "is locked by another process", hint = "try again when that one has ended"; break;
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT: what = "is no database, or a broken one: " + what, hint = "restore it from a copy"; break;
    default: break;
  }
  return error_in(name_, what, hint);
}

Result<Transaction> Transaction::begin(Database& database) {
  if (auto begun = database.begin(); !begun) return failure(begun.error());
  return Transaction(database);
}

Result<void> Transaction::commit() {
  if (auto done = database_->commit(); !done) return done;
  database_ = nullptr;
  return {};
}

}  // namespace duolex::storage
