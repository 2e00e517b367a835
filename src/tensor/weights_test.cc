// Weights in other files, put inside.
#include <gtest/gtest.h>

#include "tensor/evaluate.h"
#include "tensor/test_model.h"

namespace duolex::tensor {
namespace {

using namespace duolex::tensor::testing;

std::string entry(const std::string& key, const std::string& text) { return bytes_field(13, bytes_field(1, key) + bytes_field(2, text)); }
// A tensor of f32 at `offset` of `location`.
std::string outside(const std::string& name, const Shape& shape, const std::string& location, std::size_t offset) {
  std::string t;
  for (const std::int64_t d : shape) t += number_field(1, static_cast<std::uint64_t>(d));
  return t + number_field(2, 1) + bytes_field(8, name) + entry("location", location) + entry("offset", std::to_string(offset)) + number_field(14, 1);
}
std::string floats(const std::vector<float>& v) { return {reinterpret_cast<const char*>(v.data()), v.size() * 4}; }

const std::string file = floats({1, 2, 3, 4, 5, 6});
Result<std::string_view> beside(const std::string& location) {
  if (location != "w.bin") return failure(error_in("", "no '" + location + "'"));
  return std::string_view(file);
}

std::vector<float> answers(const std::string& bytes, const ExternalData& external) {
  const auto read = read_onnx("m.onnx", bytes, {}, external);
  EXPECT_TRUE(read) << render(read ? Diagnostics{} : read.error());
  if (!read) return {};
  const auto y = evaluate(*read, {{"x", datum(tensor_of<float>(Type::f32, {2}, {10, 20}))}});
  EXPECT_TRUE(y) << render(y ? Diagnostics{} : y.error());
  std::vector<float> numbers;
  for (std::size_t i = 0; y && i < y->front().tensor->elements(); ++i) numbers.push_back(static_cast<float>(y->front().tensor->number(i)));
  return numbers;
}

// An initialiser, one within the branches of an If, and a constant within a function.
std::string everywhere() {
  const auto branch = [](const std::string& name, std::size_t at) {
    const std::string graph = node("Add", {"s", "v"}, {"o"}) + bytes_field(2, name) + bytes_field(5, outside("v", {2}, "w.bin", at)) + value(12, "o", {2});
    return bytes_field(5, bytes_field(1, name) + bytes_field(6, graph) + number_field(20, 5));
  };
  const std::string constant = bytes_field(5, bytes_field(1, "value") + bytes_field(5, outside("", {2}, "w.bin", 8)) + number_field(20, 4));
  return testing::model(bytes_field(5, outside("w", {2}, "w.bin", 0)) + initializer("c", [] { Tensor t; t.type = Type::boolean; t.bytes = std::string(1, 1); return t; }()) + node("Add", {"x", "w"}, {"s"}) +
                            node("If", {"c"}, {"i"}, branch("then_branch", 16) + branch("else_branch", 0)) + call("F", {"i"}, {"y"}),
                        {2}) +
         function("F", {"a"}, {"b"}, within(node("Constant", {}, {"k"}, constant)) + within(node("Mul", {"a", "k"}, {"b"}))) + bytes_field(8, bytes_field(1, "own") + number_field(2, 1));
}

TEST(WeightsOutside, PutInsideAreTheSameModel) {
  const std::string model = everywhere();
  const auto whole = with_weights_inside("m.onnx", model, beside);
  ASSERT_TRUE(whole) << render(whole.error());
  EXPECT_EQ(whole->find("w.bin"), std::string::npos);
  const std::vector<float> expected = {(10 + 1 + 5) * 3, (20 + 2 + 6) * 4};
  EXPECT_EQ(answers(model, beside), expected);
  EXPECT_EQ(answers(*whole, {}), expected);
  EXPECT_EQ(*with_weights_inside("m.onnx", *whole, {}), *whole);
}

TEST(WeightsOutside, AreRefusedWithTheirPlace) {
  const auto refused = [](const std::string& tensor, const Limits& limits = {}) {
    const auto whole = with_weights_inside("m.onnx", testing::model(bytes_field(5, tensor) + node("Add", {"x", "w"}, {"y"}), {2}), beside, limits);
    return whole ? std::string("taken") : whole.error()[0].message;
  };
  EXPECT_EQ(refused(outside("w", {2}, "../w.bin", 0)), "byte 6: external data '../w.bin' lies outside of the model's folder");
  EXPECT_EQ(refused(outside("w", {2}, "w.bin", 20)), "byte 6: external data 'w.bin' does not hold the bytes that the shape asks for");
  EXPECT_EQ(refused(outside("w", {1 << 30}, "w.bin", 0)), "byte 6: a tensor of shape [1073741824] is too large");
  EXPECT_EQ(refused(outside("w", {2}, "v.bin", 0)), "byte 6: no 'v.bin'");
  // The last element type holds: 8 is that of strings.
  EXPECT_EQ(refused(outside("w", {2}, "w.bin", 0) + number_field(2, 8)), "byte 6: strings cannot lie in another file");
  EXPECT_FALSE(read_onnx("m.onnx", testing::model(bytes_field(5, outside("w", {2}, "w.bin", 0) + number_field(2, 8)) + node("Add", {"x", "w"}, {"y"}), {2}), {}, beside));
  Limits small;
  small.bytes = 60;
  EXPECT_NE(refused(outside("w", {2}, "w.bin", 0), small).find("larger than 60 bytes"), std::string::npos);
  // What is no model is left to those who read it.
  for (const std::string& bytes : {std::string("{}"), std::string(), everywhere().substr(0, 40)}) EXPECT_EQ(with_weights_inside("m", bytes, beside).value_or("refused"), bytes);
}

}  // namespace
}  // namespace duolex::tensor
