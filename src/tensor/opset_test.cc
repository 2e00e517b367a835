// Whose meaning of an operator a model asks for: what is not known is read and never evaluated.
#include <gtest/gtest.h>

#include "tensor/evaluate.h"
#include "tensor/fingerprint.h"
#include "tensor/network.h"
#include "tensor/test_model.h"

namespace duolex::tensor {
namespace {

using testing::bytes_field;
using testing::number_field;

std::string import(const std::string& domain, std::int64_t version) {
  return bytes_field(8, (domain.empty() ? "" : bytes_field(1, domain)) + number_field(2, static_cast<std::uint64_t>(version)));
}
// y = -x, with these imports.
std::string minus(const std::string& imports, int ir_version = 7, const std::string& domain = "") {
  return number_field(1, static_cast<std::uint64_t>(ir_version)) +
         bytes_field(7, testing::node("Neg", {"x"}, {"y"}, domain.empty() ? "" : bytes_field(7, domain)) + testing::value(11, "x", {1, 3}) + testing::value(12, "y", {1, 3})) + imports;
}

// "" where both ways evaluate it; else why neither does.
std::string why_not(const std::string& bytes) {
  const auto model = read_onnx("m.onnx", bytes);
  EXPECT_TRUE(model) << "it is to be read";
  if (!model) return "unread";
  EXPECT_FALSE(fingerprint(*model).graph.empty());
  const auto y = evaluate(*model, {{"x", datum(tensor_of(Type::f32, {1, 3}, std::vector<float>{1, -2, 3}))}});
  const auto network = Network::compile(*model);
  EXPECT_EQ(y.has_value(), network.has_value());
  if (y) return "";
  EXPECT_EQ(y.error()[0].message, network ? "" : network.error()[0].message);
  return y.error()[0].message;
}

TEST(Opset, EveryKnownOneIsEvaluatedAndTheNextIsNot) {
  for (std::int64_t v = 1; v <= newest_opset; ++v) EXPECT_EQ(why_not(minus(import("", v))), "") << v;
  const std::string why = why_not(minus(import("", newest_opset + 1)));
  EXPECT_EQ(why, "not tested: opset 29 of ONNX's own operators, the newest known is 28");
  EXPECT_EQ(why_not(minus(import("ai.onnx", newest_opset + 1))), why) << "the other name of the same domain";
}

TEST(Opset, OfADomainThatIsNotUsedDoesNotMatter) {
  EXPECT_EQ(why_not(minus(import("", 13) + import("ai.onnx.ml", 99) + import("com.somebody", 7))), "");
}

TEST(Opset, ThatIsNotSaidIsNotGuessed) {
  EXPECT_NE(why_not(minus("")).find("does not say which opset"), std::string::npos);
  EXPECT_NE(why_not(minus(import("com.somebody", 7))).find("does not say which opset"), std::string::npos);
  EXPECT_EQ(why_not(minus("", 2)), "") << "before version 3 of the format there was one, and none was said";
}

TEST(Opset, OfAnUnknownDomainNamesTheOperator) {
  const auto model = read_onnx("m.onnx", minus(import("com.somebody", 7), 7, "com.somebody"));
  ASSERT_TRUE(model);
  const auto y = evaluate(*model, {{"x", datum(tensor_of(Type::f32, {1, 3}, std::vector<float>{1, -2, 3}))}});
  ASSERT_FALSE(y);
  EXPECT_TRUE(y.error()[0].message.starts_with("not tested: operator com.somebody:Neg")) << y.error()[0].message;
  EXPECT_FALSE(Network::compile(*model));
}

TEST(Opset, OfAFunctionIsItsOwn) {
  using namespace testing;
  const auto with = [](int opset) { return testing::model(call("Minus", {"x"}, {"y"}), {1, 3}, 13) + function("Minus", {"a"}, {"b"}, within(node("Neg", {"a"}, {"b"})), opset); };
  EXPECT_EQ(why_not(with(20)), "");
  EXPECT_NE(why_not(with(29)).find("opset 29"), std::string::npos);
}

TEST(Opset, GivenTwiceOrAsNoneIsRefused) {
  for (const std::string& imports : {import("", 13) + import("ai.onnx", 17), import("", 0), bytes_field(8, "")}) {
    const auto model = read_onnx("m.onnx", minus(imports));
    ASSERT_FALSE(model);
    EXPECT_NE(model.error()[0].message.find("byte "), std::string::npos);
  }
  EXPECT_EQ(why_not(minus(import("", 13) + import("", 13))), "");
}

}  // namespace
}  // namespace duolex::tensor
