// Result<T>: a value, or the list of everything that was wrong. Expected failures are values;
// no exception crosses a module.
#pragma once

#include <tl/expected.hpp>

#include "base/diagnostic.h"

namespace duolex {

template <class T>
using Result = tl::expected<T, Diagnostics>;

using Failure = tl::unexpected<Diagnostics>;

[[nodiscard]] inline Failure failure(Diagnostic diagnostic) {
  return Failure(Diagnostics{std::move(diagnostic)});
}
[[nodiscard]] inline Failure failure(Diagnostics diagnostics) {
  return Failure(std::move(diagnostics));
}

}  // namespace duolex
