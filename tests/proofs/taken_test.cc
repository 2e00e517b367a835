// Readings that a maker chose in place of defaults: conclusions rest on them, as the answers in the defaults said they would,
// and two evaluators that share no code agree on it, with one choice and with all at once.
#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>
#include <map>

#include "products.h"
#include "rules/partial.h"

namespace duolex::proofs {
namespace {

using rules::Index;
using rules::Outcome;

// The law with these readings taken, compiled once for each day.
class Taken {
 public:
  explicit Taken(const std::vector<std::pair<Index, Index>>& choices) : base_(the_law().base) {
    for (const auto& [ambiguity, reading] : choices) base_.ambiguities[ambiguity].taken = reading;
  }
  const rules::RuleBase& base() const { return base_; }
  std::vector<Outcome> decide(const Product& product) {
    std::unique_ptr<rules::Decider>& decider = deciders_[product.as_of.number];
    if (!decider) {
      auto law = rules::CompiledLaw::compile(base_, product.as_of);
      if (!law) throw std::runtime_error(render(law.error()));
      decider = std::make_unique<rules::Decider>(*law);
    }
    return decider->decide(product.facts);
  }

 private:
  rules::RuleBase base_;
  std::map<std::int32_t, std::unique_ptr<rules::Decider>> deciders_;
};

const std::vector<Product>& products() {
  static const std::vector<Product> all = [] {
    std::vector<Product> list = worked_cases();
    for (Product& p : random_products(100, 20'271'127)) list.push_back(std::move(p));
    return list;
  }();
  return all;
}

std::vector<std::pair<Index, Index>> others() {
  std::vector<std::pair<Index, Index>> list;
  const auto& ambiguities = the_law().base.ambiguities;
  for (Index a = 0; a < ambiguities.size(); ++a)
    for (Index r = 0; r < ambiguities[a].readings.size(); ++r)
      if (r != ambiguities[a].default_reading) list.emplace_back(a, r);
  return list;
}

// Every value that the explaining evaluator reaches is the one that was decided.
std::size_t expect_explained(const Taken& taken, const Product& product, const std::vector<Outcome>& outcomes) {
  rules::Partial partial(taken.base(), product.as_of);
  partial.start(product.facts);
  std::size_t compared = 0;
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    const auto value = partial.value(taken.base().conclusions[i]);
    if (!value) continue;
    EXPECT_EQ(outcomes[i].value, *value) << product.name << ": " << taken.base().rules[taken.base().conclusions[i]].id;
    ++compared;
  }
  return compared;
}

TEST(Taken, GivesWhatTheAnswerInTheDefaultsListedForIt) {
  const rules::RuleBase& base = the_law().base;
  Taken defaults({});
  std::vector<std::vector<Outcome>> in_defaults;
  for (const Product& product : products()) in_defaults.push_back(defaults.decide(product));
  for (const auto& [a, r] : others()) {
    Taken taken({{a, r}});
    const std::vector<Index> touched = base.touched(a);
    std::size_t listed = 0, back = 0;
    for (std::size_t p = 0; p < products().size(); ++p) {
      const Product& product = products()[p];
      const std::vector<Outcome>& was = in_defaults[p];
      const std::vector<Outcome> is = taken.decide(product);
      for (std::size_t i = 0; i < was.size(); ++i) {
        if (!std::binary_search(touched.begin(), touched.end(), base.conclusions[i])) continue;
        const std::string what = product.name + ": " + base.rules[base.conclusions[i]].id + " in " + base.ambiguities[a].id + " " + base.ambiguities[a].readings[r].id;
        const auto entry = [](const Outcome& o, Index ambiguity, Index reading) {
          return std::find_if(o.readings.begin(), o.readings.end(), [&](const rules::ReadingOutcome& one) { return one.ambiguity == ambiguity && one.reading == reading; });
        };
        if (const auto said = entry(was[i], a, r); said != was[i].readings.end()) {
          ++listed;
          if (said->value == rules::unknown_value) EXPECT_EQ(is[i].status, rules::Status::unknown) << what;
          else EXPECT_EQ(is[i].value, said->value) << what;
        } else if (was[i].status != rules::Status::unknown) {
          EXPECT_EQ(is[i].value, was[i].value) << what;
        }
        if (const auto before = entry(is[i], a, base.ambiguities[a].default_reading); before != is[i].readings.end() && was[i].status != rules::Status::unknown) {
          ++back;
          EXPECT_EQ(before->value, was[i].value) << what;
        }
      }
      if (p % 5 == 0) expect_explained(taken, product, is);
    }
    EXPECT_GT(listed, 0U) << base.ambiguities[a].id;
    EXPECT_GT(back, 0U) << base.ambiguities[a].id;
  }
}

TEST(Taken, AllAtOnceAreEvaluatedAlikeByBoth) {
  Taken defaults({}), taken(others());
  std::size_t compared = 0, different = 0;
  for (const Product& product : products()) {
    const std::vector<Outcome> was = defaults.decide(product), is = taken.decide(product);
    compared += expect_explained(taken, product, is);
    for (std::size_t i = 0; i < is.size(); ++i) different += is[i].value != was[i].value ? 1 : 0;
  }
  std::cout << compared << " values compared, " << different << " other than in the defaults\n";
  EXPECT_GT(compared, 10'000U);
  EXPECT_GT(different, 50U);
}

}  // namespace
}  // namespace duolex::proofs
