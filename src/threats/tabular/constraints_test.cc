#include "threats/tabular/constraints.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace duolex::threats::tabular {
namespace {

const std::string good = R"(duolex_constraints: 1
otherwise: {change: none}
features:
  income: {budget: 500, integer: true, range: [0, 200000]}
  debt: {direction: down, range: [0, null], budget: 0.1}
one_hot:
  - features: [own, rent]
)";

std::string refusal(const std::string& text) {
  const auto c = read_constraints("c.yaml", text);
  return c ? "" : render(c.error());
}

TEST(Constraints, AreReadAndWrittenInOneForm) {
  const auto c = read_constraints("c.yaml", good);
  ASSERT_TRUE(c) << render(c.error());
  const auto a = apply("c.yaml", *c, {"income", "debt", "own", "rent", "age"}, 5);
  ASSERT_TRUE(a) << render(a.error());
  EXPECT_EQ(a->features[0].budget, 500);
  EXPECT_TRUE(a->features[0].integer);
  EXPECT_EQ(a->features[1].direction, Direction::down);
  EXPECT_FALSE(a->features[1].high);
  EXPECT_TRUE(a->features[4].fixed);
  EXPECT_EQ(a->groups.at(0).members, (std::vector<std::size_t>{2, 3}));
  const auto again = read_constraints("c.json", to_json(*c).dump());
  ASSERT_TRUE(again) << render(again.error());
  EXPECT_EQ(to_json(*again), to_json(*c));
}

TEST(Constraints, NamesWhatIsWrongAndWhere) {
  EXPECT_NE(refusal("features: {}\n").find("does not say its format"), std::string::npos);
  EXPECT_NE(refusal("duolex_constraints: 1\nfeatures:\n  a: {budget: much}\n").find("c.yaml:3:15"), std::string::npos);
  EXPECT_NE(refusal("duolex_constraints: 1\nfeatures:\n  a: {range: [3, 1]}\n").find("ends below its beginning"), std::string::npos);
  EXPECT_NE(refusal("duolex_constraints: 1\nfeatures:\n  a: {change: never}\n").find("none or allowed"), std::string::npos);
  EXPECT_NE(refusal("duolex_constraints: 1\nfeatures:\n  a: {budgets: 3}\n").find("is no key of a rule"), std::string::npos);
  EXPECT_NE(refusal("duolex_constraints: 1\none_hot: [{features: [a]}]\n").find("at least two"), std::string::npos);
  const auto c = read_constraints("c.yaml", good);
  EXPECT_NE(render(apply("c.yaml", *c, {"income", "debt", "own"}, 3).error()).find("'rent'"), std::string::npos);
}

}  // namespace
}  // namespace duolex::threats::tabular
