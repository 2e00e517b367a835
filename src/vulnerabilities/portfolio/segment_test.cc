#include "vulnerabilities/portfolio/segment.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "vulnerabilities/portfolio/gather.h"

namespace duolex::vulnerabilities::portfolio {
namespace {

sbom::Sbom bill(int first, int last) {
  std::string components;
  for (int i = first; i < last; ++i)
    components += std::string(components.empty() ? "" : ",") + R"({"type":"library","name":"c","purl":"pkg:npm/p)" + std::to_string(i % 40) + "@1." + std::to_string(i % 7) + R"(.0"})";
  return *sbom::read_sbom("bom.json", R"({"bomFormat":"CycloneDX","specVersion":"1.5","components":[)" + components + "]}");
}

std::string segment_of(std::uint32_t first, std::uint32_t last) {
  Gatherer gatherer;
  for (std::uint32_t r = first; r < last; ++r) gatherer.add(r, bill(static_cast<int>(r), static_cast<int>(r) + 60));
  return gatherer.finish();
}

TEST(Segment, NamesTheReleasesThatHoldAVersion) {
  const std::string bytes = segment_of(0, 5);
  auto segment = Segment::over("s", bytes);
  ASSERT_TRUE(segment);
  EXPECT_TRUE(segment->check_all());
  EXPECT_EQ(segment->package_count(), 40U);
  const std::string_view blob = segment->find(std::string_view("npm\0p3", 6));
  PackageReader reader(blob);
  GroupView group;
  ASSERT_TRUE(reader.next(group));
  EXPECT_FALSE(group.distribution);
  std::vector<std::string> texts;
  for (std::uint32_t i = 0; i < group.size(); ++i) texts.emplace_back(group.text(i));
  EXPECT_EQ(texts, (std::vector<std::string>{"1.1.0", "1.3.0"}));  // of i = 3 and 43
  Releases releases;
  group.append_releases(0, releases);
  EXPECT_EQ(releases, (Releases{0, 1, 2, 3, 4}));
  EXPECT_FALSE(reader.next(group));
  EXPECT_FALSE(reader.broken());
  EXPECT_TRUE(segment->find(std::string_view("npm\0p99", 7)).empty());
}

TEST(Segment, MergedItIsTheOneThatWasMadeAtOnce) {
  const std::string a = segment_of(0, 4), b = segment_of(4, 5), c = segment_of(5, 9);
  std::vector<Segment> segments;
  for (const std::string* bytes : {&a, &b, &c}) segments.push_back(std::move(*Segment::over("s", *bytes)));
  const auto merged = merge(segments);
  ASSERT_TRUE(merged);
  EXPECT_EQ(*merged, segment_of(0, 9));
  std::vector<Segment> none;
  EXPECT_EQ(*merge(none), Gatherer().finish());
}

TEST(Segment, ShortenedItIsRefused) {
  const std::string bytes = segment_of(0, 5);
  for (std::size_t size = 0; size < bytes.size(); size += size < 64 ? 1 : 997) EXPECT_FALSE(Segment::over("s", std::string_view(bytes).substr(0, size))) << size;
  const std::string longer = bytes + "x";
  EXPECT_FALSE(Segment::over("s", longer));
}

// Every byte: refused when it is opened, or found when it is read.
TEST(Segment, AFlippedByteIsFound) {
  std::string bytes = segment_of(0, 5);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    bytes[i] = static_cast<char>(bytes[i] ^ 0x20);
    auto segment = Segment::over("s", bytes);
    EXPECT_FALSE(segment && segment->check_all()) << i;
    bytes[i] = static_cast<char>(bytes[i] ^ 0x20);
  }
}

TEST(Segment, ADamagedOneIsNotMerged) {
  std::string bytes = segment_of(0, 5);
  bytes[page_size + 20] = static_cast<char>(bytes[page_size + 20] ^ 1);
  std::vector<Segment> segments;
  segments.push_back(std::move(*Segment::over("s", bytes)));
  const auto merged = merge(segments);
  ASSERT_FALSE(merged);
  EXPECT_NE(merged.error().front().message.find("checksum"), std::string::npos);
}

}  // namespace
}  // namespace duolex::vulnerabilities::portfolio
