#include <gtest/gtest.h>

#include <cmath>

#include "threats/data/parquet_values.h"
#include "threats/data/read_parquet.h"
#include "threats/parquet/testing.h"

namespace duolex::threats::data {
namespace {

using namespace parquet::testing;

TestColumn numbers(const std::string& name, std::initializer_list<std::int32_t> values) {
  std::string body;
  for (const std::int32_t v : values) body += little(static_cast<std::uint32_t>(v));
  const auto n = static_cast<std::int64_t>(values.size());
  return {.name = name, .physical = 1, .values = n, .pages = page(n, 0, body)};
}
TestColumn words(const std::string& name, std::initializer_list<const char*> values) {
  std::string body;
  for (const std::string v : values) body += little(static_cast<std::uint32_t>(v.size())) + v;
  const auto n = static_cast<std::int64_t>(values.size());
  return {.name = name, .physical = 6, .converted = 0, .values = n, .pages = page(n, 0, body)};
}
DataSet read(const std::string& bytes, const std::string& label = "") {
  const auto d = read_data("t.parquet", bytes, {label});
  EXPECT_TRUE(d) << (d ? "" : render(d.error()));
  return d ? *d : DataSet{};
}

TEST(Parquet, LabelsSplitsAndWhatIsNoPartOfARow) {
  const DataSet d = read(file_of({numbers("x", {5, 5}), words("text", {"a", "a"}), words("label", {"dog", "cat"}), words("split", {"train", "val"}), numbers("__index_level_0__", {0, 1})}, 2));
  ASSERT_EQ(d.rows.size(), 2u);
  EXPECT_EQ(d.kind, "Parquet");
  EXPECT_EQ(d.features, 1u);
  EXPECT_EQ(d.feature_names, std::vector<std::string>{"x"});
  EXPECT_EQ(d.classes, (std::vector<std::string>{"cat", "dog"}));
  EXPECT_EQ(d.rows[0].label, 1);
  EXPECT_EQ(d.rows[1].split, "validation");
  EXPECT_EQ(d.rows[1].name, "row 2");
  EXPECT_EQ(d.rows[0].content, d.rows[1].content);  // the same but for label, split and place
  EXPECT_NE(d.rows[0].hash, d.rows[1].hash);
  EXPECT_EQ(d.not_read.size(), 2u);
  EXPECT_EQ(read(file_of({numbers("x", {5, 6}), numbers("z", {1, 2})}, 2), "z").classes.size(), 2u);
  EXPECT_EQ(read(file_of({numbers("x", {5, 6}), numbers("z", {1, 2})}, 2), "last").features, 1u);
  EXPECT_FALSE(read_data("t.parquet", file_of({numbers("x", {5})}, 1), {"nine"}));
}

TEST(Parquet, NamesOfClassesFromTheNote) {
  const DataSet d = read(file_of({numbers("label", {1, 0, 1})}, 3, {{"huggingface", R"({"info": {"features": {"label": {"names": ["ham", "spam"], "_type": "ClassLabel"}}}})"}}));
  EXPECT_EQ(d.classes, (std::vector<std::string>{"ham", "spam"}));
  EXPECT_EQ(d.rows[0].label, 1);
  EXPECT_EQ(read(file_of({numbers("label", {1, 0})}, 2, {{"huggingface", "[broken"}})).classes, (std::vector<std::string>{"0", "1"}));
}

// The same rows in one page and in two, from a dictionary and without.
TEST(Parquet, HashesDoNotDependOnHowItIsStored) {
  TestColumn two = numbers("x", {1, 2, 2});
  two.pages = page(2, 0, little(1) + little(2)) + page(1, 0, little(2));
  TestColumn dictionary = two;
  dictionary.pages = dictionary_page(2, little(2) + little(1)) + page(3, 8, "\x01\x03\x01");
  dictionary.has_dictionary = true;
  const DataSet a = read(file_of({numbers("x", {1, 2, 2})}, 3)), b = read(file_of({two}, 3)), c = read(file_of({dictionary}, 3));
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(a.rows[i].hash, b.rows[i].hash);
    EXPECT_EQ(a.rows[i].hash, c.rows[i].hash);
  }
  EXPECT_EQ(a.rows[1].content, a.rows[2].content);
}

TestColumn list(const std::string& levels_of_repetition, const std::string& levels_of_definition, std::int64_t entries, std::initializer_list<std::int32_t> values) {
  std::string body = little(static_cast<std::uint32_t>(levels_of_repetition.size())) + levels_of_repetition + little(static_cast<std::uint32_t>(levels_of_definition.size())) + levels_of_definition;
  for (const std::int32_t v : values) body += little(static_cast<std::uint32_t>(v));
  return {.name = "e", .physical = 1, .repetition = 2, .values = entries, .pages = page(entries, 0, body)};
}

TEST(Parquet, ListsOfOneLengthAreNumbers) {
  // An absent list, then two of two numbers.
  const DataSet d = read(file_of({list("\x03\x14", "\x03\x1e", 5, {1, 2, 3, 4})}, 3));
  ASSERT_EQ(d.features, 2u);
  EXPECT_TRUE(std::isnan(d.row(0)[1]));
  EXPECT_EQ(d.row(1)[1], 2.0f);
  EXPECT_EQ(d.row(2)[0], 3.0f);
  EXPECT_EQ(d.feature_names[1], "e[1]");
  const DataSet ragged = read(file_of({list("\x03\x02", "\x06\x01", 3, {1, 2, 3})}, 2));
  EXPECT_EQ(ragged.features, 0u);
  EXPECT_NE(ragged.not_read[0].find("lists of different lengths"), std::string::npos);
  EXPECT_NE(ragged.rows[0].content, ragged.rows[1].content);
}

TEST(Parquet, SeveralFilesAreOneDataSet) {
  const std::string a = file_of({numbers("x", {1, 2}), words("label", {"a", "b"})}, 2), b = file_of({numbers("x", {1}), words("label", {"c"})}, 1), other = file_of({numbers("z", {1}), words("label", {"c"})}, 1);
  const auto d = read_parquet("f", {{"data/train-00000-of-00001.parquet", a}, {"data/test-00000-of-00001.parquet", b}}, {});
  ASSERT_TRUE(d) << render(d.error());
  ASSERT_EQ(d->rows.size(), 3u);
  EXPECT_EQ(d->rows[2].name, "data/test-00000-of-00001.parquet row 1");
  EXPECT_EQ(d->rows[2].split, "test");
  EXPECT_EQ(d->classes.size(), 3u);
  EXPECT_EQ(d->rows[0].content, d->rows[2].content);
  const auto refused = read_parquet("f", {{"a", a}, {"b", other}}, {});
  ASSERT_FALSE(refused);
  EXPECT_NE(render(refused.error()).find("b: error: has other columns than the files before it ('z')"), std::string::npos) << render(refused.error());
  EXPECT_EQ(split_of_path("data/training_1.parquet"), "train");
  EXPECT_EQ(split_of_path("contrast.parquet"), "");
}

TEST(Parquet, WhatValuesMean) {
  using parquet::Column;
  using parquet::Kind;
  using parquet::Physical;
  const auto of = [](Physical physical, Kind kind, int scale, std::uint64_t bits, const std::string& bytes = "") {
    Column c;
    c.physical = physical;
    c.kind = kind;
    c.scale = scale;
    return std::make_pair(number_of(c, {bits, bytes, -1}), text_of(c, {bits, bytes, -1}));
  };
  EXPECT_EQ(of(Physical::int32, Kind::natural, 0, 0xFFFFFFFFFFFFFFFF).second, "4294967295");
  EXPECT_EQ(of(Physical::int64, Kind::plain, 0, 0xFFFFFFFFFFFFFFFF).second, "-1");
  EXPECT_EQ(of(Physical::int64, Kind::decimal, 2, 1234).second, "12.34");
  EXPECT_EQ(of(Physical::fixed, Kind::decimal, 1, 0, "\xff\xfe").first, -0.2f);
  EXPECT_EQ(of(Physical::fixed, Kind::half, 0, 0, std::string("\0\xc0", 2)).first, -2.0f);
  EXPECT_EQ(of(Physical::int64, Kind::instant, 3, 86'400'000).first, 1.0f);
  EXPECT_EQ(of(Physical::int32, Kind::time, 3, 1500).first, 1.5f);
  EXPECT_EQ(of(Physical::boolean, Kind::plain, 0, 1).second, "true");
  EXPECT_EQ(of(Physical::fixed, Kind::opaque, 0, 0, "\x01\xab").second, "01ab");
  std::string julian(8, '\0');
  julian += little(2440589);
  EXPECT_EQ(of(Physical::int96, Kind::plain, 0, 0, julian).first, 1.0f);
}

}  // namespace
}  // namespace duolex::threats::data
