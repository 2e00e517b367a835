// kill -9 at random points of ingest, add and run: what was acknowledged is there, and whatever reaches a release was
// put down to be told.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <functional>
#include <optional>
#include <random>
#include <set>
#include <sstream>
#include <thread>

#include "portfolio_folder.h"
#include "storage/portfolio_store.h"
#include "vulnerabilities/portfolio/segment.h"
#include "workspace/watch/watch.h"

namespace duolex::watch_test {
namespace {

workspace::WatchPlace place_in(const Folder& folder) { return {folder.path / "p", 0, "2026-11-27T00:00:00Z"}; }

// Whether the work ended by itself, before `after` where it is killed at all. It is done in a process of its own, which takes
// less than a millisecond to begin, so that most of the moments fall into the work.
bool ended(const std::function<ExitCode(std::ostream&)>& work, std::optional<std::chrono::microseconds> after, int& status) {
  const pid_t child = ::fork();
  if (child < 0) std::abort();
  if (child == 0) {
    std::ostringstream nowhere;
    ::_exit(static_cast<int>(work(nowhere)));
  }
  if (after) {
    std::this_thread::sleep_for(*after);
    ::kill(child, SIGKILL);
  }
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

// Of the moments and of what is taken in. The moments repeat themselves as far as the machine does.
unsigned seed() {
  const char* given = std::getenv("DUOLEX_SEED");
  const unsigned seed = given != nullptr ? static_cast<unsigned>(std::strtoul(given, nullptr, 10)) : std::random_device{}();
  std::printf("DUOLEX_SEED=%u repeats this\n", seed);
  return seed;
}

struct Count {
  int killed_in_ingest = 0, killed_elsewhere = 0, by_themselves = 0;
  double reach = 1.25;  // how late the latest moment is, in undisturbed runs: a busy machine wakes the one who kills too late
  std::size_t acknowledged = 0;
};

// One portfolio, through `rounds` steps that are killed or not.
void live_through(int rounds, std::mt19937& random, Count& count) {
  const Folder folder;
  folder.write("first.json", bill("app", "1.0", 3));
  ASSERT_EQ(folder.run("watch add first.json"), 0);
  folder.write("kev.json", catalogue("CVE-2026-7"));
  // An undisturbed run says how long one takes here.
  folder.write("a.ndjson", advisory("T-0", 1, 5) + "\n" + advisory("T-00", 1, 1) + "\n");
  std::ostringstream nowhere;
  const auto before = std::chrono::steady_clock::now();
  ASSERT_EQ(static_cast<int>(workspace::watch_ingest({place_in(folder), {(folder.path / "a.ndjson").string()}}, nowhere, nowhere)), 1);
  const auto one = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - before);
  std::set<std::string> acknowledged = {"T-0", "T-00"};
  for (int round = 0; round < rounds; ++round) {
    std::set<std::string> ids;
    std::function<ExitCode(std::ostream&)> work;
    const bool ingests = round % 12 < 10;
    if (round % 12 == 11) {
      folder.write("next.json", bill("app", "1." + std::to_string(round), round % 9));
      work = [&](std::ostream& out) { return workspace::watch_add({place_in(folder), {(folder.path / "next.json").string()}}, out, out); };
    } else if (round % 12 == 10) {
      work = [&](std::ostream& out) {
        workspace::WatchRunRequest request;
        request.place = place_in(folder);
        request.alerts = false;
        return workspace::watch_run(request, out, out);
      };
    } else {
      std::string lines;
      for (int i = 0; i < 10; ++i) {
        const std::string id = "T-" + std::to_string(round) + "-" + std::to_string(i);
        ids.insert(id);
        lines += advisory(id, static_cast<int>(random() % 12), static_cast<int>(random() % 10), i % 10 == 0 ? R"(,"aliases":["CVE-2026-)" + std::to_string(random() % 12) + "\"]" : "") + "\n";
      }
      folder.write("b.ndjson", lines);
      std::vector<std::string> sources = {(folder.path / "b.ndjson").string()};
      if (round % 6 == 3) sources.push_back((folder.path / "kev.json").string());
      work = [&folder, sources](std::ostream& out) { return workspace::watch_ingest({place_in(folder), sources}, out, out); };
    }
    int status = 0;
    // Now and then nobody kills it, so that something is acknowledged on a machine that is too busy to be quick.
    std::optional<std::chrono::microseconds> after;
    if (round % 24 != 5) after = std::chrono::microseconds(random() % (static_cast<unsigned>(static_cast<double>(one.count()) * count.reach) + 1));
    if (ended(work, after, status)) {
      ++count.by_themselves;
      if (after) count.reach = std::max(count.reach * 0.9, 0.01);
      EXPECT_LE(WEXITSTATUS(status), 3) << "round " << round;
      acknowledged.insert(ids.begin(), ids.end());
    } else {
      ++(ingests ? count.killed_in_ingest : count.killed_elsewhere);
      count.reach = std::min(count.reach * 1.05, 1.25);
    }
    const std::set<std::string> there = look(folder);
    for (const std::string& id : acknowledged) ASSERT_TRUE(there.contains(id)) << id << " was acknowledged in round " << round;
    // All of a step or nothing of it.
    const auto kept = std::count_if(ids.begin(), ids.end(), [&](const std::string& id) { return there.contains(id); });
    ASSERT_TRUE(kept == 0 || kept == static_cast<std::ptrdiff_t>(ids.size())) << kept;
    if (testing::Test::HasFailure()) return;
  }
  count.acknowledged += acknowledged.size();
}

// A thousand processes are killed while they take advisories in. The 800 that are killed while they build an index or a
// delta are in advisories_store_test.cc.
TEST(Killed, NothingAcknowledgedIsLostAndNoAlert) {
  if (::access("/dev/shm", W_OK) == 0) ::setenv("TMPDIR", "/dev/shm", 1);  // a killed process loses nothing that it wrote
  std::mt19937 random(seed());
  Count count;
  constexpr int wanted = 1000;
  // In each at most 38 of 48 steps are killed while they take advisories in, whatever the machine is busy with.
  for (int portfolio = 0; count.killed_in_ingest < wanted && portfolio < 400; ++portfolio) {
    live_through(48, random, count);
    if (testing::Test::HasFailure()) break;
  }
  std::printf("%d processes killed while they took advisories in, %d in other steps; %d ended by themselves; %zu advisories acknowledged\n", count.killed_in_ingest,
              count.killed_elsewhere, count.by_themselves, count.acknowledged);
  EXPECT_GE(count.killed_in_ingest, wanted);
  EXPECT_GE(count.by_themselves, 5);
}

}  // namespace
}  // namespace duolex::watch_test
