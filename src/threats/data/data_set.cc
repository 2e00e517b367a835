#include "threats/data/data_set.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <set>

#include "threats/array.h"
#include "threats/data/read_parquet.h"
#include "threats/model_files/readers.h"

namespace duolex::threats::data {
namespace {

constexpr std::size_t most_unpacked = std::size_t{256} << 20;

Result<std::string> gunzip(const std::string& name, std::string_view bytes) {
  if (const auto at = model_files::inflates_beyond(bytes, most_unpacked, false))
    return failure(error_in(name, "unpacks to more than " + std::to_string(most_unpacked >> 20) + " MiB, at byte " + std::to_string(*at)));
  model_files::Inflated out = model_files::inflate(bytes, most_unpacked, false);
  if (!out.ok) return failure(error_in(name, "the compressed data breaks off or is damaged at byte " + std::to_string(out.used)));
  return std::move(out.bytes);
}

bool ends_with(std::string_view name, std::string_view ending) {
  if (name.size() < ending.size()) return false;
  return std::equal(ending.begin(), ending.end(), name.end() - static_cast<std::ptrdiff_t>(ending.size()),
                    [](char a, char b) { return a == (b >= 'A' && b <= 'Z' ? b + 32 : b); });
}

}  // namespace

bool DataSet::labelled() const {
  return !rows.empty() && std::all_of(rows.begin(), rows.end(), [](const Row& r) { return r.label != no_label; });
}

std::int32_t DataSet::class_of(const std::string& label) {
  const auto found = std::find(classes.begin(), classes.end(), label);
  if (found != classes.end()) return static_cast<std::int32_t>(found - classes.begin());
  if (classes.size() >= most_classes) return no_label;
  classes.push_back(label);
  return static_cast<std::int32_t>(classes.size() - 1);
}

std::string split_name(std::string_view word) {
  std::string low;
  for (const char c : word) low += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  if (low == "train" || low == "training") return "train";
  if (low == "test" || low == "testing" || low == "heldout") return "test";
  if (low == "val" || low == "valid" || low == "validation" || low == "dev") return "validation";
  return "";
}

Result<DataSet> read_data(const std::string& name, std::string_view bytes, const ReadOptions& options) {
  if (bytes.substr(0, 2) == "\x1f\x8b") {
    const auto plain = gunzip(name, bytes);
    if (!plain) return tl::unexpected(plain.error());
    return read_data(ends_with(name, ".gz") ? name.substr(0, name.size() - 3) : name + ".unpacked", *plain, options);
  }
  if (bytes.empty()) return failure(error_in(name, "is empty"));
  if (bytes.substr(0, 6) == "\x93NUMPY") return read_npy_rows(name, bytes);
  if (bytes.substr(0, 4) == "PK\x03\x04") return read_npz(name, bytes);
  if (bytes.substr(0, 4) == "PAR1" || bytes.substr(0, 4) == "PARE") return read_parquet(name, {{name, bytes}}, options);
  if (bytes.size() >= 4 && bytes[0] == '\0' && bytes[1] == '\0') return read_idx(name, bytes);
  if (ends_with(name, ".csv") || ends_with(name, ".tsv")) return read_csv(name, bytes, options);
  if (ends_with(name, ".jsonl") || ends_with(name, ".ndjson")) return read_json_lines(name, bytes, options);
  if (bytes[bytes.find_first_not_of(" \t\r\n") == std::string_view::npos ? 0 : bytes.find_first_not_of(" \t\r\n")] == '{') {
    if (bytes.find("\"images\"") != std::string_view::npos && ends_with(name, ".json")) return read_coco(name, bytes);
    return read_json_lines(name, bytes, options);
  }
  return failure(error_in(name, "is of a kind of data that is not known",
                          "CSV, NPY, NPZ, IDX, JSON lines, COCO, Parquet, each also gzipped, and folders of files are read"));
}

DataSet from_files(const std::string& name, std::vector<NamedBytes> files) {
  DataSet out;
  out.name = name;
  out.kind = "folder";
  std::sort(files.begin(), files.end(), [](const NamedBytes& a, const NamedBytes& b) { return a.path < b.path; });
  // Which folder, from the top, tells classes apart: the first, or the second below folders of splits.
  std::set<std::string> classes;
  const auto parts = [](const std::string& path) {
    std::vector<std::string> p;
    for (std::size_t at = 0, slash = 0; (slash = path.find('/', at)) != std::string::npos; at = slash + 1) p.push_back(path.substr(at, slash - at));
    return p;
  };
  const auto class_name = [&](const std::string& path) -> std::string {
    for (const std::string& p : parts(path))
      if (split_name(p).empty()) return p;
    return "";
  };
  bool all = !files.empty();
  for (const NamedBytes& f : files) {
    const std::string c = class_name(f.path);
    all = all && !c.empty();
    classes.insert(c);
  }
  const bool labelled = all && classes.size() >= 2 && classes.size() <= most_classes;
  std::map<std::string, std::int32_t> index;
  if (labelled)
    for (const std::string& c : classes) {
      index[c] = static_cast<std::int32_t>(out.classes.size());
      out.classes.push_back(c);
    }
  for (NamedBytes& f : files) {
    Row row;
    row.hash = f.hash;
    row.content = f.content;
    const std::vector<std::string> p = parts(f.path);
    if (!p.empty()) row.split = split_name(p.front());
    if (labelled) row.label = index[class_name(f.path)];
    row.name = std::move(f.path);
    out.rows.push_back(std::move(row));
  }
  out.not_read.push_back("what the files hold: they are compared as bytes, not as pictures, sounds or tables");
  return out;
}

Result<void> add_labels(DataSet& data, const std::string& name, std::string_view bytes) {
  std::vector<std::string> labels;
  if (bytes.substr(0, 2) == "\x1f\x8b") {
    const auto plain = gunzip(name, bytes);
    if (!plain) return tl::unexpected(plain.error());
    return add_labels(data, name, *plain);
  }
  if (bytes.substr(0, 6) == "\x93NUMPY") {
    const auto array = read_npy(name, bytes);
    if (!array) return tl::unexpected(array.error());
    const auto values = as_i64(name, *array);
    if (!values) return tl::unexpected(values.error());
    for (const std::int64_t v : *values) labels.push_back(std::to_string(v));
  } else if (bytes.size() >= 8 && bytes.substr(0, 3) == std::string_view("\0\0\x08", 3) && bytes[3] == '\1') {
    for (const char c : bytes.substr(8)) labels.push_back(std::to_string(static_cast<unsigned char>(c)));
  } else {
    for (std::size_t at = 0; at < bytes.size();) {
      const std::size_t end = std::min(bytes.find('\n', at), bytes.size());
      std::string_view line = bytes.substr(at, end - at);
      if (line.ends_with('\r')) line.remove_suffix(1);
      labels.emplace_back(line);
      at = end + 1;
    }
    // A table of one column may have a heading.
    if (labels.size() == data.rows.size() + 1) labels.erase(labels.begin());
  }
  if (labels.size() != data.rows.size())
    return failure(error_in(name, "holds " + std::to_string(labels.size()) + " labels for " + std::to_string(data.rows.size()) + " rows"));
  data.classes.clear();
  std::set<std::string> all(labels.begin(), labels.end());
  if (all.size() > most_classes) return failure(error_in(name, "holds more than " + std::to_string(most_classes) + " classes"));
  data.classes.assign(all.begin(), all.end());
  for (std::size_t i = 0; i < labels.size(); ++i)
    data.rows[i].label = static_cast<std::int32_t>(std::lower_bound(data.classes.begin(), data.classes.end(), labels[i]) - data.classes.begin());
  return {};
}

}  // namespace duolex::threats::data
