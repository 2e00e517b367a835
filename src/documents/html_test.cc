#include "documents/html.h"

#include <gtest/gtest.h>

namespace duolex::documents {
namespace {

TEST(HtmlBuilder, EscapesEveryTextAndClosesEveryElement) {
  Html h;
  h.open("p", "class=\"x\"").text("a<b").with("strong", "<i>").cites({"CRA/art/12/3", "\"><script>"});
  EXPECT_EQ(h.take(),
            "<p class=\"x\">a&lt;b<strong>&lt;i&gt;</strong> <span class=\"cites\"><span class=\"cite\" title=\"CRA/art/12/3\">CRA Art. "
            "12(3);</span> <span class=\"cite\" title=\"&quot;&gt;&lt;script&gt;\">&quot;&gt;&lt;script&gt;</span></span></p>\n");
}

}  // namespace
}  // namespace duolex::documents
