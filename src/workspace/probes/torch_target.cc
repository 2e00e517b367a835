#include "workspace/probes/torch_target.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>
#include <mutex>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/hash.h"
#include "text/json_out.h"
#include "threats/campaign/campaign.h"
#include "threats/evasion/network_target.h"
#include "threats/model_files/scan.h"
#include "torchscript/load.h"

namespace duolex::workspace {
namespace {

namespace evasion = threats::evasion;
using nlohmann::ordered_json;

class TorchTarget;

// Row by row: so a result depends on nothing beside the row.
class TorchOracle final : public evasion::Oracle {
 public:
  TorchOracle(const TorchTarget& target, std::unique_ptr<torchscript::Session> session) : target_(target), session_(std::move(session)) {}
  void scores(const float* x, std::size_t n, float* out) override;
  void gradients(const float* x, std::size_t n, float* out, const evasion::Cotangent& cotangent, float* by_x) override;
  void exact_scores(const float* x, std::size_t n, double* out) override;

 private:
  Result<void> timed(const std::function<Result<void>()>& answer) const;
  const TorchTarget& target_;
  std::unique_ptr<torchscript::Session> session_;
};

class TorchTarget final : public evasion::Target {
 public:
  TorchTarget(std::unique_ptr<torchscript::Model> model, evasion::Form form, evasion::Normalisation normalisation, AnswerClock* clock)
      : model_(std::move(model)), form_(form), normalisation_(std::move(normalisation)), clock_(clock) {}

  evasion::Form form() const override { return form_; }
  std::size_t outputs() const override { return about().outputs; }
  bool has_gradient() const override { return true; }
  std::vector<std::string> flat_operators() const override { return about().flat_operators; }
  std::unique_ptr<evasion::Oracle> oracle() const override {
    auto session = [&] {
      const AnswerClock::Asking asking(clock_);
      return model_->session();
    }();
    note(session ? Result<void>() : Result<void>(tl::unexpected(session.error())));
    return std::make_unique<TorchOracle>(*this, session ? std::move(*session) : nullptr);
  }
  Diagnostics failure() const override {
    const std::scoped_lock lock(one_);
    return failure_;
  }

  AnswerClock* clock() const { return clock_; }
  const torchscript::About& about() const { return model_->about(); }
  const evasion::Normalisation& normalisation() const { return normalisation_; }
  std::size_t channel(std::size_t i) const { return i / (form_.height * form_.width) % form_.channels; }
  // The first failure stands; whether all is well.
  bool note(const Result<void>& done) const {
    if (done) return true;
    const std::scoped_lock lock(one_);
    if (failure_.empty()) failure_ = done.error();
    return false;
  }

 private:
  std::unique_ptr<torchscript::Model> model_;
  evasion::Form form_;
  evasion::Normalisation normalisation_;
  AnswerClock* clock_;
  mutable std::mutex one_{};
  mutable Diagnostics failure_{};
};

template <class T>
std::vector<T> prepared(const TorchTarget& target, const float* x) {
  std::vector<T> row(x, x + target.form().size());
  const evasion::Normalisation& n = target.normalisation();
  if (!n.mean.empty())
    for (std::size_t i = 0; i < row.size(); ++i) row[i] = (row[i] - static_cast<T>(n.mean[target.channel(i)])) / static_cast<T>(n.deviation[target.channel(i)]);
  return row;
}

Result<void> TorchOracle::timed(const std::function<Result<void>()>& answer) const {
  const AnswerClock::Asking asking(target_.clock());
  return answer();
}

void TorchOracle::scores(const float* x, std::size_t n, float* out) {
  const std::size_t size = target_.form().size(), outputs = target_.outputs();
  for (std::size_t i = 0; i < n; ++i)
    if (session_ == nullptr || !target_.note(timed([&] { return session_->scores(prepared<float>(target_, x + i * size).data(), out + i * outputs); })))
      std::fill_n(out + i * outputs, outputs, std::numeric_limits<float>::quiet_NaN());
}

void TorchOracle::gradients(const float* x, std::size_t n, float* out, const evasion::Cotangent& cotangent, float* by_x) {
  const std::size_t size = target_.form().size(), outputs = target_.outputs();
  const evasion::Normalisation& normalisation = target_.normalisation();
  for (std::size_t i = 0; i < n; ++i) {
    const auto direction = [&](const float* y, float* d) { cotangent(i, {y, outputs}, {d, outputs}); };
    if (session_ == nullptr || !target_.note(timed([&] { return session_->gradient(prepared<float>(target_, x + i * size).data(), out + i * outputs, direction, by_x + i * size); }))) {
      std::fill_n(out + i * outputs, outputs, std::numeric_limits<float>::quiet_NaN());
      std::fill_n(by_x + i * size, size, std::numeric_limits<float>::quiet_NaN());
    } else if (!normalisation.mean.empty()) {
      for (std::size_t k = 0; k < size; ++k) by_x[i * size + k] /= normalisation.deviation[target_.channel(k)];
    }
  }
}

void TorchOracle::exact_scores(const float* x, std::size_t n, double* out) {
  const std::size_t size = target_.form().size(), outputs = target_.outputs();
  if (!target_.about().exact) {
    std::vector<float> single(n * outputs);
    scores(x, n, single.data());
    std::copy(single.begin(), single.end(), out);
    return;
  }
  for (std::size_t i = 0; i < n; ++i)
    if (session_ == nullptr || !target_.note(timed([&] { return session_->exact_scores(prepared<double>(target_, x + i * size).data(), out + i * outputs); })))
      std::fill_n(out + i * outputs, outputs, std::numeric_limits<double>::quiet_NaN());
}

}  // namespace

Result<TorchIdentity> torch_identity() {
  std::string said;
  const auto end = run_confined(
      {},
      [](const Say& say) {
        const auto engine = torchscript::load_engine();
        if (!engine) say(text::to_json_text(ordered_json{{"message", engine.error().front().message}, {"file", engine.error().front().span.file}, {"hint", engine.error().front().hint}}, text::JsonLayout::compact));
        else say(text::to_json_text(ordered_json{{"version", (*engine)->version()}, {"processor", (*engine)->processor()}, {"libraries", (*engine)->libraries()}}, text::JsonLayout::compact));
        return 0;
      },
      [&](const std::string& line) { said = line; });
  if (!end) return tl::unexpected(end.error());
  const ordered_json j = ordered_json::parse(said, nullptr, false);
  if (!j.is_object()) return failure(error_in(torchscript::find_library(), "the process that loads it ended without a word"));
  if (j.contains("message")) return failure(error_in(j.value("file", ""), j.value("message", ""), j.value("hint", "")));
  TorchIdentity identity{j.value("version", ""), j.value("processor", "")};
  std::vector<std::string> paths = j.value("libraries", std::vector<std::string>{});
  paths.insert(paths.begin(), torchscript::find_library());
  std::string all;
  for (const std::string& path : paths) {
    const auto bytes = read_file(path, std::size_t{1} << 31);
    if (!bytes) return tl::unexpected(bytes.error());
    identity.files.emplace_back(std::filesystem::path(path).filename().string(), sha256_hex(*bytes));
    all += identity.files.back().second + "\n";
  }
  identity.sha256 = sha256_hex(all);
  return identity;
}

void TorchIdentity::describe(ordered_json& into) const {
  into["version"] = version;
  into["processor"] = processor;
  into["sha256"] = sha256;
  for (const auto& [name, hash] : files) into["files"][name] = hash;
}

Result<void> admit_torchscript(const std::string& file, const std::string& bytes) {
  using threats::model_files::Verdict;
  const auto report = threats::model_files::scan_file(file, bytes, {});
  const auto because = [&] { return report.reasons.empty() ? std::string() : ": " + where(report.reasons.front()) + ": " + report.reasons.front().what; };
  if (report.verdict == Verdict::executes_code || report.verdict == Verdict::suspicious)
    return failure(error_in(file, std::string("is not loaded: ") + (report.verdict == Verdict::executes_code ? "it executes code" : "it is suspicious") + because(), "'duolex probe file' says more"));
  if (report.verdict == Verdict::unreadable) return failure(error_in(file, "is not loaded: it cannot be read" + because()));
  if (report.kind != "TorchScript")
    return failure(error_in(file, "is no TorchScript model but " + (report.kind.empty() ? "of an unknown kind" : report.kind), "torch.jit.trace() or torch.jit.script(), then save(), makes one; pickled models are never loaded"));
  return {};
}

Result<torchscript::Engine*> torch_engine(const Say& say) {
  auto engine = torchscript::load_engine();
  if (!engine) return engine;
  if (const auto warm = (*engine)->warm_up(); !warm) return tl::unexpected(warm.error());
  close_files(say);
  return engine;
}

Result<std::shared_ptr<evasion::Target>> open_torch(torchscript::Engine& engine, const threats::campaign::Plan& plan, const std::string& bytes, const tensor::Shape& row, AnswerClock* clock) {
  if (const auto admitted = admit_torchscript(plan.model, bytes); !admitted) return tl::unexpected(admitted.error());
  auto model = [&] {
    const AnswerClock::Asking asking(clock);
    return engine.open(plan.model, bytes, {row, plan.fixed, plan.output});
  }();
  if (!model) return tl::unexpected(model.error());
  const auto& shape = (*model)->about().output_shape;
  if (plan.task == evasion::Task::classes && std::count_if(shape.begin(), shape.end(), [](std::int64_t d) { return d > 1; }) > 1)
    return failure(error_in(plan.model, "not tested: it answers with " + tensor::to_string(shape) + ", a sequence or a map, and not with one score for each class"));
  tensor::Shape batch{1};
  batch.insert(batch.end(), row.begin(), row.end());
  return std::make_shared<TorchTarget>(std::move(*model), evasion::form_of(batch), plan.normalisation, clock);
}

Result<std::shared_ptr<evasion::Target>> open_torch_rows(const threats::campaign::Plan& plan, const std::string& bytes, const std::string& inputs, const Say& say, AnswerClock* clock) {
  const auto row = threats::campaign::shape_of_row(plan, inputs);
  if (!row) return tl::unexpected(row.error());
  // What is refused does not cost the loading of the library.
  if (const auto admitted = admit_torchscript(plan.model, bytes); !admitted) return tl::unexpected(admitted.error());
  const auto engine = torch_engine(say);
  if (!engine) return tl::unexpected(engine.error());
  return open_torch(**engine, plan, bytes, *row, clock);
}

const torchscript::About& about_torch(const evasion::Target& target) { return dynamic_cast<const TorchTarget&>(target).about(); }

}  // namespace duolex::workspace
