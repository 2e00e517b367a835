// A model in the user's own ONNX Runtime. Runs where there is one: DUOLEX_ONNXRUNTIME names its library, or Python
// has the package.
#include "workspace/probes/onnx_runtime.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>

#include "base/file.h"
#include "tensor/network.h"
#include "tensor/test_model.h"
#include "threats/array.h"
#include "workspace/probes/probe_model.h"

namespace duolex::workspace {
namespace {

namespace fs = std::filesystem;
using tensor::testing::attribute;
using tensor::testing::initializer;
using tensor::testing::node;

std::string library() {
  if (const char* named = std::getenv("DUOLEX_ONNXRUNTIME")) return named;
  std::string folder(4096, '\0');
  FILE* python = popen("python3 -c 'import importlib.util as u; s = u.find_spec(\"onnxruntime\"); print(s.submodule_search_locations[0] if s else \"\", end=\"\")' 2>&1", "r");
  if (python == nullptr) return "";
  folder.resize(fread(folder.data(), 1, folder.size(), python));
  if (pclose(python) != 0 || folder.empty()) return "";
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(fs::path(folder) / "capi", none))
    if (entry.path().filename().string().starts_with("libonnxruntime.so")) return entry.path().string();
  return "";
}

#define NEEDS_RUNTIME()                                                                                          \
  const std::string lib = library();                                                                             \
  if (lib.empty()) GTEST_SKIP() << "not tested: no ONNX Runtime here (DUOLEX_ONNXRUNTIME, or Python's onnxruntime)"

// Two scores from two numbers: x0 + x1 against 1; a function of the model's own in between.
std::string two_classes() {
  return tensor::testing::model(initializer("w", tensor::tensor_of<float>(tensor::Type::f32, {2, 2}, {1, 0, 1, 0})) + initializer("b", tensor::tensor_of<float>(tensor::Type::f32, {2}, {0, 1})) +
                                    node("Gemm", {"x", "w", "b"}, {"z"}) + tensor::testing::call("Same", {"z"}, {"y"}),
                                {-1, 2}) +
         tensor::testing::bytes_field(8, tensor::testing::bytes_field(1, "own") + tensor::testing::number_field(2, 1)) +
         tensor::testing::function("Same", {"a"}, {"c"}, tensor::testing::within(node("Neg", {"a"}, {"m"})) + tensor::testing::within(node("Neg", {"m"}, {"c"})));
}

ProbeModelRequest request_in(const fs::path& folder) {
  ProbeModelRequest request;
  request.plan.model = (folder / "m.onnx").string();
  request.plan.inputs = (folder / "x.npy").string();
  request.plan.labels = (folder / "y.npy").string();
  request.plan.epsilon = 0.05;
  request.plan.seed = 1;
  request.plan.effort.queries = 300;
  request.json = true;
  return request;
}

TEST(OnnxRuntime, AnswersAsTheEngineDoes) {
  NEEDS_RUNTIME();
  auto runtime = OnnxRuntime::load(lib);
  ASSERT_TRUE(runtime) << render(runtime.error());
  ASSERT_EQ(runtime->version().substr(0, 2), "1.");
  const std::string model = two_classes();
  const auto opened = runtime->open(model);
  ASSERT_TRUE(opened) << render(opened.error());
  const std::vector<float> x = {0.25F, 0.5F, 0.75F, 1, 0, 0.125F};
  const auto scores = runtime->ask(x, 3, {2});
  ASSERT_TRUE(scores) << render(scores.error());
  EXPECT_EQ(*scores, (std::vector<float>{0.75F, 1, 1.75F, 1, 0.125F, 1}));
  const auto read = tensor::read_onnx("m.onnx", model);
  const auto network = tensor::Network::compile(*read);
  ASSERT_TRUE(network) << render(network.error());
  std::vector<float> own(6);
  tensor::Runner<float>(*network).forward(x.data(), 3, own.data());
  EXPECT_EQ(own, *scores);
}

TEST(OnnxRuntime, SaysWhatIsWrong) {
  NEEDS_RUNTIME();
  auto runtime = OnnxRuntime::load(lib);
  ASSERT_TRUE(runtime);
  ASSERT_FALSE(runtime->open("no model"));
  // Sound to us, and not to the library: Warp is no operator.
  const auto opened = runtime->open(tensor::testing::model(node("Warp", {"x"}, {"y"}), {-1, 2}));
  ASSERT_FALSE(opened);
  EXPECT_NE(opened.error().front().message.find("cannot open the model"), std::string::npos);
  // Weights in another file, which the library would look for.
  using tensor::testing::bytes_field;
  using tensor::testing::number_field;
  const std::string entry = bytes_field(13, bytes_field(1, "location") + bytes_field(2, "w.bin"));
  const std::string outside = bytes_field(5, number_field(1, 2) + number_field(1, 2) + number_field(2, 1) + bytes_field(8, "w") + entry + number_field(14, 1));
  const auto elsewhere = runtime->open(tensor::testing::model(outside + node("MatMul", {"x", "w"}, {"y"}), {-1, 2}));
  ASSERT_FALSE(elsewhere);
  EXPECT_NE(elsewhere.error().front().message.find("external"), std::string::npos) << elsewhere.error().front().message;
  auto other = OnnxRuntime::load(lib);
  ASSERT_TRUE(other->open(two_classes()));
  const auto scores = other->ask({1, 2, 3}, 1, {3});
  ASSERT_FALSE(scores);
  EXPECT_NE(scores.error().front().message.find("does not run the model"), std::string::npos);
}

// y = (k, x0 + x1 + k) and n = -y of x and the whole number k in f32; the weights of the product lie in w.bin.
std::string several() {
  using tensor::testing::bytes_field;
  using tensor::testing::number_field;
  const auto entry = [](const std::string& key, const std::string& text) { return bytes_field(13, bytes_field(1, key) + bytes_field(2, text)); };
  const std::string w = bytes_field(5, number_field(1, 2) + number_field(1, 2) + number_field(2, 1) + bytes_field(8, "w") + entry("location", "w.bin") + entry("offset", "4") + number_field(14, 1));
  const std::string k = bytes_field(11, bytes_field(1, "k") + bytes_field(2, bytes_field(1, number_field(1, 7) + bytes_field(2, bytes_field(1, bytes_field(2, "N")) + bytes_field(1, number_field(1, 2))))));
  const std::string to_f32 = tensor::testing::attribute("to", std::int64_t{1});
  const std::string graph = w + node("Cast", {"k"}, {"f"}, to_f32) + node("MatMul", {"x", "w"}, {"p"}) + node("Add", {"p", "f"}, {"y"}) + node("Neg", {"y"}, {"n"}) +
                            tensor::testing::value(11, "x", {-1, 2}) + k + tensor::testing::value(12, "y", {-1, 2}) + tensor::testing::value(12, "n", {-1, 2});
  return number_field(1, 7) + bytes_field(7, graph) + bytes_field(8, number_field(2, 13));
}

TEST(OnnxRuntime, TakesFurtherInputsAndWeightsInOtherFiles) {
  NEEDS_RUNTIME();
  const fs::path folder = fs::path(testing::TempDir()) / "duolex_runtime_several";
  fs::remove_all(folder);
  fs::create_directories(folder);
  const std::vector<float> w = {99, 0, 1, 0, 1};  // the first is before the offset
  const std::string weights(reinterpret_cast<const char*>(w.data()), w.size() * 4);
  ASSERT_TRUE(write_file_atomically(folder / "m.onnx", several()));
  ASSERT_TRUE(write_file_atomically(folder / "w.bin", weights));
  const std::vector<float> x = {0.52F, 0.5F, 0.1F, 0.2F};
  const std::vector<std::int64_t> y = {1, 1};
  ASSERT_TRUE(write_file_atomically(folder / "x.npy", to_npy(threats::array_of({2, 2}, x))));
  ASSERT_TRUE(write_file_atomically(folder / "y.npy", to_npy(threats::array_of({2}, y))));
  ProbeModelRequest request = request_in(folder);
  std::string said;
  const auto run = [&](const char* evidence, const std::string& runtime) {
    request.plan.runtime = runtime;
    request.evidence = folder / evidence;
    std::ostringstream out, err;
    const ExitCode code = probe_model(request, out, err);
    said = out.str() + err.str();
    return code;
  };
  EXPECT_EQ(run("open", lib), ExitCode::bad_input);
  EXPECT_NE(said.find("has 2 open inputs, 'x', 'k': fill all but one with --fix NAME=NUMBER"), std::string::npos) << said;
  request.plan.fixed = {{"k", 3}};
  request.plan.output = "z";
  EXPECT_EQ(run("unnamed", lib), ExitCode::bad_input);
  EXPECT_NE(said.find("has no output 'z'"), std::string::npos) << said;
  request.plan.output = "y";
  for (const std::string& runtime : {lib, std::string()}) {
    // No row of the box is wrong, which our gradients show as a sign of masking.
    EXPECT_EQ(run(runtime.empty() ? "own" : "asked", runtime), runtime.empty() ? ExitCode::undecided : ExitCode::clear) << said;
    const auto result = nlohmann::json::parse(said.substr(0, said.rfind('}') + 1), nullptr, false);
    EXPECT_EQ(result["clean_correct"], 2) << said;
    EXPECT_EQ(result["weights"]["w.bin"].get<std::string>().size(), 64U);
  }
  ProbeReplayRequest replay;
  replay.evidence = folder / "asked";
  replay.runtime = lib;
  replay.json = true;
  const auto again = [&] {
    std::ostringstream out, err;
    const ExitCode code = probe_replay(replay, out, err);
    said = out.str() + err.str();
    return code;
  };
  EXPECT_EQ(again(), ExitCode::clear) << said;
  ASSERT_TRUE(write_file_atomically(folder / "w.bin", weights + "0"));
  EXPECT_EQ(again(), ExitCode::finding) << said;
  EXPECT_NE(said.find("\"weights\""), std::string::npos) << said;
  fs::remove_all(folder);
  fs::create_directories(folder / "model");
  ASSERT_TRUE(write_file_atomically(folder / "model" / "m.onnx", several()));
  ASSERT_TRUE(write_file_atomically(folder / "w.bin", weights));
  fs::create_symlink("../w.bin", folder / "model" / "w.bin");
  request.plan.model = (folder / "model" / "m.onnx").string();
  EXPECT_EQ(run("outside", lib), ExitCode::bad_input);
  EXPECT_NE(said.find("'w.bin' lies outside of the model's folder"), std::string::npos) << said;
  fs::remove_all(folder);
}

TEST(OnnxRuntime, IsATargetAndAJudgeOfExamples) {
  NEEDS_RUNTIME();
  const fs::path folder = fs::path(testing::TempDir()) / "duolex_runtime";
  fs::remove_all(folder);
  fs::create_directories(folder);
  // Twice near the line and once far from it.
  const std::vector<float> x = {0.52F, 0.5F, 0.49F, 0.49F, 0.9F, 0.9F};
  const std::vector<std::int64_t> y = {0, 1, 0};
  ASSERT_TRUE(write_file_atomically(folder / "m.onnx", two_classes()));
  ASSERT_TRUE(write_file_atomically(folder / "x.npy", to_npy(threats::array_of({3, 2}, x))));
  ASSERT_TRUE(write_file_atomically(folder / "y.npy", to_npy(threats::array_of({3}, y))));
  ProbeModelRequest request = request_in(folder);
  const auto run = [&](const char* evidence, const std::string& runtime) {
    request.plan.runtime = runtime;
    request.evidence = folder / evidence;
    std::ostringstream out, err;
    EXPECT_EQ(probe_model(request, out, err), ExitCode::clear) << err.str();
    return nlohmann::json::parse(out.str(), nullptr, false);
  };
  // Under budgets one feature is left to move: the line is then out of reach of the first row.
  request.plan.norm = threats::evasion::Norm::budgets;
  request.plan.epsilon = 1;
  request.plan.constraints = *threats::tabular::read_constraints("c.yaml", "duolex_constraints: 1\nfeatures: {\"0\": {budget: 0.015}, \"1\": {change: none}}\n");
  const auto rows = run("rows", lib);
  EXPECT_EQ(rows["clean_correct"], 3);
  EXPECT_EQ(rows["attacked_correct"], 3);
  request.plan.constraints = *threats::tabular::read_constraints("c.yaml", "duolex_constraints: 1\nfeatures: {\"0\": {budget: 0.03}, \"1\": {change: none}}\n");
  EXPECT_EQ(run("rows2", lib)["attacked_correct"], 1);
  request.plan.norm = threats::evasion::Norm::linf;
  request.plan.epsilon = 0.05;
  request.plan.constraints.reset();
  const auto asked = run("asked", lib), own = run("own", "");
  EXPECT_EQ(asked["clean_correct"], 3);
  EXPECT_EQ(asked["attacked_correct"], 1);
  EXPECT_EQ(own["attacked_correct"], 1);
  ASSERT_TRUE(asked["runtime"].is_object());
  EXPECT_EQ(asked["runtime"]["sha256"].get<std::string>().size(), 64U);
  const auto replay = [&](const char* evidence, const std::string& runtime, std::string& said) {
    std::ostringstream out, err;
    ProbeReplayRequest r;
    r.evidence = folder / evidence;
    r.runtime = runtime;
    r.json = true;
    const ExitCode code = probe_replay(r, out, err);
    said = out.str() + err.str();
    return code;
  };
  std::string said;
  EXPECT_EQ(replay("asked", "", said), ExitCode::bad_input);
  EXPECT_NE(said.find("name it with --runtime"), std::string::npos) << said;
  // What was found with our own gradients deceives the user's runtime as well.
  EXPECT_EQ(replay("rows2", lib, said), ExitCode::clear) << said;
  EXPECT_NE(said.find("\"verified\": 2"), std::string::npos) << said;
  for (const char* evidence : {"asked", "own"}) {
    EXPECT_EQ(replay(evidence, lib, said), ExitCode::clear) << said;
    EXPECT_NE(said.find("\"verified\": 2"), std::string::npos) << said;
    EXPECT_NE(said.find("by ONNX Runtime 1."), std::string::npos) << said;
  }
  fs::remove_all(folder);
}

TEST(OnnxRuntime, BreaksTreesWhereOurOwnReadingOfThemDoes) {
  NEEDS_RUNTIME();
  const fs::path folder = fs::path(testing::TempDir()) / "duolex_runtime_trees";
  fs::remove_all(folder);
  fs::create_directories(folder);
  fs::copy_file(fs::path(DUOLEX_SOURCE_DIR) / "src" / "trees" / "fixtures" / "onnx-boosting3.onnx", folder / "m.onnx");
  std::vector<float> x;
  std::vector<std::int64_t> y;
  for (std::size_t i = 0; i < 24; ++i) {
    for (std::size_t f = 0; f < 6; ++f) x.push_back(std::sin(static_cast<float>(7 * i + 3 * f)) * 1.5F);
    y.push_back(static_cast<std::int64_t>(i % 3));
  }
  ASSERT_TRUE(write_file_atomically(folder / "x.npy", to_npy(threats::array_of({24, 6}, x))));
  ASSERT_TRUE(write_file_atomically(folder / "y.npy", to_npy(threats::array_of({24}, y))));
  ProbeModelRequest request = request_in(folder);
  request.plan.norm = threats::evasion::Norm::budgets;
  request.plan.epsilon = 1;
  request.plan.effort.queries = 600;
  request.plan.constraints = *threats::tabular::read_constraints("c.yaml", "duolex_constraints: 1\notherwise: {budget: 0.3}\nfeatures: {\"0\": {change: none}}\n");
  nlohmann::json results[2];
  for (const bool in_runtime : {true, false}) {
    request.plan.runtime = in_runtime ? lib : "";
    request.evidence = folder / (in_runtime ? "asked" : "own");
    std::ostringstream out, err;
    EXPECT_NE(probe_model(request, out, err), ExitCode::bad_input) << err.str();
    results[in_runtime] = nlohmann::json::parse(out.str(), nullptr, false);
    ASSERT_TRUE(results[in_runtime].is_object()) << out.str() << err.str();
  }
  EXPECT_GT(results[0]["clean_correct"], 3);
  EXPECT_LT(results[0]["attacked_correct"], results[0]["clean_correct"]);
  for (const char* key : {"clean_correct", "attacked_correct"}) EXPECT_EQ(results[0][key], results[1][key]) << key;
  EXPECT_EQ(results[1]["table"]["kind"], "black box");
  fs::remove_all(folder);
}

// Without any runtime: what is no runtime is refused.
TEST(OnnxRuntime, IsNotAnyLibrary) {
  const auto none = OnnxRuntime::load("/nowhere/libonnxruntime.so");
  ASSERT_FALSE(none);
  EXPECT_NE(none.error().front().message.find("cannot be loaded"), std::string::npos);
  const auto other = OnnxRuntime::load("/lib/x86_64-linux-gnu/libm.so.6");
  ASSERT_FALSE(other);
  EXPECT_NE(other.error().front().message.find("is no ONNX Runtime"), std::string::npos) << other.error().front().message;
}

}  // namespace
}  // namespace duolex::workspace
