#include "workspace/vulnerabilities/sbom.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <ostream>

#include "base/counted.h"
#include "base/file.h"
#include "sbom/difference.h"
#include "sbom/quality.h"
#include "sbom/sbom.h"
#include "sbom/validity.h"
#include "text/json_out.h"
#include "text/plain.h"

namespace duolex::workspace {
namespace {

using Json = nlohmann::ordered_json;
using sbom::Sbom;

constexpr std::size_t most_places = 20;

ExitCode refused(const Diagnostics& errors, std::ostream& err) {
  err << render(errors);
  return ExitCode::bad_input;
}

Result<Sbom> read(const std::filesystem::path& path, std::string& bytes) {
  auto content = read_file(path);
  if (!content) return tl::unexpected(content.error());
  bytes = std::move(*content);
  return sbom::read_sbom(path.string(), bytes);
}

std::string components_of(const Sbom& bill) {
  return counted(bill.parsed, "component") + " parsed = " + std::to_string(bill.components.size()) + " stored + " +
         std::to_string(bill.rejected_components) + " rejected";
}

Json head(const Sbom& bill) {
  return {{"file", bill.file},
          {"format", bill.format},
          {"encoding", sbom::name_of(bill.encoding)},
          {"version", bill.spec_version},
          {"components", {{"parsed", bill.parsed}, {"stored", bill.components.size()}, {"rejected", bill.rejected_components}}}};
}

Json rejected(const Sbom& bill) {
  Json out = Json::array();
  for (const sbom::Rejection& r : bill.rejections) out.push_back({{"line", r.place.line}, {"column", r.place.column}, {"reason", r.reason}});
  return out;
}

std::string place_of(const Sbom& bill, std::size_t component) {
  const sbom::Place& p = bill.components[component].span;
  return std::to_string(p.line) + ":" + std::to_string(p.column);
}

bool in_profile(const sbom::QualityCheck& check, const std::string& profile) {
  const std::string start = profile == "cra" ? "CRA/" : profile == "ntia" ? "NTIA-" : profile == "bsi" ? "BSI-" : "";
  return std::any_of(check.basis.begin(), check.basis.end(), [&](const std::string& b) { return b.starts_with(start); });
}

std::string joined(const std::vector<std::string>& parts) {
  std::string out;
  for (const std::string& part : parts) out += (out.empty() ? "" : ", ") + part;
  return out;
}

void show_check(const sbom::QualityCheck& check, const Sbom& bill, std::ostream& out) {
  const char* mark = check.examined == 0 ? "nothing to check" : check.holds() ? "found" : "lacking";
  out << "  " << mark << "  " << check.id << ": " << check.asks;
  if (check.examined > 1 || (check.examined == 1 && !check.components.empty())) out << " (" << check.lacking << " of " << check.examined << " lack it)";
  if (!check.found.empty()) out << ": " << text::in_one_line(check.found);
  out << "\n      basis: " << joined(check.basis) << "\n";
  for (std::size_t i = 0; i < check.components.size() && i < 5; ++i)
    out << "      " << bill.file << ":" << place_of(bill, check.components[i]) << ": " << text::in_one_line(bill.components[check.components[i]].title()) << "\n";
  if (check.lacking > 5 && !check.components.empty()) out << "      and " << check.lacking - 5 << " more\n";
}

Json check_json(const sbom::QualityCheck& check, const Sbom& bill) {
  Json places = Json::array();
  for (std::size_t i = 0; i < check.components.size() && i < most_places; ++i) {
    const std::size_t c = check.components[i];
    places.push_back({{"component", bill.components[c].title()}, {"path", bill.pointer(c)}, {"line", bill.components[c].span.line}, {"column", bill.components[c].span.column}});
  }
  return {{"id", check.id}, {"basis", check.basis}, {"asks", check.asks}, {"examined", check.examined}, {"lacking", check.lacking}, {"found", check.found}, {"places", places}};
}

Json structure_json(const std::optional<sbom::Validity>& validity) {
  Json out = {{"checked", validity.has_value()}};
  if (!validity) return out;
  out["violations"] = Json::array();
  for (std::size_t i = 0; i < validity->violations.size(); ++i) {
    const sbom::Violation& v = validity->violations[i];
    const Span& span = validity->diagnostics[i].span;
    out["violations"].push_back({{"rule", v.rule}, {"path", v.path}, {"line", span.line}, {"column", span.column}, {"message", v.message}, {"hint", v.hint}});
  }
  out["more"] = validity->more;
  return out;
}

Json component_json(const Sbom& bill, std::size_t index) {
  const sbom::Component& c = bill.components[index];
  Json out = {{"path", bill.pointer(index)}, {"line", c.span.line}, {"column", c.span.column}, {"type", c.type}, {"group", c.group}, {"name", c.name}, {"version", c.version}};
  for (const auto& [key, value] : {std::pair{"purl", &c.purl_text}, {"cpe", &c.cpe}, {"ref", &c.ref}, {"supplier", &c.supplier}, {"author", &c.author}})
    if (!value->empty()) out[key] = *value;
  if (c.parent != sbom::no_component) out["parent"] = bill.pointer(c.parent);
  for (const sbom::Hash& h : c.hashes) out["hashes"].push_back({{"algorithm", h.algorithm}, {"value", h.value}});
  for (const sbom::Licence& l : c.licences) out["licences"].push_back(l.text);
  if (c.model)
    out["model"] = {{"task", c.model->task}, {"architecture_family", c.model->architecture_family}, {"architecture", c.model->architecture}, {"approach", c.model->approach},
                    {"datasets", c.model->datasets}, {"limitations", c.model->limitations}, {"ethical", c.model->ethical}, {"metrics", c.model->metrics},
                    {"inputs", c.model->inputs}, {"outputs", c.model->outputs}};
  if (c.data)
    out["data"] = {{"type", c.data->type}, {"classification", c.data->classification}, {"sensitive", c.data->sensitive}, {"governance", c.data->governance},
                   {"collection", c.data->collection}, {"known_bias", c.data->known_bias}};
  return out;
}

const char* word_for(sbom::ComponentChange::Kind kind) {
  switch (kind) {
    case sbom::ComponentChange::Kind::added: return "added";
    case sbom::ComponentChange::Kind::removed: return "removed";
    case sbom::ComponentChange::Kind::changed: return "changed";
  }
  return "";
}

}  // namespace

ExitCode sbom_check(const SbomCheckRequest& request, std::ostream& out, std::ostream& err) {
  std::string bytes;
  const auto bill = read(request.path, bytes);
  if (!bill) return refused(bill.error(), err);
  std::optional<sbom::Validity> validity;
  if (bill->format == "CycloneDX") {
    auto found = sbom::check_cyclonedx(request.path.string(), bytes);
    if (!found) return refused(found.error(), err);
    validity = std::move(*found);
  }
  std::vector<sbom::QualityCheck> quality = sbom::check_quality(*bill);
  std::erase_if(quality, [&](const sbom::QualityCheck& c) { return !in_profile(c, request.profile); });
  const bool broken = validity && !validity->violations.empty();
  const bool lacking = std::any_of(quality.begin(), quality.end(), [](const sbom::QualityCheck& c) { return !c.holds(); });
  if (request.json) {
    Json json = head(*bill);
    json["structure"] = structure_json(validity);
    json["rejected"] = rejected(*bill);
    json["quality"] = Json::array();
    for (const sbom::QualityCheck& c : quality) json["quality"].push_back(check_json(c, *bill));
    json["warnings"] = Json::array();
    for (const Diagnostic& d : bill->warnings) json["warnings"].push_back({{"line", d.span.line}, {"column", d.span.column}, {"message", d.message}});
    out << text::to_json_text(json, text::JsonLayout::pretty);
  } else {
    out << bill->file << ": " << sbom::name_of(bill->encoding) << " " << bill->spec_version << ", " << components_of(*bill) << "\n";
    if (!validity) out << "structure: not checked; of SPDX, what is read is checked and no more\n";
    else if (broken) out << "structure: " << validity->violations.size() << (validity->more ? " and more" : "") << " violations\n";
    else out << "structure: no violation found\n";
    out << "quality, " << (request.profile == "all" ? "all profiles" : "profile " + request.profile) << ":\n";
    for (const sbom::QualityCheck& c : quality) show_check(c, *bill, out);
    if (broken) err << render(validity->diagnostics);
    err << render(bill->rejected) << render(bill->warnings);
  }
  if (broken) return ExitCode::bad_input;
  return lacking || bill->rejected_components != 0 ? ExitCode::finding : ExitCode::clear;
}

ExitCode sbom_show(const SbomShowRequest& request, std::ostream& out, std::ostream& err) {
  std::string bytes;
  const auto bill = read(request.path, bytes);
  if (!bill) return refused(bill.error(), err);
  if (request.json) {
    Json json = head(*bill);
    json["id"] = bill->id;
    json["timestamp"] = bill->timestamp;
    json["authors"] = bill->authors;
    json["tools"] = bill->tools;
    json["subject"] = bill->subject == sbom::no_component ? Json() : Json(bill->pointer(bill->subject));
    json["list"] = Json::array();
    for (std::size_t i = 0; i < bill->components.size(); ++i) json["list"].push_back(component_json(*bill, i));
    json["dependencies"] = Json::array();
    for (const sbom::Dependency& d : bill->dependencies) json["dependencies"].push_back({{"from", bill->pointer(d.from)}, {"on", bill->pointer(d.on)}});
    json["rejected"] = rejected(*bill);
    out << text::to_json_text(json, text::JsonLayout::pretty);
  } else {
    for (std::size_t i = 0; i < bill->components.size(); ++i) {
      const sbom::Component& c = bill->components[i];
      out << bill->file << ":" << place_of(*bill, i) << ": " << (c.type.empty() ? "" : c.type + " ") << text::in_one_line(c.title());
      if (!c.purl_text.empty()) out << "  " << text::in_one_line(c.purl_text);
      out << (i == bill->subject ? "  (the product)\n" : "\n");
    }
    out << components_of(*bill) << "; " << counted(bill->dependencies.size(), "dependency", "dependencies") << "\n";
    err << render(bill->rejected);
  }
  return bill->rejected_components == 0 ? ExitCode::clear : ExitCode::finding;
}

ExitCode sbom_diff(const SbomDiffRequest& request, std::ostream& out, std::ostream& err) {
  std::string bytes;
  const auto before = read(request.before, bytes);
  if (!before) return refused(before.error(), err);
  const auto after = read(request.after, bytes);
  if (!after) return refused(after.error(), err);
  const sbom::Difference found = sbom::difference(*before, *after);
  if (request.json) {
    Json json = {{"before", head(*before)}, {"after", head(*after)}, {"unchanged", found.unchanged}, {"components", Json::array()}, {"dependencies", Json::array()}};
    for (const sbom::ComponentChange& c : found.components) {
      Json one = {{"change", word_for(c.kind)}, {"name", c.name}};
      if (c.before != sbom::no_component) one["before"] = {{"version", c.version_before}, {"path", before->pointer(c.before)}};
      if (c.after != sbom::no_component) one["after"] = {{"version", c.version_after}, {"path", after->pointer(c.after)}};
      if (!c.fields.empty()) one["fields"] = c.fields;
      json["components"].push_back(std::move(one));
    }
    for (const sbom::EdgeChange& e : found.dependencies) json["dependencies"].push_back({{"change", e.added ? "added" : "removed"}, {"from", e.from}, {"on", e.on}});
    out << text::to_json_text(json, text::JsonLayout::pretty);
  } else {
    for (const sbom::ComponentChange& c : found.components) {
      out << word_for(c.kind) << "  " << text::in_one_line(c.name);
      if (c.kind == sbom::ComponentChange::Kind::changed) out << "  " << text::in_one_line(c.version_before == c.version_after ? c.version_after : c.version_before + " -> " + c.version_after) << "  (" << joined(c.fields) << ")";
      else out << "  " << text::in_one_line(c.version_before + c.version_after);
      out << "\n";
    }
    for (const sbom::EdgeChange& e : found.dependencies) out << (e.added ? "added" : "removed") << "  dependency of " << text::in_one_line(e.from) << " on " << text::in_one_line(e.on) << "\n";
    out << counted(found.components.size(), "component differs", "components differ") << ", " << counted(found.unchanged, "does", "do") << " not; " << counted(found.dependencies.size(), "dependency between them differs", "dependencies between them differ") << "\n";
    for (const auto* bill : {&*before, &*after}) out << bill->file << ": " << components_of(*bill) << "\n";
  }
  return found.empty() ? ExitCode::clear : ExitCode::finding;
}

}  // namespace duolex::workspace
