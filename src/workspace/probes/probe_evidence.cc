#include "workspace/probes/probe_evidence.h"

#include <fstream>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/hash.h"
#include "text/json_out.h"
#include "threats/campaign/journal.h"

namespace duolex::workspace {
namespace {

namespace fs = std::filesystem;
using nlohmann::ordered_json;

constexpr const char* state_file = "evidence.json";
constexpr const char* plan_file = "plan.json";
constexpr const char* samples_file = "samples.ndjson";

std::map<std::string, std::string> texts(const ordered_json& j, const char* key) {
  std::map<std::string, std::string> out;
  if (const auto found = j.find(key); found != j.end() && found->is_object())
    for (const auto& [name, value] : found->items())
      if (value.is_string()) out[name] = value.get<std::string>();
  return out;
}

}  // namespace

Result<ProbeEvidence::State> ProbeEvidence::read_state(const fs::path& folder) {
  const std::string file = (folder / state_file).string();
  const auto bytes = read_file(file, 1 << 20);
  if (!bytes) return tl::unexpected(bytes.error());
  const ordered_json j = ordered_json::parse(*bytes, nullptr, false);
  State s;
  const auto is = [&](const char* key, auto type) { return j.contains(key) && j[key].type() == type; };
  using Type = ordered_json::value_t;
  if (!j.is_object() || !is("state", Type::string) || !is("plan_sha256", Type::string) || !is("interruptions", Type::number_unsigned))
    return failure(error_in(file, "is no evidence of 'duolex probe model' or 'duolex probe run'"));
  if (is("evidence_of", Type::string)) s.of = j["evidence_of"].get<std::string>();
  s.complete = j["state"] == "complete";
  s.plan_sha256 = j["plan_sha256"].get<std::string>();
  s.interruptions = j["interruptions"].get<unsigned>();
  s.bound_to = texts(j, "bound_to");
  s.files = texts(j, "files");
  return s;
}

Result<void> ProbeEvidence::write_state() const {
  ordered_json j = {{"format", 1}, {"evidence_of", state_.of}};
  j["state"] = state_.complete ? "complete" : "interrupted";
  j["interruptions"] = state_.interruptions;
  j["plan_sha256"] = state_.plan_sha256;
  j["bound_to"] = state_.bound_to;
  j["files"] = state_.files;
  return write_file_atomically(folder_ / state_file, text::to_json_text(j, text::JsonLayout::pretty));
}

Result<ProbeEvidence> ProbeEvidence::begin(const fs::path& folder, const std::string& plan_text, const std::string& of) {
  ProbeEvidence e;
  e.state_.of = of;
  e.folder_ = folder;
  e.state_.plan_sha256 = sha256_hex(plan_text);
  std::error_code code;
  fs::create_directories(folder, code);
  if (code) return failure(error_in(folder.string(), "cannot be made: " + code.message()));
  if (!fs::exists(folder / state_file)) {
    if (!fs::is_empty(folder, code)) return failure(error_in(folder.string(), "is not empty and holds no evidence", "name a new folder"));
    if (auto done = write_file_atomically(folder / plan_file, plan_text); !done) return tl::unexpected(done.error());
    if (auto done = e.write_state(); !done) return tl::unexpected(done.error());
    return e;
  }
  auto state = read_state(folder);
  if (!state) return tl::unexpected(state.error());
  if (state->complete) return failure(error_in(folder.string(), "holds a complete run", "name a new folder, or look again with 'duolex probe replay'"));
  if (state->plan_sha256 != e.state_.plan_sha256)
    return failure(error_in(folder.string(), "holds an unfinished run of another plan", "name a new folder, or give the options of that run"));
  e.state_ = std::move(*state);
  ++e.state_.interruptions;
  if (const auto bytes = read_file(folder / samples_file)) {
    for (std::size_t at = 0, end; (end = bytes->find('\n', at)) != std::string::npos; at = end + 1)
      if (auto r = threats::campaign::from_line(bytes->substr(at, end - at))) e.settled_.push_back(std::move(*r));
    // The last line of a killed run may be half a line; what is kept is written again.
    std::string kept;
    for (const auto& r : e.settled_) kept += threats::campaign::to_line(r);
    if (auto done = write_file_atomically(folder / samples_file, kept); !done) return tl::unexpected(done.error());
  }
  if (auto done = e.write_state(); !done) return tl::unexpected(done.error());
  return e;
}

Result<void> ProbeEvidence::bind(const std::map<std::string, std::string>& hashes) {
  for (const auto& [name, sha256] : state_.bound_to) {
    const auto now = hashes.find(name);
    if (name != "program" && (now == hashes.end() || now->second != sha256))
      return failure(error_in(folder_.string(), "the " + name + " file is not that of the unfinished run", "name a new folder"));
    if (name == "program" && now != hashes.end() && now->second != sha256) settled_.clear();  // another program starts over
  }
  state_.bound_to = hashes;
  return write_state();
}

Result<void> ProbeEvidence::add_sample(const std::string& line) {
  std::ofstream out(folder_ / samples_file, std::ios::app | std::ios::binary);
  out << line << "\n" << std::flush;
  if (!out) return failure(error_in((folder_ / samples_file).string(), "cannot be written"));
  return {};
}

Result<void> ProbeEvidence::finish(const std::map<std::string, std::string>& files) {
  std::map<std::string, std::string> all = files;
  state_.files.clear();
  for (const auto& [name, bytes] : all) {
    if (auto done = write_file_atomically(folder_ / name, bytes); !done) return done;
    state_.files[name] = sha256_hex(bytes);
  }
  for (const char* name : {plan_file, samples_file}) {
    const auto bytes = read_file(folder_ / name);
    if (bytes) state_.files[name] = sha256_hex(*bytes);
  }
  state_.complete = true;
  return write_state();
}

}  // namespace duolex::workspace
