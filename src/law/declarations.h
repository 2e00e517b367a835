// What the files of a rule base declare, so that two states of one can be compared.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "law/law.h"

namespace duolex::law {

// "conclude cra.class" → its words. Comments and spaces do not count, nor does the file or the order.
[[nodiscard]] std::map<std::string, std::string> declarations(const Law& law);

struct Declared {
  enum class Change { added, removed, changed } change = Change::changed;
  std::string what;  // "conclude cra.class", "control control.access_control", …
};
// Sorted by `what`.
[[nodiscard]] std::vector<Declared> differences(const Law& before, const Law& after);

}  // namespace duolex::law
