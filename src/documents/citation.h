// Provision ids as lawyers write them: "CRA/art/12/3" → "CRA Art. 12(3)". docs/formats/provisions.md says how ids
// are made; an id of another form is shown as it is.
#pragma once

#include <string>

namespace duolex::documents {

[[nodiscard]] std::string citation(const std::string& provision);

}  // namespace duolex::documents
