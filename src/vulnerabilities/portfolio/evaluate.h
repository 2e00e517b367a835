// What an advisory says about one package, held against all versions of it in the portfolio at once. It says of each
// version what vulnerabilities::evaluate says of that version alone; ranges are answered by binary search.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "vulnerabilities/matching/match.h"
#include "vulnerabilities/portfolio/segment.h"

namespace duolex::vulnerabilities::portfolio {

// Versions first … last-1 of a group. Hits of one advisory may overlap; affected tells more than unknown.
struct Hit {
  GroupView group;
  std::uint32_t first = 0, last = 0;
  Status status = Status::unknown;
  Reason::Kind kind = Reason::Kind::interval;
};

class Evaluator {
 public:
  Evaluator();
  Evaluator(Evaluator&&) noexcept;
  Evaluator& operator=(Evaluator&&) noexcept;
  ~Evaluator();
  // `entry`: of a record, in the bytes that the index keeps of it (index::Hot). Hits are added. Returns false when the
  // blob is broken.
  bool evaluate(std::string_view entry, std::string_view package_key, std::string_view package_blob, std::vector<Hit>& hits);

 private:
  struct Room;
  std::unique_ptr<Room> room_;
};

}  // namespace duolex::vulnerabilities::portfolio
