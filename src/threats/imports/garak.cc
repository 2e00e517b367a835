#include <algorithm>
#include <set>

#include "threats/imports/reader.h"

namespace duolex::threats::imports {
namespace {

using text::Node;

// Older reports write "probes.dan.Dan" and "detector.always.Pass".
std::string bare(const std::string& name) {
  for (const char* prefix : {"garak.", "probes.", "probe.", "detectors.", "detector."})
    if (name.starts_with(prefix)) return bare(name.substr(std::string(prefix).size()));
  return name;
}

}  // namespace

Import read_garak(const std::string& path, const std::string& bytes) {
  Import out;
  out.path = path;
  out.tool = "garak";
  Rows rows;
  double threshold = 0.5;
  bool started = false, completed = false;
  std::uint64_t begun = 0, finished = 0, unjudged = 0;
  std::set<std::string> begun_ids, finished_ids;
  std::set<std::pair<std::string, std::string>> evaluated;
  std::vector<std::pair<std::pair<std::string, std::string>, Reported>> evals;

  const auto attempt = [&](const Node& entry, std::uint32_t line) {
    const std::string probe = bare(text_of(entry, "probe_classname")), id = text_of(entry, "uuid");
    const auto status = count_of(entry, "status");
    if (probe.empty() || !status) {
      Diagnostic d = error_in(path, "an attempt without a probe or a status");
      d.span.line = line;
      return reject(out, std::move(d));
    }
    if (*status < 2) {
      ++begun;
      if (!id.empty()) begun_ids.insert(id);
      return;
    }
    // Merged reports give all attempts of a run one id, so an id alone does not make a repetition.
    const std::string key = id + "/" + std::to_string(count_of(entry, "seq").value_or(0)) + "/" + probe;
    if (!id.empty() && !finished_ids.insert(key).second) {
      Diagnostic d = error_in(path, "the attempt " + id + " is there twice");
      d.span.line = line;
      return reject(out, std::move(d));
    }
    ++finished;
    if (!id.empty()) begun_ids.erase(id);
    const Node* const results = entry.find("detector_results");
    if (results == nullptr || results->kind != Node::Kind::mapping || results->items.empty()) {
      ++unjudged;
      return;
    }
    for (std::size_t i = 0; i < results->items.size(); ++i) {
      Row* const row = rows.row(probe, bare(results->keys[i].text));
      if (row == nullptr) {
        Diagnostic d = error_in(path, "more than " + std::to_string(most_rows) + " pairs of probe and detector");
        d.span.line = line;
        return reject(out, std::move(d));
      }
      for (const Node& score : results->items[i].items) {
        const auto value = score_of(score);
        if (!value) {
          ++row->none;
        } else if (*value < threshold) {
          ++row->passed;
        } else {
          ++row->failed;
        }
      }
    }
  };

  const bool whole = each_line(out, bytes, [&](const Node& entry, std::uint32_t line) {
    const std::string type = text_of(entry, "entry_type");
    if (type == "start_run setup") {
      if (const Node* t = entry.find("run.eval_threshold"))
        if (const auto value = score_of(*t)) threshold = *value;
      out.target = text_of(entry, "plugins.target_name");
      if (out.target.empty()) out.target = text_of(entry, "plugins.model_name");
      if (out.tool_version.empty()) out.tool_version = text_of(entry, "_config.version");
    } else if (type == "init") {
      started = true;
      out.run = text_of(entry, "run");
      out.tool_version = text_of(entry, "garak_version");
    } else if (type == "completion") {
      completed = true;
    } else if (type == "attempt") {
      attempt(entry, line);
    } else if (type == "eval") {
      Reported r;
      r.passed = count_of(entry, "passed");
      r.failed = count_of(entry, "fails");
      r.none = count_of(entry, "nones");
      r.evaluated = count_of(entry, "total_evaluated");
      if (!r.evaluated) r.evaluated = count_of(entry, "total");
      evals.emplace_back(std::make_pair(bare(text_of(entry, "probe")), bare(text_of(entry, "detector"))), r);
    } else if (type != "digest" && type != "config" && type != "plugin_cache") {
      out.not_checked.push_back("lines of the kind '" + type.substr(0, 60) + "'");
    }
  });

  for (const auto& [key, reported] : evals)
    if (Row* const row = rows.row(key.first, key.second)) {
      // A merged report evaluates each part by itself.
      if (!row->reported) {
        row->reported = reported;
      } else {
        const auto add = [](std::optional<std::uint64_t>& to, const std::optional<std::uint64_t>& more) {
          if (to && more) *to += *more;
        };
        add(row->reported->passed, reported.passed);
        add(row->reported->failed, reported.failed);
        add(row->reported->none, reported.none);
        add(row->reported->evaluated, reported.evaluated);
      }
    }
  rows.finish(out);
  std::sort(out.not_checked.begin(), out.not_checked.end());
  out.not_checked.erase(std::unique(out.not_checked.begin(), out.not_checked.end()), out.not_checked.end());

  if (!completed) out.incomplete_because.push_back("the report has no completion line");
  if (!started) out.incomplete_because.push_back("the report has no line that begins the run");
  if (!whole) out.incomplete_because.push_back("the last line is broken off");
  if (!begun_ids.empty()) out.incomplete_because.push_back(std::to_string(begun_ids.size()) + " attempts were begun and not finished");
  if (unjudged > 0) out.incomplete_because.push_back(std::to_string(unjudged) + " attempts were judged by no detector");
  for (const Row& r : out.rows) {
    if (!r.reported) out.incomplete_because.push_back(r.probe + ", " + r.detector + ": there is no line with the evaluation");
    if (r.evaluated() + r.none == 0) out.incomplete_because.push_back(r.probe + ", " + r.detector + ": there is no attempt");
  }
  out.complete = out.incomplete_because.empty();
  return out;
}

}  // namespace duolex::threats::imports
