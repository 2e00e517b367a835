// SQLite behind a few words. A failure of the disk, a locked or a broken file is a value that says which file.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace duolex::storage {

class Database;

// One statement, used again and again. Parameters are bound from left to right, columns are read from left to right.
class Statement {
 public:
  Statement(Statement&& other) noexcept;
  Statement& operator=(Statement&&) = delete;
  ~Statement();

  Statement& bind(std::int64_t value);
  Statement& bind(std::string_view value);
  Statement& bind_blob(std::string_view value);
  Statement& bind_null();
  // An empty text is written as it is; this one writes null for it.
  Statement& bind_or_null(std::string_view value) { return value.empty() ? bind_null() : bind(value); }

  // Whether there is a row. After the last one the statement is ready to be bound again.
  [[nodiscard]] Result<bool> step();
  // For what gives no rows.
  [[nodiscard]] Result<void> run();

  [[nodiscard]] std::int64_t integer();
  [[nodiscard]] std::string text();  // "" for null

 private:
  friend class Database;
  Statement(Database& database, sqlite3_stmt* handle) : database_(&database), handle_(handle) {}
  void reset();
  Database* database_;
  sqlite3_stmt* handle_;
  int bound_ = 0, column_ = 0;
};

// What stands behind a file. In WAL mode with synchronous FULL: once commit() has returned, power may fail.
class Database {
 public:
  // Brings the schema to that of the program; refuses one that is newer. `create`: whether a missing file is made.
  [[nodiscard]] static Result<Database> open(const std::filesystem::path& path, bool create);
  Database(Database&&) noexcept;
  Database& operator=(Database&&) noexcept;
  ~Database();

  [[nodiscard]] Result<Statement> prepare(std::string_view sql);
  [[nodiscard]] Result<void> run(const std::string& sql);
  [[nodiscard]] Result<void> begin() { return run("BEGIN IMMEDIATE"); }
  [[nodiscard]] Result<void> commit() { return run("COMMIT"); }
  void roll_back();
  [[nodiscard]] std::int64_t last_id() const;
  [[nodiscard]] Diagnostic error() const;  // of the last call

 private:
  explicit Database(std::string name) : name_(std::move(name)) {}
  [[nodiscard]] Result<void> migrate();
  std::string name_;
  sqlite3* handle_ = nullptr;
};

// Rolls back unless it was committed.
class Transaction {
 public:
  [[nodiscard]] static Result<Transaction> begin(Database& database);
  Transaction(Transaction&& other) noexcept : database_(other.database_) { other.database_ = nullptr; }
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction() {
    if (database_ != nullptr) database_->roll_back();
  }
  [[nodiscard]] Result<void> commit();

 private:
  explicit Transaction(Database& database) : database_(&database) {}
  Database* database_;
};

// The schema's number that this program writes.
[[nodiscard]] int schema_version();

}  // namespace duolex::storage
