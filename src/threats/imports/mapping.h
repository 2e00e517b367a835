// Which techniques of MITRE ATLAS and which entries of OWASP's list an attack of another tool belongs to.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace duolex::threats::imports {

struct Mapped {
  std::vector<std::string> atlas, owasp;
};

// tool: "garak", "promptfoo", "pyrit". What the table does not have maps to nothing.
[[nodiscard]] Mapped mapped(std::string_view tool, std::string_view probe);

// Every technique that the table names, sorted.
[[nodiscard]] std::vector<std::string> atlas_techniques();

}  // namespace duolex::threats::imports
