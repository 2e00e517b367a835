#include <gtest/gtest.h>

#include "findings/findings.h"

namespace duolex::findings {
namespace {

constexpr const char* law = R"(text CRA "The act"  from 2024-12-10
day day_of_all
  2027-12-11  cite CRA/art/71/2
fact placed : date
  ask "When?"
  cite CRA/art/3/21
conclude binds_from : date or null
  cite CRA/art/69/2
  day_of_all         when placed on or after day_of_all
  placed plus 1 month  when placed before day_of_all
define later : yes/no
  cite CRA/art/69/2
  yes when binds_from is a day
  no otherwise
duty cra.one "Do one thing"
  binds manufacturer
  stage design
  when always
  from day_of_all by binds_from
  cite CRA/art/1
duty cra.two "Do another"
  binds manufacturer
  stage design
  when later
  from day_of_all
  cite CRA/art/2
)";

std::vector<ShownDuty> duties(const std::string& placed) {
  const auto base = rules::load_rule_base({{"a.law", law}});
  EXPECT_TRUE(base) << render(base.error());
  const auto compiled = rules::CompiledLaw::compile(*base, *parse_day("2027-12-20"));
  EXPECT_TRUE(compiled) << render(compiled.error());
  const rules::Value known = placed.empty() ? rules::unknown_value : parse_day(placed)->number;
  return find(**compiled, {known}, [](const std::string& id) { return id; }).duties;
}

TEST(FirstDay, IsTheDayOfThisProductWhereItIsSettled) {
  const auto bound = duties("2027-10-05");
  ASSERT_EQ(bound.size(), 2u);
  EXPECT_EQ(bound[0].from, "2027-11-05");
  EXPECT_EQ(bound[1].from, "2027-12-11");
  EXPECT_EQ(duties("2028-05-01")[0].from, "2027-12-11");
}

TEST(FirstDay, IsTheFirstForAnybodyWhereItIsNot) { EXPECT_EQ(duties("")[0].from, "2027-12-11"); }

TEST(FirstDay, ComesFromADateThatIsConcluded) {
  const auto errors = [](const std::string& by) {
    std::string text = law;
    text.replace(text.find("by binds_from"), 13, "by " + by);
    const auto base = rules::load_rule_base({{"a.law", text}});
    return base ? "" : render(base.error());
  };
  EXPECT_NE(errors("later").find("a.law:19:"), std::string::npos) << errors("later");
  EXPECT_NE(errors("binds_form").find("binds_from"), std::string::npos);
}

}  // namespace
}  // namespace duolex::findings
