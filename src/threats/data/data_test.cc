#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "base/file.h"
#include "threats/data/report.h"
#include "threats/evasion/random.h"

namespace duolex::threats::data {
namespace {

// The tree as RFC 6962 describes it: split at the largest power of two below the number of leaves.
Hash by_definition(const std::vector<std::string>& leaves, std::size_t from, std::size_t count) {
  if (count == 1) return leaf_hash(leaves[from]);
  std::size_t k = 1;
  while (k * 2 < count) k *= 2;
  const Hash left = by_definition(leaves, from, k), right = by_definition(leaves, from + k, count - k);
  std::string bytes = "\x01";
  bytes.append(reinterpret_cast<const char*>(left.data()), 32);
  bytes.append(reinterpret_cast<const char*>(right.data()), 32);
  return sha256(bytes);
}

TEST(Merkle, IsTheTreeOfTheRfc) {
  EXPECT_EQ(hex(tree_hash({})), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(hex(leaf_hash("")), "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
  std::vector<std::string> leaves;
  std::vector<Hash> hashes;
  for (int i = 0; i < 70; ++i) {
    leaves.push_back("leaf " + std::to_string(i));
    hashes.push_back(leaf_hash(leaves.back()));
    EXPECT_EQ(tree_hash(hashes), by_definition(leaves, 0, leaves.size())) << i;
  }
}

DataSet numbers(std::size_t rows, std::size_t features, std::uint64_t seed, std::size_t classes = 0) {
  DataSet d;
  d.name = "d";
  d.kind = "NPY";
  d.features = features;
  for (std::size_t c = 0; c < classes; ++c) d.classes.push_back(std::string(1, static_cast<char>('a' + c)));
  for (std::size_t i = 0; i < rows; ++i) {
    evasion::Random random(seed, i, 1);
    Row row;
    row.name = "row " + std::to_string(i);
    if (classes > 0) row.label = static_cast<std::int32_t>(i % classes);
    for (std::size_t f = 0; f < features; ++f)
      d.values.push_back(static_cast<float>(random.normal() + (classes > 0 && f == i % classes ? 4.0 : 0.0)));
    d.rows.push_back(row);
  }
  for (std::size_t i = 0; i < rows; ++i) {
    const std::string_view raw(reinterpret_cast<const char*>(d.row(i)), features * sizeof(float));
    d.rows[i].hash = leaf_hash(raw);
    d.rows[i].content = sha256(raw);
  }
  return d;
}

TEST(Duplicates, AllAreFound) {
  DataSet d = numbers(300, 5, 7, 2);
  Duplicates none = find_duplicates(d);
  EXPECT_EQ(none.exact_rows, 0u);
  EXPECT_TRUE(none.near.empty());
  // Row 10 once more, with another label and in another split; row 20 nearly.
  for (std::size_t f = 0; f < 5; ++f) d.values[200 * 5 + f] = d.values[10 * 5 + f];
  d.rows[200].content = d.rows[10].content;
  d.rows[200].label = 1 - d.rows[10].label;
  d.rows[200].split = "test";
  for (std::size_t f = 0; f < 5; ++f) d.values[201 * 5 + f] = d.values[20 * 5 + f] + 0.002f;
  const Duplicates found = find_duplicates(d);
  ASSERT_EQ(found.exact.size(), 1u);
  EXPECT_EQ(found.exact[0].first, 10u);
  EXPECT_EQ(found.contradicting.size(), 1u);
  EXPECT_EQ(found.leaking.size(), 1u);
  ASSERT_EQ(found.near.size(), 1u);
  EXPECT_EQ(found.near[0].second, 201u);
}

// A row that stands many times is compared once, and once for each split.
TEST(Duplicates, RepeatedRowsAreComparedOnce) {
  DataSet d = numbers(300, 5, 7, 2);
  const auto copy = [&](std::size_t from, std::size_t to, const char* split) {
    for (std::size_t f = 0; f < 5; ++f) d.values[to * 5 + f] = d.values[from * 5 + f];
    d.rows[to].content = d.rows[from].content;
    d.rows[to].label = d.rows[from].label;
    d.rows[to].split = split;
  };
  for (std::size_t i = 100; i < 104; ++i) copy(10, i, i % 2 == 0 ? "test" : "");
  for (std::size_t f = 0; f < 5; ++f) d.values[200 * 5 + f] = d.values[10 * 5 + f] + 0.002f;
  const Duplicates found = find_duplicates(d);
  EXPECT_EQ(found.exact_rows, 4u);
  EXPECT_EQ(found.exact[3].second, 103u);
  ASSERT_EQ(found.near.size(), 2u);  // with row 10, and with row 100 of the other split
  EXPECT_EQ(found.near[0].second + found.near[1].second, 400u);
  EXPECT_EQ(found.leaking.size(), 2u);  // rows 10 and 100 exactly, rows 100 and 200 nearly
}

TEST(Manifest, ComparesAndRefusesChanges) {
  const DataSet before = numbers(20, 2, 1);
  DataSet after = before;
  after.rows.erase(after.rows.begin() + 3);
  after.rows.push_back(numbers(1, 2, 9).rows[0]);
  const Comparison c = compare(manifest_of(before), manifest_of(after));
  EXPECT_EQ(c.added_count, 1u);
  EXPECT_EQ(c.removed_count, 1u);
  EXPECT_EQ(c.same, 19u);
  std::string json = to_json_text(manifest_of(before));
  ASSERT_TRUE(read_manifest("m", json));
  const std::size_t at = json.find("sha256") + 10;
  json[at] = json[at] == '0' ? '1' : '0';
  EXPECT_FALSE(read_manifest("m", json));
  EXPECT_FALSE(read_manifest("m", "{}"));
  EXPECT_FALSE(read_manifest("m", "[]"));
}

TEST(Manifest, FilesByName) {
  const auto file = [](const std::string& path, const std::string& bytes) { return NamedBytes{path, leaf_hash(path + bytes), sha256(bytes)}; };
  const DataSet before = from_files("f", {file("train/cat/1", "a"), file("train/dog/1", "b"), file("test/cat/1", "c")});
  EXPECT_EQ(before.classes, (std::vector<std::string>{"cat", "dog"}));
  EXPECT_EQ(before.rows[0].split, "test");
  const DataSet after = from_files("f", {file("train/cat/1", "A"), file("train/dog/2", "b"), file("test/cat/1", "c")});
  const Comparison c = compare(manifest_of(before), manifest_of(after));
  EXPECT_EQ(c.changed, std::vector<std::string>{"train/cat/1"});
  EXPECT_EQ(c.added, std::vector<std::string>{"train/dog/2"});
  EXPECT_EQ(c.removed, std::vector<std::string>{"train/dog/1"});
  EXPECT_EQ(find_duplicates(from_files("f", {file("train/a", "x"), file("test/b", "x")})).leaking.size(), 1u);
}

double f1(const std::vector<Doubt>& found, const std::vector<bool>& wrong) {
  std::size_t hits = 0, all = 0;
  for (const Doubt& d : found) hits += wrong[d.row] ? 1 : 0;
  for (const bool w : wrong) all += w ? 1 : 0;
  return 2.0 * static_cast<double>(hits) / static_cast<double>(found.size() + all);
}

// Ten per cent of the labels changed to another class at random.
std::vector<bool> flip(DataSet& d, std::uint64_t seed) {
  std::vector<bool> wrong(d.rows.size(), false);
  evasion::Random random(seed, 0, 77);
  for (std::size_t left = (d.rows.size() + 5) / 10; left > 0;) {
    const std::size_t i = random.below(static_cast<std::uint32_t>(d.rows.size()));
    if (wrong[i]) continue;
    wrong[i] = true;
    const auto classes = static_cast<std::uint32_t>(d.classes.size());
    d.rows[i].label = static_cast<std::int32_t>((static_cast<std::uint32_t>(d.rows[i].label) + 1 + random.below(classes - 1)) % classes);
    --left;
  }
  return wrong;
}

TEST(LabelNoise, OnRealData) {
  const std::filesystem::path folder = "/usr/lib/python3/dist-packages/sklearn/datasets/data";
  if (!std::filesystem::exists(folder / "iris.csv")) GTEST_SKIP() << "python3-sklearn, whose data this uses, is not installed";
  const std::pair<const char*, std::size_t> sets[] = {{"iris.csv", 3}, {"wine_data.csv", 3}, {"breast_cancer.csv", 2}, {"digits.csv.gz", 10}};
  for (const auto& [name, classes] : sets) {
    const auto bytes = read_file(folder / name);
    ASSERT_TRUE(bytes);
    double sum = 0;
    for (std::uint64_t seed = 0; seed < 3; ++seed) {
      auto d = read_data(name, *bytes, {"last"});
      ASSERT_TRUE(d) << render(d.error());
      ASSERT_EQ(d->classes.size(), classes);
      const std::vector<bool> wrong = flip(*d, seed);
      sum += f1(find_label_noise(*d, seed).doubts, wrong) / 3;
    }
    EXPECT_GE(sum, 0.87) << name;
    RecordProperty(std::string("f1 of ") + name, std::to_string(sum));
  }
}

TEST(LabelNoise, SaysWhyItCannot) {
  EXPECT_FALSE(find_label_noise(numbers(50, 3, 1), 1).tested);
  DataSet d = numbers(50, 3, 1, 2);
  d.features = 0;
  EXPECT_FALSE(find_label_noise(d, 1).tested);
  EXPECT_FALSE(find_label_noise(numbers(50, 3, 1, 1), 1).tested);
  EXPECT_TRUE(find_label_noise(numbers(50, 3, 1, 2), 1).tested);
}

TEST(LabelNoise, DependsOnTheSeedAlone) {
  DataSet d = numbers(200, 4, 3, 3);
  flip(d, 5);
  const LabelNoise a = find_label_noise(d, 9), b = find_label_noise(d, 9);
  ASSERT_EQ(a.doubts.size(), b.doubts.size());
  for (std::size_t i = 0; i < a.doubts.size(); ++i) EXPECT_EQ(a.doubts[i].margin, b.doubts[i].margin);
}

TEST(Poison, ATriggerOfOneClass) {
  for (std::uint64_t seed = 0; seed < 3; ++seed) {
    DataSet d = numbers(1000, 20, seed, 5);
    std::vector<std::int32_t> labels;
    for (const Row& r : d.rows) labels.push_back(r.label);
    const Poison clean = find_poison(d.values, 20, labels, 5);
    ASSERT_TRUE(clean.tested);
    for (const ClassSuspicion& s : clean.classes) EXPECT_FALSE(s.suspected) << "class " << s.label << " spread " << s.spread << " separation " << s.separation;
    // Rows of other classes with a pattern on their last numbers, called class 3.
    std::vector<bool> poisoned(1000, false);
    std::size_t planted = 0;
    for (std::size_t i = 0; i < 1000 && planted < 50; i += 7)
      if (labels[i] != 3) {
        for (std::size_t f = 15; f < 20; ++f) d.values[i * 20 + f] = 5.0f + 0.1f * static_cast<float>(f);
        labels[i] = 3;
        poisoned[i] = true;
        ++planted;
      }
    const Poison found = find_poison(d.values, 20, labels, 5);
    for (const ClassSuspicion& s : found.classes) EXPECT_EQ(s.suspected, s.label == 3) << "class " << s.label << " spread " << s.spread << " separation " << s.separation;
    std::size_t hits = 0;
    for (const std::size_t r : found.classes[3].rows) hits += poisoned[r] ? 1 : 0;
    EXPECT_EQ(hits, planted);
    EXPECT_EQ(found.classes[3].rows.size(), planted);
  }
}

// A class may have natural groups, however far they stand apart: a seven with a bar and one without.
TEST(Poison, NaturalGroupsAreNone) {
  for (std::uint64_t seed = 0; seed < 3; ++seed) {
    DataSet d = numbers(1000, 20, seed, 5);
    std::vector<std::int32_t> labels;
    for (const Row& r : d.rows) labels.push_back(r.label);
    for (std::size_t i = 0; i < 1000; i += 3)
      if (labels[i] == 3)
        for (std::size_t f = 15; f < 20; ++f) d.values[i * 20 + f] += 6.0f;
    const Poison found = find_poison(d.values, 20, labels, 5);
    EXPECT_TRUE(found.classes[3].apart) << found.classes[3].separation;
    for (const ClassSuspicion& s : found.classes) EXPECT_FALSE(s.suspected) << "class " << s.label << " spread " << s.spread << " separation " << s.separation;
  }
}

// With two classes nothing tells them from poison, and the report says so.
TEST(Poison, OfTwoClassesIsLeftOpen) {
  Inputs in;
  in.data = numbers(600, 20, 4, 2);
  for (std::size_t i = 1; i < 600; i += 18)
    for (std::size_t f = 10; f < 20; ++f) in.data.values[i * 20 + f] = 5.0f + 0.1f * static_cast<float>(f);
  const Report report = test_data(std::move(in));
  const auto poison = std::find_if(report.results.begin(), report.results.end(), [](const TestResult& r) { return r.id == "data.poison"; });
  ASSERT_NE(poison, report.results.end());
  EXPECT_EQ(poison->verdict, Verdict::inconclusive) << poison->because;
  EXPECT_NE(poison->because.find("1 group of 34 rows far apart within a class"), std::string::npos) << poison->because;
}

TEST(Drift, SeesAShiftAndNoneWhereThereIsNone) {
  const DataSet before = numbers(150, 3, 1), same = numbers(150, 3, 2);
  DataSet shifted = numbers(150, 3, 3);
  for (std::size_t i = 0; i < 150; ++i) shifted.values[i * 3 + 1] += 1.0f;
  const Drift none = find_drift(before, same, 4), drift = find_drift(before, shifted, 4);
  EXPECT_GT(none.p, 0.01);
  EXPECT_EQ(drift.p, 0.001);
  ASSERT_EQ(drift.features.size(), 3u);
  EXPECT_EQ(drift.features[0].feature, 1u);
  EXPECT_LT(drift.features[0].adjusted, 0.01);
  EXPECT_GT(drift.features[1].adjusted, 0.01);
  EXPECT_EQ(find_drift(before, shifted, 4).energy, drift.energy);
}

// The share of p-values below a level is that level when nothing drifts.
TEST(Drift, IsHonestUnderTheNull) {
  std::size_t small = 0;
  for (std::uint64_t seed = 0; seed < 20; ++seed) small += find_drift(numbers(25, 2, 100 + seed), numbers(25, 2, 200 + seed), seed).p <= 0.2 ? 1 : 0;
  EXPECT_LE(small, 9u);  // 4 expected; more than 9 in 1 of 400
}

TEST(Report, EveryTestStatesItself) {
  Inputs in;
  in.data = numbers(60, 3, 1, 2);
  in.sha256 = std::string(64, '0');
  const Report report = test_data(std::move(in));
  ASSERT_EQ(report.results.size(), 6u);
  for (const TestResult& r : report.results) {
    EXPECT_FALSE(r.goal.empty() || r.criterion.empty() || r.because.empty() || r.provisions.empty()) << r.id;
    EXPECT_TRUE(r.verdict != Verdict::not_tested || !r.not_tested.empty()) << r.id;
  }
  EXPECT_NE(to_json_text(report).find("\"root\""), std::string::npos);
  EXPECT_NE(to_text(report).find("data.label_noise: met"), std::string::npos) << to_text(report);
  EXPECT_NE(to_text(report).find("data.poison: inconclusive, no class has 100 rows"), std::string::npos) << to_text(report);
  Inputs larger;
  larger.data = numbers(600, 3, 1, 3);
  EXPECT_NE(to_text(test_data(std::move(larger))).find("data.poison: met"), std::string::npos);
}

}  // namespace
}  // namespace duolex::threats::data
