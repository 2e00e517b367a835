// A patch: a square of a picture with any content, as a sticker would have. The size of the change is not bounded, its
// place is.
#pragma once

#include <optional>

#include "threats/evasion/goal.h"
#include "threats/evasion/random.h"
#include "threats/evasion/target.h"

namespace duolex::threats::evasion {

struct PatchOptions {
  std::size_t side = 4;        // pixels, in every channel
  std::size_t places = 16;     // tried for each picture, drawn from a grid of half a side
  int iterations = 30;         // of ascent by the gradient, from a drawn content
};

struct Patched {
  std::vector<float> picture;  // in [0, 1], equal to x outside of the square
  std::size_t top = 0, left = 0;
  double margin = 0;           // in double precision, below 0
};

// A picture with a patch that is wrong in double precision, or nothing. Needs a target with gradients and a picture no
// smaller than the patch. A function of its arguments.
[[nodiscard]] std::optional<Patched> patch(const Target& target, Oracle& oracle, std::span<const float> x, const Goal& goal, const PatchOptions& options, Random random);

// Whether a picture is x with one square of `side` pixels of any content, at this place, in [0, 1].
[[nodiscard]] bool is_patched(const Form& form, std::span<const float> x, std::span<const float> picture, std::size_t side, std::size_t top, std::size_t left);

}  // namespace duolex::threats::evasion
