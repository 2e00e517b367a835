// Versions for tests: random ones as the tools of a scheme accept them, dense enough that many agree in part.
#pragma once

#include <random>
#include <string>

#include "vulnerabilities/versions/version.h"

namespace duolex::vulnerabilities {

using Random = std::mt19937_64;

[[nodiscard]] std::string sample_version(Scheme scheme, Random& random);
// The same with a character changed, taken out or put in here and there; often no version any more.
[[nodiscard]] std::string damaged_version(Scheme scheme, Random& random);

}  // namespace duolex::vulnerabilities
