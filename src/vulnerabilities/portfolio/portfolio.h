// The segments of a portfolio together: an advisory in, a handle on the affected releases out, and the releases when
// they are asked for (CRA Annex I Part II(2): vulnerabilities are addressed without delay).
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "vulnerabilities/index/compile.h"
#include "vulnerabilities/index/index.h"
#include "vulnerabilities/portfolio/evaluate.h"

namespace duolex::vulnerabilities::portfolio {

struct Reached {
  Releases affected;  // ascending
  Releases unknown;   // those for which it cannot be told; none of them affected
};
[[nodiscard]] Reached releases_of(const std::vector<Hit>& hits);

class Portfolio {
 public:
  explicit Portfolio(std::vector<Segment> segments) : segments_(std::move(segments)) {}

  // The hits are views into the segments.
  void evaluate(const index::Compiled& advisory, std::vector<Hit>& hits);

  // Every package of the portfolio against the index. `take` gets a record's number and its hits in one package; a
  // record that is about several packages comes several times.
  using Take = std::function<void(std::size_t record, std::string_view package_key, const std::vector<Hit>& hits)>;
  void evaluate_all(index::Index& index, const Take& take);
  // The part of it whose packages' hashes begin with these bits: parts can be evaluated side by side, each with a
  // portfolio and an index of its own.
  void evaluate_part(index::Index& index, std::size_t part, std::size_t parts, const Take& take);

  // Fails when something that was read turned out to be damaged.
  [[nodiscard]] Result<void> whole() const;
  [[nodiscard]] std::uint64_t instances() const;
  // The types of packages there are ("npm", "deb/debian"), sorted.
  [[nodiscard]] std::vector<std::string> types();

 private:
  std::vector<Segment> segments_;
  Evaluator evaluator_;
  std::optional<Diagnostic> broken_;
};

}  // namespace duolex::vulnerabilities::portfolio
