// What Keras keeps as JSON: layers by class name, functions by module and name, Lambda layers with their code.
#include <algorithm>
#include <iterator>
#include <vector>

#include "text/node.h"
#include "threats/model_files/readers.h"

namespace duolex::threats::model_files {
namespace {

using text::Node;

std::string text_at(const Node& object, const char* key) {
  const Node* node = object.find(key);
  return node != nullptr && node->kind == Node::Kind::text ? node->text : "";
}

bool own_module(const std::string& module) {
  for (const char* own : {"keras", "tensorflow.keras", "tf_keras", "tensorflow.python.keras", "keras_nlp", "keras_cv", "keras_hub"})
    if (module == own || module.starts_with(std::string(own) + ".")) return true;
  return module.empty();
}

class KerasScan {
 public:
  KerasScan(Scan& scan, std::size_t offset) : scan_(scan), offset_(offset) {}

  // Without recursion: what is inside waits its turn.
  void run(const Node& root) {
    std::vector<const Node*> open = {&root};
    while (!open.empty()) {
      const Node& node = *open.back();
      open.pop_back();
      if (node.kind == Node::Kind::mapping) object(node);
      for (const Node& item : node.items)
        if (item.kind == Node::Kind::mapping || item.kind == Node::Kind::sequence) open.push_back(&item);
    }
  }

 private:
  void found(const Node& node, Verdict verdict, const std::string& what, const std::string& call) {
    scan_.found(verdict, what, offset_ + node.span.begin, call);
  }

  void object(const Node& node) {
    const std::string class_name = text_at(node, "class_name"), module = text_at(node, "module");
    const Node* config = node.find("config");
    if (class_name == "Lambda") {
      found(node, Verdict::executes_code, "a Lambda layer runs a function that is kept in the file", "Lambda(" + name_of_layer(config) + ")");
    } else if (class_name == "__lambda__") {
      found(node, Verdict::executes_code, "holds compiled Python code (marshal) that runs with the model", "marshal.loads(…)");
    } else if (class_name == "TFOpLambda" || class_name == "SlicingOpLambda") {
      scan_.not_checked("operations that TensorFlow runs by name (" + class_name + ")");
    } else if (!class_name.empty() && !module.empty() && !own_module(module)) {
      const bool function = class_name == "function";
      const std::string target = function && config != nullptr && config->kind == Node::Kind::text ? config->text : class_name;
      if (module == "builtins" && function) {
        scan_.not_checked("the function '" + target.substr(0, 80) + "', which the loading program must know");
      } else {
        found(node, Verdict::executes_code, "loading it imports " + module.substr(0, 80) + "." + target.substr(0, 80), module.substr(0, 80) + "." + target.substr(0, 80));
      }
    } else if (const std::string type = text_at(node, "function_type"); type == "lambda") {
      found(node, Verdict::executes_code, "holds compiled Python code (marshal) that runs with the model", "marshal.loads(…)");
    }
    if (const Node* map = node.find("auto_map"); map != nullptr && map->kind == Node::Kind::mapping && !map->items.empty())
      found(*map, Verdict::suspicious, "names Python code of its own, which a loader that trusts remote code runs",
            map->items.front().kind == Node::Kind::text ? map->items.front().text.substr(0, 120) : "");
    templates(node);
  }

  static std::string name_of_layer(const Node* config) {
    return config != nullptr ? "'" + text_at(*config, "name").substr(0, 80) + "'" : "";
  }

  void templates(const Node& node) {
    const Node* const chat = node.find("chat_template");
    if (chat == nullptr) return;
    if (chat->kind == Node::Kind::text) scan_template(scan_, chat->text, offset_ + chat->span.begin);
    if (chat->kind == Node::Kind::sequence)
      for (const Node& item : chat->items)
        if (const Node* text = item.find("template"); text != nullptr && text->kind == Node::Kind::text)
          scan_template(scan_, text->text, offset_ + text->span.begin);
  }

  Scan& scan_;
  std::size_t offset_;
};

// The end of the JSON object that begins at `at`, or npos. Linear, without recursion; `looked_at` grows by what it saw.
std::size_t object_end(std::string_view bytes, std::size_t at, std::size_t& looked_at) {
  constexpr std::size_t most = std::size_t{16} << 20;
  std::size_t depth = 0;
  bool quoted = false;
  for (std::size_t i = at; i < bytes.size() && i - at < most; ++i, ++looked_at) {
    const char c = bytes[i];
    if (c == '\0') return std::string_view::npos;
    if (quoted) {
      if (c == '\\') {
        ++i;
      } else if (c == '"') {
        quoted = false;
      }
    } else if (c == '"') {
      quoted = true;
    } else if (c == '{' || c == '[') {
      ++depth;
    } else if ((c == '}' || c == ']') && --depth == 0) {
      return i + 1;
    }
  }
  return std::string_view::npos;
}

}  // namespace

void scan_json(Scan& scan, std::string_view bytes, std::size_t offset) {
  const auto root = text::read_json("", std::string(bytes));
  if (!root) {
    const Diagnostic& d = root.error().front();
    scan.found(Verdict::unreadable, "the JSON is refused: " + d.message, offset + d.span.begin);
    // Text that a laxer reader takes may still name what is looked for.
    for (const char* sign : {"\"Lambda\"", "\"__lambda__\""})
      if (const std::size_t at = bytes.find(sign); at != std::string_view::npos)
        scan.found(Verdict::suspicious, std::string("names a layer that runs code: ") + sign, offset + at);
    return;
  }
  KerasScan(scan, offset).run(*root);
}

void find_keras_json(Scan& scan, std::string_view bytes) {
  // An object that is met inside one that was read is not read again. What begins and never ends costs each time.
  constexpr std::size_t most_looked_at = std::size_t{96} << 20;
  std::size_t looked_at = 0;
  for (std::size_t at = bytes.find("{\""); at != std::string_view::npos; at = bytes.find("{\"", at)) {
    if (looked_at > most_looked_at) return scan.found(Verdict::unreadable, "so much JSON begins and does not end that what follows was not looked at", at);
    const std::size_t end = object_end(bytes, at, looked_at);
    if (end == std::string_view::npos) {
      const std::size_t stop = bytes.find('\0', at);
      at = stop == std::string_view::npos ? at + 2 : stop;
      continue;
    }
    const std::string_view object = bytes.substr(at, end - at);
    if (object.find("class_name") != std::string_view::npos || object.find("\\u") != std::string_view::npos ||
        object.find("function_type") != std::string_view::npos)
      scan_json(scan, object, at);
    at = end;
  }
}

void scan_hdf5(Scan& scan, std::string_view bytes) {
  scan.kind("HDF5");
  scan.not_checked("HDF5 structures: the texts in the file are looked at where they stand uncompressed");
  find_keras_json(scan, bytes);
  // A name on its own, should the JSON around it be cut into pieces.
  for (const std::string_view sign : {"\"class_name\": \"Lambda\"", "\"class_name\":\"Lambda\""})
    if (const std::size_t at = bytes.find(sign); at != std::string_view::npos)
      scan.found(Verdict::executes_code, "a Lambda layer runs a function that is kept in the file", at, "Lambda(…)");
}

}  // namespace duolex::threats::model_files
