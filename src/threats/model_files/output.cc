#include <algorithm>
#include <nlohmann/json.hpp>

#include "text/json_out.h"
#include "text/plain.h"
#include "text/sarif.h"
#include "threats/model_files/report.h"

namespace duolex::threats::model_files {
namespace {

using nlohmann::ordered_json;

const char* rule_text(Verdict verdict) {
  switch (verdict) {
    case Verdict::executes_code: return "Loading the file runs code";
    case Verdict::suspicious: return "The file has what honest model files do not have";
    case Verdict::unreadable: return "The file could not be checked";
    case Verdict::no_code_found: break;
  }
  return "";
}

}  // namespace

const char* name_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::executes_code: return "executes_code";
    case Verdict::suspicious: return "suspicious";
    case Verdict::unreadable: return "unreadable";
    case Verdict::no_code_found: break;
  }
  return "no_code_found";
}

std::string where(const Reason& reason) {
  return (reason.member.empty() ? "" : reason.member + ", ") + "byte " + std::to_string(reason.offset);
}

std::string to_json_text(const std::vector<FileReport>& files) {
  ordered_json list = ordered_json::array();
  for (const FileReport& f : files) {
    ordered_json reasons = ordered_json::array();
    for (const Reason& r : f.reasons) {
      ordered_json j = {{"what", r.what}, {"where", where(r)}};
      if (!r.call.empty()) j["call"] = r.call;
      j["verdict"] = name_of(r.verdict);
      if (!r.member.empty()) j["member"] = r.member;
      j["offset"] = r.offset;
      reasons.push_back(std::move(j));
    }
    list.push_back({{"path", f.path}, {"sha256", f.sha256}, {"size", f.size}, {"kind", f.kind}, {"verdict", name_of(f.verdict)},
                    {"reasons", std::move(reasons)}, {"not_checked", f.not_checked}});
  }
  return text::to_json_text(ordered_json{{"files", std::move(list)}}, text::JsonLayout::pretty);
}

std::string to_text(const std::vector<FileReport>& files) {
  std::string out;
  std::size_t counts[4] = {};
  for (const FileReport& f : files) {
    ++counts[static_cast<std::size_t>(f.verdict)];
    out += text::in_one_line(f.path) + ": " + name_of(f.verdict) + " (" + f.kind + ")\n";
    for (const Reason& r : f.reasons) {
      out += "  " + text::in_one_line(where(r)) + ": " + text::in_one_line(r.what) + "\n";
      if (!r.call.empty()) out += "    " + text::in_one_line(r.call) + "\n";
    }
    for (const std::string& n : f.not_checked) out += "  not checked: " + text::in_one_line(n) + "\n";
  }
  const auto count = [&](Verdict v) { return std::to_string(counts[static_cast<std::size_t>(v)]); };
  out += std::to_string(files.size()) + (files.size() == 1 ? " file: " : " files: ") + count(Verdict::executes_code) + " execute code, " +
         count(Verdict::suspicious) + " suspicious, " + count(Verdict::unreadable) + " unreadable, " + count(Verdict::no_code_found) +
         " in which no code was found\n";
  return out;
}

std::string to_sarif(const std::vector<FileReport>& files, const std::string& program_version) {
  constexpr Verdict order[] = {Verdict::executes_code, Verdict::suspicious, Verdict::unreadable};
  ordered_json rules = ordered_json::array(), results = ordered_json::array(), artifacts = ordered_json::array();
  for (const Verdict v : order) rules.push_back({{"id", std::string("model-file/") + name_of(v)}, {"shortDescription", {{"text", rule_text(v)}}}});
  for (std::size_t i = 0; i < files.size(); ++i) {
    const FileReport& f = files[i];
    artifacts.push_back({{"location", {{"uri", text::sarif_uri(f.path, "")}}}, {"length", f.size}, {"hashes", {{"sha-256", f.sha256}}}});
    for (const Reason& r : f.reasons) {
      const auto index = static_cast<std::size_t>(std::find(std::begin(order), std::end(order), r.verdict) - std::begin(order));
      const std::string text = (r.member.empty() ? "" : r.member + ": ") + r.what + (r.call.empty() ? "" : ": " + r.call);
      ordered_json place = {{"artifactLocation", {{"uri", text::sarif_uri(f.path, "")}, {"index", i}}}};
      // An offset into a member is no offset into the file.
      if (r.member.empty()) place["region"] = {{"byteOffset", r.offset}, {"byteLength", 1}};
      if (r.member.empty() && r.offset >= f.size) place.erase("region");
      ordered_json location = {{"physicalLocation", std::move(place)}};
      if (!r.member.empty()) location["logicalLocations"] = ordered_json::array({{{"fullyQualifiedName", where(r)}}});
      results.push_back({{"ruleId", std::string("model-file/") + name_of(r.verdict)},
                         {"ruleIndex", index},
                         {"level", r.verdict == Verdict::executes_code ? "error" : "warning"},
                         {"message", {{"text", text}}},
                         {"locations", ordered_json::array({std::move(location)})},
                         {"partialFingerprints", {{"duolex/1", f.sha256 + ":" + where(r)}}}});
    }
  }
  ordered_json run = text::sarif_run(program_version, std::move(rules), std::move(results));
  run["artifacts"] = std::move(artifacts);
  return text::to_json_text(text::sarif_log(std::move(run)), text::JsonLayout::pretty);
}

}  // namespace duolex::threats::model_files
