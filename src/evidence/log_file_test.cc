#include "evidence/log_file.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <random>

#include "base/file.h"

namespace duolex::evidence {
namespace {

namespace fs = std::filesystem;

struct Folder {
  fs::path path;
  Folder() {
    std::string name = (fs::temp_directory_path() / "duolex-log-XXXXXX").string();
    path = ::mkdtemp(name.data());
  }
  ~Folder() { fs::remove_all(path); }
};

std::vector<std::string> leaves_of(const std::string& bytes, LogScan* out = nullptr) {
  std::vector<std::string> leaves;
  const auto scan = scan_log("log", bytes, [&](const LogFrame& f) {
    if (!f.group_end) leaves.emplace_back(f.data);
  });
  if (scan && out != nullptr) *out = *scan;
  return leaves;
}

// Three groups of 1, 3 and 2 leaves.
std::string sample(std::vector<std::size_t>* ends = nullptr) {
  TreeHead head;
  std::string bytes(log_header);
  for (const std::vector<std::string>& group : {std::vector<std::string>{"first"}, {"second", "", "fourth"}, {std::string(300, 'x'), "last"}}) {
    bytes += group_bytes(group, head);
    if (ends != nullptr) ends->push_back(bytes.size());
  }
  return bytes;
}

TEST(Log, ReadsWhatWasWritten) {
  LogScan scan;
  EXPECT_EQ(leaves_of(sample(), &scan).size(), 6u);
  EXPECT_EQ(scan.unfinished_bytes, 0u);
  EXPECT_TRUE(scan.damage.empty());
}

// The write may stop after any byte: the last whole group stands, and nothing of the one after it.
TEST(Log, CutAtAnyByteTheWholeGroupsStand) {
  std::vector<std::size_t> ends;
  const std::string bytes = sample(&ends);
  const std::size_t counts[] = {0, 1, 4, 6};
  for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
    LogScan scan;
    const std::size_t whole = static_cast<std::size_t>(std::count_if(ends.begin(), ends.end(), [&](std::size_t e) { return e <= cut; }));
    EXPECT_EQ(leaves_of(bytes.substr(0, cut), &scan).size(), counts[whole]) << cut;
    EXPECT_TRUE(scan.damage.empty()) << cut;
    EXPECT_EQ(scan.size, counts[whole]);
  }
}

TEST(Log, AnyFlippedByteIsFound) {
  const std::string bytes = sample();
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    for (const unsigned bit : {1U, 16U, 128U}) {
      std::string bad = bytes;
      bad[i] = static_cast<char>(static_cast<unsigned char>(bad[i]) ^ bit);
      const auto scan = scan_log("log", bad);
      EXPECT_TRUE(!scan || !scan->damage.empty() || scan->unfinished_bytes > 0) << "byte " << i << " bit " << bit;
    }
  }
}

TEST(Log, AppendsAndOpensAgain) {
  const Folder folder;
  {
    auto log = LogWriter::open(folder.path / "log");
    ASSERT_TRUE(log) << render(log.error());
    EXPECT_EQ(*log->append({"a", "b"}), 0u);
    EXPECT_EQ(*log->append({"c"}), 2u);
    EXPECT_FALSE(LogWriter::open(folder.path / "log")) << "a second writer";
  }
  auto log = LogWriter::open(folder.path / "log");
  ASSERT_TRUE(log);
  EXPECT_EQ(log->head().size(), 3u);
  EXPECT_EQ(*log->append({"d"}), 3u);
  EXPECT_EQ(leaves_of(*read_file(folder.path / "log")), (std::vector<std::string>{"a", "b", "c", "d"}));
}

TEST(Log, AnUnfinishedEndIsKeptAsideAndSaid) {
  const Folder folder;
  const std::string bytes = sample();
  ASSERT_TRUE(write_file_atomically(folder.path / "log", bytes.substr(0, bytes.size() - 5)));
  auto log = LogWriter::open(folder.path / "log");
  ASSERT_TRUE(log) << render(log.error());
  ASSERT_EQ(log->notes().size(), 1u);
  EXPECT_EQ(log->head().size(), 4u);
  EXPECT_EQ(*log->append({"new"}), 4u);
  std::size_t aside = 0;
  for (const auto& entry : fs::directory_iterator(folder.path)) aside += entry.path().filename().string().starts_with("unfinished-") ? 1 : 0;
  EXPECT_EQ(aside, 1u);
}

TEST(Log, ADamagedLogIsNotWrittenTo) {
  const Folder folder;
  std::string bytes = sample();
  bytes[log_header.size() + 5] ^= 1;
  ASSERT_TRUE(write_file_atomically(folder.path / "log", bytes));
  EXPECT_FALSE(LogWriter::open(folder.path / "log"));
  EXPECT_EQ(*read_file(folder.path / "log"), bytes);
}

// A disk in memory that fails at its nth call, with half of what was to be written on it.
struct Disk {
  std::string bytes{log_header};
  int calls = 0, fail_at = -1;
  int error = ENOSPC;
  std::size_t synced = log_header.size();
};
class FailingDevice : public LogDevice {
 public:
  explicit FailingDevice(Disk& disk) : disk_(disk) {}
  bool append(std::string_view bytes) override {
    if (fails()) {
      disk_.bytes += bytes.substr(0, bytes.size() / 2);
      return false;
    }
    disk_.bytes += bytes;
    return true;
  }
  bool sync() override {
    if (fails()) return false;
    disk_.synced = disk_.bytes.size();
    return true;
  }
  bool truncate(std::uint64_t size) override {
    if (fails()) return false;
    disk_.bytes.resize(size);
    return true;
  }

 private:
  bool fails() {
    if (disk_.calls++ != disk_.fail_at) return false;
    errno = disk_.error;
    return true;
  }
  Disk& disk_;
};

TEST(Log, WhateverCallFailsNothingAcknowledgedIsLostAndEveryFailureIsSaid) {
  for (const int error : {EIO, ENOSPC}) {
    for (int fail_at = 0; fail_at < 30; ++fail_at) {
      Disk disk;
      disk.fail_at = fail_at;
      disk.error = error;
      LogScan scan;
      scan.end = disk.bytes.size();
      LogWriter log(std::make_unique<FailingDevice>(disk), scan, "log");
      std::vector<std::string> acknowledged;
      int failures = 0;
      for (int i = 0; i < 12; ++i) {
        const std::vector<std::string> group = {"leaf " + std::to_string(i), "and " + std::to_string(i)};
        const auto index = log.append(group);
        if (!index) {
          ++failures;
          continue;
        }
        EXPECT_EQ(*index, acknowledged.size());
        acknowledged.insert(acknowledged.end(), group.begin(), group.end());
      }
      EXPECT_EQ(failures > 0, fail_at < disk.calls) << fail_at;
      // After a failure of the synchronisation the disk may hold one group more than was acknowledged, and no less.
      LogScan after;
      std::vector<std::string> found = leaves_of(disk.bytes, &after);
      EXPECT_TRUE(after.damage.empty()) << fail_at;
      ASSERT_GE(found.size(), acknowledged.size());
      found.resize(acknowledged.size());
      EXPECT_EQ(found, acknowledged) << fail_at;
    }
  }
}

// Processes that append are killed at random moments; what they had reported as recorded is there. DUOLEX_KILLS says
// how often.
TEST(Log, KilledAtAnyMomentWhatWasAcknowledgedIsThere) {
  const Folder folder;
  std::mt19937 random(20261127);
  std::size_t acknowledged = 0;
  const char* kills = std::getenv("DUOLEX_KILLS");
  const int rounds = kills != nullptr ? std::atoi(kills) : 100;
  for (int round = 0; round < rounds; ++round) {
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    const pid_t child = ::fork();
    if (child == 0) {
      ::close(ends[0]);
      auto log = LogWriter::open(folder.path / "log");
      if (!log) ::_exit(1);
      for (;;) {
        const std::size_t size = log->head().size();
        const auto index = log->append({"leaf " + std::to_string(size), "leaf " + std::to_string(size + 1)});
        if (!index) ::_exit(2);
        const std::size_t now = log->head().size();
        if (::write(ends[1], &now, sizeof now) != sizeof now) ::_exit(3);
      }
    }
    ::close(ends[1]);
    // Where the disk is slow, six milliseconds see no record made: of some rounds the moment begins with the first.
    if (round % 5 == 0) {
      pollfd first{ends[0], POLLIN, 0};
      ASSERT_EQ(::poll(&first, 1, -1), 1);
    }
    ::usleep(std::uniform_int_distribution<useconds_t>(200, 6000)(random));
    ::kill(child, SIGKILL);
    int status = 0;
    ::waitpid(child, &status, 0);
    ASSERT_TRUE(WIFSIGNALED(status)) << "the writer ended by itself with " << WEXITSTATUS(status);
    for (std::size_t now = 0; ::read(ends[0], &now, sizeof now) == sizeof now;) acknowledged = now;
    ::close(ends[0]);
    if (!fs::exists(folder.path / "log")) continue;
    LogScan scan;
    const std::vector<std::string> leaves = leaves_of(*read_file(folder.path / "log"), &scan);
    ASSERT_TRUE(scan.damage.empty());
    ASSERT_GE(leaves.size(), acknowledged) << "round " << round;
    for (std::size_t i = 0; i < leaves.size(); ++i) ASSERT_EQ(leaves[i], "leaf " + std::to_string(i));
  }
  EXPECT_GE(acknowledged, 2u * static_cast<std::size_t>((rounds + 4) / 5));
}

}  // namespace
}  // namespace duolex::evidence
