#include "vulnerabilities/index/index.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "vulnerabilities/index/build.h"
#include "vulnerabilities/index/journal.h"
#include "vulnerabilities/index/layout.h"
#include "vulnerabilities/index/sections.h"

namespace duolex::vulnerabilities::index {
namespace {

Advisory advisory(const std::string& id, const std::string& package, const std::string& fixed) {
  Advisory a;
  a.id = id;
  a.modified = "2024-01-02T03:04:05Z";
  Affected affected;
  affected.ecosystem = "npm";
  affected.name = package;
  affected.ranges.push_back({Range::Type::semver, "", {{Event::Kind::introduced, "0"}, {Event::Kind::fixed, fixed}}});
  a.affected.push_back(affected);
  return a;
}

std::string bytes_of(std::vector<Advisory> advisories, const KevCatalogue& kev = {}, const EpssScores& epss = {}) {
  std::vector<Compiled> records;
  for (const Advisory& a : advisories) records.push_back(compile(a));
  BuildReport report;
  return lay_out(std::move(records), kev, epss, report);
}

std::string key(const std::string& name) { return std::string("npm\0", 4) + name; }

TEST(Index, FindsWhatIsInIt) {
  std::vector<Advisory> advisories;
  for (int i = 0; i < 3000; ++i) advisories.push_back(advisory("A-" + std::to_string(i), "package-" + std::to_string(i), "1.0.0"));
  const std::string bytes = bytes_of(advisories);
  auto index = Index::over("test", bytes);
  ASSERT_TRUE(index);
  EXPECT_EQ(index->record_count(), 3000U);
  for (int i = 0; i < 3000; ++i) {
    EXPECT_FALSE(index->find(key("package-" + std::to_string(i))).empty()) << i;
    EXPECT_TRUE(index->find(key("other-" + std::to_string(i))).empty()) << i;
    EXPECT_TRUE(index->find_record("A-" + std::to_string(i))) << i;
  }
  EXPECT_FALSE(index->find_record("A-3000"));
  EXPECT_TRUE(index->find(std::string("pypi\0package-1", 14)).empty());
  EXPECT_FALSE(index->damage());
}

TEST(Index, OfNothingIsAnIndex) {
  const std::string bytes = bytes_of({});
  auto index = Index::over("test", bytes);
  ASSERT_TRUE(index) << render(index.error());
  EXPECT_EQ(index->record_count(), 0U);
  EXPECT_TRUE(index->find(key("x")).empty());
}

TEST(Index, ClustersAreMadeOfAliasesInBothDirections) {
  std::vector<Advisory> advisories = {advisory("A-1", "x", "1.0.0"), advisory("B-1", "y", "1.0.0"), advisory("C-1", "z", "1.0.0")};
  advisories[0].aliases = {"CVE-2024-1"};
  advisories[1].aliases = {"CVE-2024-1", "D-1"};
  advisories[2].upstream = {"CVE-2024-1"};
  KevCatalogue kev;
  kev.entries["CVE-2024-1"] = {"2024-02-01", "2024-03-01", true};
  EpssScores epss;
  epss.scores["CVE-2024-1"] = {"0.5", "0.9"};
  const std::string bytes = bytes_of(advisories, kev, epss);
  auto index = Index::over("test", bytes);
  ASSERT_TRUE(index);
  const StatedRecord a = index->record(*index->find_record("A-1")), c = index->record(*index->find_record("C-1"));
  EXPECT_EQ(a.aliases, (std::vector<std::string_view>{"B-1", "CVE-2024-1", "D-1"}));
  EXPECT_EQ(a.exploited_via, Via::alias);
  EXPECT_EQ(a.exploited_added, "2024-02-01");
  EXPECT_TRUE(a.ransomware);
  EXPECT_EQ(a.epss_probability, "0.5");
  EXPECT_TRUE(c.aliases.empty());
  EXPECT_EQ(c.exploited_via, Via::upstream);
}

TEST(Index, TheCopyModifiedLastIsKept) {
  std::vector<Advisory> advisories = {advisory("A-1", "new", "2.0.0"), advisory("A-1", "old", "1.0.0")};
  advisories[0].modified = "2024-05-01T00:00:00Z";
  const std::string one = bytes_of(advisories);
  std::swap(advisories[0], advisories[1]);
  EXPECT_TRUE(one == bytes_of(advisories));
  auto index = Index::over("test", one);
  ASSERT_TRUE(index);
  EXPECT_FALSE(index->find(key("new")).empty());
  EXPECT_TRUE(index->find(key("old")).empty());
}

// Each single byte, one after the other.
TEST(Index, AFlippedByteIsRefused) {
  const std::string whole = bytes_of({advisory("A-1", "x", "1.0.0"), advisory("B-1", "y", "2.0.0")});
  for (std::size_t i = 0; i < whole.size(); ++i) {
    std::string flipped = whole;
    flipped[i] = static_cast<char>(flipped[i] ^ (1 << (i % 8)));
    const auto index = Index::over("test", flipped);
    ASSERT_FALSE(index) << "byte " << i;
    ASSERT_NE(render(index.error()).find("byte "), std::string::npos);
  }
}

TEST(Index, ATruncatedFileIsRefused) {
  const std::string whole = bytes_of({advisory("A-1", "x", "1.0.0")});
  for (std::size_t size = 0; size < whole.size(); size += 97) EXPECT_FALSE(Index::over("test", std::string_view(whole).substr(0, size))) << size;
  EXPECT_FALSE(Index::over("test", whole + "x"));
}

std::string with_good_checksums(std::string bytes, const Header& header) {
  seal(bytes, header);
  return bytes;
}

// Everything that can be asked. What it asks for is refused, or answered; the process lives.
void ask_all(const std::string& bytes) {
  auto index = Index::over("test", bytes);
  if (!index) return;
  for (int i = 0; i < 4; ++i) (void)index->find(key("package-" + std::to_string(i)));
  for (std::size_t r = 0; r < std::min<std::size_t>(index->record_count(), 100); ++r) {
    (void)index->record(r);
    (void)index->cluster_of(r);
  }
  (void)index->find_name("A-1");
  (void)index->find_name("CVE-2024-1");
  (void)index->meta();
  for (const auto& s : index->segments())
    for (std::uint64_t p = 0; p < std::min<std::uint64_t>(s->packages(), 100); ++p) (void)s->package(p);
}

struct Ended {
  bool well = false;
  int signal = 0;
};
// In a process with 256 MiB and a second of a processor.
template <class Work>
Ended within_limits(Work work) {
  const pid_t child = ::fork();
  if (child == 0) {
    const rlimit memory{rlim_t{256} << 20, rlim_t{256} << 20}, seconds{1, 2};
    ::setrlimit(RLIMIT_DATA, &memory);
    ::setrlimit(RLIMIT_CPU, &seconds);
    work();
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return {WIFEXITED(status) && WEXITSTATUS(status) == 0, WIFSIGNALED(status) ? WTERMSIG(status) : 0};
}

// An index that somebody made to do harm: its checksums are right, and its lengths are not.
TEST(Index, LengthsOfTwoToTheSixtyThirdUnderGoodChecksums) {
  std::vector<Advisory> advisories = {advisory("A-1", "package-0", "1.0.0"), advisory("B-1", "package-1", "1.0.0")};
  advisories[0].aliases = {"CVE-2024-1"};
  KevCatalogue kev;
  kev.entries["CVE-2024-1"] = {"2024-02-01", "", false};
  const std::string whole = bytes_of(advisories, kev);
  Header header{};
  std::memcpy(&header, whole.data(), sizeof header);
  ASSERT_EQ(with_good_checksums(whole, header), whole);
  constexpr std::uint64_t huge = std::uint64_t{1} << 63;
  const Ended by_sections = within_limits([&] {
    for (std::size_t i = 0; i < section_count; ++i)
      for (const std::uint64_t value : {huge, huge - 1, ~std::uint64_t{0}, header.sections[i].size + (std::uint64_t{1} << 32)})
        for (const bool offset : {false, true}) {
          Header changed = header;
          (offset ? changed.sections[i].offset : changed.sections[i].size) = value;
          ask_all(with_good_checksums(whole, changed));
        }
  });
  EXPECT_TRUE(by_sections.well) << "signal " << by_sections.signal;
  // A number of 2^63 at every byte of every section.
  std::string number;
  put_number(number, huge);
  for (std::size_t i = 0; i < section_count; ++i) {
    const Place place = header.sections[i];
    const Ended ended = within_limits([&] {
      for (std::uint64_t at = 0; at < place.size; at += place.size > 2000 ? 7 : 1) {
        std::string changed = whole;
        for (std::size_t b = 0; b < number.size() && at + b < place.size; ++b) changed[place.offset + at + b] = number[b];
        ask_all(with_good_checksums(std::move(changed), header));
      }
    });
    EXPECT_TRUE(ended.well) << "section " << i << ", signal " << ended.signal;
  }
}

// A file too large to be checked whole when it is opened: what is read is checked as it is read.
TEST(Index, ALargeFileIsCheckedWhereItIsRead) {
  std::vector<Advisory> advisories;
  for (int i = 0; i < 60'000; ++i) {
    advisories.push_back(advisory("A-" + std::to_string(i), "package-" + std::to_string(i), "1.0.0"));
    advisories.back().summary = std::string(100, static_cast<char>('a' + i % 26));
  }
  std::string bytes = bytes_of(advisories);
  ASSERT_GT(bytes.size(), small_file);
  std::size_t refused = 0;
  for (std::size_t at = page_size; at < bytes.size(); at += bytes.size() / 40) {
    bytes[at] = static_cast<char>(bytes[at] ^ 4);
    auto index = Index::over("test", bytes);
    bool wrong = !index;
    if (index) {
      wrong = !index->check_all();
      auto again = Index::over("test", bytes);
      for (std::size_t r = 0; r < again->record_count() && !again->damage(); ++r) {
        const StatedRecord record = again->record(r);
        if (!again->damage()) {
          ASSERT_EQ(record.summary.size(), 100U);
        }
      }
    }
    EXPECT_TRUE(wrong) << at;
    refused += wrong ? 1 : 0;
    bytes[at] = static_cast<char>(bytes[at] ^ 4);
  }
  EXPECT_GE(refused, 40U);
}

TEST(Index, TheJournalTellsWhatChanged) {
  std::vector<Advisory> advisories = {advisory("A-1", "x", "1.0.0"), advisory("B-1", "y", "1.0.0"), advisory("C-1", "z", "1.0.0")};
  advisories[2].aliases = {"CVE-2024-1"};
  const std::string before = bytes_of(advisories);
  advisories[1] = advisory("B-1", "y", "2.0.0");
  advisories[0] = advisory("D-1", "w", "1.0.0");
  KevCatalogue kev;
  kev.entries["CVE-2024-1"] = {"2024-02-01", "", false};
  const std::string after = bytes_of(advisories, kev);
  auto a = Index::over("a", before), b = Index::over("b", after);
  ASSERT_TRUE(a && b);
  const std::string journal = journal_lines("2027-01-01T00:00:00Z", b->identity(), b->record_count(), identity_text(a->identity()), changes_between(*a, *b));
  for (const char* line : {R"("record":"A-1","change":"gone")", R"("record":"B-1","change":"changed")", R"("record":"C-1","change":"exploited")", R"("record":"D-1","change":"new")"})
    EXPECT_NE(journal.find(line), std::string::npos) << line << "\n" << journal;
  EXPECT_EQ(std::count(journal.begin(), journal.end(), '\n'), 5);
}

}  // namespace
}  // namespace duolex::vulnerabilities::index
