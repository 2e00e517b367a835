// Writers of an index are killed at any moment, hundreds of times: what was acknowledged is there, and nothing is half
// there. Readers keep what they opened.
#include "workspace/vulnerabilities/advisories_store.h"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <random>

#include "base/file.h"
#include "base/scratch_folder.h"
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
  void empty() const {
    for (const auto& entry : fs::directory_iterator(path_)) fs::remove(entry.path());
  }
  [[nodiscard]] std::string file() const { return (path_ / "advisories.idx").string(); }
  [[nodiscard]] std::size_t files() const { return static_cast<std::size_t>(std::distance(fs::directory_iterator(path_), {})); }

 private:
  ScratchFolder scratch_{"store", true};
  fs::path path_ = scratch_.path();
};

std::string now(std::uint32_t number) { return "2027-01-01T00:00:00Z#" + std::to_string(number); }

// What a writer is doing, where the one who kills it can see.
struct Doing {
  enum What : int { waiting, building, adding_delta };
  std::atomic<int> what{waiting};
  std::atomic<std::int64_t> micros[3]{};  // how long each took last
};

Doing* shared_doing() {
  void* const place = ::mmap(nullptr, sizeof(Doing), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  return place == MAP_FAILED ? nullptr : new (place) Doing;
}

// One index in four generations, else a delta. Writes each number to the pipe when the store has returned.
[[noreturn]] void write_on(const std::string& file, std::uint32_t last, int acknowledge, Doing& doing) {
  for (std::uint32_t number = last + 1;; ++number) {
    const bool whole = number == 1 || number % 4 == 0;
    const Doing::What what = whole ? Doing::building : Doing::adding_delta;
    index::Gathered gathered = generation(number);
    const auto lock = IndexLock::take(file);
    const auto begun = std::chrono::steady_clock::now();
    doing.what = what;
    const auto stored = whole ? store_index(file, std::move(gathered), now(number)) : store_delta(file, std::move(gathered), now(number));
    doing.what = Doing::waiting;
    doing.micros[what] = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - begun).count();
    if (!lock || !stored || stored->file.empty() || ::write(acknowledge, &number, sizeof number) != sizeof number) ::_exit(1);
  }
}

// Each kill is counted by what the writer was doing when it came; 400 come while an index is built and 400 while a delta
// is added, at any moment of these.
TEST(Store, WritersAreKilledWhileTheyBuildAndWhileTheyAddDeltas) {
  const Folder folder;
  Doing* const doing = shared_doing();
  ASSERT_NE(doing, nullptr);
  const char* given = std::getenv("DUOLEX_SEED");
  const unsigned seed = given != nullptr ? static_cast<unsigned>(std::strtoul(given, nullptr, 10)) : std::random_device{}();
  std::printf("DUOLEX_SEED=%u repeats the moments, as far as the machine does\n", seed);
  std::mt19937 random(seed);
  std::uint32_t acknowledged = 0, states = 0;
  std::array<int, 3> killed{};
  constexpr int wanted = 400, most_rounds = 6000;
  int round = 0;
  for (; round < most_rounds && (killed[Doing::building] < wanted || killed[Doing::adding_delta] < wanted); ++round) {
    const Doing::What target = killed[Doing::building] < killed[Doing::adding_delta] ? Doing::building : Doing::adding_delta;
    // Begun anew now and then, so that the journal stays short.
    if (round % 100 == 99) {
      states += acknowledged;
      acknowledged = 0;
      folder.empty();
    }
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    doing->what = Doing::waiting;
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      ::close(ends[0]);
      write_on(folder.file(), acknowledged, ends[1], *doing);
    }
    ::close(ends[1]);
    for (int turn = 0; turn < 100'000 && doing->what != target; ++turn) ::usleep(20);
    const std::int64_t typical = std::max<std::int64_t>(doing->micros[target], 300);
    ::usleep(std::uniform_int_distribution<useconds_t>(0, static_cast<useconds_t>(std::min<std::int64_t>(typical, 100'000)))(random));
    ::kill(child, SIGKILL);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status)) << "a writer gave up in round " << round;
    ++killed[static_cast<std::size_t>(doing->what.load())];
    for (std::uint32_t number = 0; ::read(ends[0], &number, sizeof number) == sizeof number;) acknowledged = number;
    ::close(ends[0]);
    if (!fs::exists(folder.file())) {
      ASSERT_EQ(acknowledged, 0U);
      continue;
    }
    auto opened = index::Index::open(folder.file());
    ASSERT_TRUE(opened) << render(opened.error());
    ASSERT_TRUE(opened->check_all());
    const std::uint32_t begun = generation_in(*opened);
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
  std::printf("%d writers killed: %d while they built an index, %d while they added a delta, %d in between; %u states acknowledged\n", round, killed[Doing::building],
              killed[Doing::adding_delta], killed[Doing::waiting], states + acknowledged);
  EXPECT_GE(killed[Doing::building], wanted);
  EXPECT_GE(killed[Doing::adding_delta], wanted);
  EXPECT_GT(states, 0U);
  // The next writer removes what the killed ones left.
  const auto stored = store_index(folder.file(), generation(acknowledged + 1), now(acknowledged + 1));
  ASSERT_TRUE(stored);
  EXPECT_EQ(folder.files(), 3U) << "index, journal and lock";
  ::munmap(doing, sizeof *doing);
}

TEST(Store, WhatKilledWritersLeftOfAnyDeltaGoesWithTheNextIndex) {
  const Folder folder;
  for (const char* left : {".4194305-0.part", ".delta-1.4194305-0.part", ".delta-2.4194305-3.part", ".delta-3", ".delta-32"})
    ASSERT_TRUE(write_file_atomically(folder.file() + left, "cut short"));
  ASSERT_TRUE(store_index(folder.file(), generation(1), now(1)));
  EXPECT_EQ(folder.files(), 2U) << "index and journal";
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
