// The writer against the library: the same bytes for the same values.
#include "text/json_writer.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <random>

#include "text/json_out.h"

namespace duolex::text {
namespace {

using nlohmann::ordered_json;

void write(JsonWriter& out, const ordered_json& tree) {
  if (tree.is_object()) {
    out.open_object();
    for (const auto& [name, item] : tree.items()) {
      out.any_key(name);
      write(out, item);
    }
    out.close();
  } else if (tree.is_array()) {
    out.open_list();
    for (const auto& item : tree) write(out, item);
    out.close();
  } else if (tree.is_string()) {
    out.value(tree.get<std::string>());
  } else if (tree.is_boolean()) {
    out.value(tree.get<bool>());
  } else if (tree.is_number_float()) {
    out.value(tree.get<double>());
  } else if (tree.is_number_unsigned()) {
    out.value(tree.get<std::uint64_t>());
  } else {
    out.value(tree);
  }
}

std::string any_text(std::mt19937_64& random) {
  std::string out;
  for (std::uint64_t n = random() % 12; n > 0; --n) {
    switch (random() % 5) {
      case 0: out += static_cast<char>(random() % 256); break;
      case 1: out += "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80"; break;
      case 2: out += "\"\\\n\t\x01\x7f/"[random() % 7]; break;
      default: out += static_cast<char>('a' + random() % 26);
    }
  }
  return out;
}

ordered_json any_value(std::mt19937_64& random, int depth) {
  switch (random() % (depth > 4 ? 5 : 8)) {
    case 0: return random() % 2 == 0;
    case 1: return random();
    case 2: return nullptr;
    case 3: return static_cast<double>(random() % 1000) / 7;
    case 4: return any_text(random);
    case 5: {
      ordered_json out = ordered_json::array();
      for (std::uint64_t n = random() % 4; n > 0; --n) out.push_back(any_value(random, depth + 1));
      return out;
    }
    default: {
      ordered_json out = ordered_json::object();
      for (std::uint64_t n = random() % 4; n > 0; --n) out[any_text(random)] = any_value(random, depth + 1);
      return out;
    }
  }
}

TEST(JsonWriter, WritesTheBytesOfTheLibrary) {
  std::mt19937_64 random(11);
  for (int turn = 0; turn < 20'000; ++turn) {
    const ordered_json tree = any_value(random, 0);
    JsonWriter out, whole;
    write(out, tree);
    whole.value(tree);
    const std::string expected = to_json_text(tree, JsonLayout::pretty);
    ASSERT_EQ(std::move(out).finish(), expected);
    ASSERT_EQ(std::move(whole).finish(), expected);
  }
}

TEST(JsonWriter, NumbersWithOneDecimal) {
  for (int tenths = -2000; tenths < 1'200'000; tenths += tenths < 2000 ? 1 : 997)
    for (const double number : {tenths / 10.0, tenths * 0.1, static_cast<double>(tenths)}) {
      JsonWriter out;
      out.value(number);
      ASSERT_EQ(std::move(out).finish(), to_json_text(ordered_json(number), JsonLayout::pretty));
    }
  JsonWriter out;
  out.value(-0.0);
  EXPECT_EQ(std::move(out).finish(), "-0.0\n");
}

TEST(JsonWriter, FieldsOfAllKinds) {
  JsonWriter out;
  out.open_object().field("text", "a").field("list", std::vector<std::string>{"x", "y"}).field("none", std::vector<std::string>{}).field("yes", true).field("number", 7U).field("below", -3).field("part", 9.8);
  out.key("inner").open_object().close().close();
  EXPECT_EQ(std::move(out).finish(), "{\n  \"text\": \"a\",\n  \"list\": [\n    \"x\",\n    \"y\"\n  ],\n  \"none\": [],\n  \"yes\": true,\n  \"number\": 7,\n  \"below\": -3,\n  \"part\": 9.8,\n  \"inner\": {}\n}\n");
}

}  // namespace
}  // namespace duolex::text
