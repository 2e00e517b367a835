// Models that mean harm: each is refused within a second of processor time and 256 MB, with the byte it is about.
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>

#include "tensor/evaluate.h"
#include "tensor/network.h"
#include "tensor/test_model.h"

namespace duolex::tensor {
namespace {

using testing::attribute;
using testing::bytes_field;
using testing::initializer;
using testing::node;
using testing::number_field;

// Runs `work` in a process of its own under the promised limits; what it returns, or how it ended.
std::string confined(const std::function<std::string()>& work) {
  int ends[2];
  if (pipe(ends) != 0) return "no pipe";
  const pid_t child = fork();
  if (child == 0) {
    const rlimit memory{256U << 20, 256U << 20}, seconds{1, 1};
    setrlimit(RLIMIT_AS, &memory);
    setrlimit(RLIMIT_CPU, &seconds);
    std::string said;
    try {
      said = work();
    } catch (const std::bad_alloc&) {
      said = "MEMORY";
    }
    const ssize_t written = write(ends[1], said.data(), std::min<std::size_t>(said.size(), 4000));
    _exit(written < 0 ? 1 : 0);
  }
  close(ends[1]);
  std::string said(4096, '\0');
  const ssize_t n = read(ends[0], said.data(), said.size());
  said.resize(n < 0 ? 0 : static_cast<std::size_t>(n));
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  return WIFSIGNALED(status) ? "SIGNAL " + std::to_string(WTERMSIG(status)) : said;
}

std::string read_alone(const std::string& bytes) {
  return confined([&] {
    const auto model = read_onnx("m.onnx", bytes);
    return model ? std::string("TAKEN") : model.error()[0].message;
  });
}

void expect_refused(const std::string& bytes, const std::string& because) {
  const std::string said = read_alone(bytes);
  EXPECT_NE(said.find("byte "), std::string::npos) << said;
  EXPECT_NE(said.find(because), std::string::npos) << said;
}

std::string whole() { return testing::model(initializer("w", zeros(Type::f32, {2, 2})) + node("MatMul", {"x", "w"}, {"y"}), {1, 2}); }
std::string with_tensor(const std::string& tensor) { return testing::model(bytes_field(5, tensor) + node("Neg", {"x"}, {"y"}), {1, 2}); }
std::string dims(const std::vector<std::uint64_t>& sizes) {
  std::string out;
  for (const std::uint64_t d : sizes) out += number_field(1, d);
  return out + number_field(2, 1) + bytes_field(8, "w");
}

TEST(HostileModels, AreRefusedAtEveryCut) {
  const std::string all = whole();
  ASSERT_EQ(read_alone(all), "TAKEN");
  const std::string said = confined([&] {
    for (std::size_t n = 0; n < all.size(); ++n)
      if (const auto model = read_onnx("m.onnx", all.substr(0, n)); !model && model.error()[0].message.find("byte ") == std::string::npos) return "no byte at " + std::to_string(n);
      else if (model && n < all.size() - 4) return "taken at " + std::to_string(n);
    return std::string("fine");
  });
  EXPECT_EQ(said, "fine");
}

TEST(HostileModels, HugeShapesAreRefused) {
  expect_refused(with_tensor(dims({std::uint64_t{1} << 40})), "too large");
  expect_refused(with_tensor(dims({std::uint64_t{1} << 62, std::uint64_t{1} << 62})), "too large");
  expect_refused(with_tensor(dims({65536, 65536, 65536, 65536})), "too large");
  expect_refused(with_tensor(dims({~std::uint64_t{0}})), "too large");  // a negative dimension
  expect_refused(with_tensor(dims(std::vector<std::uint64_t>(1000, 1))), "dimensions");
  expect_refused(with_tensor(dims({1 << 27})), "do not fill");  // half a gigabyte that is not in the file
}

TEST(HostileModels, LengthsThatReachBeyondTheFileAreRefused) {
  expect_refused(testing::varint(7 << 3 | 2) + testing::varint(~std::uint64_t{0}), "beyond the end");
  expect_refused(testing::varint(7 << 3 | 2) + testing::varint(std::uint64_t{1} << 63) + whole(), "beyond the end");
  expect_refused(testing::varint(7 << 3 | 2) + std::string(11, '\xff'), "too long");
  expect_refused(std::string(1 << 20, '\xff'), "too long");
}

TEST(HostileModels, CyclesAreRefused) {
  expect_refused(testing::model(node("Add", {"x", "b"}, {"a"}) + node("Neg", {"a"}, {"b"}) + node("Neg", {"b"}, {"y"}), {1}), "cycle");
  expect_refused(testing::model(node("Neg", {"y"}, {"y"}), {1}), "cycle");
  expect_refused(testing::model(node("Neg", {"x"}, {"y"}) + node("Abs", {"x"}, {"y"}), {1}), "made twice");
}

std::string nested(int depth) {
  std::string graph = node("Neg", {"x"}, {"y"});
  for (int i = 0; i < depth; ++i) graph = node("If", {"x"}, {"y"}, bytes_field(5, bytes_field(1, "then_branch") + bytes_field(6, graph) + number_field(20, 5)));
  return testing::model(graph, {1});
}

TEST(HostileModels, GraphsWithinGraphsEnd) {
  EXPECT_EQ(read_alone(nested(10)), "TAKEN");
  expect_refused(nested(100), "deep");
  expect_refused(nested(4000), "deep");
}

// A function that calls another, or the operator Neg, so many times.
std::string caller(const std::string& name, const std::string& callee, int copies = 1) {
  std::string nodes;
  for (int i = 0; i < copies; ++i) {
    const std::string made = i == 0 ? "b" : "c" + std::to_string(i);
    nodes += testing::within(callee == "Neg" ? node("Neg", {"a"}, {made}) : testing::call(callee, {"a"}, {made}));
  }
  return testing::function(name, {"a"}, {"b"}, nodes);
}
std::string calling(const std::string& name) { return testing::model(testing::call(name, {"x"}, {"y"}), {1, 2}); }

TEST(HostileModels, LayersOverAnAgeOfTimeAreNotLaidOut) {
  const std::string said = confined([] {
    const std::string parts = initializer("w", zeros(Type::f32, {1, 4, 1})) + initializer("r", zeros(Type::f32, {1, 4, 1})) + node("LSTM", {"x", "w", "r"}, {"y"}, attribute("layout", std::int64_t{1}));
    const auto model = read_onnx("m.onnx", testing::model(parts, {1, 1 << 20, 1}, 14));
    if (!model) return model.error()[0].message;
    const auto network = Network::compile(*model);
    return network ? std::string("TAKEN") : network.error()[0].message;
  });
  EXPECT_NE(said.find("more than 2048 steps of time"), std::string::npos) << said;
}

TEST(HostileModels, FunctionsThatCallThemselvesAreRefused) {
  expect_refused(whole() + caller("f", "f"), "calls itself");
  expect_refused(calling("f") + caller("f", "g") + caller("g", "f"), "calls itself");
}

TEST(HostileModels, FunctionsThatMultiplyOrGoDeepAreRefused) {
  std::string doubling = calling("f0"), forward = calling("f0000"), backward = calling("z9000");
  for (int i = 0; i < 20; ++i) doubling += caller("f" + std::to_string(i), i == 19 ? "Neg" : "f" + std::to_string(i + 1), 8);
  expect_refused(doubling, "more than 2000000 parts");
  const auto number = [](int i) { return std::to_string(10000 + i).substr(1); };
  for (int i = 0; i < 9000; ++i) {
    forward += caller("f" + number(i), i == 8999 ? "Neg" : "f" + number(i + 1));
    backward += caller("z" + number(9000 - i), i == 8999 ? "Neg" : "z" + number(8999 - i));
  }
  expect_refused(forward, "more than 24 deep");
  expect_refused(backward, "more than 24 deep");
}

TEST(HostileModels, ConstantsThatFunctionsRepeatAreRefused) {
  const std::string constant = testing::within(node("Constant", {}, {"b"}, bytes_field(5, bytes_field(1, "value") + bytes_field(5, testing::tensor_bytes("", zeros(Type::f32, {1 << 20}))) + number_field(20, 4))));
  std::string calls;
  for (int i = 0; i < 2000; ++i) calls += testing::call("f", {}, {i == 0 ? "y" : "v" + std::to_string(i)});
  expect_refused(testing::model(calls, {1}) + testing::function("f", {}, {"b"}, constant), "parts in one model");
}

TEST(HostileModels, MorePartsThanAModelHasAreRefused) {
  std::string many;
  const std::string small = node("N", {}, {});
  many.reserve(small.size() * 2'100'000);
  for (int i = 0; i < 2'100'000; ++i) many += small;
  expect_refused(bytes_field(7, many), "parts");
}

TEST(HostileModels, ExternalDataStaysInItsFolder) {
  for (const char* place : {"../secret", "/etc/passwd", "a/../../b", "..", "C:\\windows", "a\\..\\b", ""}) {
    const std::string entry = bytes_field(13, bytes_field(1, "location") + bytes_field(2, place));
    expect_refused(with_tensor(dims({2}) + entry + number_field(14, 1)), "lies outside of the model's folder");
  }
  const std::string far = bytes_field(13, bytes_field(1, "location") + bytes_field(2, "w.bin")) + bytes_field(13, bytes_field(1, "offset") + bytes_field(2, "99999999999999999999999"));
  expect_refused(with_tensor(dims({2}) + far + number_field(14, 1)), "no offset");
}

// What reads well and asks for more than there is when it runs. The limits are those of a run, here small.
std::string run_alone(const std::string& parts) {
  return confined([&] {
    const auto model = read_onnx("m.onnx", testing::model(parts, {4}, 15));
    if (!model) return "UNREADABLE " + model.error()[0].message;
    InterpretLimits limits;
    limits.bytes = 64U << 20;
    limits.operations = 50'000'000;
    const auto y = evaluate(*model, {{"x", datum(tensor_of<float>(Type::f32, {4}, {1, 2, 3, 4}))}}, limits);
    return y ? std::string("RAN") : y.error()[0].message;
  });
}

std::string sizes(const std::string& name, const std::vector<std::int64_t>& v) { return initializer(name, integers(v)); }

TEST(HostileModels, NothingOfManyIsNothing) {
  // A dimension of none beside one of 10^11: made of nothing, at once.
  const std::string factors = initializer("f", tensor_of<float>(Type::f32, {2}, {1e-3F, 3e5F})), resize = attribute("mode", std::string("cubic")) + attribute("axes", std::vector<std::int64_t>{0, 1});
  const std::string twice = factors + node("Reshape", {"x", "s"}, {"m"}) + sizes("s", {2, 2}) + node("Resize", {"m", "", "f"}, {"r"}, resize) + node("Resize", {"r", "", "f"}, {"y"}, resize);
  EXPECT_EQ(run_alone(twice), "RAN");
  const std::string once = initializer("f", tensor_of<float>(Type::f32, {4}, {1, 1, 1e-3F, 3e5F})) + node("Resize", {"x", "", "f"}, {"y"}, attribute("mode", std::string("cubic")));
  const auto model = read_onnx("m.onnx", testing::model(once, {1, 1, 2, 2}, 18));
  ASSERT_TRUE(model) << render(model.error());
  const auto network = Network::compile(*model);
  ASSERT_FALSE(network);
  EXPECT_NE(network.error()[0].message.find("the output of shape [1, 1, 0, 600000] is empty"), std::string::npos) << network.error()[0].message;
}

TEST(HostileModels, ShapeBombsAreDefused) {
  constexpr std::int64_t big = std::int64_t{1} << 36;
  std::string doubling;
  for (int i = 0; i < 60; ++i) {
    const std::string from = i == 0 ? "x" : "v" + std::to_string(i), to = i == 59 ? "y" : "v" + std::to_string(i + 1);
    doubling += node("Concat", {from, from}, {to}, attribute("axis", std::int64_t{0}));
  }
  const auto body = [](const std::string& parts, const std::vector<std::string>& in, const std::vector<std::string>& out) {
    std::string g = parts;
    for (const auto& i : in) g += bytes_field(11, bytes_field(1, i));
    for (const auto& o : out) g += bytes_field(12, bytes_field(1, o));
    return bytes_field(5, bytes_field(1, "body") + bytes_field(6, g) + number_field(20, 5));
  };
  const std::string go = initializer("go", Tensor{Type::boolean, {}, "\1", {}});
  const std::vector<std::pair<std::string, std::string>> bombs{
      {"ConstantOfShape", sizes("s", {big}) + node("ConstantOfShape", {"s"}, {"y"})},
      {"ConstantOfShape, product", sizes("s", {1 << 20, 1 << 20, 1 << 20, 1 << 20}) + node("ConstantOfShape", {"s"}, {"y"})},
      {"Expand", sizes("s", {big, 4}) + node("Expand", {"x", "s"}, {"y"})},
      {"Tile", sizes("s", {std::int64_t{1} << 31}) + node("Tile", {"x", "s"}, {"y"})},
      {"Pad", sizes("s", {big, big}) + node("Pad", {"x", "s"}, {"y"})},
      {"Pad, overflow", sizes("s", {INT64_MAX, INT64_MAX}) + node("Pad", {"x", "s"}, {"y"})},
      {"Range", sizes("a", {0}) + sizes("b", {big}) + sizes("c", {1}) + node("Range", {"a", "b", "c"}, {"y"})},
      {"Range by nothing", sizes("a", {0}) + sizes("b", {5}) + sizes("c", {0}) + node("Range", {"a", "b", "c"}, {"y"})},
      {"OneHot", sizes("i", {0, 1}) + sizes("d", {big}) + sizes("v", {0, 1}) + node("OneHot", {"i", "d", "v"}, {"y"})},
      {"Resize", initializer("f", tensor_of<float>(Type::f32, {1}, {999999})) + node("Resize", {"x", "", "f"}, {"m"}) + node("Resize", {"m", "", "f"}, {"y"})},
      {"HannWindow", sizes("s", {big}) + node("HannWindow", {"s"}, {"y"})},
      {"Concat", doubling},
      {"Loop without end", go + node("Loop", {"", "go", "x"}, {"y"}, body(node("Neg", {"v"}, {"w"}) + node("Identity", {"c"}, {"d"}), {"i", "c", "v"}, {"d", "w"}))},
      {"Loop that collects", go + node("Loop", {"", "go", "x"}, {"z", "y"}, body(node("Neg", {"v"}, {"w"}) + node("Identity", {"c"}, {"d"}) + node("Abs", {"v"}, {"k"}), {"i", "c", "v"}, {"d", "w", "k"}))},
      {"Loop that grows", go + node("Loop", {"", "go", "x"}, {"y"}, body(node("Concat", {"v", "v"}, {"w"}, attribute("axis", std::int64_t{0})) + node("Identity", {"c"}, {"d"}), {"i", "c", "v"}, {"d", "w"}))},
      {"Einsum", node("Einsum", {"x", "x", "x", "x", "x", "x", "x", "x", "x", "x", "x", "x", "x", "x"}, {"y"}, attribute("equation", std::string("a,b,c,d,e,f,g,h,i,j,k,l,m,n->")))},
      {"MatMul", sizes("s", {60000, 1}) + node("ConstantOfShape", {"s"}, {"a"}) + sizes("t", {1, 60000}) + node("ConstantOfShape", {"t"}, {"b"}) + node("MatMul", {"a", "b"}, {"y"})},
      {"Conv", sizes("s", {1, 1, 1000, 1000}) + node("ConstantOfShape", {"s"}, {"a"}) + sizes("t", {1, 1, 999, 999}) + node("ConstantOfShape", {"t"}, {"b"}) +
                   node("Conv", {"a", "b"}, {"y"}, attribute("pads", std::vector<std::int64_t>{900, 900, 900, 900}))},
      {"MaxPool", sizes("s", {1, 1, 1000, 1000}) + node("ConstantOfShape", {"s"}, {"a"}) +
                      node("MaxPool", {"a"}, {"y"}, attribute("kernel_shape", std::vector<std::int64_t>{1 << 20, 1 << 20}) + attribute("pads", std::vector<std::int64_t>{1 << 20, 1 << 20, 1 << 20, 1 << 20}))},
      {"ConvTranspose", sizes("s", {1, 1, 100, 100}) + node("ConstantOfShape", {"s"}, {"a"}) + node("ConvTranspose", {"a", "a"}, {"y"}, attribute("strides", std::vector<std::int64_t>{1 << 19, 1 << 19}))},
      {"DFT", sizes("s", {1, 200000, 1}) + node("ConstantOfShape", {"s"}, {"a"}) + node("DFT", {"a"}, {"y"})},
      {"CumSum of everything", sizes("s", {3000000}) + node("ConstantOfShape", {"s"}, {"a"}) + node("Unsqueeze", {"a", "z"}, {"b"}) + sizes("z", {0}) + node("Mul", {"b", "c"}, {"y"}) + sizes("p", {1, 0}) + node("Transpose", {"b"}, {"c"})},
  };
  for (const auto& [name, parts] : bombs) {
    const std::string said = run_alone(parts);
    EXPECT_NE(said.find("byte "), std::string::npos) << name << ": " << said;
    EXPECT_EQ(said.find("UNREADABLE"), std::string::npos) << name << ": " << said;
    EXPECT_EQ(said.find("operator ConstantOfShape ("), std::string::npos) << name << ": " << said;
  }
}

}  // namespace
}  // namespace duolex::tensor
