// TensorFlow's graphs: a SavedModel, or one graph by itself.
#include <algorithm>
#include <vector>

#include "threats/model_files/protobuf.h"
#include "threats/model_files/readers.h"

namespace duolex::threats::model_files {
namespace {

constexpr unsigned most_depth = 32;
constexpr std::size_t most_messages = 5'000'000;

enum class Part { saved_model, meta_graph, graph, node, library, function, objects };

struct Open {
  Part part;
  std::string_view bytes;
  std::size_t at;
  unsigned depth;
};

struct Operator {
  std::string_view name;
  Verdict verdict;
  std::string_view what;
};

constexpr Operator operators[] = {
    {"PyFunc", Verdict::executes_code, "calls a Python function"},
    {"PyFuncStateless", Verdict::executes_code, "calls a Python function"},
    {"EagerPyFunc", Verdict::executes_code, "calls a Python function"},
    {"WriteFile", Verdict::executes_code, "writes a file of its choice"},
    {"ReadFile", Verdict::suspicious, "reads a file of its choice"},
    {"MatchingFiles", Verdict::suspicious, "lists files"},
    {"WholeFileReaderV2", Verdict::suspicious, "reads files"},
    {"TextLineReaderV2", Verdict::suspicious, "reads files"},
    {"DebugIdentity", Verdict::suspicious, "sends tensors to an address"},
    {"DebugIdentityV2", Verdict::suspicious, "sends tensors to an address"},
};

class GraphScan {
 public:
  explicit GraphScan(Scan& scan) : scan_(scan) {}

  void run(std::string_view bytes, Part first) {
    std::vector<Open> open = {{first, bytes, 0, 0}};
    std::size_t messages = 0;
    while (!open.empty()) {
      const Open o = open.back();
      open.pop_back();
      if (++messages > most_messages || o.depth > most_depth)
        return scan_.found(Verdict::unreadable, "holds more parts than are followed", o.at);
      if (!look(o, open)) return;
    }
  }

 private:
  bool look(const Open& o, std::vector<Open>& open) {
    Fields fields(o.bytes, o.at);
    Field f;
    while (fields.next(f)) {
      if (f.type != 2) continue;
      const auto into = [&](Part part) { open.push_back({part, f.bytes, fields.bytes_at(f), o.depth + 1}); };
      switch (o.part) {
        case Part::saved_model:
          if (f.number == 2) into(Part::meta_graph);
          break;
        case Part::meta_graph:
          if (f.number == 2) into(Part::graph);
          if (f.number == 7) into(Part::objects);
          break;
        case Part::graph:
          if (f.number == 1) into(Part::node);
          if (f.number == 2) into(Part::library);
          break;
        case Part::library:
          if (f.number == 1) into(Part::function);
          break;
        case Part::function:
          if (f.number == 3) into(Part::node);
          break;
        case Part::node:
          if (f.number == 2) op(f.bytes, fields.bytes_at(f));
          break;
        case Part::objects: break;
      }
    }
    if (fields.broken()) return scan_.found(Verdict::unreadable, "the bytes are no fields of a graph", fields.at()), false;
    if (o.part == Part::objects) find_keras_json(scan_, o.bytes);
    return true;
  }

  void op(std::string_view name, std::size_t at) {
    for (const Operator& known : operators)
      if (known.name == name) scan_.found(known.verdict, "an operator " + std::string(known.what), at, std::string(name));
  }

  Scan& scan_;
};

}  // namespace

void scan_saved_model(Scan& scan, std::string_view bytes) {
  scan.kind("SavedModel");
  scan.not_checked("operators from libraries that the loading program adds to TensorFlow");
  // A SavedModel has its version first and its graphs in field 2; a graph by itself has nodes in field 1.
  Fields fields(bytes);
  Field f;
  const bool graph = fields.next(f) && f.number == 1 && f.type == 2;
  GraphScan(scan).run(bytes, graph ? Part::graph : Part::saved_model);
  if (graph) find_keras_json(scan, bytes);
}

}  // namespace duolex::threats::model_files
