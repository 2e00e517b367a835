#include <algorithm>

#include "threats/imports/reader.h"

namespace duolex::threats::imports {
namespace {

using text::Node;

// A key of the metadata, which stands in the result or in its test.
std::string metadata(const Node& result, const char* key) {
  if (const Node* m = result.find("metadata"))
    if (std::string value = text_of(*m, key); !value.empty()) return value;
  if (const Node* test = result.find("testCase"))
    if (const Node* m = test->find("metadata"))
      if (std::string value = text_of(*m, key); !value.empty()) return value;
  return "";
}

}  // namespace

Import read_promptfoo(const std::string& path, const Node& root) {
  Import out;
  out.path = path;
  out.tool = "promptfoo";
  out.run = text_of(root, "evalId");
  if (const Node* m = root.find("metadata")) out.tool_version = text_of(*m, "promptfooVersion");
  const Node& outer = *root.find("results");
  const Node* const list = outer.kind == Node::Kind::sequence ? &outer : outer.find("results");
  if (list == nullptr || list->kind != Node::Kind::sequence) {
    reject(out, error_in(path, "'results' holds no list of results"));
    out.incomplete_because.push_back("there are no results");
    return out;
  }
  Rows rows;
  std::uint64_t passed = 0, failed = 0, errors = 0;
  for (const Node& result : list->items) {
    const Node* const success = result.find("success");
    if (result.kind != Node::Kind::mapping || success == nullptr || success->kind != Node::Kind::boolean) {
      Diagnostic d = error_in(path, "a result does not say whether it succeeded");
      d.span = result.span;
      reject(out, std::move(d));
      continue;
    }
    std::string plugin = metadata(result, "pluginId"), strategy = metadata(result, "strategyId");
    if (plugin.empty()) plugin = "test";
    if (const Node* provider = result.find("provider")) {
      const std::string name = provider->kind == Node::Kind::text ? provider->text.substr(0, 200) : text_of(*provider, "id");
      if (out.target.empty()) out.target = name;
    }
    Row* const row = rows.row(plugin, strategy.empty() ? "assertions" : "assertions after " + strategy);
    if (row == nullptr) {
      reject(out, error_in(path, "more than " + std::to_string(most_rows) + " pairs of plug-in and strategy"));
      break;
    }
    // failureReason: 0 none, 1 an assertion, 2 an error before anything could be asserted.
    const auto reason = count_of(result, "failureReason");
    const Node* const error = result.find("error");
    const Node* const response = result.find("response");
    const bool broke = reason ? *reason == 2 : error != nullptr && error->kind == Node::Kind::text && response == nullptr;
    if (success->boolean) {
      ++row->passed;
      ++passed;
    } else if (broke) {
      ++row->none;
      ++errors;
    } else {
      ++row->failed;
      ++failed;
    }
  }
  rows.finish(out);
  const Node* const stats = outer.kind == Node::Kind::mapping ? outer.find("stats") : nullptr;
  if (stats == nullptr) {
    out.not_checked.push_back("the tool's own counts: the file has none");
  } else {
    const auto compare = [&](const char* key, std::uint64_t counted) {
      if (const auto said = count_of(*stats, key); said && *said != counted)
        out.disagreements.push_back(std::string(key) + ": the report says " + std::to_string(*said) + ", its results say " + std::to_string(counted));
    };
    compare("successes", passed);
    compare("failures", failed);
    compare("errors", errors);
  }
  if (errors > 0) out.incomplete_because.push_back(std::to_string(errors) + " tests ended in an error and were not judged");
  if (const Node* config = root.find("config"))
    if (const Node* tests = config->find("tests"); tests != nullptr && tests->kind == Node::Kind::sequence && tests->items.size() > list->items.size())
      out.incomplete_because.push_back("of " + std::to_string(tests->items.size()) + " tests, " + std::to_string(list->items.size()) + " have a result");
  if (list->items.empty()) out.incomplete_because.push_back("there are no results");
  if (out.rejected_count > 0) out.incomplete_because.push_back(std::to_string(out.rejected_count) + " results could not be counted");
  out.complete = out.incomplete_because.empty();
  return out;
}

}  // namespace duolex::threats::imports
