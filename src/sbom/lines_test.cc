#include "sbom/lines.h"

#include <gtest/gtest.h>

#include <random>

#include "text/places.h"

namespace duolex::sbom {
namespace {

// Against the places of `text`, in any order of asking.
TEST(Lines, AgreeWithAnotherCount) {
  std::mt19937 random(7);
  std::string bytes;
  const std::string file = "f";
  while (bytes.size() < 300'000) {
    const auto kind = random() % 40;
    if (kind == 0) bytes += '\n';
    else if (kind < 5) bytes += "\u00e9";
    else if (kind == 5 && random() % 50 == 0) bytes += std::string(random() % 90'000, 'x');
    else bytes += 'a';
  }
  const text::Places places(file, bytes);
  Lines lines(file, bytes);
  std::size_t at = 0;
  for (int i = 0; i < 4000; ++i) {
    at = random() % 5 == 0 ? random() % (bytes.size() + 1) : std::min(bytes.size(), at + random() % 900);
    const Span expected = places.at(at, at);
    const Place found = lines.at(at, at);
    ASSERT_EQ(found.line, expected.line) << at;
    ASSERT_EQ(found.column, expected.column) << at;
  }
}

TEST(Lines, OfNothing) {
  const std::string file = "f", bytes;
  Lines lines(file, bytes);
  EXPECT_EQ(lines.at(5, 9).line, 1U);
  EXPECT_EQ(lines.at(5, 9).begin, 0U);
}

}  // namespace
}  // namespace duolex::sbom
