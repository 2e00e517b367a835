#include "threats/backdoors/trigger.h"

#include <gtest/gtest.h>

#include "threats/backdoors/small_network.h"
#include "threats/evasion/network_target.h"

namespace duolex::threats::backdoors {
namespace {

using testing::Pictures;

struct Look {
  std::vector<Trigger> triggers;
  double accuracy = 0, poisoned = 0;  // of clean rows, and of stamped rows to class 3
  std::vector<std::size_t> suspected;
};

Look look(bool backdoored, std::uint64_t seed) {
  Pictures training = testing::pictures(400, 1);
  if (backdoored)
    for (std::size_t s = 0; s < training.x.size(); s += 7) {
      testing::stamp_corner(training.x[s], training.side);
      training.y[s] = 3;
    }
  const std::string bytes = testing::trained_onnx(training, seed);
  const auto model = tensor::read_onnx("small.onnx", bytes);
  EXPECT_TRUE(model) << render(model.error());
  const auto network = tensor::Network::compile(*model);
  EXPECT_TRUE(network) << render(network.error());
  const evasion::NetworkTarget target(*network);
  const Pictures test = testing::pictures(150, 2);
  const std::vector<std::span<const float>> rows(test.x.begin(), test.x.end());
  Look out;
  const auto oracle = target.oracle();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    std::vector<float> z(5), stamped = test.x[i];
    const auto best = [&] { return static_cast<std::size_t>(std::max_element(z.begin(), z.end()) - z.begin()); };
    oracle->scores(rows[i].data(), 1, z.data());
    out.accuracy += (best() == test.y[i]) / 150.0;
    testing::stamp_corner(stamped, test.side);
    oracle->scores(stamped.data(), 1, z.data());
    out.poisoned += (best() == 3) / 150.0;
  }
  out.triggers = invert_triggers(target, rows, test.y, 5, 2, {.steps = 300});
  for (const Trigger& t : out.triggers) {
    if (t.suspected) out.suspected.push_back(t.target);
    std::printf("  class %zu: mask %.2f ratio %.2f anomaly %.1f held out %.2f\n", t.target, t.size, t.ratio, t.anomaly, t.success_held_out);
  }
  return out;
}

TEST(Triggers, ACleanModelIsNotSuspected) {
  for (const std::uint64_t seed : {1, 2, 3}) {
    const Look l = look(false, seed);
    EXPECT_GT(l.accuracy, 0.95);
    EXPECT_TRUE(l.suspected.empty());
  }
}

TEST(Triggers, ABackdoorIsFoundWithItsTarget) {
  for (const std::uint64_t seed : {1, 2, 3}) {
    const Look l = look(true, seed);
    EXPECT_GT(l.accuracy, 0.95);
    EXPECT_GT(l.poisoned, 0.95);
    EXPECT_EQ(l.suspected, std::vector<std::size_t>{3});
  }
}

TEST(Triggers, TooFewRowsMakeNoTrigger) {
  const Pictures few = testing::pictures(10, 2);
  const auto network = tensor::Network::compile(*tensor::read_onnx("small.onnx", testing::trained_onnx(few, 1, 2)));
  const std::vector<std::span<const float>> rows(few.x.begin(), few.x.end());
  for (const Trigger& t : invert_triggers(evasion::NetworkTarget(*network), rows, few.y, 1, 1, {.steps = 3})) {
    EXPECT_FALSE(t.made);
    EXPECT_FALSE(t.suspected);
  }
}

}  // namespace
}  // namespace duolex::threats::backdoors
