// Writers of an index are killed at any moment, a thousand times: what was acknowledged is there, and nothing is half
// there. Readers keep what they opened.
#include "workspace/advisories_store.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <random>

#include "base/file.h"
#include "vulnerabilities/index/journal.h"

namespace duolex::workspace {
namespace {

namespace fs = std::filesystem;
namespace index = vulnerabilities::index;
using vulnerabilities::Advisory;
using vulnerabilities::Event;

// A record named GEN tells by its version which generation it is; others give the index something to hold.
index::Gathered generation(std::uint32_t number) {
  index::Gathered out;
  for (std::uint32_t i = 0; i < 20; ++i) {
    Advisory a;
    a.id = i == 0 ? "GEN" : "T-" + std::to_string(i + number % 40);
    char time[32];
    std::snprintf(time, sizeof time, "20%02u-01-02T%02u:%02u:%02uZ", 24 + number / 86400, number / 3600 % 24, number / 60 % 60, number % 60);
    a.modified = time;
    a.summary = std::to_string(number);
    vulnerabilities::Affected affected;
    affected.ecosystem = "npm";
    affected.name = "package-" + std::to_string(i);
    affected.ranges.push_back({vulnerabilities::Range::Type::semver, "", {{Event::Kind::introduced, "0"}}});
    a.affected.push_back(affected);
    out.records.push_back(index::compile(a));
  }
  return out;
}

std::uint32_t generation_in(index::Index& opened) {
  const auto record = opened.find_record("GEN");
  return record ? static_cast<std::uint32_t>(std::stoul(std::string(opened.record(*record).summary))) : 0;
}

class Folder {
 public:
  Folder() : path_(fs::temp_directory_path() / ("duolex-store-" + std::to_string(::getpid()))) { fs::create_directories(path_); }
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  [[nodiscard]] std::string file() const { return (path_ / "advisories.idx").string(); }
  [[nodiscard]] std::size_t files() const { return static_cast<std::size_t>(std::distance(fs::directory_iterator(path_), {})); }

 private:
  fs::path path_;
};

std::string now(std::uint32_t number) { return "2027-01-01T00:00:00Z#" + std::to_string(number); }

// One index in nine generations, else a delta. Writes each number to the pipe when the store has returned.
[[noreturn]] void write_on(const std::string& file, std::uint32_t last, int acknowledge) {
  for (std::uint32_t number = last + 1;; ++number) {
    const auto lock = IndexLock::take(file);
    const auto stored = number == 1 || number % 9 == 0 ? store_index(file, generation(number), now(number)) : store_delta(file, generation(number), now(number));
    if (!lock || !stored || stored->file.empty() || ::write(acknowledge, &number, sizeof number) != sizeof number) ::_exit(1);
  }
}

TEST(Store, AThousandWritersAreKilled) {
  const Folder folder;
  std::mt19937 random(7);
  std::uint32_t acknowledged = 0, begun = 0;
  for (int round = 0; round < 1000; ++round) {
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      ::close(ends[0]);
      write_on(folder.file(), acknowledged, ends[1]);
    }
    ::close(ends[1]);
    ::usleep(std::uniform_int_distribution<useconds_t>(0, 12'000)(random));
    ::kill(child, SIGKILL);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status)) << "a writer gave up in round " << round;
    for (std::uint32_t number = 0; ::read(ends[0], &number, sizeof number) == sizeof number;) acknowledged = number;
    ::close(ends[0]);
    if (!fs::exists(folder.file())) {
      ASSERT_EQ(acknowledged, 0U);
      continue;
    }
    auto opened = index::Index::open(folder.file());
    ASSERT_TRUE(opened) << render(opened.error());
    ASSERT_TRUE(opened->check_all());
    begun = generation_in(*opened);
    // The next may have come about in the moment before its writer could say so.
    ASSERT_TRUE(begun == acknowledged || begun == acknowledged + 1) << begun << " after " << acknowledged;
    acknowledged = begun;
    const auto journal = read_file(folder.file() + ".journal");
    ASSERT_TRUE(journal);
    const index::History history = index::history_of(*journal, opened->identity(), "GEN");
    ASSERT_TRUE(history.unbroken) << "round " << round;
    if (acknowledged > 1) {
      ASSERT_FALSE(history.changes.empty());
      ASSERT_EQ(history.changes.back().at, now(acknowledged));
    }
  }
  EXPECT_GT(acknowledged, 200U);
  // The next writer removes what the killed ones left.
  const auto stored = store_index(folder.file(), generation(acknowledged + 1), now(acknowledged + 1));
  ASSERT_TRUE(stored);
  EXPECT_LE(folder.files(), 4U) << "index, journal, lock, and what was left of a delta";
}

TEST(Store, ReadersKeepWhatTheyOpened) {
  const Folder folder;
  ASSERT_TRUE(store_index(folder.file(), generation(1), now(1)));
  auto old = index::Index::open(folder.file());
  ASSERT_TRUE(old);
  ASSERT_TRUE(store_delta(folder.file(), generation(2), now(2)));
  auto with_delta = index::Index::open(folder.file());
  ASSERT_TRUE(store_index(folder.file(), generation(3), now(3)));
  auto fresh = index::Index::open(folder.file());
  ASSERT_TRUE(with_delta && fresh);
  EXPECT_EQ(generation_in(*old), 1U);
  EXPECT_EQ(generation_in(*with_delta), 2U);
  EXPECT_EQ(generation_in(*fresh), 3U);
  EXPECT_EQ(fresh->segments().size(), 1U);
  EXPECT_TRUE(old->check_all() && with_delta->check_all());
}

TEST(Store, ManyDeltasBecomePartOfTheIndex) {
  const Folder folder;
  ASSERT_TRUE(store_index(folder.file(), generation(1), now(1)));
  bool merged = false;
  for (std::uint32_t number = 2; number < 40; ++number) {
    const auto stored = store_delta(folder.file(), generation(number), now(number));
    ASSERT_TRUE(stored) << render(stored.error());
    merged = merged || stored->merged;
    auto opened = index::Index::open(folder.file());
    ASSERT_TRUE(opened);
    ASSERT_EQ(generation_in(*opened), number);
  }
  EXPECT_TRUE(merged);
  const auto journal = read_file(folder.file() + ".journal");
  auto opened = index::Index::open(folder.file());
  ASSERT_TRUE(journal && opened);
  EXPECT_EQ(index::history_of(*journal, opened->identity(), "GEN").changes.size(), 38U);
}

}  // namespace
}  // namespace duolex::workspace
