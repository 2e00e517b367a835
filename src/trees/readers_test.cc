#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "trees/ensemble.h"

namespace duolex::trees {
namespace {

std::string fixture(const std::string& name) {
  std::ifstream in(std::filesystem::path(DUOLEX_SOURCE_DIR) / "src/trees/fixtures" / name, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

std::string refusal(const std::string& bytes) {
  const auto e = read_ensemble("m", bytes);
  return e ? "" : render(e.error());
}

std::string with(std::string text, const std::string& old, const std::string& now) {
  const std::size_t at = text.find(old);
  EXPECT_NE(at, std::string::npos) << old;
  return text.replace(at, old.size(), now);
}

TEST(Readers, WhatIsSaidOfATreeIsChecked) {
  const std::string x = fixture("xgboost-1.7-binary.model.json");
  ASSERT_EQ(refusal(x), "");
  EXPECT_NE(refusal(with(x, "\"left_children\":[1", "\"left_children\":[0")).find("reached twice"), std::string::npos);
  EXPECT_NE(refusal(with(x, "\"left_children\":[1", "\"left_children\":[99")).find("has the child 99 of"), std::string::npos);
  EXPECT_NE(refusal(with(x, "\"left_children\":[1,", "\"left_children\":[")).find("differ in length"), std::string::npos);
  EXPECT_NE(refusal(with(x, "\"split_indices\":[0", "\"split_indices\":[6")).find("feature 6 of 6"), std::string::npos);
  EXPECT_NE(refusal(with(x, "\"name\":\"gbtree\"", "\"name\":\"gblinear\"")).find("not tested: a linear booster"), std::string::npos);
  EXPECT_NE(refusal(with(x, "binary:logistic", "survival:aft")).find("not tested: the objective 'survival:aft'"), std::string::npos);
  EXPECT_NE(refusal(x.substr(0, x.size() / 2)).find("byte"), std::string::npos);
  EXPECT_NE(refusal("{}").find("no 'learner'"), std::string::npos);
}

TEST(Readers, LightGbmNamesTheLine) {
  const std::string l = fixture("lightgbm-binary.model.txt");
  ASSERT_EQ(refusal(l), "");
  EXPECT_NE(refusal(with(l, "left_child=3", "left_child=x")).find("left_child holds 'x'"), std::string::npos);
  EXPECT_NE(refusal(with(l, "split_feature=", "split_feature=1 ")).find("m:"), std::string::npos);
  EXPECT_NE(refusal(with(l, "Tree=1", "Tree=2")).find("'Tree=1' was expected"), std::string::npos);
  EXPECT_NE(refusal(with(l, "version=v4", "version=v9")).find("not tested"), std::string::npos);
  EXPECT_NE(refusal(with(l, "is_linear=0", "is_linear=1")).find("linear models"), std::string::npos);
  EXPECT_NE(refusal(l.substr(0, l.find("end of trees"))).find("ends before"), std::string::npos);
}

TEST(Readers, WhatStandsBesideTheTreesInOnnxIsNamed) {
  const std::string o = fixture("onnx-boosting.onnx");
  ASSERT_EQ(refusal(o), "");
  std::string other = o;
  const std::size_t at = other.find("Identity");
  ASSERT_NE(at, std::string::npos);
  other.replace(at, 8, "Tanhtanh");
  EXPECT_NE(refusal(other).find("not tested: operator Tanhtanh beside the trees"), std::string::npos);
  EXPECT_NE(refusal(o.substr(0, o.size() - 30)), "");
}

}  // namespace
}  // namespace duolex::trees
