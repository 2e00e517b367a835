// An assessment of a change for people.
#pragma once

#include <string>

#include "base/text_style.h"
#include "changes/assessment.h"

namespace duolex::documents {

[[nodiscard]] std::string change_text(const changes::Assessment& assessment, const TextStyle& style);

}  // namespace duolex::documents
