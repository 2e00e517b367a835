// Lines and columns from byte offsets, in constant time whatever the length of the lines.
#pragma once

#include <string>
#include <vector>

#include "base/diagnostic.h"

namespace duolex::text {

class Places {
 public:
  // Both must outlive this.
  Places(const std::string& file, const std::string& bytes);

  // The span of bytes [begin, end), cut to the text.
  [[nodiscard]] Span at(std::size_t begin, std::size_t end) const;

  // The offset of a 1-based line and column, cut to the text.
  [[nodiscard]] std::size_t offset(std::size_t line, std::size_t column) const;

 private:
  [[nodiscard]] std::size_t code_points_before(std::size_t at) const;

  const std::string& file_;
  const std::string& bytes_;
  std::vector<std::size_t> line_starts_;
  std::vector<std::size_t> code_points_;  // before every block of bytes
};

}  // namespace duolex::text
