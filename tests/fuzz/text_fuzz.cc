// The YAML and JSON readers on any bytes: no crash, every place within the input, and what was read can
// be written and edited without a change of meaning.
#include <cstdint>

#include "demand.h"
#include "text/edit.h"
#include "text/yaml_out.h"

using namespace duolex;
using namespace duolex::text;
using fuzz::demand;

namespace {

void check_places(const Node& node, std::size_t begin, std::size_t end) {
  demand(node.span.begin >= begin && node.span.begin <= node.span.end && node.span.end <= end, "spans are nested");
  for (const Node& key : node.keys) check_places(key, node.span.begin, node.span.end);
  for (const Node& item : node.items) check_places(item, node.span.begin, node.span.end);
}

void check_written(const Node& node) {
  for (const std::string& text : {to_yaml(node), to_inline_yaml(node)}) {
    const auto again = read_yaml("again.yaml", text);
    demand(again.has_value(), "what is written can be read");
    demand(same_value(node, *again), "what is written says the same");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  for (const auto& node : {read_yaml("f.yaml", bytes), read_json("f.json", bytes)}) {
    if (!node) {
      fuzz::demand_reasons(node.error());
      continue;
    }
    check_places(*node, 0, bytes.size());
    check_written(*node);
  }
  if (const auto edited = set_value("f.yaml", bytes, {"facts", "a.b"}, make_list({make_text("x: y")}))) {
    const auto again = read_yaml("f.yaml", *edited);
    demand(again && again->find("facts")->find("a.b")->items[0].text == "x: y", "an edit holds");
  }
  (void)append_item("f.yaml", bytes, {"facts"}, make_mapping({{"k", make_boolean(true)}}));
  return 0;
}
