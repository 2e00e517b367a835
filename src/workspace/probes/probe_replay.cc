#include <unistd.h>

#include <csignal>
#include <cstring>
#include <nlohmann/json.hpp>
#include <ostream>

#include "base/file.h"
#include "base/hash.h"
#include "text/json_out.h"
#include "threats/array.h"
#include "threats/campaign/campaign.h"
#include "threats/campaign/tree_campaign.h"
#include "threats/evasion/patch.h"
#include "workspace/probes/model_reader.h"
#include "workspace/probes/probe_evidence.h"
#include "workspace/probes/probe_model.h"
#include "workspace/probes/relay.h"
#include "workspace/probes/run_answers.h"
#include "workspace/probes/torch_target.h"
#include "workspace/system/confined.h"

namespace duolex::workspace {
namespace {

namespace campaign = threats::campaign;
namespace evasion = threats::evasion;
using nlohmann::ordered_json;

struct Stored {
  std::string adversarial, originals, rows, labels;
  std::string places{};  // of patches: top and left of each
};

// The names of the columns that a result holds.
std::vector<std::string> names_in(const std::string& report) {
  const ordered_json j = ordered_json::parse(report, nullptr, false);
  std::vector<std::string> out;
  if (!j.is_object() || !j.contains("table") || !j["table"].is_object() || !j["table"].contains("feature_names")) return out;
  for (const ordered_json& n : j["table"]["feature_names"])
    if (n.is_string()) out.push_back(n.get<std::string>());
  return out;
}

Result<std::shared_ptr<evasion::Target>> box_behind(const Relay& relay, const campaign::Plan& plan, const std::string& originals) {
  return campaign::open_black_box(plan, originals, [&relay](const std::vector<float>& rows, std::size_t n) { return relay.ask(rows, n); });
}

// The same for rows of a table.
Result<ordered_json> verify_rows_of(const campaign::Plan& plan, const std::string& model, const Relay* relay, const Stored& stored, const std::vector<std::string>& names,
                                  const std::optional<std::string>& inputs, const std::optional<std::string>& labels_file, torchscript::Engine* torch, AnswerClock* clock) {
  const auto examples = threats::read_npy("adversarial.npy", stored.adversarial);
  const auto originals = threats::read_npy("originals.npy", stored.originals);
  const auto numbers = threats::read_npy("rows.npy", stored.rows);
  const auto labels = threats::read_npy("labels.npy", stored.labels);
  for (const auto* array : {&examples, &originals, &numbers, &labels})
    if (!*array) return tl::unexpected(array->error());
  const auto rows = as_i64("rows.npy", *numbers);
  if (!rows) return tl::unexpected(rows.error());
  const std::size_t n = rows->size(), width = n == 0 ? 0 : examples->count() / n;
  if (examples->count() != n * width || originals->count() != n * width || labels->count() != n)
    return failure(error_in("adversarial.npy", "the stored arrays do not fit each other"));
  const std::vector<double> e = as_f64(*examples), o = as_f64(*originals), y = as_f64(*labels);
  const bool trees = relay == nullptr && torch == nullptr && campaign::is_trees(model);
  const auto target = trees || n == 0 ? Result<std::shared_ptr<evasion::Target>>(nullptr)
                      : torch != nullptr ? open_torch(*torch, plan, model, {static_cast<std::int64_t>(width)}, clock)
                      : relay != nullptr ? box_behind(*relay, plan, stored.originals)
                                         : campaign::open_target(plan, model, stored.originals);
  if (!target) return tl::unexpected(target.error());
  std::optional<campaign::TreeRun> data;
  if (inputs && labels_file && (trees || *target))
    if (auto read = campaign::read_tree_rows(plan, {model, *inputs, *labels_file, {}, {}}, *target)) data.emplace(std::move(*read));
  std::vector<campaign::StoredRow> pairs;
  for (std::size_t i = 0; i < n; ++i) {
    const auto part = [&](const std::vector<double>& of) { return std::vector<double>(of.begin() + static_cast<std::ptrdiff_t>(i * width), of.begin() + static_cast<std::ptrdiff_t>((i + 1) * width)); };
    pairs.push_back({part(o), part(e), y[i]});
  }
  const auto held = verify_rows(plan, model, pairs, names, *target);
  if (!held) return tl::unexpected(held.error());
  ordered_json failed = ordered_json::array();
  std::size_t verified = 0, other_originals = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const std::size_t number = static_cast<std::size_t>((*rows)[i]);
    bool same = true;
    if (data) same = number < data->table.rows && width == data->table.columns && std::memcmp(data->table.row(number), pairs[i].original.data(), width * sizeof(double)) == 0 && data->labels[number] == y[i];
    other_originals += !same;
    if ((*held)[i] && same) ++verified;
    else failed.push_back(number);
  }
  const char* const checked = torch != nullptr ? n != 0 && about_torch(**target).exact ? "in double precision" : n == 0 ? "nothing" : "in single precision"
                              : trees || dynamic_cast<const evasion::NetworkTarget*>(target->get()) != nullptr ? "in double precision" : "by asking again";
  return ordered_json{{"examples", n}, {"verified", verified}, {"failed_rows", failed}, {"checked", checked},
                      {"originals_compared_with_data", data.has_value()}, {"originals_that_differ", other_originals}};
}

// The stored rows are in the model's own layout and range.
campaign::Plan as_stored(campaign::Plan plan) {
  plan.layout = campaign::Layout::nchw;
  plan.scale = 1;
  plan.inputs = "originals.npy";
  return plan;
}

// In the child: reads model and arrays, verifies example by example.
Result<ordered_json> verify(const campaign::Plan& plan, const std::string& model, const Relay* relay, const Stored& stored, const std::optional<std::string>& inputs,
                            const std::optional<std::string>& labels_file, torchscript::Engine* torch, AnswerClock* clock) {
  const auto examples = threats::read_npy("adversarial.npy", stored.adversarial);
  const auto originals = threats::read_npy("originals.npy", stored.originals);
  const auto numbers = threats::read_npy("rows.npy", stored.rows);
  const auto labels = threats::read_npy("labels.npy", stored.labels);
  for (const auto* array : {&examples, &originals, &numbers, &labels})
    if (!*array) return tl::unexpected(array->error());
  if (numbers->count() == 0)
    return ordered_json{{"examples", 0}, {"verified", 0}, {"failed_rows", ordered_json::array()}, {"checked", "nothing"}, {"originals_compared_with_data", false}, {"originals_that_differ", 0}};
  const auto row = campaign::shape_of_row(as_stored(plan), stored.originals);
  if (!row) return tl::unexpected(row.error());
  const auto target = torch != nullptr   ? open_torch(*torch, as_stored(plan), model, *row, clock)
                      : relay == nullptr ? campaign::open_target(as_stored(plan), model, stored.originals)
                                         : box_behind(*relay, as_stored(plan), stored.originals);
  if (!target) return tl::unexpected(target.error());
  const std::size_t size = (*target)->form().size(), n = numbers->count();
  const auto rows = as_i64("rows.npy", *numbers);
  if (!rows) return tl::unexpected(rows.error());
  if (examples->count() != n * size || originals->count() != n * size || labels->count() != n)
    return failure(error_in("adversarial.npy", "the stored arrays do not fit each other or the model"));
  const std::vector<float> e = as_f32(*examples), o = as_f32(*originals);
  const std::vector<double> y = as_f64(*labels);
  std::vector<std::int64_t> places;
  if (!stored.places.empty()) {
    const auto array = threats::read_npy("patched_places.npy", stored.places);
    if (!array) return tl::unexpected(array.error());
    auto whole = as_i64("patched_places.npy", *array);
    if (!whole) return tl::unexpected(whole.error());
    if (whole->size() != 2 * n) return failure(error_in("patched_places.npy", "does not hold two numbers for each example"));
    places = std::move(*whole);
  }
  const auto oracle = (*target)->oracle();
  ordered_json failed = ordered_json::array();
  std::optional<campaign::Rows> data;
  if (inputs && (labels_file || has_reference(plan.task))) {
    auto read = campaign::read_rows(plan, plan.inputs, *inputs, plan.labels, labels_file.value_or(""), (*target)->form(), (*target)->outputs());
    if (read) data.emplace(std::move(*read));
  }
  std::size_t verified = 0, other_originals = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const std::size_t number = static_cast<std::size_t>((*rows)[i]);
    const std::span<const float> x = std::span(o).subspan(i * size, size), x_prime = std::span(e).subspan(i * size, size);
    bool right_label = plan.task != evasion::Task::classes || (y[i] >= 0 && y[i] < static_cast<double>((*target)->outputs()));
    if (data) {
      const bool same = number < data->count() && std::memcmp(data->row(number).data(), x.data(), size * sizeof(float)) == 0 &&
                        std::abs(data->labels[number] - y[i]) <= 1e-6 * std::abs(y[i]);
      other_originals += !same;
      right_label = right_label && same;
    }
    evasion::Sample sample{number, x, {plan.task, y[i], plan.level}};
    if (has_reference(plan.task)) {
      auto reference = campaign::reference_of(plan, **target, *oracle, x);
      if (!reference) return tl::unexpected(reference.error());
      sample.goal.reference = std::move(*reference);
    }
    bool holds = right_label;
    if (places.empty()) {
      holds = holds && evasion::verify(*oracle, (*target)->outputs(), {plan.norm, plan.epsilon}, sample, x_prime);
    } else if (holds) {
      std::vector<double> exact((*target)->outputs());
      oracle->exact_scores(x_prime.data(), 1, exact.data());
      holds = places[2 * i] >= 0 && places[2 * i + 1] >= 0 && sample.goal.wrong(std::span<const double>(exact)) &&
              evasion::is_patched((*target)->form(), x, x_prime, plan.patch, static_cast<std::size_t>(places[2 * i]), static_cast<std::size_t>(places[2 * i + 1]));
    }
    if (holds) ++verified;
    else failed.push_back(number);
  }
  const auto* const asked = dynamic_cast<const evasion::AskedTarget*>(target->get());
  if (const Diagnostics wrong = (*target)->failure(); !wrong.empty()) return tl::unexpected(wrong);
  const char* const checked = asked != nullptr ? "by asking again" : torch != nullptr && !about_torch(**target).exact ? "in single precision" : "in double precision";
  return ordered_json{{"examples", n}, {"verified", verified}, {"failed_rows", failed}, {"checked", checked},
                      {"originals_compared_with_data", data.has_value()}, {"originals_that_differ", other_originals}};
}

// What was or is asked for its answers and has no file.
struct Asked {
  bool before = false;             // the evidence is of one
  std::optional<BlackBox> now{};
  std::string refusal{};
};
Asked asked_of(const campaign::Plan& plan, const std::optional<std::string>& named, const std::string& runtime, bool torch) {
  Asked a;
  if (plan.torch != torch) {
    a.refusal = plan.torch ? "the evidence is of a TorchScript model in libtorch: say --torch; nothing that evidence names is loaded by itself" : "the evidence is of no TorchScript model";
    return a;
  }
  const auto recorded = black_box_named(plan.model);
  a.before = !recorded || *recorded;
  if (!plan.runtime.empty() && runtime.empty()) {
    a.refusal = "the evidence is of the model in an ONNX Runtime, '" + plan.runtime + "': name it with --runtime; nothing that evidence names is loaded by itself";
    return a;
  }
  if (!runtime.empty()) {
    if (const auto box = black_box_named(named.value_or(plan.model)); !box || *box) a.refusal = "a runtime is for a model in a file";
    else a.now = BlackBox{BlackBox::Kind::runtime, runtime};
    return a;
  }
  if (!named) {
    if (a.before) a.refusal = "the evidence is of a black box, '" + plan.model + "': name it with --model; nothing that evidence names is started by itself";
    return a;
  }
  auto box = black_box_named(*named);
  if (!box) a.refusal = box.error().front().message;
  else a.now = std::move(*box);
  if (a.refusal.empty() && a.before != a.now.has_value())
    a.refusal = a.before ? "the evidence is of a black box, '" + plan.model + "': a file cannot stand for it" : "the evidence is of a file; a black box cannot stand for it";
  return a;
}

}  // namespace

ExitCode probe_replay(const ProbeReplayRequest& request, std::ostream& out, std::ostream& err) {
  const auto refused = [&](const Diagnostics& errors) {
    err << render(errors);
    return ExitCode::bad_input;
  };
  const auto state = ProbeEvidence::read_state(request.evidence);
  if (!state) return refused(state.error());
  const auto plan_bytes = read_file(request.evidence / "plan.json", 1 << 20);
  if (!plan_bytes) return refused(plan_bytes.error());
  if (state->complete && campaign::is_answer_plan(*plan_bytes)) return replay_answers(request, *state, *plan_bytes, out, err);
  ordered_json changed = ordered_json::array();
  if (sha256_hex(*plan_bytes) != state->plan_sha256) changed.push_back("plan.json");
  ordered_json result = {{"format", 1}, {"test", "probe replay"}, {"evidence", request.evidence.string()}, {"state", state->complete ? "complete" : "interrupted"},
                         {"interruptions", state->interruptions}};
  if (!state->complete) {
    result["verdict"] = "inconclusive";
    result["because"] = "the run was interrupted; the same 'duolex " + state->of + "' command takes it up again";
    if (request.json) out << text::to_json_text(result, text::JsonLayout::pretty);
    else out << "probe replay: inconclusive (" << result["because"].get<std::string>() << ")\n";
    return ExitCode::undecided;
  }
  const auto plan = campaign::read_plan((request.evidence / "plan.json").string(), *plan_bytes);
  if (!plan) return refused(plan.error());
  if (!state->files.contains("adversarial.npy")) {
    result["verdict"] = "inconclusive";
    result["because"] = "nothing was tested in this run: result.json says why";
    if (request.json) out << text::to_json_text(result, text::JsonLayout::pretty);
    else out << "probe replay: inconclusive (" << result["because"].get<std::string>() << ")\n";
    return ExitCode::undecided;
  }
  Stored stored, patched;
  std::string report;
  std::vector<std::pair<const char*, std::string*>> parts = {{"adversarial.npy", &stored.adversarial}, {"originals.npy", &stored.originals},
                                                             {"rows.npy", &stored.rows}, {"labels.npy", &stored.labels}, {"result.json", &report}};
  const bool has_patches = state->files.contains("patched.npy");
  if (has_patches)
    parts.insert(parts.end(), {{"patched.npy", &patched.adversarial}, {"patched_originals.npy", &patched.originals}, {"patched_rows.npy", &patched.rows},
                               {"patched_labels.npy", &patched.labels}, {"patched_places.npy", &patched.places}});
  for (const auto& [name, bytes] : parts) {
    auto read = read_file(request.evidence / name);
    if (!read) return refused(read.error());
    const auto expected = state->files.find(name);
    if (expected == state->files.end() || expected->second != sha256_hex(*read)) changed.push_back(name);
    *bytes = std::move(*read);
  }
  Asked asked = asked_of(*plan, request.model, request.runtime, request.torch);
  if (!asked.refusal.empty()) return refused({error_in(request.evidence.string(), asked.refusal)});
  const bool in_runtime = asked.now && asked.now->kind == BlackBox::Kind::runtime;
  auto whole = asked.now && !in_runtime ? Result<WholeModel>(WholeModel{}) : read_whole_model(request.model.value_or(plan->model));
  if (!whole) return refused(whole.error());
  const std::string* const model = &whole->bytes;
  const auto hash_of = [&](const char* name) { const auto f = state->bound_to.find(name); return f == state->bound_to.end() ? std::string() : f->second; };
  if (!asked.now || in_runtime) {
    if (whole->sha256 != hash_of("model")) changed.push_back("model");
    if (whole->weights_sha256() != hash_of("weights")) changed.push_back("weights");
  }
  std::unique_ptr<Relay> relay;
  if (asked.now) {
    const auto row = campaign::shape_of_row(as_stored(*plan), stored.originals);
    if (!row) return refused(row.error());
    asked.now->form = *campaign::form_of_rows(as_stored(*plan), stored.originals);
    asked.now->row = *row;
    asked.now->npy = plan->arrays;
    asked.now->answer_seconds = request.answer_seconds;
    asked.now->model = *model;
    asked.now->fixed = plan->fixed;
    asked.now->output = plan->output;
    auto started = Relay::start(*asked.now);
    if (!started) {
      err << render(started.error());
      return started.error().front().message.starts_with("not tested") ? ExitCode::undecided : ExitCode::bad_input;
    }
    relay = std::move(*started);
    if (in_runtime) {
      result["runtime"] = {{"library", request.runtime}, {"version", relay->version()}};
    } else {
      result["recorded_target"] = plan->model;
      result["asked_target"] = *request.model;
    }
  }
  if (plan->torch) {
    const auto known = torch_identity();
    if (!known) {
      err << render(known.error());
      return ExitCode::undecided;
    }
    known->describe(result["torch"]);
    result["torch"]["as_recorded"] = known->sha256 == hash_of("torch");
  }
  std::optional<std::string> inputs, labels;
  if (auto read = read_file(plan->inputs); read && sha256_hex(*read) == hash_of("inputs")) inputs = std::move(*read);
  if (auto read = read_file(plan->labels); read && sha256_hex(*read) == hash_of("labels")) labels = std::move(*read);
  ordered_json answer;
  std::string refusal;
  bool late = false;
  const auto end = run_confined(
      {},
      [&](const Say& say) {
        std::signal(SIGPIPE, SIG_IGN);  // a black box that ends is an error, not a signal
        AnswerClock clock(request.answer_seconds, [&] {
          say(text::to_json_text(ordered_json{{"refused", render({error_in(plan->model, too_late(request.answer_seconds))})}, {"late", true}}, text::JsonLayout::compact));
          _exit(0);
        });
        const auto engine = plan->torch ? torch_engine(say) : Result<torchscript::Engine*>(nullptr);
        const auto hold = [&](const Stored& what) -> Result<ordered_json> {
          if (!engine) return tl::unexpected(engine.error());
          return verify(*plan, *model, relay.get(), what, inputs, labels, *engine, &clock);
        };
        const bool table = campaign::is_table(*plan, relay == nullptr && !plan->torch ? *model : "");
        auto verified = !table ? hold(stored) : !engine ? Result<ordered_json>(tl::unexpected(engine.error())) : verify_rows_of(*plan, *model, relay.get(), stored, names_in(report), inputs, labels, *engine, &clock);
        if (verified && has_patches) {
          auto patches = hold(patched);
          if (patches) (*verified)["patched"] = std::move(*patches);
          else verified = std::move(patches);
        }
        say(text::to_json_text(verified ? ordered_json{{"answer", *verified}} : ordered_json{{"refused", render(verified.error())}}, text::JsonLayout::compact));
        return 0;
      },
      [&](const std::string& line) {
        const ordered_json j = ordered_json::parse(line, nullptr, false);
        if (j.is_object() && j.contains("answer")) answer = j["answer"];
        if (j.is_object() && j.contains("refused")) refusal = j["refused"].get<std::string>();
        late = late || (j.is_object() && j.contains("late"));
      });
  if (!end) return refused(end.error());
  if (!refusal.empty()) {
    err << refusal;
    return late ? ExitCode::undecided : ExitCode::bad_input;
  }
  if (!answer.is_object()) {
    err << "error: the verifying process ended without an answer\n";
    return ExitCode::internal;
  }
  result.update(answer);
  if (in_runtime && result["checked"] == "by asking again") result["checked"] = "by ONNX Runtime " + relay->version();
  if (plan->torch && result["checked"] != "nothing") result["checked"] = result["checked"].get<std::string>() + " by libtorch " + result["torch"]["version"].get<std::string>();
  result["changed"] = changed;
  const ordered_json claimed = ordered_json::parse(report, nullptr, false);
  const auto count = [&](const char* key) { return claimed.is_object() && claimed.contains(key) && claimed[key].is_number_unsigned() ? claimed[key].get<std::size_t>() : 0; };
  const bool counts = count("clean_correct") >= count("attacked_correct") &&
                      (claimed.is_object() && claimed["attacked_correct"].is_null() ? result["examples"] == 0 : count("clean_correct") - count("attacked_correct") == result["examples"]);
  const std::size_t patches = claimed.is_object() && claimed.contains("patches") && claimed["patches"].is_object() ? claimed["patches"].value("broken", std::size_t{0}) : 0;
  const bool patches_hold = has_patches ? result["patched"]["verified"] == result["patched"]["examples"] && result["patched"]["examples"] == patches : patches == 0;
  const bool holds = changed.empty() && result["verified"] == result["examples"] && counts && patches_hold;
  result["counts_agree"] = counts;
  result["verdict"] = holds ? "verified" : "failed";
  result["confinement"] = end->confinement;
  if (request.json) out << text::to_json_text(result, text::JsonLayout::pretty);
  else {
    out << "probe replay: " << result["verdict"].get<std::string>() << ", " << result["verified"] << " of " << result["examples"] << " examples hold (checked: " << result["checked"].get<std::string>() << ")\n";
    if (asked.now && !in_runtime && plan->model != *request.model) out << "  asked: " << *request.model << "; when recorded: " << plan->model << "\n";
    if (plan->torch && result["torch"]["as_recorded"] == false) out << "  by other libraries of libtorch than when recorded\n";
    if (has_patches) out << "  with patches: " << result["patched"]["verified"] << " of " << result["patched"]["examples"] << " hold\n";
    for (const ordered_json& c : changed) out << "  changed since: " << c.get<std::string>() << "\n";
    if (!counts) out << "  the counts of result.json do not agree with the examples\n";
    if (result["originals_compared_with_data"] == false) out << "  not compared with the data: the files are not where they were, or changed\n";
  }
  out.flush();
  if (!out) return ExitCode::cannot_write;
  return holds ? ExitCode::clear : ExitCode::finding;
}

}  // namespace duolex::workspace
