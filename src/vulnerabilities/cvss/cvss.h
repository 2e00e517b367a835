// The Common Vulnerability Scoring System 2.0, 3.0, 3.1 and 4.0: vectors, scores, and the names that JSON gives to their parts.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace duolex::vulnerabilities::cvss {

enum class Edition { v2, v30, v31, v40 };
[[nodiscard]] const char* name_of(Edition edition);  // "3.1"

// A metric with its values: the letters of a vector and the word of JSON, in the order of the standard.
struct Metric {
  const char* key;        // "AV"
  const char* property;   // "attackVector"
  bool base;              // has to be there
  std::vector<std::pair<const char*, const char*>> values;  // {"N", "NETWORK"}
};
[[nodiscard]] const std::vector<Metric>& metrics(Edition edition);

// Metric to letters. Empty when the vector is malformed, gives a metric twice, or lacks one of the base metrics. Of 3.x and
// 4.0 it begins with "CVSS:3.0/" and so on.
[[nodiscard]] std::optional<std::map<std::string, std::string>> parse(Edition edition, std::string_view vector);

// Of 4.0 "temporal" has the exploit maturity with the base metrics (CVSS-BT), "environmental" all (CVSS-BTE).
struct Scores {
  double base = 0, temporal = 0, environmental = 0;
};
[[nodiscard]] Scores score(Edition edition, const std::map<std::string, std::string>& vector);

// Of 3.x and 4.0: NONE, LOW, MEDIUM, HIGH, CRITICAL.
[[nodiscard]] const char* severity(double score);

// What a vector of any edition says by its base metrics. Empty where it is none.
struct Rating {
  Edition edition = Edition::v31;
  std::string vector;
  double base = 0;
  const char* severity = "";
};
[[nodiscard]] std::optional<Rating> rate(std::string_view vector);
[[nodiscard]] std::string shown(double score);  // "9.8"

}  // namespace duolex::vulnerabilities::cvss
