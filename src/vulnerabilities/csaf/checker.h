// What the tests of CSAF share. Internal to this folder.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "sbom/lines.h"
#include "sbom/tree.h"
#include "vulnerabilities/csaf/check.h"

namespace duolex::vulnerabilities::csaf {

using sbom::Value;

class Report {
 public:
  Report(const std::string& file, const std::string& bytes) : lines_(file, bytes) {}
  void add(const char* test, Value at, std::string message) { add(test, at.begin(), at.end(), std::move(message)); }
  void add(const std::string& test, std::size_t begin, std::size_t end, std::string message);
  [[nodiscard]] std::vector<Fault> take();

 private:
  sbom::Lines lines_;
  std::vector<Fault> faults_;
};

// A text, or "" for anything else.
[[nodiscard]] std::string text(Value value);
// What stands in a list; nothing for anything else.
[[nodiscard]] sbom::Children items(Value list);

void check_products(Value root, Report& report);   // 6.1.1 to 6.1.7, 6.1.23 to 6.1.25, 6.1.29, 6.1.31 to 6.1.33
void check_tracking(Value root, Report& report);   // 6.1.14, 6.1.16 to 6.1.22, 6.1.30
void check_profile(Value root, Report& report);    // 6.1.15, 6.1.26 to 6.1.28
void check_scores(Value root, Report& report);     // 6.1.8 to 6.1.10
void check_names(Value root, Report& report);      // 6.1.11 to 6.1.13

// The ids of groups with what is in them.
[[nodiscard]] std::map<std::string, std::vector<std::string>> groups_of(Value root);
// The products that an item names by id or group.
[[nodiscard]] std::vector<std::string> products_of(Value item, const std::map<std::string, std::vector<std::string>>& groups);

// Every object full_product_name_t of the product tree.
void each_product(Value root, const std::function<void(Value)>& visit);

// A language tag whose subtags are registered (BCP 47).
[[nodiscard]] bool known_language(const std::string& tag);
// The name of a weakness; empty when the list has none of this number.
[[nodiscard]] std::optional<std::string> weakness_name(int number);

}  // namespace duolex::vulnerabilities::csaf
