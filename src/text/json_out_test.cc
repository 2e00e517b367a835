#include "text/json_out.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace duolex::text {
namespace {

TEST(JsonOut, IsTheSameForTheSameValue) {
  nlohmann::json sorted = {{"b", 0.1}, {"a", {1, true, nullptr}}, {"c", 1.0}};
  EXPECT_EQ(to_json_text(sorted, JsonLayout::compact), R"({"a":[1,true,null],"b":0.1,"c":1.0})");
  nlohmann::ordered_json ordered;
  ordered["b"] = 1;
  ordered["a"] = "x";
  EXPECT_EQ(to_json_text(ordered, JsonLayout::pretty), "{\n  \"b\": 1,\n  \"a\": \"x\"\n}\n");
}

TEST(JsonOut, NeverWritesBytesThatAreNoText) {
  EXPECT_EQ(to_json_text(nlohmann::json("a\xff"), JsonLayout::compact), "\"a\xef\xbf\xbd\"");
}

}  // namespace
}  // namespace duolex::text
