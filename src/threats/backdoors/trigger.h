// Backdoors by trigger inversion (after Wang and others, 2019): for each class, the smallest patch that sends rows of
// all other classes there. A model with a backdoor has a class for which a far smaller patch does.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "threats/evasion/target.h"

namespace duolex::threats::backdoors {

struct TriggerOptions {
  int steps = 400;
  std::size_t rows = 64;             // that a trigger is made from; as many others test it
  double success = 0.99;             // that a trigger must have on the rows it is made from
  // A class is suspected when its trigger is this much smaller than the median class's, and works on rows it was not
  // made from. The anomaly index (deviations from the median) is given too; by itself it finds one in most clean models.
  double most_ratio = 0.3;
  double least_held_out = 0.9;
  double most_area = 0.2;            // of the picture
};

struct Trigger {
  std::size_t target = 0;
  bool made = false;                 // one with the demanded success was found
  std::vector<float> mask, pattern;  // height * width; channels * height * width
  double size = 0;                   // the sum of the mask
  double success_held_out = 0;
  double ratio = 0, anomaly = 0;     // of its size among all classes
  bool suspected = false;
};

// One trigger for each class. `labels` by row; rows of the class itself are left out. The smaller of the classes'
// rows decides how many can be used; with fewer than 8 other rows for a class nothing is made.
[[nodiscard]] std::vector<Trigger> invert_triggers(const evasion::Target& target, const std::vector<std::span<const float>>& rows,
                                                   const std::vector<std::size_t>& labels, std::uint64_t seed, unsigned threads,
                                                   const TriggerOptions& options = {}, const std::function<void(std::size_t done)>& progress = {});

}  // namespace duolex::threats::backdoors
