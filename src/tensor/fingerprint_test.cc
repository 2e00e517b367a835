#include "tensor/fingerprint.h"

#include <gtest/gtest.h>

#include "tensor/test_model.h"

namespace duolex::tensor {
namespace {

using testing::initializer;
using testing::node;

Tensor weights(float first) { return tensor_of<float>(Type::f32, {2}, {first, 2}); }

Fingerprint of(const std::string& parts, const Shape& input = {1, 2}) {
  const auto model = read_onnx("m.onnx", testing::model(parts, input));
  EXPECT_TRUE(model) << (model ? "" : render(model.error()));
  return fingerprint(*model);
}

TEST(Fingerprint, NamesDoNotCount) {
  const Fingerprint a = of(node("Add", {"x", "w"}, {"h"}) + node("Relu", {"h"}, {"y"}) + initializer("w", weights(1)));
  const Fingerprint b = of(node("Add", {"x", "v"}, {"k"}) + node("Relu", {"k"}, {"y"}) + initializer("v", weights(1)));
  EXPECT_EQ(a.graph, b.graph);
  EXPECT_EQ(a.weights, b.weights);
}

TEST(Fingerprint, TellsWeightsFromGraph) {
  const Fingerprint a = of(node("Add", {"x", "w"}, {"y"}) + initializer("w", weights(1)));
  const Fingerprint retrained = of(node("Add", {"x", "w"}, {"y"}) + initializer("w", weights(3)));
  const Fingerprint rebuilt = of(node("Mul", {"x", "w"}, {"y"}) + initializer("w", weights(1)));
  const Fingerprint wider = of(node("Add", {"x", "w"}, {"y"}) + initializer("w", weights(1)), {2, 2});
  EXPECT_EQ(a.graph, retrained.graph);
  EXPECT_NE(a.weights, retrained.weights);
  EXPECT_NE(a.graph, rebuilt.graph);
  EXPECT_EQ(a.weights, rebuilt.weights);
  EXPECT_NE(a.graph, wider.graph);
  EXPECT_NE(a.interface, wider.interface);
}

TEST(Fingerprint, WiringAndAttributesCount) {
  const auto parts = [](const std::string& first, const std::string& second, std::int64_t axis) {
    return node("Sub", {first, second}, {"h"}) + node("Softmax", {"h"}, {"y"}, testing::attribute("axis", axis)) + initializer("w", weights(1));
  };
  const Fingerprint a = of(parts("x", "w", 1));
  EXPECT_NE(a.graph, of(parts("w", "x", 1)).graph);
  EXPECT_NE(a.graph, of(parts("x", "w", 0)).graph);
  EXPECT_EQ(a.graph, of(parts("x", "w", 1)).graph);
}

}  // namespace
}  // namespace duolex::tensor
