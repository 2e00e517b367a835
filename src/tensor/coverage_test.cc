// The page that lists the operators lists those that there are.
#include <gtest/gtest.h>

#include <algorithm>

#include "tensor/evaluate.h"
#include "tensor/network.h"
#include "tensor/test_model.h"

namespace duolex::tensor {
namespace {

std::string listed(const std::vector<std::string>& names) {
  std::string line;
  for (const std::string& n : names) line += (line.empty() ? "`" : ", `") + n + "`";
  return line;
}

TEST(Coverage, ThePageOfOperatorsIsTrue) {
  const std::string page = testing::slurp(std::filesystem::path(DUOLEX_SOURCE_DIR) / "docs" / "operators.md");
  for (const auto& names : {evaluated_operators(), differentiable_operators()}) EXPECT_NE(page.find(listed(names) + "\n"), std::string::npos) << "docs/operators.md lacks the line\n" << listed(names);
}

TEST(Coverage, WhatHasAGradientRunsToo) {
  const auto run = evaluated_operators();
  for (const std::string& op : differentiable_operators())
    EXPECT_TRUE(std::binary_search(run.begin(), run.end(), op)) << op;
}

}  // namespace
}  // namespace duolex::tensor
