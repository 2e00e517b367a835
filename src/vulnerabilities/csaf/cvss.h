// The Common Vulnerability Scoring System 2.0, 3.0 and 3.1: vectors, scores, and the names that JSON gives to their parts.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace duolex::vulnerabilities::cvss {

enum class Edition { v2, v30, v31 };

// A metric with its values: the letters of a vector and the word of JSON, in the order of the standard.
struct Metric {
  const char* key;        // "AV"
  const char* property;   // "attackVector"
  bool base;              // has to be there
  std::vector<std::pair<const char*, const char*>> values;  // {"N", "NETWORK"}
};
[[nodiscard]] const std::vector<Metric>& metrics(Edition edition);

// Metric to letters. Empty when the vector is malformed, gives a metric twice, or lacks one of the base metrics. Of 3.x it
// begins with "CVSS:3.0/" or "CVSS:3.1/".
[[nodiscard]] std::optional<std::map<std::string, std::string>> parse(Edition edition, std::string_view vector);

struct Scores {
  double base = 0, temporal = 0, environmental = 0;
};
[[nodiscard]] Scores score(Edition edition, const std::map<std::string, std::string>& vector);

// Of 3.x: NONE, LOW, MEDIUM, HIGH, CRITICAL.
[[nodiscard]] const char* severity(double score);

}  // namespace duolex::vulnerabilities::cvss
