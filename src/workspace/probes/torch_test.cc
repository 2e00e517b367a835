// Models of TorchScript in libtorch. Runs where the plug-in was built; the models are made here by torchscript_models.
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>

#include "base/file.h"
#include "base/scratch_folder.h"
#include "threats/array.h"
#include "threats/model_files/testing.h"
#include "torchscript/load.h"
#include "workspace/probes/probe_model.h"
#include "workspace/probes/torch_target.h"

namespace duolex::workspace {
namespace {

namespace fs = std::filesystem;
namespace files = threats::model_files::testing;

class Torch : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    const std::string library = torchscript::find_library();
    if (library.empty()) return;
    scratch_ = std::make_unique<ScratchFolder>("torch");
    folder_ = scratch_->path();
    const std::string writer = (fs::path(library).parent_path() / "tests-bin" / "torchscript_models").string();
    ASSERT_EQ(std::system(("'" + writer + "' '" + folder_.string() + "'").c_str()), 0);
  }
  static void TearDownTestSuite() {
    scratch_.reset();
  }
  void SetUp() override {
    if (folder_.empty()) GTEST_SKIP() << "not tested: libtorch-dev is not installed, and the plug-in not built";
  }

  ProbeModelRequest request(const char* model, const char* inputs = "x.npy", const char* labels = "y.npy", double epsilon = 0.06) const {
    ProbeModelRequest r;
    r.plan.torch = true;
    r.plan.model = (folder_ / model).string();
    r.plan.inputs = (folder_ / inputs).string();
    r.plan.labels = (folder_ / labels).string();
    r.plan.epsilon = epsilon;
    r.plan.seed = 1;
    r.plan.effort.iterations = 20;
    r.plan.effort.queries = 100;
    r.json = true;
    return r;
  }
  static nlohmann::json asked(const ProbeModelRequest& r, ExitCode expected, std::string* said = nullptr) {
    std::ostringstream out, err;
    EXPECT_EQ(probe_model(r, out, err), expected) << err.str();
    if (said != nullptr) *said = err.str();
    return nlohmann::json::parse(out.str(), nullptr, false);
  }
  std::string bytes(const char* name) const { return read_file(folder_ / name).value_or(""); }
  static bool mentions(const nlohmann::json& list, const std::string& text) { return list.dump().find(text) != std::string::npos; }

  inline static std::unique_ptr<ScratchFolder> scratch_{};
  inline static fs::path folder_{};
};

TEST_F(Torch, ResultIsTheSameForAnyNumberOfThreads) {
  auto r = request("net.pt", "pictures.npy", "answers.npy", 0.02);
  r.plan.curve = {0.005};
  r.threads = 1;
  const auto one = asked(r, ExitCode::clear);
  r.threads = 2;
  const auto two = asked(r, ExitCode::clear);
  EXPECT_EQ(one, two);
  EXPECT_EQ(one["clean_correct"], 12);
  EXPECT_LT(one["attacked_correct"], 12);
  EXPECT_GT(one["curve"][0]["attacked_correct"], one["attacked_correct"]);
  EXPECT_TRUE(mentions(one["torch"]["operators"], "aten::logaddexp"));  // which the engine does not know
  EXPECT_TRUE(mentions(one["confinement"], "no file can be opened"));
  EXPECT_TRUE(mentions(one["not_tested"], "saved as if in training"));
}

TEST_F(Torch, FindsWhatIsThereAndReplaysIt) {
  auto r = request("mean.pt");
  fs::copy_file(folder_ / "mean.pt", folder_ / "replaced.pt");
  r.plan.model = (folder_ / "replaced.pt").string();
  r.evidence = folder_ / "evidence";
  const auto result = asked(r, ExitCode::clear);
  EXPECT_EQ(result["clean_correct"], 3);
  EXPECT_EQ(result["attacked_correct"], 2);
  EXPECT_EQ(result["torch"]["sha256"].get<std::string>().size(), 64U);
  EXPECT_EQ(result["torch"]["checked"], "in double precision");
  ProbeReplayRequest again;
  again.evidence = folder_ / "evidence";
  again.json = true;
  const auto replay = [&](ExitCode expected) {
    std::ostringstream out, err;
    EXPECT_EQ(probe_replay(again, out, err), expected) << out.str() << err.str();
    return out.str() + err.str();
  };
  EXPECT_NE(replay(ExitCode::bad_input).find("say --torch"), std::string::npos);
  again.torch = true;
  const std::string held = replay(ExitCode::clear);
  EXPECT_NE(held.find("in double precision by libtorch"), std::string::npos) << held;
  EXPECT_NE(held.find("\"verified\": 1"), std::string::npos) << held;
  // Another model in its place is no longer deceived, and is seen to be another.
  fs::copy_file(folder_ / "net.pt", folder_ / "replaced.pt", fs::copy_options::overwrite_existing);
  EXPECT_NE(replay(ExitCode::finding).find("\"model\""), std::string::npos);
}

TEST_F(Torch, SaysWhatItsModelsAreLike) {
  const auto steps = asked(request("steps.pt"), ExitCode::undecided);
  EXPECT_EQ(steps["verdict"], "inconclusive");
  EXPECT_TRUE(mentions(steps["diagnostics"], "the model contains aten::round"));
  for (const char* unsteady : {"random.pt", "counting.pt"}) {
    const auto result = asked(request(unsteady), ExitCode::undecided);
    EXPECT_TRUE(mentions(result["not_tested"], "the same row twice gave two answers")) << unsteady;
    EXPECT_NE(result["because"].get<std::string>().find("randomised_output"), std::string::npos) << unsteady;
  }
  const auto single = asked(request("single.pt"), ExitCode::clear);
  EXPECT_EQ(single["torch"]["checked"], "in single precision");
  EXPECT_TRUE(mentions(single["not_tested"], "single precision"));
  auto several = request("several.pt");
  std::string said;
  asked(several, ExitCode::bad_input, &said);
  EXPECT_NE(said.find("a further argument 'k' of type int"), std::string::npos) << said;
  several.plan.fixed = {{"k", 0}};
  asked(several, ExitCode::bad_input, &said);
  EXPECT_NE(said.find("has to be named as the output: 0 1"), std::string::npos) << said;
  several.plan.output = "1";
  EXPECT_EQ(asked(several, ExitCode::clear)["attacked_correct"], 2);
}

TEST_F(Torch, ProvesNothingAndSaysSo) {
  auto r = request("mean.pt");
  r.plan.certify = "crown";
  const auto result = asked(r, ExitCode::clear);
  EXPECT_TRUE(result["certified_correct"].is_null());
  EXPECT_TRUE(mentions(result["not_tested"], "not for a model in libtorch"));
}

TEST_F(Torch, LoadsNothingThatRunsCode) {
  const std::vector<files::ZipMember> honest = {{"m/constants.pkl", files::harmless()}, {"m/code/__torch__.py", "pass"}, {"m/version", "3"}};
  auto hostile = honest;
  hostile.push_back({"m/data.pkl", files::attack()});
  ASSERT_TRUE(write_file_atomically(folder_ / "hostile.pt", files::zip(hostile)));
  std::string said;
  asked(request("hostile.pt"), ExitCode::bad_input, &said);
  EXPECT_NE(said.find("is not loaded: it executes code"), std::string::npos) << said;
  EXPECT_NE(said.find("os.system"), std::string::npos) << said;
  asked(request("x.npy"), ExitCode::bad_input, &said);
  EXPECT_NE(said.find("is no TorchScript model but NPY"), std::string::npos) << said;
  ASSERT_TRUE(write_file_atomically(folder_ / "cut.pt", bytes("net.pt").substr(0, 900)));
  asked(request("cut.pt"), ExitCode::bad_input, &said);
  EXPECT_NE(said.find("is not loaded"), std::string::npos) << said;
  // Sound to the reader, and not to libtorch.
  auto hollow = honest;
  hollow.push_back({"m/data.pkl", files::harmless()});
  ASSERT_TRUE(write_file_atomically(folder_ / "hollow.pt", files::zip(hollow)));
  asked(request("hollow.pt"), ExitCode::bad_input, &said);
  EXPECT_NE(said.find("cannot be opened by libtorch"), std::string::npos) << said;
}

TEST_F(Torch, KeepsModelsFromFiles) {
  std::string said;
  asked(request("writing.pt"), ExitCode::bad_input, &said);
  EXPECT_NE(said.find("Operation not permitted"), std::string::npos) << said;
  EXPECT_EQ(bytes("precious.bin"), "precious");
}

TEST_F(Torch, GradientsAgreeWithDifferences) {
  const auto engine = torchscript::load_engine();
  ASSERT_TRUE(engine) << render(engine.error());
  const auto model = (*engine)->open("net.pt", bytes("net.pt"), {{1, 6, 6}});
  ASSERT_TRUE(model) << render(model.error());
  ASSERT_TRUE((*model)->about().exact);
  ASSERT_EQ((*model)->about().outputs, 3U);
  const auto session = (*model)->session();
  ASSERT_TRUE(session);
  const std::vector<float> pictures = as_f32(*threats::read_npy("p", bytes("pictures.npy")));
  std::vector<double> x(pictures.begin(), pictures.begin() + 36), g(36);
  std::array<double, 3> y{}, up{}, down{};
  ASSERT_TRUE((*session)->exact_gradient(x.data(), y.data(), [](const double*, double* d) { d[0] = 1, d[1] = -2, d[2] = 0.5; }, g.data()));
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double kept = x[i], step = 1e-6;
    x[i] = kept + step;
    ASSERT_TRUE((*session)->exact_scores(x.data(), up.data()));
    x[i] = kept - step;
    ASSERT_TRUE((*session)->exact_scores(x.data(), down.data()));
    x[i] = kept;
    EXPECT_NEAR(g[i], (up[0] - down[0] - 2 * (up[1] - down[1]) + 0.5 * (up[2] - down[2])) / (2 * step), 1e-7) << i;
  }
  std::array<float, 3> single{}, other{};
  std::array<float, 36> by_x{};
  ASSERT_TRUE((*session)->scores(pictures.data(), single.data()));
  ASSERT_TRUE((*session)->gradient(pictures.data(), other.data(), [](const float*, float* d) { d[0] = 1, d[1] = -2, d[2] = 0.5F; }, by_x.data()));
  EXPECT_EQ(single, other);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_NEAR(static_cast<double>(single[i]), y[i], 1e-5);
  for (std::size_t i = 0; i < 36; ++i) EXPECT_NEAR(static_cast<double>(by_x[i]), g[i], 1e-5);
}

}  // namespace
}  // namespace duolex::workspace
