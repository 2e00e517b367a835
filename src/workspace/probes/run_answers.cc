#include "workspace/probes/run_answers.h"

#include <nlohmann/json.hpp>
#include <ostream>

#include "base/file.h"
#include "base/hash.h"
#include "text/json_out.h"
#include "threats/array.h"
#include "workspace/probes/model_reader.h"

namespace duolex::workspace {
namespace {

namespace campaign = threats::campaign;
namespace fs = std::filesystem;
using nlohmann::ordered_json;

std::string shape_text(const std::vector<std::size_t>& shape) { return tensor::to_string(tensor::Shape(shape.begin(), shape.end())); }

Result<Answer> answer_in(const std::string& file, const std::string& bytes) {
  const auto array = threats::read_npy(file, bytes);
  if (!array) return tl::unexpected(array.error());
  return Answer{array->shape, as_f64(*array)};
}

// The file that an item names, if it names one.
std::optional<std::string> file_of(const std::string& item) {
  const std::size_t at = item.find('=');
  const std::string value = at == std::string::npos ? item : item.substr(at + 1);
  return number_in(value) ? std::nullopt : std::optional(value);
}

}  // namespace

Result<Answer> deciding_answer(const tensor::Model& model, const std::vector<tensor::Datum>& outputs, const std::string& name) {
  std::size_t at = 0;
  while (!name.empty() && at < outputs.size() && model.graph.outputs[at].name != name) ++at;
  if (at >= outputs.size()) return failure(error_in(model.file, "has no output '" + name + "'"));
  const tensor::Datum& d = outputs[at];
  if (d.kind != tensor::Datum::Kind::tensor || d.tensor->type == tensor::Type::string) return failure(error_in(model.file, "not tested: the output '" + model.graph.outputs[at].name + "' is no tensor of numbers"));
  Answer a{{d.tensor->shape.begin(), d.tensor->shape.end()}, {}};
  for (std::size_t i = 0; i < d.tensor->elements(); ++i) a.scores.push_back(d.tensor->number(i));
  return a;
}

Result<Answer> deciding_answer(const std::string& file, const std::vector<torchscript::Output>& outputs, const std::string& name) {
  for (const torchscript::Output& o : outputs)
    if (name.empty() || o.name == name) return Answer{{o.shape.begin(), o.shape.end()}, o.numbers};
  return failure(error_in(file, "has no output '" + name + "'"));
}

Result<HeldAnswers> held_answers(const campaign::AnswerPlan& plan, const Answer& answer, const std::optional<Answer>& own, const ReadFiles& read) {
  std::optional<Answer> reference = own;
  if (!reference) {
    const auto bytes = bytes_of_file(plan.against_answer, read);
    if (!bytes) return tl::unexpected(bytes.error());
    auto stored = answer_in(plan.against_answer, *bytes);
    if (!stored) return tl::unexpected(stored.error());
    reference = std::move(*stored);
  }
  if (reference->shape != answer.shape)
    return failure(error_in(plan.against_answer.empty() ? plan.model : plan.against_answer, "the reference has the shape " + shape_text(reference->shape) + "; the answer has " + shape_text(answer.shape)));
  const auto finding = campaign::hold_answers(plan, answer.shape, answer.scores, reference->scores);
  if (!finding) return tl::unexpected(finding.error());
  return HeldAnswers{text::to_json_text(campaign::answers_json(plan, *finding), text::JsonLayout::compact),
                     {{"answer.npy", to_npy(threats::array_of(answer.shape, answer.scores))}, {"reference.npy", to_npy(threats::array_of(reference->shape, reference->scores))}}};
}

Result<AnswerRun> AnswerRun::begin(const ProbeRunRequest& request, ExitCode& refused_with) {
  refused_with = ExitCode::bad_input;
  auto recorder = Recorder::open(request.recording);
  if (!recorder) return tl::unexpected(recorder.error());
  AnswerRun run(std::move(*recorder));
  run.plan_ = *request.answers;
  // The plan first: nothing of the data is known when it is fixed.
  run.plan_text_ = campaign::plan_text(run.plan_);
  if (request.evidence) {
    auto begun = ProbeEvidence::begin(*request.evidence, run.plan_text_, "probe run");
    if (!begun) {
      refused_with = ExitCode::cannot_write;
      return tl::unexpected(begun.error());
    }
    run.evidence_.emplace(std::move(*begun));
    run.folder_ = request.evidence->string();
  }
  auto whole = read_whole_model(run.plan_.model);
  if (!whole) return tl::unexpected(whole.error());
  run.model_ = std::move(whole->bytes);
  run.hashes_["model"] = whole->sha256;
  if (!whole->weights.empty()) run.hashes_["weights"] = whole->weights_sha256();
  run.model_files_ = {{run.plan_.model, whole->sha256}};
  for (const auto& [name, sha256] : whole->weights) run.model_files_.push_back({(fs::path(run.plan_.model).parent_path() / name).string(), sha256});
  const auto take = [&](const std::string& key, const std::string& path) -> Result<void> {
    auto bytes = read_file(path);
    if (!bytes) return tl::unexpected(bytes.error());
    run.hashes_[key] = sha256_hex(*bytes);
    run.data_files_.push_back({key, run.hashes_[key]});
    run.read_.insert_or_assign(path, std::move(*bytes));
    return {};
  };
  const auto take_all = [&](const char* kind, const std::vector<std::string>& items) -> Result<void> {
    for (const std::string& item : items)
      if (const auto path = file_of(item))
        if (auto done = take(std::string(kind) + (item == *path ? "" : " " + item.substr(0, item.find('='))), *path); !done) return done;
    return {};
  };
  if (auto done = take_all("input", run.plan_.inputs); !done) return tl::unexpected(done.error());
  if (auto done = take_all("reference input", run.plan_.against_inputs); !done) return tl::unexpected(done.error());
  if (!run.plan_.against_answer.empty())
    if (auto done = take("reference", run.plan_.against_answer); !done) return tl::unexpected(done.error());
  if (const auto self = read_file(fs::read_symlink("/proc/self/exe"))) run.hashes_["program"] = sha256_hex(*self);
  if (run.evidence_)
    if (auto done = run.evidence_->bind(run.hashes_); !done) return tl::unexpected(done.error());
  return run;
}

Result<void> AnswerRun::end(ordered_json& result, std::map<std::string, std::string> files, std::ostream& said) {
  result["plan_sha256"] = sha256_hex(plan_text_);
  result["bound_to"] = hashes_;
  result["provisions"] = {"AIA/art/15/4"};
  const std::string report = text::to_json_text(result, text::JsonLayout::pretty);
  if (evidence_) {
    files["result.json"] = report;
    if (result.contains("answer")) files["section.html"] = campaign::answers_html(plan_, result);
    if (auto done = evidence_->finish(files); !done) return done;
    result["evidence"] = folder_;
  }
  const std::string verdict = result["verdict"].get<std::string>();
  TestFound t;
  t.test = "model.answers";
  t.shows = "Whether the answers to the inputs of one run stay what they were";
  t.criterion = result.value("criterion", std::string("none was set"));
  t.outcome = verdict == "met" ? "passed" : verdict == "not_met" || verdict == "not_finite" ? "failed" : "inconclusive";
  t.detail = (verdict == "not_tested" ? "not tested: " : "") + result.value("because", std::string());
  t.about = model_files_;
  t.inputs = data_files_;
  t.inputs.push_back({"plan", sha256_hex(plan_text_)});
  t.provisions = {"AIA/art/15/4"};
  t.stale_when = {"model"};
  return recorder_.add({t}, report, "probe-run.json", said);
}

ExitCode replay_answers(const ProbeReplayRequest& request, const ProbeEvidence::State& state, const std::string& plan_bytes, std::ostream& out, std::ostream& err) {
  const auto refused = [&](const Diagnostics& errors) {
    err << render(errors);
    return ExitCode::bad_input;
  };
  const auto plan = campaign::read_answer_plan((request.evidence / "plan.json").string(), plan_bytes);
  if (!plan) return refused(plan.error());
  ordered_json changed = ordered_json::array();
  if (sha256_hex(plan_bytes) != state.plan_sha256) changed.push_back("plan.json");
  std::map<std::string, std::string> files;
  for (const auto& [name, sha256] : state.files) {
    if (!tensor::stays_inside(name)) return refused({error_in((request.evidence / "evidence.json").string(), "names a file outside of the folder")});
    auto bytes = read_file(request.evidence / name);
    if (!bytes) return refused(bytes.error());
    if (sha256_hex(*bytes) != sha256 && name != "plan.json") changed.push_back(name);
    files[name] = std::move(*bytes);
  }
  const fs::path model = request.model.value_or(plan->model);
  std::string known = "the model is not where it was";
  if (const auto whole = read_whole_model(model)) {
    const auto bound = [&](const char* key) { const auto f = state.bound_to.find(key); return f == state.bound_to.end() ? std::string() : f->second; };
    known.clear();
    if (whole->sha256 != bound("model")) changed.push_back("model");
    if (whole->weights_sha256() != bound("weights")) changed.push_back("weights");
  }
  const ordered_json claimed = ordered_json::parse(files["result.json"], nullptr, false);
  ordered_json result = {{"format", 1}, {"test", "probe replay"}, {"evidence", request.evidence.string()}, {"evidence_of", "probe run"}, {"state", "complete"}, {"changed", changed}};
  const bool tested = claimed.is_object() && claimed.contains("answer") && files.contains("answer.npy") && files.contains("reference.npy");
  bool agrees = false;
  if (tested) {
    const auto answer = answer_in("answer.npy", files["answer.npy"]), reference = answer_in("reference.npy", files["reference.npy"]);
    if (!answer) return refused(answer.error());
    if (!reference) return refused(reference.error());
    if (answer->shape != reference->shape) return refused({error_in("reference.npy", "has another shape than answer.npy")});
    const auto finding = campaign::hold_answers(*plan, answer->shape, answer->scores, reference->scores);
    if (!finding) return refused(finding.error());
    const ordered_json again = campaign::answers_json(*plan, *finding);
    // A number that is none overrides the criterion's own verdict.
    agrees = again["answer"] == claimed["answer"] && (claimed.value("verdict", "") == again["verdict"] || claimed.value("verdict", "") == "not_finite");
    result["samples"] = again["answer"]["samples"];
    result["unchanged"] = again["answer"]["unchanged"];
  }
  result["checked"] = tested ? "the criterion, on the stored answers; the model was not run again" : "nothing: the run was not tested";
  result["verdict"] = !tested ? "inconclusive" : changed.empty() && agrees ? "verified" : "failed";
  if (!known.empty()) result["note"] = known;
  if (request.json) out << text::to_json_text(result, text::JsonLayout::pretty);
  else {
    out << "probe replay: " << result["verdict"].get<std::string>() << " (checked: " << result["checked"].get<std::string>() << ")\n";
    for (const ordered_json& c : changed) out << "  changed since: " << c.get<std::string>() << "\n";
    if (tested && !agrees) out << "  result.json does not agree with the stored answers\n";
    if (!known.empty()) out << "  " << known << "\n";
  }
  out.flush();
  if (!out) return ExitCode::cannot_write;
  return !tested ? ExitCode::undecided : result["verdict"] == "verified" ? ExitCode::clear : ExitCode::finding;
}

}  // namespace duolex::workspace
