#include "storage/database.h"

#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <fstream>

#include "base/file.h"

namespace duolex::storage {
namespace {

namespace fs = std::filesystem;

class Folder {
 public:
  Folder() {
    std::string name = (fs::temp_directory_path() / "duolex-storage-XXXXXX").string();
    path = ::mkdtemp(name.data());
  }
  ~Folder() {
    std::error_code error;
    fs::remove_all(path, error);
  }
  fs::path path;
};

std::string first_words(const Diagnostics& problems) { return problems.empty() ? "" : problems.front().message; }

TEST(Database, KeepsWhatWasCommittedAndOnlyThat) {
  const Folder folder;
  const fs::path file = folder.path / "portfolio.db";
  {
    auto database = Database::open(file, true);
    ASSERT_TRUE(database) << render(database.error());
    {
      auto transaction = Transaction::begin(*database);
      ASSERT_TRUE(database->run("INSERT INTO settings VALUES ('a', '1')"));
      ASSERT_TRUE(transaction->commit());
    }
    {
      auto transaction = Transaction::begin(*database);
      ASSERT_TRUE(database->run("INSERT INTO settings VALUES ('b', '2')"));
    }
  }
  auto database = Database::open(file, false);
  ASSERT_TRUE(database);
  auto rows = database->prepare("SELECT name FROM settings");
  ASSERT_TRUE(*rows->step());
  EXPECT_EQ(rows->text(), "a");
  EXPECT_FALSE(*rows->step());
}

TEST(Database, WritesThroughToTheDisk) {
  const Folder folder;
  auto database = Database::open(folder.path / "portfolio.db", true);
  ASSERT_TRUE(database);
  auto mode = database->prepare("PRAGMA journal_mode");
  ASSERT_TRUE(*mode->step());
  EXPECT_EQ(mode->text(), "wal");
  auto synchronous = database->prepare("PRAGMA synchronous");
  ASSERT_TRUE(*synchronous->step());
  EXPECT_EQ(synchronous->integer(), 2);
}

TEST(Database, AMissingFileIsNotMadeUnlessAsked) {
  const Folder folder;
  const auto database = Database::open(folder.path / "portfolio.db", false);
  ASSERT_FALSE(database);
  EXPECT_NE(first_words(database.error()).find("cannot be opened"), std::string::npos);
}

TEST(Database, RefusesANewerSchemaAndOtherFiles) {
  const Folder folder;
  const fs::path file = folder.path / "portfolio.db";
  {
    auto database = Database::open(file, true);
    ASSERT_TRUE(database->run("PRAGMA user_version=99"));
  }
  const auto newer = Database::open(file, false);
  ASSERT_FALSE(newer);
  EXPECT_NE(first_words(newer.error()).find("schema 99"), std::string::npos);

  const fs::path other = folder.path / "other.db";
  sqlite3* handle = nullptr;
  ASSERT_EQ(sqlite3_open(other.c_str(), &handle), SQLITE_OK);
  sqlite3_exec(handle, "CREATE TABLE songs (name)", nullptr, nullptr, nullptr);
  sqlite3_close(handle);
  const auto foreign = Database::open(other, false);
  ASSERT_FALSE(foreign);
  EXPECT_NE(first_words(foreign.error()).find("another program"), std::string::npos);

  ASSERT_TRUE(write_file_atomically(folder.path / "text.db", std::string(5000, 'x')));
  const auto text = Database::open(folder.path / "text.db", false);
  ASSERT_FALSE(text);
  EXPECT_NE(first_words(text.error()).find("no database"), std::string::npos);
}

// A child, since the limit and the identity stay with a process. Its exit status: 0 when the message had the word.
int in_a_child(const std::function<Result<void>()>& work, const std::string& word) {
  const pid_t child = ::fork();
  if (child == 0) {
    const Result<void> done = work();
    ::_exit(!done && render(done.error()).find(word) != std::string::npos ? 0 : done ? 2 : 1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 100;
}

TEST(Database, NoSpaceIsAMessageAndNothingIsHalfWritten) {
  const Folder folder;
  const fs::path file = folder.path / "portfolio.db";
  ASSERT_TRUE(Database::open(file, true));
  const auto work = [&]() -> Result<void> {
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit most{256 << 10, 256 << 10};
    ::setrlimit(RLIMIT_FSIZE, &most);
    auto database = Database::open(file, false);
    if (!database) return failure(database.error());
    auto transaction = Transaction::begin(*database);
    if (!transaction) return failure(transaction.error());
    for (int i = 0; i < 4000; ++i)
      if (auto done = database->run("INSERT INTO settings VALUES ('" + std::to_string(i) + "', hex(zeroblob(500)))"); !done) return done;
    return transaction->commit();
  };
  EXPECT_EQ(in_a_child(work, "nothing of this step was recorded"), 0);
  auto database = Database::open(file, false);
  ASSERT_TRUE(database);
  auto count = database->prepare("SELECT count(*) FROM settings");
  ASSERT_TRUE(*count->step());
  EXPECT_EQ(count->integer(), 0);
}

TEST(Database, AReadOnlyFolderIsAMessage) {
  const Folder folder;
  const fs::path file = folder.path / "portfolio.db";
  ASSERT_TRUE(Database::open(file, true));
  fs::permissions(folder.path, fs::perms::owner_read | fs::perms::owner_exec | fs::perms::others_read | fs::perms::others_exec);
  fs::permissions(file, fs::perms::owner_read | fs::perms::others_read);
  const auto work = [&]() -> Result<void> {
    if (::geteuid() == 0 && (::setgid(65534) != 0 || ::setuid(65534) != 0)) return {};
    auto database = Database::open(file, false);
    if (!database) return failure(database.error());
    return database->run("INSERT INTO settings VALUES ('a', '1')");
  };
  EXPECT_EQ(in_a_child(work, "folder"), 0);
  fs::permissions(folder.path, fs::perms::owner_all);
}

}  // namespace
}  // namespace duolex::storage
