#include "changes/predictions.h"

#include <gtest/gtest.h>

namespace duolex::changes {
namespace {

std::map<std::string, bool> samples(std::size_t n, std::size_t correct_until) {
  std::map<std::string, bool> map;
  for (std::size_t i = 0; i < n; ++i) map[std::to_string(i)] = i < correct_until;
  return map;
}

TEST(Predictions, AreReadByLineWithNumbersNamesAndTheJournalOfAProbe) {
  const auto read = read_predictions("p.ndjson", "{\"sample\": 1, \"correct\": true}\n\n{\"sample\": \"b\", \"correct\": false}\n{\"sample\":3,\"clean_correct\":true,\"x\":[1]}");
  ASSERT_TRUE(read) << render(read.error());
  EXPECT_EQ(*read, (std::map<std::string, bool>{{"1", true}, {"3", true}, {"b", false}}));
}

TEST(Predictions, RefuseWhatIsNone) {
  for (const auto& [bytes, message] : std::vector<std::pair<std::string, std::string>>{
           {"", "holds no sample"},
           {"[1]", "p:1:1: error: the line is no JSON object"},
           {"{\"sample\": 1, \"correct\": true}\n{\"sample\": 1, \"correct\": true}", "p:2:1: error: the sample '1' stands twice"},
           {"{\"sample\": -1, \"correct\": true}", "'sample' is missing"},
           {"{\"sample\": 1, \"correct\": 1}", "'correct' is missing"},
           {std::string(100, '[') + "{", "nested too deeply"}}) {
    const auto read = read_predictions("p", bytes);
    ASSERT_FALSE(read) << bytes;
    EXPECT_NE(render(read.error()).find(message), std::string::npos) << render(read.error());
  }
}

TEST(PairedShare, CountsSampleBySample) {
  const PairedShare p = pair({{"a", true}, {"b", true}, {"c", false}, {"only before", true}}, {{"a", true}, {"b", false}, {"c", true}, {"only after", true}});
  EXPECT_EQ(p.samples, 3u);
  EXPECT_EQ(p.before, 2u);
  EXPECT_EQ(p.after, 2u);
  EXPECT_EQ(p.gained, 1u);
  EXPECT_EQ(p.lost, 1u);
  EXPECT_LT(p.low, 0);
  EXPECT_GT(p.high, 0);
}

TEST(PairedShare, SeesALossBeyondChance) {
  const PairedShare p = pair(samples(1000, 950), samples(1000, 930));  // 20 lost, none gained
  EXPECT_EQ(p.lost, 20u);
  EXPECT_LT(p.high, 0);
  EXPECT_LE(p.low, -0.0199999);
}

TEST(PairedShare, DoesNotTakeChanceForALoss) {
  const PairedShare p = pair(samples(1000, 950), samples(1000, 948));
  EXPECT_GT(p.high, 0);
}

TEST(PairedShare, WithoutAChangeTheIntervalIsThatOfNothingSeen) {
  const PairedShare p = pair(samples(100, 90), samples(100, 90));
  EXPECT_GT(p.high, 0.03);  // 1 - 0.025^(1/100)
  EXPECT_LT(p.high, 0.04);
  EXPECT_EQ(pair({{"a", true}}, {{"b", true}}).samples, 0u);
}

}  // namespace
}  // namespace duolex::changes
