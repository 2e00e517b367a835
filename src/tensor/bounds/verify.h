// Decides a property of a network: unsat (no input satisfies it, proven), sat (with an input that does, checked), or
// nothing within the limits.
//
// unsat is a proof about the network as a function of real numbers (crown.h), over the property's bounds widened by one
// unit in the last place. A counter-example lies within the bounds as read, and its outputs, enclosed in double
// precision with all rounding, satisfy the half-spaces throughout the enclosure.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "tensor/bounds/prepared.h"
#include "tensor/bounds/property.h"

namespace duolex::tensor::bounds {

enum class Verdict { unsat, sat, undecided };

struct VerifyOptions {
  std::size_t threads = 1;           // the verdict does not depend on it, nor does the counter-example
  std::uint64_t seed = 0;
  std::size_t most_parts = static_cast<std::size_t>(-1);
  std::function<bool()> out_of_time;  // asked now and then from one thread; empty: never
};

struct Verification {
  Verdict verdict = Verdict::undecided;
  std::vector<double> input, output;  // of the counter-example; the output is the middle of its enclosure
  std::size_t parts = 0;              // boxes or splits that were bounded
};

// Fails when the property's inputs or outputs are not those of the network.
[[nodiscard]] Result<Verification> verify(std::shared_ptr<const Prepared> prepared, const Property& property, const VerifyOptions& options);

}  // namespace duolex::tensor::bounds
