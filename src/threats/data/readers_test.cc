#include <gtest/gtest.h>

#include <cmath>

#include "threats/array.h"
#include "threats/data/data_set.h"

namespace duolex::threats::data {
namespace {

DataSet read(const std::string& name, const std::string& bytes, const std::string& label = "") {
  const auto d = read_data(name, bytes, {label});
  EXPECT_TRUE(d) << (d ? "" : render(d.error()));
  return d ? *d : DataSet{};
}
std::string refusal(const std::string& name, const std::string& bytes, const std::string& label = "") {
  const auto d = read_data(name, bytes, {label});
  EXPECT_FALSE(d);
  return d ? "" : d.error().front().message;
}

TEST(Csv, HeadingLabelsAndMissing) {
  const DataSet d = read("a.csv", "x,label,name,split\r\n1,cat,\"a, \"\"b\"\"\",train\r\n,dog,c,TEST\r\n");
  ASSERT_EQ(d.rows.size(), 2u);
  EXPECT_EQ(d.features, 1u);
  EXPECT_EQ(d.classes, (std::vector<std::string>{"cat", "dog"}));
  EXPECT_EQ(d.rows[1].split, "test");
  EXPECT_EQ(d.values[0], 1.0f);
  EXPECT_TRUE(std::isnan(d.values[1]));
  EXPECT_EQ(d.not_read.size(), 1u);  // the column of names
  EXPECT_EQ(read("a.csv", "1,2\n3,4\n").rows.size(), 2u);
  EXPECT_EQ(read("a.csv", "1;2\n3;4\n").features, 2u);
  EXPECT_EQ(read("a.csv", "1,2,0\n3,4,1\n", "last").classes.size(), 2u);
  EXPECT_EQ(read("a.csv", "a,b\n3,4\n", "b").features, 1u);
  // The label is no part of what a row holds.
  const DataSet same = read("a.csv", "x,label\n1,a\n1,b\n");
  EXPECT_EQ(same.rows[0].content, same.rows[1].content);
  EXPECT_NE(same.rows[0].hash, same.rows[1].hash);
}

TEST(Csv, RefusesWithTheLine) {
  const auto d = read_data("a.csv", "1,2\n3\n");
  ASSERT_FALSE(d);
  EXPECT_EQ(d.error().front().span.line, 2u);
  EXPECT_EQ(refusal("a.csv", "1,\"2\n3"), "a quote never closes");
  EXPECT_EQ(refusal("a.csv", "1,2\n3,4\n", "nine"), "has no column 'nine'");
  refusal("a.csv", "\xff\xfe");
  refusal("a.csv", std::string(200'001, ','));
}

TEST(Arrays, NpyAndLabels) {
  DataSet d = read("a.npy", to_npy(array_of({2, 2}, std::vector<float>{1, 2, 3, 4})));
  EXPECT_EQ(d.features, 2u);
  EXPECT_EQ(d.row(1)[0], 3.0f);
  EXPECT_FALSE(d.labelled());
  ASSERT_TRUE(add_labels(d, "y.npy", to_npy(array_of({2}, std::vector<std::int64_t>{7, 5}))));
  EXPECT_EQ(d.classes, (std::vector<std::string>{"5", "7"}));
  EXPECT_EQ(d.rows[0].label, 1);
  EXPECT_FALSE(add_labels(d, "y.npy", to_npy(array_of({3}, std::vector<std::int64_t>{1, 2, 3}))));
  EXPECT_TRUE(add_labels(d, "y.txt", "label\na\nb\n"));
  refusal("a.npy", "\x93NUMPY");
}

TEST(Arrays, Idx) {
  const std::string head("\0\0\x08\x02\0\0\0\x02\0\0\0\x03", 12);
  const DataSet d = read("train-images", head + "abcdef");
  EXPECT_EQ(d.rows.size(), 2u);
  EXPECT_EQ(d.features, 3u);
  EXPECT_EQ(d.row(1)[2], 102.0f);
  refusal("i", head + "abc");
  refusal("i", std::string("\0\0\x08\x03\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", 16));
  refusal("i", std::string("\0\0\x0d\x01\0\0\0\x01", 8));
}

TEST(Json, LinesAndCoco) {
  const DataSet d = read("a.jsonl", R"({"id": 1, "x": 1.5, "text": "t", "label": "a"})" "\n" R"({"id": 2, "x": 1.5, "text": "t", "label": "b", "split": "val"})" "\n");
  ASSERT_EQ(d.rows.size(), 2u);
  EXPECT_EQ(d.features, 1u);
  EXPECT_EQ(d.rows[0].content, d.rows[1].content);
  EXPECT_EQ(d.rows[1].split, "validation");
  EXPECT_TRUE(d.labelled());
  const auto broken = read_data("a.jsonl", "{}\n{\n");
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.error().front().span.line, 2u);
  const DataSet coco = read("c.json", R"({"images": [{"id": 1, "file_name": "a.png"}, {"id": 2, "file_name": "b.png"}], "annotations": [{"image_id": 1, "bbox": [0, 0, 1, 1]}, {"image_id": 9}]})");
  EXPECT_EQ(coco.rows.size(), 2u);
  EXPECT_EQ(coco.not_read.size(), 2u);
  const DataSet moved = read("c.json", R"({"images": [{"id": 1, "file_name": "a.png"}, {"id": 2, "file_name": "b.png"}], "annotations": [{"image_id": 1, "bbox": [0, 0, 1, 2]}]})");
  EXPECT_NE(coco.rows[0].hash, moved.rows[0].hash);
  EXPECT_EQ(coco.rows[1].hash, moved.rows[1].hash);
  refusal("c.json", R"({"images": [{"id": 1}, {"id": 1}], "annotations": []})");
  refusal("c.json", R"({"images": 1, "annotations": []})");
}

TEST(Data, OfNoKind) {
  refusal("a.bin", "whatever");
  refusal("a.csv", "");
  refusal("a.npz", "PK\x03\x04");
  refusal("a.gz", "\x1f\x8b broken");
}

}  // namespace
}  // namespace duolex::threats::data
