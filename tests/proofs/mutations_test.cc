// Changed claims are refused: at least a thousand changes of answers, proofs and facts.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "checker/check.h"
#include "mutations.h"
#include "products.h"

namespace duolex::proofs {
namespace {

// Products that between them have settled, contested and unknown conclusions, splits, and projected state.
std::vector<Product> chosen() {
  std::vector<Product> products = examples();
  for (Product& p : random_products(30, 7)) products.push_back(std::move(p));
  std::vector<Product> result;
  for (std::size_t i = 0; i < products.size(); i += 3) result.push_back(std::move(products[i]));
  return result;
}

TEST(Mutations, OfAnswersAndProofsAreRefused) {
  std::size_t refused = 0;
  std::map<std::string, std::size_t> kinds;
  for (const Product& product : chosen()) {
    const nlohmann::ordered_json answer = answer_of(product);
    checker::Examiner examiner(the_files(), {"facts", facts_text(product.facts)});
    ASSERT_EQ(examiner.check({"answer", answer.dump()}).exit_code, 0) << product.name;
    for (const Mutation& mutation : mutations_of(answer, 3)) {
      nlohmann::ordered_json changed = answer;
      mutation.apply(changed);
      ASSERT_NE(changed, answer) << mutation.what;
      const checker::Verdict verdict = examiner.check({"answer", changed.dump()});
      EXPECT_EQ(verdict.exit_code, 1) << product.name << " on " << to_string(product.as_of) << ": " << mutation.what << ": "
                                      << verdict.message;
      refused += verdict.exit_code == 1 ? 1 : 0;
      ++kinds[mutation.what.substr(0, mutation.what.find(" at "))];
    }
  }
  std::cout << refused << " changes of " << kinds.size() << " kinds refused\n";
  EXPECT_GE(refused, 1425u);
  EXPECT_GE(kinds.size(), 50u);
}

// Another fact, or another day: refused unless the engine answers the same for it, when nothing false is claimed.
TEST(Mutations, OfFactsAndDaysAreRefused) {
  std::size_t refused = 0, same = 0;
  for (const Product& product : chosen()) {
    nlohmann::ordered_json answer = answer_of(product);
    const std::string text = answer.dump();
    const auto changed = [&](const Product& other, const std::string& claimed) {
      nlohmann::ordered_json mine = answer, theirs = answer_of(other);
      for (nlohmann::ordered_json* j : {&mine, &theirs}) {
        for (const char* key : {"proofs", "notes", "warnings", "as_of"}) j->erase(key);
        for (auto& [id, c] : (*j)["conclusions"].items()) c.erase("notes");
      }
      if (mine == theirs) return void(++same);
      const checker::Verdict verdict = checker::Examiner(the_files(), {"facts", facts_text(other.facts)}).check({"answer", claimed});
      EXPECT_EQ(verdict.exit_code, 1) << product.name << ": " << facts_text(other.facts) << verdict.message;
      ++refused;
    };
    const rules::RuleBase& base = the_law().base;
    for (std::size_t f = product.name.size() % 4; f < base.facts.size(); f += 4) {
      Product other = product;
      const bool flips = base.facts[f].type.kind == rules::Kind::yes_no && other.facts[f] != rules::unknown_value;
      other.facts[f] = flips ? 1 - other.facts[f] : rules::unknown_value;
      if (other.facts != product.facts) changed(other, text);
    }
    Product later = product;
    later.as_of = *parse_day("2026-08-03");
    nlohmann::ordered_json moved = answer;
    moved["as_of"] = moved["proofs"]["as_of"] = to_string(later.as_of);
    if (later.as_of != product.as_of) changed(later, moved.dump());
  }
  std::cout << refused << " changes of facts and days refused; " << same << " left the answer as it was\n";
  EXPECT_GE(refused, 80u);
}

TEST(Mutations, OfBytesNeverCrash) {
  const Product product = chosen()[0];
  const std::string text = answer_of(product).dump(), facts = facts_text(product.facts);
  checker::Examiner examiner(the_files(), {"facts", facts});
  for (std::size_t i = 0; i < 150; ++i) {
    const std::size_t at = i * 7919 % text.size();
    std::string cut = text.substr(0, at), gap = text;
    gap.erase(at, 1 + i % 7);
    EXPECT_NE(examiner.check({"answer", cut}).exit_code, 0) << at;
    (void)examiner.check({"answer", gap});  // may be the same claim: a blank, or a letter of a note
  }
  for (const char* bad : {"", "{", "facts: [", "facts:\n  a: 1\n", "facts:\n  product.is_product: 3\n", "\xff\xfe", "facts: {}\n---\nfacts: {}\n", ",", "facts: {}\n}\n"})
    EXPECT_NE(checker::Examiner(the_files(), {"facts", bad}).check({"answer", text}).exit_code, 0) << bad;
}

}  // namespace
}  // namespace duolex::proofs
