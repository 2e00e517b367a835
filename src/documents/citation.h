// Provision ids as lawyers write them: "CRA/art/12/3" → "CRA Art. 12(3)". docs/formats/provisions.md says how ids
// are made; an id of another form is shown as it is.
#pragma once

#include <string>

namespace duolex::documents {

class Tongue;

[[nodiscard]] std::string citation(const std::string& provision);
// The same in a language of the documents: "KI-Verordnung Art. 43(3), Unterabsatz 3".
[[nodiscard]] std::string citation(const std::string& provision, const Tongue& tongue);

}  // namespace duolex::documents
