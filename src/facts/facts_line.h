// Facts in bulk: one JSON object {"facts": {…}} a line, for `decide --batch`.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "rules/decide.h"

namespace duolex::facts {

// A longer line is refused.
inline constexpr std::size_t most_of_line = std::size_t{1} << 20;

class LineReader {
 public:
  explicit LineReader(const rules::RuleBase& base);  // which must outlive the reader
  ~LineReader();

  // Fills `facts`; false when the line cannot be read, with what is wrong in `message`.
  [[nodiscard]] bool read(std::string_view line, rules::FactValues& facts, std::string& message);

 private:
  struct Inner;
  std::unique_ptr<Inner> inner_;
};

}  // namespace duolex::facts
