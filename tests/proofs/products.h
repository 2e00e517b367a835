// Products whose answers are proven: the worked cases, the examples, and generated ones.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "checker/law.h"
#include "law/law.h"
#include "rules/decide.h"

namespace duolex::proofs {

struct Product {
  std::string name;
  Day as_of;
  rules::FactValues facts;
};

[[nodiscard]] const law::Law& the_law();
[[nodiscard]] const checker::LawFiles& the_files();  // the same, as the checker reads them

[[nodiscard]] std::vector<Product> worked_cases();
[[nodiscard]] std::vector<Product> examples();
[[nodiscard]] std::vector<Product> empty_products();
// Facts left unknown with chances from none to nearly all, on all days and past the last check of legal state.
[[nodiscard]] std::vector<Product> random_products(std::size_t count, std::uint64_t seed);

[[nodiscard]] std::string facts_text(const rules::FactValues& facts);
// The answer as `decide --format json --proofs` gives it.
[[nodiscard]] nlohmann::ordered_json answer_of(const Product& product);

}  // namespace duolex::proofs
