#include <gtest/gtest.h>

#include "vulnerabilities/feeds/record_reader.h"
#include "vulnerabilities/feeds/sources.h"

namespace duolex::vulnerabilities {
namespace {

std::string refusal(std::string bytes, std::uint32_t line = 7) {
  const std::size_t size = bytes.size();
  bytes.append(RecordReader::padding, '\0');
  RecordReader reader;
  const auto read = reader.read("feed.ndjson", line, {bytes.data(), size});
  return read ? "" : render(read.error());
}

TEST(Feeds, BadRecordsAreRefusedWithTheirPlace) {
  struct Case {
    const char *record, *why;
  };
  for (const Case& c : {
           Case{R"({"id":"A-1")", "no JSON"},
           Case{R"({"id":7,"modified":"2024-01-02T03:04:05Z"})", "'id' is no id"},
           Case{R"({"id":"A-1"})", "'modified' is missing"},
           Case{R"({"id":"A-1","modified":"yesterday"})", "no time"},
           Case{R"({"id":"A-1","modified":"2024-01-02T03:04:05Z","aliases":[1]})", "no id"},
           Case{R"({"id":"A-1","modified":"2024-01-02T03:04:05Z","affected":{}})", "'affected' is no list"},
           Case{R"({"id":"A-1","modified":"2024-01-02T03:04:05Z","affected":[{"package":{"name":"x"}}]})", "no ecosystem"},
           Case{R"({"id":"A-1","modified":"2024-01-02T03:04:05Z","affected":[{"package":{"ecosystem":"npm","name":"x"},"ranges":[{"type":"TIME","events":[]}]}]})", "the type of a range"},
           Case{R"({"id":"A-1","modified":"2024-01-02T03:04:05Z","affected":[{"package":{"ecosystem":"npm","name":"x"},"ranges":[{"type":"SEMVER","events":[{"fixed":"1"}]}]}]})", "no event 'introduced'"},
           Case{R"({"id":"A-1","modified":"2024-01-02T03:04:05Z","affected":[{"package":{"ecosystem":"npm","name":"x"},"ranges":[{"type":"SEMVER","events":[{"mended":"1"}]}]}]})", "'mended'"},
       }) {
    const std::string said = refusal(c.record);
    EXPECT_NE(said.find("feed.ndjson:7:1: error: "), std::string::npos) << said;
    EXPECT_NE(said.find(c.why), std::string::npos) << c.record << "\n" << said;
  }
}

TEST(Feeds, DepthAndSizeAreBounded) {
  EXPECT_NE(refusal(R"({"id":"A-1","database_specific":)" + std::string(1'000'000, '[')), "");
  EXPECT_NE(refusal("{\"id\":\"" + std::string(1000, 'x') + "\",\"modified\":\"2024-01-02T03:04:05Z\"}"), "");
}

TEST(Feeds, TheCatalogueOfExploitedVulnerabilities) {
  std::string bytes = R"({"catalogVersion":"2025.08.25","dateReleased":"2025-08-25T17:04:19Z","vulnerabilities":[
    {"cveID":"CVE-2023-4863","dateAdded":"2023-09-13","dueDate":"2023-10-04","knownRansomwareCampaignUse":"Unknown"}]})";
  const std::size_t size = bytes.size();
  bytes.append(RecordReader::padding, '\0');
  RecordReader reader;
  const auto read = reader.read("kev.json", 0, {bytes.data(), size});
  ASSERT_TRUE(read);
  EXPECT_EQ(read->kind, Read::Kind::exploited);
  EXPECT_EQ(read->kev.entries.at("CVE-2023-4863").added, "2023-09-13");
  EXPECT_EQ(read->kev.released, "2025-08-25");
}

TEST(Feeds, EpssScores) {
  const auto scores = read_epss("epss.csv", "#model_version:v2025.03.14,score_date:2025-08-25T00:00:00+0000\ncve,epss,percentile\nCVE-2023-4863,0.94,0.999\nnonsense\n");
  ASSERT_TRUE(scores);
  EXPECT_EQ(scores->date, "2025-08-25");
  EXPECT_EQ(scores->scores.at("CVE-2023-4863").probability, "0.94");
  ASSERT_EQ(scores->rejected.size(), 1U);
  EXPECT_EQ(scores->rejected.front().span.line, 4U);
  EXPECT_FALSE(read_epss("x.csv", "a,b\n"));
}

}  // namespace
}  // namespace duolex::vulnerabilities
