// The joint documents for programs.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "documents/printed.h"
#include "text/json_out.h"

namespace duolex::documents {
namespace {

using nlohmann::ordered_json;

ordered_json leaves_json(const BoundItem& item) {
  ordered_json list = ordered_json::array();
  for (const LeafRef& l : item.leaves) list.push_back({{"leaf", l.leaf}, {"hash", l.hash}});
  return list;
}

const char* name_of(BoundItem::State state) {
  static const char* const states[] = {"given", "missing", "not_applicable", "undecided"};
  return states[static_cast<int>(state)];
}

ordered_json all(const std::vector<Said>& saids, const Tongue& tongue) {
  ordered_json list = ordered_json::array();
  for (const Said& s : saids) list.push_back(tongue(s));
  return list;
}

ordered_json tables(const BoundItem& item, const Tongue& tongue) {
  ordered_json list = ordered_json::array();
  for (const ItemTable& t : item.tables) {
    ordered_json rows = ordered_json::array();
    for (const auto& row : t.rows) rows.push_back(all(row, tongue));
    list.push_back({{"caption", tongue(t.caption)}, {"head", all(t.head, tongue)}, {"rows", rows}});
  }
  return list;
}

}  // namespace

std::string document_json(const JointFile& file, const std::string& document, const Tongue& tongue, bool draft) {
  ordered_json j;
  j["format"] = 1;
  j["document"] = document;
  j["language"] = tongue.language();
  j["draft"] = draft;
  j["title"] = tongue(document_title(document));
  j["product"] = file.product;
  j["release"] = file.release;
  j["manufacturer"] = file.manufacturer;
  j["as_of"] = to_string(file.as_of);
  j["facts_sha256"] = file.facts_sha256;
  j["law_sha256"] = file.law_sha256;
  j["items"] = ordered_json::array();
  for (const BoundItem& i : file.items) {
    if (i.document != document) continue;
    const bool shown = i.state == BoundItem::State::given || i.state == BoundItem::State::missing;
    ordered_json item = {{"id", i.id}, {"part", i.part}, {"title", tongue(i.title)}, {"state", name_of(i.state)}};
    item["content"] = shown ? all(i.content, tongue) : ordered_json::array();
    item["tables"] = shown ? tables(i, tongue) : ordered_json::array();
    item["source"] = i.state == BoundItem::State::given || i.state == BoundItem::State::not_applicable ? tongue(i.source) : "";
    item["substantiated"] = is_shown(i);
    item["leaves"] = leaves_json(i);
    item["cites"] = i.cites;
    j["items"].push_back(std::move(item));
  }
  j["printed"] = ordered_json::array();
  for (const Block& b : printed(file, document, tongue, draft).blocks) {
    if (b.kind != Block::Kind::table) {
      j["printed"].push_back(b.plain());
      continue;
    }
    ordered_json head = ordered_json::array(), rows = ordered_json::array();
    for (const auto& cell : b.table.head) head.push_back(plain_text(cell));
    for (const auto& row : b.table.rows) {
      rows.push_back(ordered_json::array());
      for (const auto& cell : row) rows.back().push_back(plain_text(cell));
    }
    j["printed"].push_back({{"caption", plain_text(b.table.caption)}, {"head", head}, {"rows", rows}});
  }
  return text::to_json_text(j, text::JsonLayout::pretty);
}

std::string joint_file_json(const JointFile& file, const ordered_json& basis, const std::vector<Tongue>& tongues) {
  ordered_json j;
  const Tongue english;
  j["format"] = 1;
  j["product"] = file.product;
  j["release"] = file.release;
  j["manufacturer"] = file.manufacturer;
  j["as_of"] = to_string(file.as_of);
  j["facts_sha256"] = file.facts_sha256;
  j["law_sha256"] = file.law_sha256;
  j["basis"] = basis;
  j["blockers"] = file.blockers;
  for (const std::string& document : document_names()) {
    const ItemCounts c = count_items(file, document);
    j["counts"][document] = {{"given", c.given}, {"missing", c.missing}, {"not_applicable", c.not_applicable}, {"undecided", c.undecided}};
  }
  j["items"] = ordered_json::array();
  for (const BoundItem& i : file.items) {
    ordered_json item = {{"id", i.id}, {"document", i.document}, {"part", i.part}, {"title", i.title}, {"state", name_of(i.state)},
                         {"content", all(i.content, english)}, {"tables", tables(i, english)}, {"waived", i.waived}, {"source", english(i.source)},
                         {"substantiated", is_shown(i)}, {"leaves", leaves_json(i)}, {"cites", i.cites}};
    for (const Tongue& tongue : tongues) {
      if (tongue.language() == "en") continue;
      item["title_" + tongue.language()] = tongue(i.title);
      item["content_" + tongue.language()] = all(i.content, tongue);
      item["tables_" + tongue.language()] = tables(i, tongue);
      item["source_" + tongue.language()] = tongue(i.source);
    }
    j["items"].push_back(std::move(item));
  }
  return text::to_json_text(j, text::JsonLayout::pretty);
}

}  // namespace duolex::documents
