#include "workspace/probes/probe_verify.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <nlohmann/json.hpp>
#include <ostream>
#include <sstream>
#include <thread>

#include "base/counted.h"
#include "base/file.h"
#include "base/hash.h"
#include "tensor/bounds/verify.h"
#include "text/json_out.h"
#include "workspace/probes/model_reader.h"

namespace duolex::workspace {

namespace {

namespace bounds = tensor::bounds;

std::string shortest(double value) {
  char text[40];
  return {text, std::to_chars(text, text + sizeof text, value).ptr};
}

// What is not tested is no fault of the file.
ExitCode refused(const Diagnostics& errors, bool json, std::ostream& out, std::ostream& err) {
  err << render(errors);
  const bool untested = std::any_of(errors.begin(), errors.end(), [](const Diagnostic& d) { return d.message.find("not tested") != std::string::npos; });
  if (!untested) return ExitCode::bad_input;
  const nlohmann::ordered_json object = {{"verdict", "unknown"}, {"reason", errors.front().message}};
  if (json) out << text::to_json_text(object, text::JsonLayout::pretty);
  else out << "unknown\n";
  return ExitCode::undecided;
}

void print(const bounds::Verification& result, const char* verdict, bool json, std::ostream& out) {
  if (json) {
    nlohmann::ordered_json object = {{"verdict", verdict}, {"parts", result.parts}};
    if (result.verdict == bounds::Verdict::sat) {
      object["input"] = result.input;
      object["output"] = result.output;
    }
    out << text::to_json_text(object, text::JsonLayout::pretty);
    return;
  }
  out << verdict << "\n";
  if (result.verdict != bounds::Verdict::sat) return;
  const char* open = "(";
  for (const auto& [name, values] : {std::pair{"X_", &result.input}, std::pair{"Y_", &result.output}})
    for (std::size_t i = 0; i < values->size(); ++i) {
      out << open << "(" << name << i << " " << shortest((*values)[i]) << ")";
      open = "\n ";
    }
  out << ")\n";
}

Result<void> record(Recorder& recorder, const ProbeVerifyRequest& request, const bounds::Verification& result, const std::string& verdict, std::ostream& err) {
  TestFound t;
  t.test = "model.property";
  t.shows = "Whether the property " + request.property.filename().string() + " holds of the model for every input that it names";
  t.criterion = "unsat: no input breaks the property";
  t.outcome = verdict == "unsat" ? "passed" : verdict == "sat" ? "failed" : "inconclusive";
  t.detail = verdict + ", " + counted(static_cast<std::uint64_t>(result.parts), "part") + ", at most " + shortest(request.timeout) + " s";
  const auto network = read_file(request.network, std::size_t{4} << 30), property = read_file(request.property, std::size_t{4} << 30);
  if (!network) return tl::unexpected(network.error());
  if (!property) return tl::unexpected(property.error());
  t.about = {{request.network.string(), sha256_hex(*network)}};
  t.inputs = {{request.property.filename().string(), sha256_hex(*property)}};
  t.provisions = {"AIA/art/15/4", "AIA/art/15/5"};
  t.atlas = {"AML.T0043"};
  t.stale_when = {"model"};
  std::ostringstream report;
  print(result, verdict.c_str(), true, report);
  return recorder.add({t}, report.str(), "probe-verify.json", err);
}

}  // namespace

ExitCode probe_verify(const ProbeVerifyRequest& request, std::ostream& out, std::ostream& err) {
  auto recorder = Recorder::open(request.recording);
  if (!recorder) {
    err << render(recorder.error());
    return ExitCode::bad_input;
  }
  const auto start = std::chrono::steady_clock::now();
  const auto seconds = [start] { return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count(); };
  const auto model = read_model(request.network);
  if (!model) return refused(model.error(), request.json, out, err);
  const auto text = read_unpacked(request.property, bounds::PropertyLimits{}.bytes);
  if (!text) return refused(text.error(), request.json, out, err);
  const auto property = bounds::read_vnnlib(request.property.string(), *text);
  if (!property) return refused(property.error(), request.json, out, err);
  const auto network = tensor::Network::compile(*model);
  if (!network) return refused(network.error(), request.json, out, err);
  const auto prepared = bounds::prepare(*network);
  if (!prepared) return refused(prepared.error(), request.json, out, err);
  bounds::VerifyOptions options;
  options.threads = request.threads != 0 ? request.threads : std::max(1U, std::thread::hardware_concurrency());
  options.seed = request.seed;
  options.out_of_time = [&] { return seconds() > request.timeout; };
  const auto result = bounds::verify(*prepared, *property, options);
  if (!result) return refused(result.error(), request.json, out, err);
  const bool late = seconds() > request.timeout;
  const char* const verdict = result->verdict == bounds::Verdict::unsat ? "unsat" : result->verdict == bounds::Verdict::sat ? "sat" : late ? "timeout" : "unknown";
  print(*result, verdict, request.json, out);
  err << counted(static_cast<std::uint64_t>(result->parts), "part") << ", " << shortest(static_cast<double>(static_cast<std::int64_t>(seconds() * 100)) / 100) << " s\n";
  if (result->verdict == bounds::Verdict::undecided && !late) err << "unknown: the parts became too small to be divided further\n";
  out.flush();
  if (!out) return ExitCode::cannot_write;
  if (recorder->records())
    if (const auto done = record(*recorder, request, *result, verdict, err); !done) {
      err << render(done.error());
      return ExitCode::cannot_write;
    }
  return result->verdict == bounds::Verdict::unsat ? ExitCode::clear : result->verdict == bounds::Verdict::sat ? ExitCode::finding : ExitCode::undecided;
}

}  // namespace duolex::workspace
