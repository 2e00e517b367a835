// kill -9 at random points of ingest, add and run: what was acknowledged is there, and whatever reaches a release was
// put down to be told.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <random>
#include <set>
#include <thread>

#include "portfolio_folder.h"
#include "storage/portfolio_store.h"
#include "vulnerabilities/portfolio/segment.h"

extern char** environ;

namespace duolex::watch_test {
namespace {

// Whether the program ended by itself, before `after`.
bool ended(const Folder& folder, std::vector<std::string> words, std::chrono::microseconds after, int& status) {
  words.insert(words.begin(), DUOLEX_PROGRAM);
  words.insert(words.end(), {"--portfolio", (folder.path / "p").string()});
  std::vector<char*> argv;
  for (std::string& w : words) argv.push_back(w.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
  pid_t child = 0;
  if (::posix_spawn(&child, DUOLEX_PROGRAM, &actions, nullptr, argv.data(), environ) != 0) std::abort();
  posix_spawn_file_actions_destroy(&actions);
  std::this_thread::sleep_for(after);
  ::kill(child, SIGKILL);
  ::waitpid(child, &status, 0);
  return WIFEXITED(status);
}

// What has to hold whatever happened. Returns the advisories that are there.
std::set<std::string> look(const Folder& folder) {
  auto store = storage::PortfolioStore::open(folder.path / "p/portfolio.db", false);
  EXPECT_TRUE(store) << render(store.error());
  std::set<std::string> there;
  std::set<std::string> told;  // words of alerts: "advisory":"T-1", "case":1
  for (const storage::AlertRow& alert : store->alerts())
    for (const std::string key : {"\"advisory\":", "\"case\":"})
      for (std::size_t at = alert.body.find(key); at != std::string::npos; at = alert.body.find(key, at + 1)) told.insert(alert.body.substr(at, alert.body.find_first_of(",}", at) - at));
  for (const std::int64_t id : store->advisories_with_documents()) there.insert(store->advisory(id)->name);
  for (const std::int64_t id : store->advisories_with_findings()) {
    const auto row = store->advisory(id);
    EXPECT_TRUE(told.contains("\"advisory\":\"" + row->name + "\"")) << row->name << " reaches a release, and nobody is told";
  }
  for (const storage::CaseRow& row : store->cases()) EXPECT_TRUE(told.contains("\"case\":" + std::to_string(row.id)));
  std::int64_t instances = 0;
  for (const storage::SegmentRow& row : store->segments()) {
    auto segment = vulnerabilities::portfolio::Segment::open((folder.path / "p" / row.file).string());
    EXPECT_TRUE(segment) << row.file;
    if (!segment) continue;
    EXPECT_TRUE(segment->check_all());
    instances += static_cast<std::int64_t>(segment->instance_count());
  }
  for (const storage::ReleaseRow& r : store->releases()) instances -= r.looked_up;
  EXPECT_EQ(instances, 0) << "the component index and the releases do not belong together";
  EXPECT_TRUE(store->whole());
  return there;
}

TEST(Killed, NothingAcknowledgedIsLostAndNoAlert) {
  const Folder folder;
  folder.write("first.json", bill("app", "1.0", 3));
  ASSERT_EQ(folder.run("watch add first.json"), 0);
  folder.write("kev.json", catalogue("CVE-2026-7"));
  std::mt19937 random(20261127);
  std::set<std::string> acknowledged;
  std::set<std::string> all;
  int killed = 0, by_themselves = 0;
  const auto begin = std::chrono::steady_clock::now();
  // An undisturbed run says how long one takes here.
  folder.write("a.ndjson", advisory("T-0", 1, 5) + "\n" + advisory("T-00", 1, 1) + "\n");
  const auto before = std::chrono::steady_clock::now();
  ASSERT_EQ(folder.run("watch ingest a.ndjson"), 1);
  const auto one = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - before);
  acknowledged = {"T-0", "T-00"};
  constexpr int rounds = 300;
  for (int round = 0; round < rounds && std::chrono::steady_clock::now() - begin < std::chrono::seconds(40); ++round) {
    std::set<std::string> ids;
    std::vector<std::string> words;
    if (round % 6 == 5) {
      folder.write("next.json", bill("app", "1." + std::to_string(round), round % 9));
      words = {"watch", "add", (folder.path / "next.json").string()};
    } else if (round % 6 == 4) {
      words = {"watch", "run", "--no-alerts"};
    } else {
      std::string lines;
      for (int i = 0; i < 30; ++i) {
        const std::string id = "T-" + std::to_string(round) + "-" + std::to_string(i);
        ids.insert(id);
        lines += advisory(id, static_cast<int>(random() % 12), static_cast<int>(random() % 10), i % 10 == 0 ? R"(,"aliases":["CVE-2026-)" + std::to_string(random() % 12) + "\"]" : "") + "\n";
      }
      folder.write("b.ndjson", lines);
      words = {"watch", "ingest", (folder.path / "b.ndjson").string()};
      if (round % 6 == 3) words.push_back((folder.path / "kev.json").string());
      all.insert(ids.begin(), ids.end());
    }
    int status = 0;
    const auto after = std::chrono::microseconds(random() % static_cast<unsigned>(one.count() * 3));
    if (ended(folder, words, after, status)) {
      ++by_themselves;
      EXPECT_LE(WEXITSTATUS(status), 3) << words[1];
      acknowledged.insert(ids.begin(), ids.end());
    } else {
      ++killed;
    }
    const std::set<std::string> there = look(folder);
    for (const std::string& id : acknowledged) ASSERT_TRUE(there.contains(id)) << id << " was acknowledged in round " << round;
    // All of a step or nothing of it.
    const auto kept = std::count_if(ids.begin(), ids.end(), [&](const std::string& id) { return there.contains(id); });
    ASSERT_TRUE(kept == 0 || kept == static_cast<std::ptrdiff_t>(ids.size())) << kept;
    if (testing::Test::HasFailure()) break;
  }
  EXPECT_GE(killed, 20);
  EXPECT_GE(by_themselves, 5);
  std::printf("%d processes killed, %d ended by themselves, %zu advisories acknowledged\n", killed, by_themselves, acknowledged.size());
}

}  // namespace
}  // namespace duolex::watch_test
