// Every answer comes with a proof that the checker accepts, and both stay within bounds of size.
#include <gtest/gtest.h>
#include <cstdlib>
#include <iostream>
#include <nlohmann/json.hpp>
#include <set>

#include "checker/check.h"
#include "products.h"

namespace duolex::proofs {
namespace {

constexpr std::size_t size_limit = 1'000'000;

// Every proof is accepted, and stays below a megabyte but for `large` of the products (docs/decisions/proofs.md).
void expect_accepted(const std::vector<Product>& products, std::size_t large = 0) {
  std::size_t above = 0, contested = 0, unknown = 0, settled = 0, projected = 0, without_tree = 0;
  std::set<std::pair<Day, rules::FactValues>> seen;
  for (const Product& product : products) {
    if (!seen.emplace(product.as_of, product.facts).second) continue;
    const nlohmann::ordered_json answer = answer_of(product);
    const std::string text = answer.dump();
    const std::string facts = facts_text(product.facts);
    const checker::Verdict verdict = checker::Examiner(the_files(), {"facts", facts}).check({"answer", text});
    EXPECT_EQ(verdict.exit_code, 0) << product.name << " on " << to_string(product.as_of) << ": " << verdict.message << "\n"
                                    << facts;
    if (text.size() >= size_limit) {
      const std::size_t size = answer["proofs"].dump().size();
      if (size >= size_limit) std::cout << product.name << ": " << size << " bytes of proofs\n";
      above += size >= size_limit ? 1 : 0;
      EXPECT_LT(size, 4 * size_limit) << product.name;
    }
    for (const auto& [id, c] : answer["conclusions"].items()) {
      settled += c["status"] == "settled" ? 1 : 0;
      contested += c["status"] == "contested" ? 1 : 0;
      unknown += c["status"] == "unknown" ? 1 : 0;
      projected += c.contains("projected") ? 1 : 0;
      const nlohmann::ordered_json& proof = answer["proofs"]["conclusions"][id];
      without_tree += proof.contains("tree") && proof["tree"].is_null() ? 1 : 0;
    }
  }
  std::cout << seen.size() << " products: " << settled << " settled (" << without_tree << " without a tree), " << contested
            << " contested, " << unknown << " unknown, " << projected << " projected\n";
  EXPECT_LE(above, large);
}

// Every third, unless DUOLEX_ALL_PROOFS is set: all take about a minute.
TEST(Proofs, OfWorkedCases) {
  const std::vector<Product> cases = worked_cases();
  const std::size_t every = std::getenv("DUOLEX_ALL_PROOFS") == nullptr ? 3 : 1;
  std::vector<Product> taken;
  for (std::size_t i = 0; i < cases.size(); i += every) taken.push_back(cases[i]);
  std::cout << taken.size() << " of " << cases.size() << " worked cases"
            << (every == 1 ? "\n" : " (every third; DUOLEX_ALL_PROOFS=1 takes all)\n");
  expect_accepted(taken);
}
TEST(Proofs, OfExamples) { expect_accepted(examples()); }
TEST(Proofs, WhenNothingIsKnown) { expect_accepted(empty_products()); }
TEST(Proofs, OfGeneratedProducts) { expect_accepted(random_products(200, 20'261'124), 1); }

}  // namespace
}  // namespace duolex::proofs
