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

TEST(Diagnostic, ShowsThePartOfALongLineThatMatters) {
  const std::string text = std::string(1000, 'a') + "ü!" + std::string(1000, 'b');
  const Diagnostic d = error_at("a.json", text, 1002, 1003, "wrong");
  EXPECT_EQ(d.span.column, 1002u);
  EXPECT_EQ(render(d), "a.json:1:1002: error: wrong\n    … " + std::string(79, 'a') + "ü!" + std::string(79, 'b') + " …\n      " +
                           std::string(80, ' ') + "^\n");
}

TEST(Diagnostic, LetsNoInputSteerTheTerminal) {
  Diagnostic d = error_at("a.yaml", "k: \x1b[2J\xc2\x9b", 3, 4, "the key '\x1b[2J\n\xc2\x9b' is unknown", "für");
  EXPECT_EQ(render(d),
            "a.yaml:1:4: error: the key '\\x1b[2J\\x0a\\x9b' is unknown\n"
            "    k:  [2J \n"
            "       ^\n"
            "    hint: für\n");
}

TEST(Diagnostic, ShowsWhatTurnsTheReadingOrderAndWhatIsNoUtf8) {
  const std::string text = "k: \xE2\x80\xAE" "fdp.exe\xE2\x81\xA6 \xff\xe2\x80 für";
  EXPECT_EQ(render(error_at("a\xE2\x80\xAE.yaml", text, 3, 4, "the key '\xE2\x80\xAE\xff' is unknown")),
            "a\\u{202e}.yaml:1:4: error: the key '\\u{202e}\\xff' is unknown\n"
            "    k:  fdp.exe  \xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD für\n"
            "       ^\n");
}

TEST(Diagnostic, ShowsRelatedPlaces) {
  Diagnostic d = error_at("a", "x\ny\n", 2, 3, "twice");
  d.related.push_back({error_at("a", "x\ny\n", 0, 1, "").span, "first here", "x"});
  EXPECT_EQ(render(d), "a:2:1: error: twice\n    y\n    ^\na:1:1: note: first here\n    x\n    ^\n");
  EXPECT_EQ(render(error_in("a", "missing")), "a: error: missing\n");
}

TEST(Diagnostic, FindsTheNearestName) {
  EXPECT_EQ(nearest_name("cra.clas", {"cra.class", "cra.role"}), "cra.class");
  EXPECT_EQ(nearest_name("zzz", {"cra.class", "cra.role"}), "");
}

}  // namespace
}  // namespace duolex
