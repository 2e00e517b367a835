// The engine against the reference on generated rule bases and products, and what must hold of any
// rule base when a fact is taken away.
#include <gtest/gtest.h>

#include <cstdlib>

#include "generator.h"
#include "reference.h"

namespace duolex::reference {
namespace {

using namespace rules;

std::size_t pairs_wanted() {
  const char* const given = std::getenv("DUOLEX_PAIRS");
  return given != nullptr ? std::stoul(given) : 100'000;
}

std::string show(const RuleBase& base, const FactValues& facts) {
  std::string text;
  for (Index f = 0; f < facts.size(); ++f)
    text += base.facts[f].id + "=" + (facts[f] == unknown_value ? "?" : to_text(base.facts[f].type, facts[f])) + " ";
  return text;
}

bool has_gap_or_conflict(RuleBase base, Day as_of) {
  for (Fact& fact : base.facts) fact.assumed.reset();
  FactValues none(base.facts.size(), unknown_value);
  for (const FactValues& completion : completions(base, as_of, none))
    for (const bool state : {false, true}) {
      FactValues with = completion;
      with[base.fact("assume.st")] = state;
      for (Index r = 0; r < base.rules.size(); ++r) {
        if (!value(base, as_of, with, r)) return true;
        if (!value(base, as_of, with, r, {0, 1})) return true;
      }
    }
  return false;
}

// How often each status was compared: a test that never meets one would show nothing.
std::size_t seen[3] = {0, 0, 0};

std::set<Value> as_set(const std::vector<Value>& values) { return {values.begin(), values.end()}; }

void compare(const RuleBase& base, Decider& decider, Day as_of, const FactValues& facts, const std::string& text) {
  const std::vector<Outcome>& outcomes = decider.decide(facts);
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    const Index rule = base.conclusions[i];
    const Answer want = answer(base, as_of, facts, rule);
    const Outcome& have = outcomes[i];
    const std::string where = text + "\nas_of " + to_string(as_of) + " " + show(base, facts) + "\n" + base.rules[rule].id;
    ASSERT_EQ(static_cast<int>(have.status), static_cast<int>(want.status)) << where;
    ASSERT_EQ(have.value, want.status == Status::unknown ? unknown_value : want.value) << where;
    const std::set<Index> missing(have.missing.begin(), have.missing.end());
    ASSERT_EQ(missing, want.missing) << where;
    const Kind kind = base.rules[rule].type.kind;
    if (want.status == Status::unknown && kind != Kind::date && kind != Kind::whole) {
      ASSERT_EQ(as_set(have.possible), want.possible) << where;
    }
    ++seen[static_cast<int>(want.status)];
    if (want.status != Status::contested) {
      ASSERT_TRUE(have.readings.empty()) << where;
      continue;
    }
    for (const ReadingOutcome& r : have.readings) {
      const std::set<Value>& taken = want.readings.at({r.ambiguity, r.reading});
      if (taken.size() == 1) {
        ASSERT_EQ(r.value, *taken.begin()) << where;
      } else {
        ASSERT_EQ(r.value, unknown_value) << where;
      }
    }
  }
}

TEST(Engine, AgreesWithTheReference) {
  Random random(20261122);
  const std::size_t wanted = pairs_wanted();
  std::size_t pairs = 0, refused = 0, bases = 0;
  while (pairs < wanted) {
    const std::string text = generate_rule_base(random);
    const auto base = load_rule_base({{"generated.law", text}});
    ASSERT_TRUE(base) << render(base.error()) << text;
    ++bases;
    for (const char* day : {"2026-11-22", "2027-06-01"}) {
      const Day as_of = *parse_day(day);
      const auto law = CompiledLaw::compile(*base, as_of);
      if (!law) {
        // A refusal must be deserved. Checking all completions is slow, so only now and then.
        if (++refused % 40 == 0) {
          ASSERT_TRUE(has_gap_or_conflict(*base, as_of)) << render(law.error()) << text;
        }
        continue;
      }
      Decider decider(*law);
      for (int i = 0; i < 60 && pairs < wanted; ++i, ++pairs) {
        // Few unknown facts at a time keep the reference's enumeration small.
        const FactValues facts = generate_facts(*base, random, i % 4 == 0 ? 0.4 : 0.2);
        compare(*base, decider, as_of, facts, text);
        if (i % 10 == 0) {
          const auto for_one = CompiledLaw::compile_for(*base, as_of, facts);
          ASSERT_TRUE(for_one) << text;
          Decider alone(*for_one);
          compare(*base, alone, as_of, facts, text);
        }
        if (HasFatalFailure()) return;
      }
    }
  }
  RecordProperty("rule_bases", static_cast<int>(bases));
  RecordProperty("refused", static_cast<int>(refused));
  EXPECT_GT(bases, wanted / 2000);
  for (const std::size_t times : seen) EXPECT_GT(times, wanted / 100);
}

TEST(Engine, TakingAFactAwayNeverSettlesOnAnotherValue) {
  Random random(7);
  std::size_t checked = 0;
  while (checked < 20'000) {
    const auto base = load_rule_base({{"generated.law", generate_rule_base(random)}});
    ASSERT_TRUE(base);
    const auto law = CompiledLaw::compile(*base, *parse_day("2027-06-01"));
    if (!law) continue;
    Decider decider(*law);
    for (int i = 0; i < 40; ++i, ++checked) {
      const FactValues facts = generate_facts(*base, random, 0.2);
      const std::vector<Outcome> before = decider.decide(facts);
      const Index away = static_cast<Index>(random() % facts.size());
      if (base->facts[away].assumed || base->facts[away].overrides_state != no_index) continue;
      FactValues fewer = facts;
      fewer[away] = unknown_value;
      const std::vector<Outcome>& after = decider.decide(fewer);
      for (std::size_t c = 0; c < before.size(); ++c) {
        if (after[c].status == Status::unknown) continue;
        ASSERT_EQ(after[c].value, before[c].value);
        ASSERT_FALSE(before[c].status == Status::contested && after[c].status == Status::settled);
      }
    }
  }
}

}  // namespace
}  // namespace duolex::reference
