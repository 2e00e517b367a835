#include "workspace/probes/probe_model.h"

#include <unistd.h>

#include <chrono>
#include <cmath>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <ostream>

#include "base/counted.h"
#include "base/file.h"
#include "base/hash.h"
#include "tensor/kernels.h"
#include "tensor/onnx.h"
#include "text/json_out.h"
#include "threats/array.h"
#include "threats/campaign/base64.h"
#include "threats/campaign/journal.h"
#include "threats/campaign/report.h"
#include "threats/campaign/tree_campaign.h"
#include "workspace/probes/model_reader.h"
#include "workspace/probes/probe_evidence.h"
#include "workspace/probes/relay.h"
#include "workspace/probes/torch_target.h"
#include "workspace/system/confined.h"

namespace duolex::workspace {
namespace {

namespace campaign = threats::campaign;
namespace evasion = threats::evasion;
using nlohmann::ordered_json;

constexpr const char* program_version = "0.1.0";

double seconds_now() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

std::string event(const char* name, ordered_json rest) {
  rest["event"] = name;
  return text::to_json_text(rest, text::JsonLayout::compact);
}

std::string in_words(double seconds) {
  char text[40];
  if (seconds < 90) std::snprintf(text, sizeof text, "%.0f s", std::ceil(seconds));
  else if (seconds < 5400) std::snprintf(text, sizeof text, "%.0f min", std::ceil(seconds / 60));
  else std::snprintf(text, sizeof text, "%.1f h", seconds / 3600);
  return text;
}

// The stages that the estimate of attacks knows nothing of.
std::string on_top(const campaign::Plan& plan) {
  std::string stages;
  const std::pair<bool, const char*> all[] = {{!plan.certify.empty() && plan.certify != "smoothing", "proofs"}, {plan.certify == "smoothing", "votes"}, {plan.patch != 0, "patches"}, {plan.corruptions, "corruptions"},
                                              {plan.backdoor, "backdoors"}, {plan.confidentiality, "membership"}, {!plan.extraction.empty(), "copies"}, {plan.availability, "availability"}};
  for (const auto& [asked, name] : all)
    if (asked) stages += (stages.empty() ? "" : ", ") + std::string(name);
  return stages.empty() ? "" : "; on top of it come " + stages;
}

// What is stored beside the result so that a replay needs nothing but the model.
struct ExampleFiles {
  const campaign::Rows& rows;
  std::vector<std::size_t> shape;  // its first dimension is the number of examples
  std::vector<float> examples{}, originals{}, labels{};
  std::vector<std::int64_t> numbers{}, places{};

  void add(std::size_t number, const std::vector<float>& example) {
    examples.insert(examples.end(), example.begin(), example.end());
    const auto x = rows.row(number);
    originals.insert(originals.end(), x.begin(), x.end());
    numbers.push_back(static_cast<std::int64_t>(number));
    labels.push_back(static_cast<float>(rows.labels[number]));
    ++shape[0];
  }
  void into(std::map<std::string, std::string>& files, const std::string& name, const std::string& before) const {
    files[name] = to_npy(threats::array_of(shape, examples));
    files[before + "originals.npy"] = to_npy(threats::array_of(shape, originals));
    files[before + "rows.npy"] = to_npy(threats::array_of({shape[0]}, numbers));
    files[before + "labels.npy"] = to_npy(threats::array_of({shape[0]}, labels));
    if (!places.empty()) files[before + "places.npy"] = to_npy(threats::array_of({shape[0], 2}, places));
  }
};

std::map<std::string, std::string> example_files(const campaign::Rows& rows, const tensor::Shape& row, const campaign::Findings& found) {
  std::vector<std::size_t> shape{0};
  shape.insert(shape.end(), row.begin(), row.end());
  std::map<std::string, std::string> files;
  ExampleFiles examples{rows, shape};
  for (const evasion::SampleResult& r : found.results)
    if (!r.example.empty()) examples.add(r.number, r.example);
  examples.into(files, "adversarial.npy", "");
  if (!found.patches || found.patches->stuck.empty()) return files;
  ExampleFiles patched{rows, shape};
  for (const auto& p : found.patches->stuck) {
    patched.add(p.number, p.picture);
    for (const std::size_t at : {p.top, p.left}) patched.places.push_back(static_cast<std::int64_t>(at));
  }
  patched.into(files, "patched.npy", "patched_");
  return files;
}

// What the child does. Everything it finds is said line by line.
int attack(const ProbeModelRequest& request, const campaign::Plan& plan, const campaign::Files& files, campaign::Provenance provenance,
           const std::vector<evasion::SampleResult>& settled, const Relay* relay, const Say& say) {
  campaign::Hooks hooks;
  hooks.seconds = seconds_now;
  hooks.estimated = [&](const campaign::Estimate& e) {
    say(event("estimate", {{"forward_passes", e.forward_passes}, {"gradient_passes", e.gradient_passes}, {"seconds", e.seconds}}));
  };
  hooks.ended = [&](const evasion::SampleResult& r) {
    std::string line = campaign::to_line(r);
    line.pop_back();
    say(line);
  };
  hooks.progress = [&](const std::string& stage, std::size_t done, std::size_t of) { say(event("progress", {{"stage", stage}, {"done", done}, {"of", of}})); };
  const auto refuse = [&](const Diagnostics& errors) {
    say(event("refused", {{"text", render(errors)}, {"lacking", errors.front().message.find("not tested") != std::string::npos}, {"message", errors.front().message}}));
    return static_cast<int>(ExitCode::bad_input);
  };
  std::signal(SIGPIPE, SIG_IGN);  // a black box that ends is an error, not a signal
  const auto black_box = [&] { return campaign::open_black_box(plan, files.inputs, [relay](const std::vector<float>& rows, std::size_t n) { return relay->ask(rows, n); }); };
  // From a thread of its own, while the one that asked still waits: the process ends where it stands.
  AnswerClock clock(request.answer_seconds, [&] { _exit(refuse({error_in(plan.model, too_late(request.answer_seconds))})); });
  const auto scripted = plan.torch ? open_torch_rows(plan, files.model, files.inputs, say, &clock) : Result<std::shared_ptr<evasion::Target>>(nullptr);
  if (!scripted) return refuse(scripted.error());
  const auto by_torch = [&](campaign::Findings& found) {
    if (plan.torch) found.not_tested.insert(found.not_tested.end(), about_torch(**scripted).notes.begin(), about_torch(**scripted).notes.end());
  };
  const auto torch_json = [&](ordered_json& result) {
    if (plan.torch) result["torch"] = {{"operators", about_torch(**scripted).operators}, {"checked", about_torch(**scripted).exact ? "in double precision" : "in single precision"}};
  };
  if (campaign::is_table(plan, relay == nullptr && !plan.torch ? files.model : "")) {
    const auto box = relay == nullptr ? scripted : black_box();
    if (!box) return refuse(box.error());
    auto run = campaign::run_table(plan, files, request.threads, hooks, settled, *box);
    if (!run) return refuse(run.error());
    by_torch(run->findings);
    ordered_json result = campaign::result_json(plan, run->findings, provenance);
    torch_json(result);
    for (const auto& [name, bytes] : campaign::example_files(*run)) say(event("file", {{"name", name}, {"bytes", campaign::to_base64(bytes)}}));
    const std::string html = campaign::result_html(result, plan, {}, run->findings.results);
    const std::size_t end = html.rfind("</section>");
    say(event("file", {{"name", "section.html"}, {"bytes", campaign::to_base64(html.substr(0, end) + campaign::examples_html(*run) + html.substr(end))}}));
    say(event("result", {{"result", result}}));
    return 0;
  }
  if (relay == nullptr && !plan.torch && files.model.starts_with("PK\x03\x04")) return refuse({error_in(plan.model, "is an archive and no ONNX model", "a model of TorchScript is tested with --torch")});
  const auto target = plan.torch ? scripted : relay == nullptr ? campaign::open_target(plan, files.model, files.inputs) : black_box();
  if (!target) return refuse(target.error());
  auto findings = campaign::run(plan, files, request.threads, hooks, settled, *target);
  if (!findings) return refuse(findings.error());
  by_torch(*findings);
  const auto rows = campaign::read_rows(plan, plan.inputs, files.inputs, plan.labels, files.labels, (*target)->form(), (*target)->outputs());
  ordered_json result = campaign::result_json(plan, *findings, provenance);
  for (const auto& [name, bytes] : example_files(*rows, *campaign::shape_of_row(plan, files.inputs), *findings))
    say(event("file", {{"name", name}, {"bytes", campaign::to_base64(bytes)}}));
  torch_json(result);
  say(event("file", {{"name", "section.html"}, {"bytes", campaign::to_base64(campaign::result_html(result, plan, *rows, findings->results))}}));
  if (request.recording.dossier) result["pictures"] = campaign::pictures_json(*rows, findings->results);
  say(event("result", {{"result", result}}));
  return 0;
}

struct Heard {
  std::map<std::string, std::string> files;
  ordered_json result;
  std::string refusal, refusal_message;
  bool lacking = false;
  Diagnostics unwritten;
};

ordered_json not_tested_result(const campaign::Plan& plan, const campaign::Provenance& p, const std::string& message) {
  constexpr std::string_view mark = "not tested: ";
  const std::string why = message.starts_with(mark) ? message.substr(mark.size()) : message;
  campaign::Findings none;
  none.not_tested.push_back(why);
  ordered_json j = campaign::result_json(plan, none, p);
  for (const char* key : {"clean_correct", "attacked_correct", "certified_correct"}) j[key] = j[std::string(key) + "_interval"] = nullptr;
  j["verdict"] = "not_tested";
  j["because"] = why;
  return j;
}

ExitCode exit_of(const ordered_json& result) {
  const std::string verdict = result["verdict"].get<std::string>();
  const ordered_json& backdoor = result["backdoor"];
  if (verdict == "not_met" || (backdoor.is_object() && backdoor["suspected"] == true)) return ExitCode::finding;
  if (verdict == "met" || verdict == "measured") return ExitCode::clear;
  const bool only_other_stages = verdict == "not_tested" && result["state"] == "complete" && !result["clean_correct"].is_null() && backdoor.is_object() && backdoor["tested"] == true;
  return only_other_stages ? ExitCode::clear : ExitCode::undecided;
}

// What the run found, test by test, for the ledger.
std::vector<TestFound> as_found(const ordered_json& result, const std::map<std::string, std::string>& hashes, const std::vector<FileOfRun>& model) {
  const auto base = [&] {
    TestFound t = found_of(campaign::as_test_result(result));
    t.about = model;
    std::erase_if(t.inputs, [](const FileOfRun& f) { return f.path == "model"; });
    for (const char* more : {"non_members", "non_member_labels", "runtime", "weights", "torch"})
      if (const auto h = hashes.find(more); h != hashes.end()) t.inputs.push_back({more, h->second});
    t.stale_when = {"model"};
    t.interrupted = result["state"] != "complete";
    if (const unsigned times = result["interruptions"].get<unsigned>(); times != 0) t.detail += "; taken up again " + std::to_string(times) + (times == 1 ? " time" : " times");
    return t;
  };
  const auto words = [](const ordered_json& j, const char* key) { return j.contains(key) && j[key].is_string() ? j[key].get<std::string>() : std::string(); };
  std::vector<TestFound> tests{base()};
  TestFound& evasion = tests.front();
  const auto count = [&](const char* key, const char* name) {
    if (!result[key].is_null()) evasion.detail = std::to_string(result[key].get<std::size_t>()) + " " + name + ", " + evasion.detail;
  };
  count("certified_correct", "proven right");
  count("attacked_correct", "right when attacked");
  count("clean_correct", "right");
  evasion.detail = "of " + std::to_string(result["samples"].get<std::size_t>()) + " samples " + evasion.detail;
  if (const ordered_json& b = result["backdoor"]; b.is_object()) {
    TestFound t = base();
    t.test = "model.backdoor";
    t.shows = "Whether a small trigger turns every input into one class";
    t.criterion = "No class is suspected";
    const bool tested = b["tested"] == true;
    t.outcome = !tested ? "inconclusive" : b["suspected"] == true ? "failed" : "passed";
    t.detail = (tested ? "" : "not tested: ") + words(b, "note");
    t.atlas = {"AML.T0018"};
    tests.push_back(std::move(t));
  }
  if (result.contains("extraction")) {
    const ordered_json& x = result["extraction"];
    TestFound t = base();
    t.test = "model.extraction";
    t.shows = "How alike a copy answers that was made from the model's answers; a lower bound";
    t.criterion = "none was set";
    t.outcome = "inconclusive";
    t.detail = "measured:";
    for (const ordered_json& c : x["budgets"])
      t.detail += " " + std::to_string(c["agree"].get<std::size_t>()) + " of " + std::to_string(x["compared"].get<std::size_t>()) + " alike after " + std::to_string(c["queries"].get<std::size_t>()) + " questions;";
    t.detail.back() = '.';
    t.atlas = {"AML.T0024.002"};
    tests.push_back(std::move(t));
  }
  if (result.contains("availability")) {
    TestFound t = base();
    t.test = "model.availability";
    t.shows = "The work that the worst input causes, and what is answered to numbers that are none";
    t.criterion = "none was set";
    t.outcome = "inconclusive";
    const ordered_json& a = result["availability"];
    char ratio[60];
    std::snprintf(ratio, sizeof ratio, "measured: at most %.3g times the median work", a["worst_to_median"].is_number() ? a["worst_to_median"].get<double>() : 0.0);
    t.detail = a["worst_to_median"].is_number() ? ratio : "measured: " + words(a, "note");
    t.atlas = {"AML.T0029"};
    tests.push_back(std::move(t));
  }
  if (result.contains("membership") && result["membership"].is_object()) {
    TestFound t = base();
    t.test = "model.membership";
    t.shows = "How well it can be told whether a row was trained on; a lower bound of what leaks";
    t.criterion = "none was set";
    t.outcome = "inconclusive";
    t.detail = "measured: " + words(result["membership"], "note");
    t.atlas = {"AML.T0024"};
    tests.push_back(std::move(t));
  }
  return tests;
}

// A run that was stopped leaves that it was, and nothing that could be taken for a result.
TestFound stopped(const campaign::Plan& plan, const std::string& plan_sha256, const std::map<std::string, std::string>& hashes, const std::vector<FileOfRun>& model, std::size_t settled) {
  TestFound t;
  t.test = "model.evasion";
  t.shows = "Inputs near a sample that change what the model says of it";
  t.criterion = plan.require ? "a share was demanded before the run" : "none was set";
  t.outcome = "inconclusive";
  t.detail = "the run was interrupted; " + counted(static_cast<std::uint64_t>(settled), "sample") + " had ended";
  t.about = model;
  t.inputs = {{"inputs", hashes.at("inputs")}, {"plan", plan_sha256}};
  if (!plan.labels.empty()) t.inputs.push_back({"labels", hashes.at("labels")});
  t.stale_when = {"model"};
  t.interrupted = true;
  return t;
}

}  // namespace

ExitCode probe_model(const ProbeModelRequest& request, std::ostream& out, std::ostream& err) {
  campaign::Plan plan = request.plan;
  const auto refused = [&](const Diagnostics& errors, ExitCode code = ExitCode::bad_input) {
    err << render(errors);
    return code;
  };
  auto recorder = Recorder::open(request.recording);
  if (!recorder) return refused(recorder.error());
  if (request.constraints) {
    const auto bytes = read_file(*request.constraints, 16 << 20);
    if (!bytes) return refused(bytes.error());
    auto constraints = threats::tabular::read_constraints(request.constraints->string(), *bytes);
    if (!constraints) return refused(constraints.error());
    plan.constraints = std::move(*constraints);
  }
  auto box = black_box_named(plan.model);
  if (!box) return refused(box.error(), ExitCode::usage);
  if (*box && !plan.runtime.empty()) return refused({error_in(plan.model, "a runtime is for a model in a file")}, ExitCode::usage);
  std::optional<TorchIdentity> torch;
  if (plan.torch) {
    if (*box || !plan.runtime.empty()) return refused({error_in(plan.model, "libtorch is for a TorchScript model in a file, and answers alone")}, ExitCode::usage);
    auto known = torch_identity();
    if (!known) return refused(known.error(), ExitCode::undecided);
    torch = std::move(*known);
  }
  // The plan first: nothing of the data is known when it is fixed.
  const std::string plan_text = campaign::plan_text(plan);
  std::optional<ProbeEvidence> evidence;
  if (request.evidence) {
    auto begun = ProbeEvidence::begin(*request.evidence, plan_text);
    if (!begun) return refused(begun.error(), ExitCode::cannot_write);
    evidence.emplace(std::move(*begun));
  }
  campaign::Files files;
  const std::tuple<const std::string*, std::string*, const char*> all[] = {{&plan.model, &files.model, "model"},
                                                                           {&plan.inputs, &files.inputs, "inputs"},
                                                                           {&plan.labels, &files.labels, "labels"},
                                                                           {&plan.non_members, &files.non_members, "non_members"},
                                                                           {&plan.non_member_labels, &files.non_member_labels, "non_member_labels"}};
  std::map<std::string, std::string> hashes, weights;
  for (const auto& [path, bytes, name] : all) {
    if (path->empty()) continue;
    if (*box && path == &plan.model) {  // what stands behind the name is not known, and so not its hash
      hashes[name] = sha256_hex(plan.model);
      continue;
    }
    if (path == &plan.model) {
      auto whole = read_whole_model(*path);
      if (!whole) return refused(whole.error());
      *bytes = std::move(whole->bytes);
      hashes[name] = whole->sha256;
      if (!whole->weights.empty()) hashes["weights"] = whole->weights_sha256();
      weights = std::move(whole->weights);
      continue;
    }
    auto read = read_file(*path);
    if (!read) return refused(read.error());
    *bytes = std::move(*read);
    hashes[name] = sha256_hex(*bytes);
  }
  std::vector<FileOfRun> model_files = {{plan.model, hashes["model"]}};
  for (const auto& [name, sha256] : weights) model_files.push_back({(std::filesystem::path(plan.model).parent_path() / name).string(), sha256});
  if (!plan.runtime.empty()) {
    const auto library = read_file(plan.runtime);
    if (!library) return refused(library.error());
    if (campaign::is_trees(files.model) && !tensor::read_onnx(plan.model, files.model)) return refused({error_in(plan.model, "is an ensemble of trees in its library's own form; ONNX Runtime opens ONNX models")});
    hashes["runtime"] = sha256_hex(*library);
  }
  if (torch) hashes["torch"] = torch->sha256;
  const auto hash_of = [&](const char* name) { return hashes.contains(name) ? hashes.at(name) : std::string(); };  // a map has no labels
  campaign::Provenance provenance{program_version, "", name_of(tensor::best_instruction_set()), sha256_hex(plan_text), hashes["model"], hash_of("inputs"),
                                  hash_of("labels"), request.threads, evidence ? evidence->state().interruptions : 0, {}};
  if (const auto self = read_file(std::filesystem::read_symlink("/proc/self/exe"))) provenance.program_sha256 = hashes["program"] = sha256_hex(*self);
  if (evidence)
    if (auto done = evidence->bind(hashes); !done) return refused(done.error());

  const auto print = [&](const ordered_json& result) {
    out << (request.json ? text::to_json_text(result, text::JsonLayout::pretty) : campaign::result_text(result));
    out.flush();
    return out ? exit_of(result) : ExitCode::cannot_write;
  };
  if (recorder->records() && !evidence && !*box) {
    std::vector<FileOfRun> same = {{"plan", sha256_hex(plan_text)}};
    for (const auto& [name, sha256] : hashes) same.push_back({name, sha256});
    if (const auto before = recorder->before("model.evasion", same)) {
      ordered_json result = ordered_json::parse(before->report, nullptr, false);
      if (result.is_object() && result.contains("verdict")) {
        err << "the same run is recorded as leaf " << before->leaf << " of the ledger; it was not made again\n";
        result.erase("pictures");
        return print(result);
      }
    }
  }
  Heard heard;
  std::size_t ended = 0;
  const auto hear = [&](const std::string& line) {
    ordered_json j = ordered_json::parse(line, nullptr, false);
    if (!j.is_object()) return;
    const std::string name = j.value("event", "sample");
    ended += name == "sample";
    if (name == "sample" && evidence) {
      if (auto done = evidence->add_sample(line); !done) heard.unwritten = done.error();
    } else if (name == "estimate") {
      char text[200];
      std::snprintf(text, sizeof text, "the attacks take at most %.0f passes forward and %.0f with gradients: about %s with %u %s where nothing breaks, less where samples do",
                    j["forward_passes"].get<double>(), j["gradient_passes"].get<double>(), in_words(j["seconds"].get<double>()).c_str(), request.threads,
                    request.threads == 1 ? "thread" : "threads");
      err << text << on_top(plan) << "\n" << std::flush;
    } else if (name == "progress" && request.progress) {
      err << "\r" << j["stage"].get<std::string>() << " " << j["done"].get<std::size_t>() << " of " << j["of"].get<std::size_t>() << "   " << std::flush;
    } else if (name == "file") {
      heard.files[j["name"].get<std::string>()] = campaign::from_base64(j["bytes"].get_ref<const std::string&>()).value_or("");
    } else if (name == "result") {
      heard.result = std::move(j["result"]);
    } else if (name == "refused") {
      heard.refusal = j["text"].get<std::string>();
      heard.refusal_message = j["message"].get<std::string>();
      heard.lacking = j["lacking"].get<bool>();
    }
  };
  static const std::vector<evasion::SampleResult> nothing;
  const std::vector<evasion::SampleResult>& settled = evidence ? evidence->settled() : nothing;
  std::unique_ptr<Relay> relay;
  if (!plan.runtime.empty()) *box = BlackBox{BlackBox::Kind::runtime, plan.runtime, false, files.model, {}, plan.fixed, plan.output};
  if (*box) {
    const auto row = campaign::shape_of_row(plan, files.inputs);
    if (!row) return refused(row.error());
    (*box)->form = *campaign::form_of_rows(plan, files.inputs);
    (*box)->row = *row;
    (*box)->npy = plan.arrays;
    (*box)->answer_seconds = request.answer_seconds;
    auto started = Relay::start(**box);
    if (!started && !started.error().front().message.starts_with("not tested")) return refused(started.error());
    if (!started) heard.refusal_message = started.error().front().message, heard.lacking = true;
    else relay = std::move(*started);
  }
  const auto end = heard.lacking ? Result<ConfinedEnd>(ConfinedEnd{}) : run_confined({}, [&](const Say& say) { return attack(request, plan, files, provenance, settled, relay.get(), say); }, hear);
  if (request.progress) err << "\r\x1b[K";
  if (!end) return refused(end.error(), ExitCode::internal);
  if (end->interrupted) {
    err << "interrupted" << (evidence ? ": the same command takes it up again\n" : "\n");
    const TestFound part = stopped(plan, provenance.plan_sha256, hashes, model_files, ended);
    const ordered_json report = {{"state", "interrupted"}, {"plan", ordered_json::parse(plan_text)}, {"samples_ended", ended}};
    if (const auto done = recorder->add({part}, text::to_json_text(report, text::JsonLayout::pretty), "probe-model.json", err); !done)
      return refused(done.error(), ExitCode::cannot_write);
    return ExitCode::undecided;
  }
  if (!heard.unwritten.empty()) return refused(heard.unwritten, ExitCode::cannot_write);
  if (!heard.refusal.empty() && !heard.lacking) {
    err << heard.refusal;
    return ExitCode::bad_input;
  }
  if (heard.lacking) {
    heard.files.clear();
    heard.result = not_tested_result(plan, provenance, heard.refusal_message);
  }
  if (!heard.result.is_object()) {
    err << "error: the attacking process ended " << (end->signal != 0 ? "by signal " + std::to_string(end->signal) : "with status " + std::to_string(end->status))
        << " and without a result; its memory is bounded to 4 GiB\n";
    return ExitCode::internal;
  }
  heard.result["confinement"] = end->confinement;
  for (const auto& [name, sha256] : weights) heard.result["weights"][name] = sha256;
  if (relay && !plan.runtime.empty()) heard.result["runtime"] = {{"library", plan.runtime}, {"sha256", hashes["runtime"]}, {"version", relay->version()}};
  if (torch) torch->describe(heard.result["torch"]);
  const ordered_json recorded = heard.result;
  heard.result.erase("pictures");
  if (evidence) {
    heard.files["result.json"] = text::to_json_text(heard.result, text::JsonLayout::pretty);
    if (auto done = evidence->finish(heard.files); !done) return refused(done.error(), ExitCode::cannot_write);
    heard.result["evidence"] = request.evidence->string();
  }
  if (const auto done = recorder->add(as_found(recorded, hashes, model_files), text::to_json_text(recorded, text::JsonLayout::pretty), "probe-model.json", err); !done)
    return refused(done.error(), ExitCode::cannot_write);
  return print(heard.result);
}

}  // namespace duolex::workspace
