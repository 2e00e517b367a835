// Functions that a model brings along: what they compute, with whose attributes and opset, and what is refused.
#include <gtest/gtest.h>

#include "tensor/evaluate.h"
#include "tensor/network.h"
#include "tensor/test_model.h"

namespace duolex::tensor {
namespace {

using testing::attribute;
using testing::bytes_field;
using testing::call;
using testing::function;
using testing::node;
using testing::number_field;
using testing::within;

// An attribute that stands for one of the function's.
std::string refers(const std::string& name, const std::string& to, int type) {
  return bytes_field(5, bytes_field(1, name) + bytes_field(21, to) + number_field(20, static_cast<std::uint64_t>(type)));
}

// y for x = (1, -2, 3), by the evaluator; the engine's own answer must be the same where it can run the model.
std::vector<float> run(const std::string& bytes, std::string* error = nullptr, bool engine = true) {
  const auto model = read_onnx("m.onnx", bytes);
  if (!model) {
    EXPECT_NE(error, nullptr) << model.error()[0].message;
    if (error != nullptr) *error = model.error()[0].message;
    return {};
  }
  const std::vector<float> x = {1, -2, 3};
  const auto out = evaluate(*model, {{"x", datum(tensor_of(Type::f32, {1, 3}, x))}});
  if (!out) {
    EXPECT_NE(error, nullptr) << out.error()[0].message;
    if (error != nullptr) *error = out.error()[0].message;
    return {};
  }
  const Tensor& y = *(*out)[0].tensor;
  std::vector<float> numbers;
  for (std::size_t i = 0; i < y.elements(); ++i) numbers.push_back(static_cast<float>(y.number(i)));
  if (engine) {
    const auto network = Network::compile(*model);
    EXPECT_TRUE(network) << (network ? "" : network.error()[0].message);
    if (network) {
      std::vector<float> fast(network->outputs());
      Runner<float> runner(*network);
      runner.forward(x.data(), 1, fast.data());
      EXPECT_EQ(fast, numbers);
    }
  }
  return numbers;
}

TEST(Functions, AreTheirNodes) {
  // own.Twice(a) = a + a; y = Twice(Twice(x))
  const auto twice = function("Twice", {"a"}, {"b"}, within(node("Add", {"a", "a"}, {"b"})));
  EXPECT_EQ(run(testing::model(call("Twice", {"x"}, {"t"}) + call("Twice", {"t"}, {"y"}), {1, 3}) + twice), (std::vector<float>{4, -8, 12}));
}

TEST(Functions, CallFunctionsAndKeepTheirNamesApart) {
  // Inner(a) = -a by way of 't', which Outer and the model use for something else
  const auto inner = function("Inner", {"a"}, {"b"}, within(node("Neg", {"a"}, {"t"})) + within(node("Identity", {"t"}, {"b"})));
  const auto outer = function("Outer", {"t"}, {"b"}, within(call("Inner", {"t"}, {"u"})) + within(node("Add", {"u", "u"}, {"b"})));
  EXPECT_EQ(run(testing::model(node("Abs", {"x"}, {"t"}) + call("Outer", {"t"}, {"call1/Outer/u"}) + node("Sub", {"call1/Outer/u", "t"}, {"y"}), {1, 3}) + inner + outer),
            (std::vector<float>{-3, -6, -9}));
}

TEST(Functions, TakeAttributesFromTheCallOrTheirDefaults) {
  const std::string by_default = bytes_field(11, bytes_field(1, "slope") + testing::float_field(2, 0.5F) + number_field(20, 1));
  const auto leak = function("Leak", {"a"}, {"b"}, within(node("LeakyRelu", {"a"}, {"b"}, refers("alpha", "slope", 1))) + by_default);
  EXPECT_EQ(run(testing::model(call("Leak", {"x"}, {"y"}), {1, 3}) + leak), (std::vector<float>{1, -1, 3}));
  EXPECT_EQ(run(testing::model(call("Leak", {"x"}, {"y"}, attribute("slope", 4.0F)), {1, 3}) + leak), (std::vector<float>{1, -8, 3}));
  // neither: the operator's own, 0.01
  const auto bare = function("Leak", {"a"}, {"b"}, within(node("LeakyRelu", {"a"}, {"b"}, refers("alpha", "slope", 1))));
  EXPECT_EQ(run(testing::model(call("Leak", {"x"}, {"y"}), {1, 3}) + bare), (std::vector<float>{1, -0.02F, 3}));
}

TEST(Functions, HaveAnOpsetOfTheirOwn) {
  // Clip of opset 6 has its limits as attributes; later ones do not look at them.
  const auto clip = function("Limit", {"a"}, {"b"}, within(node("Clip", {"a"}, {"b"}, attribute("min", -1.0F) + attribute("max", 1.0F))), 6);
  EXPECT_EQ(run(testing::model(call("Limit", {"x"}, {"y"}), {1, 3}) + clip, nullptr, false), (std::vector<float>{1, -1, 1}));
  const auto today = function("Limit", {"a"}, {"b"}, within(node("Clip", {"a"}, {"b"}, attribute("min", -1.0F) + attribute("max", 1.0F))), 13);
  EXPECT_EQ(run(testing::model(call("Limit", {"x"}, {"y"}), {1, 3}, 6) + today, nullptr, false), (std::vector<float>{1, -2, 3}));
}

TEST(Functions, ReachIntoBranches) {
  // If the sum is not zero: -a, else |a|; the branch uses the function's input and a name of its own
  const auto branch = [](const std::string& op) { return bytes_field(6, node(op, {"a"}, {"r"}) + testing::value(12, "r", {})); };
  const std::string choose = bytes_field(5, bytes_field(1, "then_branch") + branch("Neg") + number_field(20, 5)) +
                             bytes_field(5, bytes_field(1, "else_branch") + branch("Abs") + number_field(20, 5));
  const auto f = function("Choose", {"a", "c"}, {"b"}, within(node("If", {"c"}, {"b"}, choose)));
  const std::string flag = node("ReduceSum", {"x"}, {"s"}, attribute("keepdims", std::int64_t{0})) + node("Cast", {"s"}, {"c"}, attribute("to", std::int64_t{9}));
  EXPECT_EQ(run(testing::model(flag + call("Choose", {"x", "c"}, {"y"}), {1, 3}) + f, nullptr, false), (std::vector<float>{-1, 2, -3}));
}

TEST(Functions, ReturnInputsAndLeaveOutOutputs) {
  const auto f = function("Both", {"a"}, {"a", "n", "n"}, within(node("Neg", {"a"}, {"n"})));
  EXPECT_EQ(run(testing::model(call("Both", {"x"}, {"p", "", "q"}) + node("Sub", {"q", "p"}, {"y"}), {1, 3}) + f), (std::vector<float>{-2, 4, -6}));
}

TEST(Functions, LeaveOutOptionalInputs) {
  const auto f = function("Limit", {"a", "low", "high"}, {"b"}, within(node("Clip", {"a", "low", "high"}, {"b"})));
  EXPECT_EQ(run(testing::model(testing::initializer("h", tensor_of<float>(Type::f32, {}, {0.5F})) + call("Limit", {"x", "", "h"}, {"y"}), {1, 3}) + f), (std::vector<float>{0.5F, -2, 0.5F}));
}

TEST(Functions, AreRefusedWhereTheyAreNotClear) {
  const auto refused = [](const std::string& bytes) {
    std::string error;
    (void)run(bytes, &error, false);
    return error;
  };
  const std::string calls = testing::model(call("F", {"x"}, {"y"}), {1, 3});
  const auto plain = function("F", {"a"}, {"b"}, within(node("Neg", {"a"}, {"b"})));
  EXPECT_NE(refused(calls + plain + plain).find("given twice"), std::string::npos);
  EXPECT_NE(refused(testing::model(call("F", {"x", "x"}, {"y"}), {1, 3}) + plain).find("called with more"), std::string::npos);
  EXPECT_NE(refused(calls + function("F", {"a"}, {"b"}, within(node("Add", {"a", "x"}, {"b"})))).find("nothing makes the value 'x'"), std::string::npos);
  EXPECT_NE(refused(calls).find("not tested: operator own:F"), std::string::npos);
  EXPECT_NE(refused(calls + bytes_field(25, bytes_field(1, "F") + bytes_field(4, "a") + bytes_field(5, "b") + within(node("Neg", {"a"}, {"b"})) + bytes_field(10, "own"))).find("which opset"), std::string::npos);
  EXPECT_NE(refused(testing::model(node("Neg", {"x"}, {"y"}), {1, 3}) + bytes_field(25, bytes_field(1, "Neg") + bytes_field(4, "a") + bytes_field(5, "a"))).find("ONNX's own domain"), std::string::npos);
  EXPECT_NE(refused(testing::model(node("LeakyRelu", {"x"}, {"y"}, refers("alpha", "slope", 1)), {1, 3})).find("outside of a function"), std::string::npos);
}

}  // namespace
}  // namespace duolex::tensor
