// Parquet of any bytes. The first byte chooses: the rest is a file; or it is the pages of a column that a good footer
// describes, whose type, packing and encoding the next bytes choose, so that what lies behind footers and headers is
// reached without luck.
#include <cstdint>
#include <span>

#include "demand.h"
#include "threats/data/manifest.h"
#include "threats/data/read_parquet.h"
#include "threats/parquet/cursor.h"
#include "threats/parquet/testing.h"

using namespace duolex;
namespace pq = duolex::threats::parquet;

namespace {

// Takes bytes from the front, zeros when there are none left.
class Choices {
 public:
  explicit Choices(std::string_view bytes) : bytes_(bytes) {}
  unsigned below(unsigned n) {
    if (bytes_.empty()) return 0;
    const unsigned v = static_cast<unsigned char>(bytes_.front()) % n;
    bytes_.remove_prefix(1);
    return v;
  }
  std::string part(std::size_t size) {
    const std::string out(bytes_.substr(0, size));
    bytes_.remove_prefix(out.size());
    return out;
  }
  [[nodiscard]] std::size_t left() const { return bytes_.size(); }

 private:
  std::string_view bytes_;
};

std::string built(std::string_view bytes) {
  namespace t = pq::testing;
  Choices c(bytes);
  t::TestColumn column;
  static const int meanings[] = {-1, 0, 5, 6, 8, 9, 13, 20};
  column.name = c.below(2) == 0 ? "x" : "label";
  column.physical = static_cast<int>(c.below(8));
  column.length = static_cast<int>(c.below(18));
  column.repetition = static_cast<int>(c.below(3));
  column.converted = meanings[c.below(8)];
  column.codec = static_cast<int>(c.below(8));
  const unsigned pages = 1 + c.below(3);
  if (c.below(2) == 1) {
    const unsigned count = c.below(20);
    column.pages += t::dictionary_page(count, c.part(c.below(120)));
    column.has_dictionary = true;
  }
  std::int64_t rows = 0;
  for (unsigned i = 0; i < pages; ++i) {
    static const int encodings[] = {0, 2, 3, 4, 5, 6, 7, 8, 9};
    const auto values = static_cast<std::int64_t>(c.below(256));
    const int encoding = encodings[c.below(9)];
    const bool second = c.below(2) == 1;
    const auto plain = column.codec == 0 ? -1 : static_cast<std::int64_t>(c.below(256)) * (1 + c.below(40));
    if (second) {
      const std::string repetitions = c.part(c.below(16)), definitions = c.part(c.below(16));
      column.pages += t::page_of_second_kind(values, encoding, repetitions, definitions, c.part(i + 1 == pages ? c.left() : c.below(256)), column.codec != 0, plain);
    } else {
      column.pages += t::page(values, encoding, c.part(i + 1 == pages ? c.left() : c.below(256)), plain);
    }
    column.values += values;
    rows += values;
  }
  return t::file_of({column}, column.repetition == 2 ? std::min<std::int64_t>(rows, 3) : rows);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::string_view rest(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::string bytes = data[0] % 2 == 0 ? std::string(rest) : built(rest);
  const auto set = threats::data::read_parquet("f", {{"f", bytes}}, {data[0] % 4 < 2 ? "" : "last"});
  if (!set) {
    fuzz::demand_reasons(set.error());
    return 0;
  }
  fuzz::demand(!set->rows.empty(), "data has rows");
  fuzz::demand(set->values.size() == set->rows.size() * set->features, "each row has its numbers");
  fuzz::demand(set->feature_names.size() == set->features, "each number has a name");
  for (const auto& row : set->rows)
    fuzz::demand(row.label == threats::data::no_label || (row.label >= 0 && static_cast<std::size_t>(row.label) < set->classes.size()), "labels are classes");
  // The same file twice is the same rows twice.
  const auto twice = threats::data::read_parquet("f", {{"a", bytes}, {"b", bytes}}, {data[0] % 4 < 2 ? "" : "last"});
  if (!twice) return 0;  // more than is read
  fuzz::demand(twice->rows.size() == 2 * set->rows.size(), "two files have the rows of both");
  for (std::size_t i = 0; i < set->rows.size(); ++i)
    fuzz::demand(twice->rows[i].hash == set->rows[i].hash && twice->rows[set->rows.size() + i].content == set->rows[i].content, "a row is what it holds");
  return 0;
}
