#include "workspace/probes/probe_run.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <csignal>
#include <map>
#include <nlohmann/json.hpp>
#include <ostream>

#include "base/file.h"
#include "tensor/evaluate.h"
#include "text/json_out.h"
#include "threats/array.h"
#include "threats/campaign/base64.h"
#include "torchscript/load.h"
#include "workspace/probes/model_reader.h"
#include "workspace/probes/run_answers.h"
#include "workspace/probes/run_inputs.h"
#include "workspace/probes/torch_target.h"
#include "workspace/system/confined.h"

namespace duolex::workspace {
namespace {

using nlohmann::ordered_json;
using tensor::Datum;
using tensor::Tensor;
using tensor::Type;

std::size_t count_not_finite(const Tensor& t) {
  std::size_t n = 0;
  if (t.type == Type::string) return 0;
  for (std::size_t i = 0; i < t.elements(); ++i) n += !std::isfinite(t.number(i));
  return n;
}

ordered_json described(const std::string& name, const Datum& d) {
  ordered_json j = {{"name", name}};
  if (d.kind != Datum::Kind::tensor) {
    j["kind"] = d.kind == Datum::Kind::sequence ? "sequence" : "optional";
    j["parts"] = ordered_json::array();
    for (const Datum& part : d.parts) j["parts"].push_back(described("", part));
    return j;
  }
  const Tensor& t = *d.tensor;
  j["type"] = tensor::name_of(t.type);
  j["shape"] = t.shape;
  if (t.type == Type::string || t.elements() == 0) return j;
  double low = INFINITY, high = -INFINITY, sum = 0;
  std::size_t finite = 0;
  for (std::size_t i = 0; i < t.elements(); ++i) {
    const double v = t.number(i);
    if (!std::isfinite(v)) continue;
    low = std::min(low, v);
    high = std::max(high, v);
    sum += v;
    ++finite;
  }
  j["least"] = finite == 0 ? ordered_json() : ordered_json(low);
  j["greatest"] = finite == 0 ? ordered_json() : ordered_json(high);
  j["mean"] = finite == 0 ? ordered_json() : ordered_json(sum / static_cast<double>(finite));
  j["not_finite"] = t.elements() - finite;
  return j;
}

void say_file(const Say& say, const std::string& name, const std::string& bytes) {
  say(text::to_json_text(ordered_json{{"file", name}, {"bytes", threats::campaign::to_base64(bytes)}}, text::JsonLayout::compact));
}
void say_answers(const Say& say, const HeldAnswers& held) {
  say(text::to_json_text(ordered_json{{"answers", ordered_json::parse(held.result)}}, text::JsonLayout::compact));
  for (const auto& [name, bytes] : held.files) say(text::to_json_text(ordered_json{{"kept", name}, {"bytes", threats::campaign::to_base64(bytes)}}, text::JsonLayout::compact));
}

// What a run is made of, for the model of a file or of bytes that were read before.
struct Work {
  const ProbeRunRequest& request;
  const AnswerRun* answers = nullptr;  // a criterion was declared
  const Say& say;

  [[nodiscard]] const ReadFiles& read() const {
    static const ReadFiles none;
    return answers == nullptr ? none : answers->read();
  }
};

// By libtorch rows are given, as such a model does not say what it takes.
struct TorchInputs {
  std::string file{};
  std::vector<std::int64_t> shape{};
  std::vector<float> x{};
  torchscript::OpenOptions options{};
};

Result<TorchInputs> torch_inputs(const std::vector<std::string>& items) {
  TorchInputs in;
  for (const std::string& item : items) {
    const std::size_t at = item.find('=');
    const auto number = at == std::string::npos ? std::nullopt : number_in(item.substr(at + 1));
    if (number) in.options.fixed.emplace_back(item.substr(0, at), *number);
    else if (in.file.empty()) in.file = at == std::string::npos ? item : item.substr(at + 1);
    else return failure(error_in(item, "not tested: more than one array for a TorchScript model"));
  }
  return in;
}

struct TorchRun {
  std::vector<torchscript::Output> outputs{};
  std::vector<std::string> operators{};
  std::ptrdiff_t not_finite = 0;  // of the input
};

// Before libtorch is there: it is let at no file.
Result<void> load(const Work& work, TorchInputs& in) {
  const auto npy = bytes_of_file(in.file, work.read());
  if (!npy) return tl::unexpected(npy.error());
  const auto array = threats::read_npy(in.file, *npy);
  if (!array) return tl::unexpected(array.error());
  if (array->type != threats::ElementType::f4 && array->type != threats::ElementType::f8) return failure(error_in(in.file, "not tested: an input of a TorchScript model that is not of f4 or f8"));
  in.shape.assign(array->shape.begin(), array->shape.end());
  in.x = as_f32(*array);
  return {};
}

Result<TorchRun> pass_of_torch(const Work& work, torchscript::Engine& engine, const std::string& bytes, const TorchInputs& in) {
  TorchRun run;
  auto outputs = engine.run(work.request.model.string(), bytes, in.options, in.shape, in.x, run.operators);
  if (!outputs) return tl::unexpected(outputs.error());
  run.outputs = std::move(*outputs);
  run.not_finite = std::count_if(in.x.begin(), in.x.end(), [](float v) { return !std::isfinite(v); });
  return run;
}

Result<ordered_json> run_torch(const Work& work) {
  const ProbeRunRequest& request = work.request;
  const std::string file = request.model.string();
  auto in = torch_inputs(request.inputs);
  if (!in) return tl::unexpected(in.error());
  if (in->file.empty()) return failure(error_in(file, "a TorchScript model does not say what shape it takes", "give its input with --input FILE.npy"));
  if (!request.dimensions.empty()) return failure(error_in(file, "a TorchScript model has no named dimensions"));
  const auto bytes = work.answers != nullptr ? Result<std::string>(work.answers->model()) : read_file(request.model);
  if (!bytes) return tl::unexpected(bytes.error());
  if (const auto admitted = admit_torchscript(file, *bytes); !admitted) return tl::unexpected(admitted.error());
  if (const auto done = load(work, *in); !done) return tl::unexpected(done.error());
  std::optional<TorchInputs> other;
  if (work.answers != nullptr && !request.answers->against_inputs.empty()) {
    auto given = torch_inputs(request.answers->against_inputs);
    if (!given) return tl::unexpected(given.error());
    other = std::move(*given);
    if (other->file.empty()) other->file = in->file;
    for (const auto& fixed : in->options.fixed)  // what is not given for the reference stays as it is
      if (std::none_of(other->options.fixed.begin(), other->options.fixed.end(), [&](const auto& f) { return f.first == fixed.first; })) other->options.fixed.push_back(fixed);
    if (const auto done = load(work, *other); !done) return tl::unexpected(done.error());
  }
  const auto engine = torch_engine(work.say);
  if (!engine) return tl::unexpected(engine.error());
  const auto run = pass_of_torch(work, **engine, *bytes, *in);
  if (!run) return tl::unexpected(run.error());
  ordered_json result = {{"operators", run->operators}, {"inputs_not_finite", run->not_finite}, {"outputs", ordered_json::array()}};
  for (const torchscript::Output& o : run->outputs) {
    ordered_json j = described(o.name, tensor::datum(tensor::tensor_of(Type::f64, o.shape, o.numbers)));
    j["type"] = o.type;
    result["outputs"].push_back(std::move(j));
    if (request.out) say_file(work.say, "output_" + std::to_string(result["outputs"].size() - 1) + ".npy", threats::to_npy(threats::array_of({o.shape.begin(), o.shape.end()}, o.numbers)));
  }
  result["torch"] = {{"version", (*engine)->version()}, {"processor", (*engine)->processor()}};
  if (work.answers == nullptr) return result;
  const threats::campaign::AnswerPlan& plan = *request.answers;
  const auto answer = deciding_answer(file, run->outputs, plan.output);
  if (!answer) return tl::unexpected(answer.error());
  std::optional<Answer> own;
  if (other) {
    const auto before = pass_of_torch(work, **engine, *bytes, *other);
    if (!before) return tl::unexpected(before.error());
    auto reference = deciding_answer(file, before->outputs, plan.output);
    if (!reference) return tl::unexpected(reference.error());
    own = std::move(*reference);
  }
  const auto held = held_answers(plan, *answer, own, work.read());
  if (!held) return tl::unexpected(held.error());
  say_answers(work.say, *held);
  return result;
}

Result<ordered_json> run_onnx(const Work& work) {
  const ProbeRunRequest& request = work.request;
  const auto model = work.answers != nullptr ? read_model(request.model, work.answers->model()) : read_model(request.model);
  if (!model) return tl::unexpected(model.error());
  const std::string only = model->graph.inputs.size() == 1 ? model->graph.inputs[0].name : "";
  const auto given = pairs(request.inputs, only, "FILE.npy or NAME=NUMBER");
  if (!given) return tl::unexpected(given.error());
  const auto inputs = inputs_of(*model, *given, request.dimensions, request.seed, request.memory, work.read());
  if (!inputs) return tl::unexpected(inputs.error());
  tensor::InterpretLimits limits;
  limits.bytes = request.memory;
  const auto outputs = tensor::evaluate(*model, *inputs, limits);
  if (!outputs) return tl::unexpected(outputs.error());
  std::size_t bad_inputs = 0;
  for (const auto& entry : *inputs) bad_inputs += count_not_finite(*entry.second.tensor);
  ordered_json result = {{"operators", model->operators()}, {"inputs_not_finite", bad_inputs}, {"outputs", ordered_json::array()}};
  for (std::size_t i = 0; i < outputs->size(); ++i) result["outputs"].push_back(described(model->graph.outputs[i].name, (*outputs)[i]));
  if (request.out)
    for (std::size_t i = 0; i < outputs->size(); ++i)
      if (const Datum& d = (*outputs)[i]; d.kind == Datum::Kind::tensor)
        if (const auto array = array_of(*d.tensor)) say_file(work.say, "output_" + std::to_string(i) + ".npy", threats::to_npy(*array));
  if (work.answers == nullptr) return result;
  const threats::campaign::AnswerPlan& plan = *request.answers;
  const auto answer = deciding_answer(*model, *outputs, plan.output);
  if (!answer) return tl::unexpected(answer.error());
  std::optional<Answer> own;
  if (!plan.against_inputs.empty()) {
    auto other = pairs(plan.against_inputs, only, "FILE.npy or NAME=NUMBER");
    if (!other) return tl::unexpected(other.error());
    other->insert(given->begin(), given->end());  // what is not given for the reference stays as it is
    const auto before = inputs_of(*model, *other, request.dimensions, request.seed, request.memory, work.read());
    if (!before) return tl::unexpected(before.error());
    const auto reference = tensor::evaluate(*model, *before, limits);
    if (!reference) return tl::unexpected(reference.error());
    auto scores = deciding_answer(*model, *reference, plan.output);
    if (!scores) return tl::unexpected(scores.error());
    own = std::move(*scores);
  }
  const auto held = held_answers(plan, *answer, own, work.read());
  if (!held) return tl::unexpected(held.error());
  say_answers(work.say, *held);
  return result;
}

// What the process apart does: everything that touches the model.
int evaluate(const Work& work) {
  const auto begin = std::chrono::steady_clock::now();
  const auto result = work.request.torch ? run_torch(work) : run_onnx(work);
  if (!result) {
    const Diagnostics& errors = result.error();
    work.say(text::to_json_text(ordered_json{{"refused", render(errors)}, {"message", errors.front().message}, {"lacking", errors.front().message.starts_with("not tested")}}, text::JsonLayout::compact));
    return 0;
  }
  work.say(text::to_json_text(ordered_json{{"result", *result}, {"seconds", std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count()}}, text::JsonLayout::compact));
  return 0;
}

void print(const ordered_json& result, std::ostream& out) {
  for (const ordered_json& o : result["outputs"]) {
    out << o["name"].get<std::string>() << ": ";
    if (!o.contains("type")) {
      out << o["kind"].get<std::string>() << " of " << o["parts"].size() << "\n";
      continue;
    }
    out << o["type"].get<std::string>() << " " << o["shape"].dump();
    if (o.contains("least")) out << ", from " << o["least"].dump() << " to " << o["greatest"].dump() << ", mean " << o["mean"].dump();
    if (o.value("not_finite", 0) != 0) out << ", " << o["not_finite"] << " are no finite numbers";
    out << "\n";
  }
  if (!result.contains("answer")) return;
  out << "answers: " << result["verdict"].get<std::string>() << " (" << result["because"].get<std::string>() << ")\n  criterion: " << result["criterion"].get<std::string>() << "\n";
  for (const ordered_json& n : result["not_tested"]) out << "  not tested: " << n.get<std::string>() << "\n";
}

// What the process apart said, line by line.
struct Heard {
  ordered_json result, answers;
  std::string refusal, message;
  bool lacking = false;
  double seconds = 0;
  std::map<std::string, std::string> files, kept;  // outputs; what evidence keeps

  void line(const std::string& text) {
    ordered_json j = ordered_json::parse(text, nullptr, false);
    if (!j.is_object()) return;
    const auto bytes = [&] { return threats::campaign::from_base64(j["bytes"].get_ref<const std::string&>()).value_or(""); };
    if (j.contains("refused")) {
      refusal = j["refused"].get<std::string>();
      message = j["message"].get<std::string>();
      lacking = j["lacking"].get<bool>();
    } else if (j.contains("file")) {
      files[j["file"].get<std::string>()] = bytes();
    } else if (j.contains("kept")) {
      kept[j["kept"].get<std::string>()] = bytes();
    } else if (j.contains("answers")) {
      answers = std::move(j["answers"]);
    } else if (j.contains("result")) {
      result = std::move(j["result"]);
      seconds = j["seconds"].get<double>();
    }
  }
};

// A process that waits uses no processor time; one that shares the processor with others is not at fault.
constexpr std::uint64_t clock_per_processor = 4;

std::string ended_without(const ProbeRunRequest& request, const ConfinedEnd& end) {
  if (end.late) return "the model takes more than " + std::to_string(clock_per_processor * request.seconds) + " s on the clock";
  if (end.signal == SIGXCPU || end.signal == SIGKILL) return "the model takes more than " + std::to_string(request.seconds) + " s of processor time, or memory ran out";
  return "the process that ran the model ended " + (end.signal != 0 ? "by signal " + std::to_string(end.signal) : std::string("for want of memory"));
}

// Sets the verdict; true when something was found.
bool decide(ordered_json& result, const ordered_json& answers) {
  std::size_t not_finite = 0;
  for (const ordered_json& o : result["outputs"]) not_finite += o.value("not_finite", std::size_t{0});
  const bool bad = not_finite != 0 && result["inputs_not_finite"] == 0;
  if (answers.is_object()) result.update(answers);
  else result["verdict"] = "ran";
  if (bad) {
    result["verdict"] = "not_finite";
    if (answers.is_object()) result["because"] = std::to_string(not_finite) + " numbers of the outputs are not finite, though all of the inputs are; " + answers["because"].get<std::string>();
  }
  return bad || result["verdict"] == "not_met";
}

}  // namespace

ExitCode probe_run(const ProbeRunRequest& request, std::ostream& out, std::ostream& err) {
  const auto refused = [&](const Diagnostics& errors, ExitCode code) {
    err << render(errors);
    return code;
  };
  if (request.torch && torchscript::find_library().empty()) return refused(torchscript::load_engine().error(), ExitCode::undecided);
  std::optional<AnswerRun> answers;
  if (request.answers) {
    ExitCode code = ExitCode::clear;
    auto begun = AnswerRun::begin(request, code);
    if (!begun) return refused(begun.error(), code);
    answers.emplace(std::move(*begun));
  }
  Heard heard;
  ConfinedLimits limits;
  limits.memory = request.memory + (std::uint64_t{2} << 30);  // what operators need beside the values
  limits.cpu_seconds = request.seconds;
  limits.wall_seconds = clock_per_processor * request.seconds;
  const auto end = run_confined(limits, [&](const Say& say) { return evaluate(Work{request, answers ? &*answers : nullptr, say}); }, [&](const std::string& line) { heard.line(line); });
  if (!end) return refused(end.error(), ExitCode::internal);
  if (end->interrupted) {
    err << "interrupted\n";
    return ExitCode::undecided;
  }
  if (!heard.refusal.empty() && !heard.lacking) {
    err << heard.refusal;
    return ExitCode::bad_input;
  }
  ordered_json result = std::move(heard.result);
  const bool ran = heard.refusal.empty() && result.is_object();
  bool found = false;
  if (ran) {
    found = decide(result, heard.answers);
  } else {
    constexpr std::string_view mark = "not tested: ";
    const std::string why = heard.refusal.empty() ? ended_without(request, *end) : heard.message.substr(heard.message.starts_with(mark) ? mark.size() : 0);
    err << (heard.refusal.empty() ? request.model.string() + ": not tested: " + why + "\n" : heard.refusal);
    result = ordered_json{{"verdict", "not_tested"}, {"because", why}};
    heard.kept.clear();
  }
  if (ran && request.out) {
    std::error_code error;  // a folder that is not there is told of by the first file
    std::filesystem::create_directories(*request.out, error);
    for (const auto& [name, bytes] : heard.files)
      if (auto done = write_file_atomically(*request.out / name, bytes); !done) return refused(done.error(), ExitCode::cannot_write);
  }
  if (answers)
    if (auto done = answers->end(result, std::move(heard.kept), err); !done) return refused(done.error(), ExitCode::cannot_write);
  if (request.json) out << text::to_json_text(result, text::JsonLayout::pretty);
  else if (ran) print(result, out);
  out.flush();
  if (!out) return ExitCode::cannot_write;
  if (!ran) return ExitCode::undecided;
  err << static_cast<double>(static_cast<std::int64_t>(heard.seconds * 1000)) / 1000 << " s\n";
  return found ? ExitCode::finding : result["verdict"] == "inconclusive" ? ExitCode::undecided : ExitCode::clear;
}

}  // namespace duolex::workspace
