// What is read of the law only to decide gives the answers of the whole of it.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "findings/findings.h"
#include "generator.h"
#include "law/law.h"

namespace duolex {
namespace {

TEST(LawToDecide, AnswersAsTheWholeLawDoes) {
  const auto whole = law::load(), part = law::load_to_decide();
  ASSERT_TRUE(whole && part);
  EXPECT_EQ((*part)->base.sha256, (*whole)->base.sha256);
  EXPECT_EQ((*part)->version, (*whole)->version);
  EXPECT_TRUE((*part)->base.duties.empty() && (*part)->base.controls.empty() && (*part)->base.items.empty());
  reference::Random random(7);
  for (const char* day : {"2025-02-01", "2026-11-27", "2029-01-01"}) {
    const Day as_of = *parse_day(day);
    const auto names = (*whole)->names(as_of), part_names = (*part)->names(as_of);
    for (int i = 0; i < 60; ++i) {
      const rules::FactValues facts = reference::generate_facts((*whole)->base, random, (i % 4) / 4.0);
      const auto of_whole = rules::CompiledLaw::compile_for((*whole)->base, as_of, facts);
      const auto of_part = rules::CompiledLaw::compile_for((*part)->base, as_of, facts);
      ASSERT_TRUE(of_whole && of_part);
      rules::Decider a(*of_whole), b(*of_part);
      const findings::Findings expected = findings::find(a, **of_whole, facts, names);
      ASSERT_EQ(findings::to_json(findings::find(b, **of_part, facts, part_names)).dump(1), findings::to_json(expected).dump(1)) << day;
    }
  }
}

}  // namespace
}  // namespace duolex
