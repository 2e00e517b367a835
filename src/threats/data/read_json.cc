#include <algorithm>
#include <charconv>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "text/json_out.h"
#include "text/node.h"
#include "threats/data/data_set.h"

namespace duolex::threats::data {
namespace {

using text::Node;

bool number(const Node& node, float& out) {
  if (node.kind == Node::Kind::integer) return out = static_cast<float>(node.integer), true;
  if (node.kind != Node::Kind::text || node.quoted) return false;
  const auto [end, code] = std::from_chars(node.text.data(), node.text.data() + node.text.size(), out);
  return code == std::errc() && end == node.text.data() + node.text.size();
}

std::string label_text(const Node& node) {
  if (node.kind == Node::Kind::integer) return std::to_string(node.integer);
  if (node.kind == Node::Kind::boolean) return node.boolean ? "true" : "false";
  return node.kind == Node::Kind::text ? node.text : "";
}

}  // namespace

Result<DataSet> read_json_lines(const std::string& name, std::string_view bytes, const ReadOptions& options) {
  DataSet out;
  out.name = name;
  out.kind = "JSON lines";
  std::vector<std::string> labels;
  std::map<std::string, std::size_t> index;  // numeric keys of the first line
  std::uint32_t line = 0;
  bool first = true;
  for (std::size_t at = 0; at < bytes.size();) {
    const std::size_t end = std::min(bytes.find('\n', at), bytes.size());
    const std::string text(bytes.substr(at, end - at));
    at = end + 1;
    ++line;
    if (text.find_first_not_of(" \t\r") == std::string::npos) continue;
    const auto node = text::read_json(name, text);
    if (!node || node->kind != Node::Kind::mapping) {
      Diagnostic d = node ? error_about(*node, text, "a line is a JSON object, not " + describe(*node)) : node.error().front();
      d.span.line = line;
      return failure(std::move(d));
    }
    if (out.rows.size() >= most_rows || (out.rows.size() + 1) * std::max<std::size_t>(index.size(), 1) > most_values)
      return failure(error_in(name, "holds more rows than are read"));
    std::string label;
    nlohmann::ordered_json content = nlohmann::ordered_json::object();
    Row row;
    row.name = "line " + std::to_string(line);
    std::vector<float> values(index.size(), std::numeric_limits<float>::quiet_NaN());
    for (std::size_t i = 0; i < node->items.size(); ++i) {
      const std::string& key = node->keys[i].text;
      const Node& item = node->items[i];
      const bool is_label = options.label_column.empty() ? key == "label" || key == "class" || key == "target" || key == "category" : key == options.label_column;
      if (is_label) {
        label = label_text(item);
        continue;
      }
      if (key == "split") {
        row.split = split_name(item.text).empty() ? item.text.substr(0, 40) : split_name(item.text);
        continue;
      }
      if (key != "id") content[key] = to_json(item);
      float value = 0;
      if (!number(item, value)) continue;
      if (first && key != "id") {
        index.emplace(key, index.size());
        out.feature_names.push_back(key);
        values.push_back(value);
      } else if (const auto found = index.find(key); found != index.end()) {
        values[found->second] = value;
      }
    }
    first = false;
    out.values.insert(out.values.end(), values.begin(), values.end());
    row.hash = leaf_hash(text);
    row.content = sha256(text::to_json_text(nlohmann::json::parse(content.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)), text::JsonLayout::compact));
    labels.push_back(label);
    out.rows.push_back(std::move(row));
  }
  if (out.rows.empty()) return failure(error_in(name, "holds no rows"));
  out.features = index.size();
  if (std::none_of(labels.begin(), labels.end(), [](const std::string& l) { return l.empty(); })) {
    const std::set<std::string> all(labels.begin(), labels.end());
    if (all.size() <= most_classes) {
      out.classes.assign(all.begin(), all.end());
      for (std::size_t r = 0; r < labels.size(); ++r)
        out.rows[r].label = static_cast<std::int32_t>(std::lower_bound(out.classes.begin(), out.classes.end(), labels[r]) - out.classes.begin());
    }
  }
  if (!out.labelled()) out.not_read.push_back("labels: not every line has one (label, class, target or category, or the key named with --label-column)");
  out.not_read.push_back("texts and lists in the lines, beyond their hash");
  return out;
}

Result<DataSet> read_coco(const std::string& name, std::string_view bytes) {
  text::Limits limits;
  limits.bytes = std::size_t{256} << 20;
  limits.nodes = 5'000'000;
  const auto root = text::read_json(name, std::string(bytes), limits);
  if (!root) return tl::unexpected(root.error());
  const Node *images = root->find("images"), *annotations = root->find("annotations");
  if (images == nullptr || images->kind != Node::Kind::sequence || annotations == nullptr || annotations->kind != Node::Kind::sequence)
    return failure(error_in(name, "is no COCO file: it has no lists 'images' and 'annotations'"));
  DataSet out;
  out.name = name;
  out.kind = "COCO";
  std::map<std::int64_t, std::string> by_image;  // what is annotated, canonical
  for (const Node& a : annotations->items) {
    const Node* const image = a.find("image_id");
    if (image == nullptr || image->kind != Node::Kind::integer) return failure(error_about(a, "", "an annotation names no image"));
    by_image[image->integer] += text::to_json_text(to_json(a), text::JsonLayout::compact) + "\n";
  }
  std::set<std::int64_t> known;
  for (const Node& image : images->items) {
    const Node *id = image.find("id"), *file = image.find("file_name");
    if (id == nullptr || id->kind != Node::Kind::integer) return failure(error_about(image, "", "an image has no id"));
    if (!known.insert(id->integer).second) return failure(error_about(image, "", "two images have the id " + std::to_string(id->integer)));
    if (out.rows.size() >= most_rows) return failure(error_in(name, "holds more rows than are read"));
    Row row;
    row.name = file != nullptr && file->kind == Node::Kind::text ? file->text : "image " + std::to_string(id->integer);
    const std::string notes = by_image.contains(id->integer) ? by_image[id->integer] : "";
    row.hash = leaf_hash(text::to_json_text(to_json(image), text::JsonLayout::compact) + "\n" + notes);
    row.content = sha256(row.name);
    out.rows.push_back(std::move(row));
  }
  std::size_t lost = 0;
  for (const auto& [id, text] : by_image) lost += known.contains(id) ? 0 : 1;
  if (lost > 0) out.not_read.push_back("annotations of " + std::to_string(lost) + " images that are not in the file");
  if (out.rows.empty()) return failure(error_in(name, "holds no images"));
  out.not_read.push_back("the pictures themselves: a COCO file only names them");
  return out;
}

}  // namespace duolex::threats::data
