// What a model says by attributes is taken account of, or it is not tested: on both ways.
#include "tensor/attributes.h"

#include <gtest/gtest.h>

#include "tensor/evaluate.h"
#include "tensor/network.h"
#include "tensor/test_model.h"

namespace duolex::tensor {
namespace {

using namespace duolex::tensor::testing;

std::string evaluated(const std::string& bytes, const Shape& shape, std::vector<Tensor>* results = nullptr) {
  const auto read = read_onnx("m.onnx", bytes);
  if (!read) return render(read.error());
  std::vector<float> x(*element_count(shape));
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = static_cast<float>(i) - 2.5F;
  const auto y = evaluate(*read, {{"x", datum(tensor_of(Type::f32, shape, x))}});
  if (!y) return render(y.error());
  if (results != nullptr)
    for (const Datum& d : *y) results->push_back(*d.tensor);
  return "ran";
}
std::string compiled(const std::string& bytes) {
  const auto read = read_onnx("m.onnx", bytes);
  if (!read) return render(read.error());
  const auto network = Network::compile(*read);
  return network ? "ran" : render(network.error());
}

TEST(Attributes, AreHeededOrNamed) {
  struct Case {
    std::string parts, said;
    int opset = 13;
  };
  const std::string statistics = initializer("s", tensor_of<float>(Type::f32, {2}, {1, 1})) + initializer("o", tensor_of<float>(Type::f32, {2}, {0, 0}));
  const std::string training = initializer("r", tensor_of<float>(Type::f32, {}, {0.5F})) + initializer("t", tensor_of(Type::boolean, {}, std::vector<std::uint8_t>{1}));
  for (const Case& c : {Case{node("Relu", {"x"}, {"y"}, attribute("slope", 1.0F)), "not tested: operator Relu: with the attribute 'slope'"},
                        Case{node("Softmax", {"x"}, {"y"}, attribute("temperature", 2.0F)), "not tested: operator Softmax: with the attribute 'temperature'"},
                        Case{node("Dropout", {"x"}, {"y"}, attribute("ratio", 0.5F)), "not tested: operator Dropout: in training mode", 6},
                        Case{node("Dropout", {"x"}, {"y"}, attribute("ratio", 0.5F) + attribute("is_test", std::int64_t{1})), "ran", 6},
                        Case{training + node("Dropout", {"x", "r", "t"}, {"y"}), "in training mode"},
                        Case{training + node("Dropout", {"x", "r"}, {"y"}), "ran"},
                        Case{statistics + node("BatchNormalization", {"x", "s", "o", "o", "s"}, {"y"}), "not tested: operator BatchNormalization: in training mode", 6},
                        Case{statistics + node("BatchNormalization", {"x", "s", "o", "o", "s"}, {"y"}, attribute("is_test", std::int64_t{1})), "ran", 6},
                        Case{statistics + node("BatchNormalization", {"x", "s", "o", "o", "s"}, {"y"}, attribute("spatial", std::int64_t{0})), "with statistics of each place", 8},
                        Case{statistics + node("BatchNormalization", {"x", "s", "o", "o", "s"}, {"y"}), "ran", 8}}) {
    const std::string bytes = model(c.parts, {1, 2, 3}, c.opset);
    for (const std::string& said : {evaluated(bytes, {1, 2, 3}), compiled(bytes)}) EXPECT_NE(said.find(c.said), std::string::npos) << c.parts.size() << ": " << said << " instead of " << c.said;
  }
}

TEST(Attributes, OfQuantisationAreHeeded) {
  const std::string scale = initializer("s", tensor_of<float>(Type::f32, {}, {0.001F}));
  const auto quantised = [&](const std::string& attributes, std::vector<Tensor>* results = nullptr) { return evaluated(model(scale + node("QuantizeLinear", {"x", "s"}, {"y"}, attributes), {1, 2}, 23), {1, 2}, results); };
  std::vector<Tensor> y;
  ASSERT_EQ(quantised(attribute("output_dtype", std::int64_t{5}), &y), "ran");
  ASSERT_EQ(y[0].type, Type::i16);
  EXPECT_EQ(y[0].integer(0), -2500);
  EXPECT_EQ(y[0].integer(1), -1500);
  EXPECT_NE(quantised(attribute("output_dtype", std::int64_t{21})).find("not tested"), std::string::npos);  // of four bits
  EXPECT_NE(quantised(attribute("block_size", std::int64_t{2})).find("not tested: operator QuantizeLinear: in blocks"), std::string::npos);
  EXPECT_NE(quantised(attribute("precision", std::int64_t{1})).find("not tested"), std::string::npos);
}

// One slope a channel; three columns, so that the slopes would fit them as well.
TEST(Attributes, SlopesOfOldBelongToChannels) {
  const std::string bytes = model(initializer("s", tensor_of<float>(Type::f32, {3}, {0.5F, 0.25F, 0.125F})) + node("PRelu", {"x", "s"}, {"y"}), {1, 3, 3}, 6);
  std::vector<Tensor> y;
  ASSERT_EQ(evaluated(bytes, {1, 3, 3}, &y), "ran");
  const auto read = read_onnx("m.onnx", bytes);
  const auto network = Network::compile(*read);
  ASSERT_TRUE(network) << render(network.error());
  std::vector<double> x(9), own(9);
  for (std::size_t i = 0; i < 9; ++i) x[i] = static_cast<double>(i) - 2.5;
  Runner<double>(*network).forward(x.data(), 1, own.data());
  for (std::size_t i = 0; i < 9; ++i) EXPECT_EQ(own[i], y[0].number(i)) << i;
  EXPECT_EQ(own[2], -0.25);
}

}  // namespace
}  // namespace duolex::tensor
