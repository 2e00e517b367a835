// Text for HTML.
#pragma once

#include <string>

namespace duolex::threats::campaign {

[[nodiscard]] std::string escaped(const std::string& text);

}  // namespace duolex::threats::campaign
