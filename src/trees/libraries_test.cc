// Held against what the libraries themselves said (fixtures/README.md): bit for bit where they define the order of
// their additions, on rows that lie on thresholds, just beside them, and have values missing.
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <sstream>

#include "trees/ensemble.h"

namespace duolex::trees {
namespace {

namespace fs = std::filesystem;

const fs::path fixtures = fs::path(DUOLEX_SOURCE_DIR) / "src/trees/fixtures";

std::string bytes_of(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

struct Said {
  Ensemble ensemble;
  std::vector<std::vector<double>> rows, values;
  std::vector<std::size_t> labels;
};

Said load(const std::string& name) {
  const auto j = nlohmann::json::parse(bytes_of(fixtures / (name + ".json")));
  const std::string model = j["model"];
  auto e = read_ensemble(model, bytes_of(fixtures / model));
  EXPECT_TRUE(e) << name << ": " << (e ? "" : render(e.error()));
  Said s;
  if (e) s.ensemble = std::move(*e);
  for (const auto& row : j["rows"]) {
    s.rows.emplace_back();
    for (const auto& v : row) s.rows.back().push_back(v.is_null() ? std::numeric_limits<double>::quiet_NaN() : v.get<double>());
  }
  for (const auto& row : j["raw"]) s.values.push_back(row.get<std::vector<double>>());
  if (j.contains("labels") && !j["labels"].is_null()) s.labels = j["labels"].get<std::vector<std::size_t>>();
  return s;
}

std::vector<double> raw(const Ensemble& e, std::vector<double> x) {
  as_taken(e, x);
  std::vector<double> out(e.outputs);
  raw_scores(e, x, out);
  return out;
}

class Boosted : public ::testing::TestWithParam<const char*> {};

TEST_P(Boosted, GivesTheLibrarysSumsToTheLastBit) {
  const Said s = load(GetParam());
  ASSERT_GT(s.rows.size(), 20u);
  const std::vector<double> slack = rounding(s.ensemble);
  for (std::size_t i = 0; i < s.rows.size(); ++i) {
    const auto got = raw(s.ensemble, s.rows[i]);
    ASSERT_EQ(got.size(), s.values[i].size());
    std::vector<double> x = s.rows[i], exact(got.size());
    as_taken(s.ensemble, x);
    exact_scores(s.ensemble, x, exact);
    for (std::size_t k = 0; k < got.size(); ++k) {
      EXPECT_EQ(got[k], s.values[i][k]) << "row " << i << " output " << k;
      EXPECT_LE(std::abs(got[k] - exact[k]), slack[k]);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Libraries, Boosted,
                         ::testing::Values("xgboost-1.7-binary", "xgboost-1.7-multi", "xgboost-1.7-squared", "xgboost-1.7-poisson", "xgboost-1.7-dart",
                                           "xgboost-1.7-categories", "xgboost-3.2-binary", "xgboost-3.2-multi", "xgboost-3.2-squared", "xgboost-3.2-poisson",
                                           "xgboost-3.2-dart", "xgboost-3.2-categories", "lightgbm-binary", "lightgbm-multi", "lightgbm-zero", "lightgbm-plain",
                                           "lightgbm-forest", "lightgbm-categories"));

class Exported : public ::testing::TestWithParam<const char*> {};

// ONNX Runtime adds in an order of its own; the classes that it names must be the same.
TEST_P(Exported, GivesTheRuntimesClassesAndValues) {
  const Said s = load(GetParam());
  ASSERT_GT(s.rows.size(), 20u);
  const Ensemble& e = s.ensemble;
  for (std::size_t i = 0; i < s.rows.size(); ++i) {
    std::vector<double> v = raw(e, s.rows[i]), scores(scores_of(e));
    to_scores(e, v, scores);
    if (!s.labels.empty()) {
      EXPECT_EQ(static_cast<std::size_t>(std::max_element(scores.begin(), scores.end()) - scores.begin()), s.labels[i]) << "row " << i;
    }
    apply_link(e, v);
    if (v.size() == 1 && s.values[i].size() == 2) v = {1 - v[0], v[0]};
    ASSERT_EQ(v.size(), s.values[i].size());
    for (std::size_t k = 0; k < v.size(); ++k) EXPECT_NEAR(v[k], s.values[i][k], 2e-6 * (1 + std::abs(v[k]))) << "row " << i;
  }
}

INSTANTIATE_TEST_SUITE_P(Libraries, Exported,
                         ::testing::Values("onnx-forest", "onnx-forest2", "onnx-boosting", "onnx-boosting3", "onnx-regressor", "onnx-tree", "onnx-v5"));

}  // namespace
}  // namespace duolex::trees
