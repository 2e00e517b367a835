#include "base/diagnostic.h"

#include <gtest/gtest.h>

namespace duolex {
namespace {

TEST(Diagnostic, PointsAtTheColumnInCodePoints) {
  const std::string text = "first\nfür jede: falsch\n";
  const std::size_t at = text.find("falsch");
  const Diagnostic d = error_at("a.yaml", text, at, at + 6, "wrong", "write right");
  EXPECT_EQ(d.span.line, 2u);
  EXPECT_EQ(d.span.column, 11u);
  EXPECT_EQ(render(d),
            "a.yaml:2:11: error: wrong\n"
            "    für jede: falsch\n"
            "              ^\n"
            "    hint: write right\n");
}

TEST(Diagnostic, FindsTheNearestName) {
  EXPECT_EQ(nearest_name("cra.clas", {"cra.class", "cra.role"}), "cra.class");
  EXPECT_EQ(nearest_name("zzz", {"cra.class", "cra.role"}), "");
}

}  // namespace
}  // namespace duolex
