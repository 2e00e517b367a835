#include <algorithm>
#include <charconv>
#include <limits>
#include <map>

#include "threats/array.h"
#include "threats/data/data_set.h"
#include "threats/model_files/bytes.h"
#include "threats/model_files/readers.h"

namespace duolex::threats::data {
namespace {

constexpr std::size_t most_unpacked = std::size_t{256} << 20;

// Rows along the first axis, each a flat vector of numbers.
Result<DataSet> rows_of(const std::string& name, const Array& array, const std::string& split) {
  DataSet out;
  out.name = name;
  if (array.shape.empty()) return failure(error_in(name, "is a single number, not rows"));
  const std::size_t rows = array.shape[0], width = rows == 0 ? 0 : array.count() / rows;
  if (rows == 0 || width == 0) return failure(error_in(name, "holds no rows"));
  if (rows > most_rows || array.count() > most_values) return failure(error_in(name, "holds more rows than are read"));
  out.features = width;
  out.values = as_f32(array);
  const std::size_t bytes = width * bytes_of(array.type);
  for (std::size_t i = 0; i < rows; ++i) {
    Row row;
    row.name = (split.empty() ? "row " : split + " row ") + std::to_string(i);
    row.split = split;
    const std::string_view raw = std::string_view(array.bytes).substr(i * bytes, bytes);
    row.hash = leaf_hash(raw);
    row.content = sha256(raw);
    out.rows.push_back(std::move(row));
  }
  return out;
}

void label_rows(DataSet& data, std::size_t from, const std::vector<std::int64_t>& labels) {
  for (std::size_t i = 0; i < labels.size(); ++i) {
    data.rows[from + i].label = data.class_of(std::to_string(labels[i]));
    // The label is part of what the row is.
    std::string bound(reinterpret_cast<const char*>(data.rows[from + i].content.data()), 32);
    data.rows[from + i].hash = leaf_hash(bound + std::to_string(labels[i]));
  }
}

// Members of a ZIP by its directory, unpacked within a bound.
Result<std::map<std::string, std::string>> members_of(const std::string& name, std::string_view bytes) {
  using model_files::Cursor;
  std::map<std::string, std::string> out;
  const std::size_t end = bytes.rfind("PK\x05\x06");
  if (end == std::string_view::npos || bytes.size() - end < 22) return failure(error_in(name, "ends at byte " + std::to_string(bytes.size()) + " without the directory of a ZIP archive"));
  Cursor c{bytes, end + 10};
  std::uint16_t entries = 0;
  std::uint32_t size = 0, start = 0;
  if (!c.number(entries) || !c.number(size) || !c.number(start) || start > bytes.size()) return failure(error_in(name, "the directory of the archive is broken at byte " + std::to_string(end)));
  std::size_t at = start, left = most_unpacked;
  for (std::uint16_t i = 0; i < entries; ++i) {
    Cursor e{bytes, std::min(at + 10, bytes.size())};
    std::uint16_t method = 0, name_size = 0, extra = 0, comment = 0;
    std::uint32_t time = 0, crc = 0, packed = 0, plain = 0, skipped = 0, attributes = 0, header = 0;
    std::string_view member, rest;
    if (!(e.number(method) && e.number(time) && e.number(crc) && e.number(packed) && e.number(plain) && e.number(name_size) && e.number(extra) &&
          e.number(comment) && e.number(skipped) && e.number(attributes) && e.number(header) && e.take(name_size, member) && e.take(extra, rest) && e.take(comment, rest)))
      return failure(error_in(name, "the directory of the archive is cut off at byte " + std::to_string(at)));
    at = e.at;
    Cursor l{bytes, std::min<std::size_t>(std::size_t{header} + 26, bytes.size())};
    std::uint16_t inner_name = 0, inner_extra = 0;
    std::string_view body;
    if (!l.number(inner_name) || !l.number(inner_extra) || !l.take(std::uint64_t{inner_name} + inner_extra, body) || !l.take(packed, body))
      return failure(error_in(name, "the member '" + std::string(member.substr(0, 80)) + "' lies outside the archive"));
    // The directory says how large it becomes, and is held to it.
    const auto wrong = [&](const std::string& what) { return failure(error_in(name, "the member '" + std::string(member.substr(0, 80)) + "' " + what + ", at byte " + std::to_string(header))); };
    if (plain > left) return wrong("cannot be unpacked within " + std::to_string(most_unpacked >> 20) + " MiB");
    std::string content(method == 0 ? body : std::string_view{});
    if (method == 8) {
      model_files::Inflated inner = model_files::inflate(body, plain, true);
      if (!inner.ok || inner.cut || inner.bytes.size() != plain) return wrong("is damaged or not as large as the directory says");
      content = std::move(inner.bytes);
    } else if (method != 0) {
      return failure(error_in(name, "the member '" + std::string(member.substr(0, 80)) + "' is packed by a method that is not read"));
    }
    if (content.size() > left) return failure(error_in(name, "unpacks to more than " + std::to_string(most_unpacked >> 20) + " MiB"));
    left -= content.size();
    out.emplace(member, std::move(content));
  }
  return out;
}

}  // namespace

Result<DataSet> read_npy_rows(const std::string& name, std::string_view bytes) {
  const auto array = read_npy(name, bytes);
  if (!array) return tl::unexpected(array.error());
  auto out = rows_of(name, *array, "");
  if (out) {
    out->kind = "NPY";
    out->not_read.push_back("labels: an array has none; name them with --labels");
  }
  return out;
}

Result<DataSet> read_npz(const std::string& name, std::string_view bytes) {
  const auto members = members_of(name, bytes);
  if (!members) return tl::unexpected(members.error());
  struct Pair {
    const char *inputs, *labels, *split;
  };
  DataSet out;
  for (const Pair& p : {Pair{"x_train.npy", "y_train.npy", "train"}, Pair{"x_test.npy", "y_test.npy", "test"}, Pair{"X.npy", "y.npy", ""}, Pair{"x.npy", "y.npy", ""},
                        Pair{"data.npy", "target.npy", ""}, Pair{"data.npy", "labels.npy", ""}, Pair{"images.npy", "labels.npy", ""}, Pair{"arr_0.npy", "arr_1.npy", ""}}) {
    const auto inputs = members->find(p.inputs), labels = members->find(p.labels);
    if (inputs == members->end() || (*p.split == '\0' && !out.rows.empty())) continue;
    const auto array = read_npy(name + "!" + p.inputs, inputs->second);
    if (!array) return tl::unexpected(array.error());
    auto part = rows_of(name, *array, p.split);
    if (!part) return part;
    if (out.rows.empty()) {
      out = std::move(*part);
    } else {
      if (part->features != out.features) return failure(error_in(name, "the rows of train and test differ in length"));
      out.values.insert(out.values.end(), part->values.begin(), part->values.end());
      out.rows.insert(out.rows.end(), part->rows.begin(), part->rows.end());
    }
    if (labels == members->end()) continue;
    const auto label_array = read_npy(name + "!" + p.labels, labels->second);
    if (!label_array) return tl::unexpected(label_array.error());
    const auto values = as_i64(name + "!" + p.labels, *label_array);
    if (!values) return tl::unexpected(values.error());
    if (values->size() != array->shape[0]) return failure(error_in(name, std::string(p.labels) + " holds " + std::to_string(values->size()) + " labels for " + std::to_string(array->shape[0]) + " rows"));
    label_rows(out, out.rows.size() - array->shape[0], *values);
  }
  if (out.rows.empty()) return failure(error_in(name, "holds no array of a known name", "X and y, x_train and y_train, data and target, images and labels are read"));
  out.kind = "NPZ";
  return out;
}

Result<DataSet> read_idx(const std::string& name, std::string_view bytes) {
  const auto type = bytes.size() > 3 ? static_cast<unsigned char>(bytes[2]) : 0;
  const std::size_t dimensions = bytes.size() > 3 ? static_cast<unsigned char>(bytes[3]) : 0;
  if (type != 0x08 && type != 0x09) return failure(error_in(name, "holds numbers of the type " + std::to_string(type) + " at byte 2; bytes are read (8 and 9)"));
  if (dimensions == 0 || dimensions > 8 || bytes.size() < 4 + 4 * dimensions) return failure(error_in(name, "the header of the IDX file is broken at byte 3"));
  Array array;
  array.type = type == 0x08 ? ElementType::u1 : ElementType::i1;
  std::uint64_t count = 1;
  for (std::size_t d = 0; d < dimensions; ++d) {
    std::uint32_t n = 0;
    for (std::size_t k = 0; k < 4; ++k) n = n << 8 | static_cast<unsigned char>(bytes[4 + 4 * d + k]);
    array.shape.push_back(n);
    if (!model_files::product(count, n, count)) return failure(error_in(name, "claims more numbers than 64 bits count, at byte " + std::to_string(4 + 4 * d)));
  }
  const std::string_view body = bytes.substr(4 + 4 * dimensions);
  if (body.size() != count) return failure(error_in(name, "claims " + std::to_string(count) + " numbers and holds " + std::to_string(body.size()) + ", at byte " + std::to_string(4 + 4 * dimensions)));
  array.bytes = body;
  auto out = rows_of(name, array, "");
  if (out) {
    out->kind = "IDX";
    out->not_read.push_back("labels: an IDX file of pictures has none; name them with --labels");
  }
  return out;
}

}  // namespace duolex::threats::data
