// Lines and columns of byte offsets in files of any size: a number for each block of the file, and quick when
// offsets are asked for in rising order.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sbom/sbom.h"

namespace duolex::sbom {

class Lines {
 public:
  // Both must outlive this.
  Lines(const std::string& file, const std::string& bytes) : file_(file), bytes_(bytes) {}

  // Bytes [begin, end), cut to the text.
  [[nodiscard]] Place at(std::size_t begin, std::size_t end);
  // A diagnostic about them, with the line when it is short.
  [[nodiscard]] Diagnostic error(std::size_t begin, std::size_t end, const std::string& message, const std::string& hint = "");

 private:
  void find(std::size_t at);

  const std::string& file_;
  const std::string& bytes_;
  std::vector<std::uint32_t> before_;  // line feeds before each block, as far as was asked
  std::size_t found_ = 0, line_begin_ = 0, column_at_ = 0, column_ = 1;  // what was found last
  std::uint32_t line_ = 1;
};

}  // namespace duolex::sbom
