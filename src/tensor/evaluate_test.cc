#include "tensor/evaluate.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tensor/network.h"
#include "tensor/test_model.h"

namespace duolex::tensor {
namespace {

using testing::attribute;
using testing::bytes_field;
using testing::initializer;
using testing::node;
using testing::number_field;

Tensor floats(const Shape& shape, const std::vector<float>& v) { return tensor_of(Type::f32, shape, v); }
Tensor flag(bool v) { return Tensor{Type::boolean, {}, std::string(1, v ? '\1' : '\0'), {}}; }

// A graph as an attribute; inputs and outputs by name only.
std::string graph_attribute(const std::string& name, const std::string& parts, const std::vector<std::string>& in, const std::vector<std::string>& out) {
  std::string g = parts;
  for (const auto& i : in) g += bytes_field(11, bytes_field(1, i));
  for (const auto& o : out) g += bytes_field(12, bytes_field(1, o));
  return bytes_field(5, bytes_field(1, name) + bytes_field(6, g) + number_field(20, 5));
}

Result<std::vector<Datum>> run(const std::string& parts, Tensor x, const InterpretLimits& limits = {}, int opset = 13) {
  const auto model = read_onnx("m.onnx", testing::model(parts, x.shape, opset));
  if (!model) return tl::unexpected(model.error());
  return evaluate(*model, {{"x", datum(std::move(x))}}, limits);
}

std::vector<float> values(const Datum& d) {
  const float* p = d.tensor->as<float>();
  return {p, p + d.tensor->elements()};
}

TEST(Evaluate, TakesTheBranchThatTheDataAsksFor) {
  const std::string parts = initializer("zero", floats({}, {0})) + node("ReduceSum", {"x"}, {"s"}, attribute("keepdims", std::int64_t{0})) + node("Greater", {"s", "zero"}, {"c"}) +
                            node("If", {"c"}, {"y"},
                                 graph_attribute("then_branch", node("Neg", {"x"}, {"t"}), {}, {"t"}) + graph_attribute("else_branch", node("Identity", {"x"}, {"e"}), {}, {"e"}));
  EXPECT_EQ(values((*run(parts, floats({2}, {1, 2})))[0]), (std::vector<float>{-1, -2}));
  EXPECT_EQ(values((*run(parts, floats({2}, {1, -2})))[0]), (std::vector<float>{1, -2}));
}

TEST(Evaluate, LoopsCarryAndCollect) {
  const std::string parts = initializer("n", tensor_of<std::int64_t>(Type::i64, {}, {4})) + initializer("go", flag(true)) +
                            node("Loop", {"n", "go", "x"}, {"last", "y"},
                                 graph_attribute("body", node("Add", {"v", "v"}, {"w"}) + node("Identity", {"c"}, {"d"}) + node("Identity", {"w"}, {"all"}), {"i", "c", "v"}, {"d", "w", "all"}));
  const auto y = run(parts, floats({1}, {1}));
  ASSERT_TRUE(y) << render(y.error());
  EXPECT_EQ((*y)[0].tensor->shape, (Shape{4, 1}));
  EXPECT_EQ(values((*y)[0]), (std::vector<float>{2, 4, 8, 16}));
}

TEST(Evaluate, GivesValuesBackAtTheirLastUse) {
  std::string parts;
  for (int i = 0; i < 100; ++i) parts += node("Neg", {i == 0 ? "x" : "v" + std::to_string(i)}, {i == 99 ? "y" : "v" + std::to_string(i + 1)});
  InterpretLimits limits;
  limits.bytes = 64 << 20;
  EXPECT_TRUE(run(parts, zeros(Type::f32, {1 << 20}), limits)) << "a hundred values of 4 MB, two at a time";
  limits.bytes = 6 << 20;
  const auto refused = run(parts, zeros(Type::f32, {1 << 20}), limits);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error()[0].message.find("not tested"), std::string::npos) << refused.error()[0].message;
}

TEST(Evaluate, NamesTheOperatorItLacks) {
  const auto y = run(node("FlyToTheMoon", {"x"}, {"y"}), floats({1}, {1}));
  ASSERT_FALSE(y);
  EXPECT_TRUE(y.error()[0].message.starts_with("not tested: operator FlyToTheMoon (node 'y', byte ")) << y.error()[0].message;
}

TEST(Evaluate, EinsumRefusesALetterTwiceInItsResult) {
  const auto y = run(node("Einsum", {"x", "x"}, {"y"}, attribute("equation", std::string("ij,jk->kk"))), floats({2, 2}, {1, 2, 3, 4}));
  ASSERT_FALSE(y);
  EXPECT_NE(y.error()[0].message.find("twice"), std::string::npos);
}

TEST(Evaluate, AnOutputThatAnOperatorDoesNotMakeIsNoValue) {
  const auto y = run(node("Neg", {"x"}, {"h", "y"}), floats({1}, {1}));
  ASSERT_FALSE(y);
  EXPECT_TRUE(y.error()[0].message.starts_with("not tested: operator Neg: its output 1")) << y.error()[0].message;
}

TEST(Evaluate, RefusesAnInputOfAnotherType) {
  const auto model = read_onnx("m.onnx", testing::model(node("Neg", {"x"}, {"y"}), {1}));
  ASSERT_TRUE(model);
  EXPECT_FALSE(evaluate(*model, {{"x", datum(zeros(Type::i64, {1}))}}));
  EXPECT_FALSE(evaluate(*model, {}));
}

// The fast engine and this one are two ways to the same numbers.
TEST(Evaluate, AgreesWithTheFastEngine) {
  for (const char* set : {"mnist", "cifar"}) {
    const bool mnist = std::string(set) == "mnist";
    const auto images = mnist ? testing::images("mnist", 28, 1) : testing::images("cifar", 32, 3);
    if (images.y.empty()) GTEST_SKIP() << "NOT CHECKED: the images of suites/robustness-sdp are not beside the project";
    std::filesystem::path file;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(testing::shared() / "suites" / "robustness-sdp"))
      if (entry.path().extension() == ".onnx" && entry.path().string().find(set) != std::string::npos) file = entry.path();
    if (file.empty()) continue;
    const auto model = read_onnx(file.string(), testing::slurp(file));
    ASSERT_TRUE(model);
    const auto network = Network::compile(*model);
    ASSERT_TRUE(network) << render(network.error());
    Runner<double> runner(*network);
    for (std::size_t i = 0; i < 3; ++i) {
      const std::vector<double> x(images.x.begin() + static_cast<std::ptrdiff_t>(i * images.features), images.x.begin() + static_cast<std::ptrdiff_t>((i + 1) * images.features));
      std::vector<double> fast(network->outputs());
      runner.forward(x.data(), 1, fast.data());
      const std::vector<float> single(x.begin(), x.end());
      const auto slow = evaluate(*model, {{model->graph.inputs[0].name, datum(tensor_of(Type::f32, network->input_shape(), single))}});
      ASSERT_TRUE(slow) << render(slow.error());
      for (std::size_t k = 0; k < fast.size(); ++k) EXPECT_NEAR((*slow)[0].tensor->number(k), fast[k], 1e-4 * (1 + std::fabs(fast[k]))) << set << " " << i;
    }
  }
}

}  // namespace
}  // namespace duolex::tensor
