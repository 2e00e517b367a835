// A curve with its intervals as inline SVG, readable without colour and by a screen reader.
#pragma once

#include <string>
#include <vector>

#include "documents/tested.h"
#include "documents/tongue.h"

namespace duolex::documents {

// The share of `samples` that stays right, by the size of the perturbation. Empty with fewer than two points. A proven
// share, where there is one, is drawn as a mark at its size.
[[nodiscard]] std::string robustness_curve(const ModelTest& test, const Tongue& tongue);

}  // namespace duolex::documents
