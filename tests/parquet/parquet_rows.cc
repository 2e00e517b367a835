// Prints what a Parquet file holds, a line a row: a JSON object from the path of each column to the list of the values
// that are there. Whole numbers as text, numbers with a point as they are, bytes in hexadecimal digits. For tests that
// hold the reader against others. Usage: parquet_rows FILE
#include <bit>
#include <cmath>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "threats/parquet/cursor.h"

namespace {

using namespace duolex;
using namespace duolex::threats::parquet;

nlohmann::ordered_json shown(const Column& c, const Value& v) {
  if (c.stores_bytes()) {
    std::string out;
    char two[3];
    for (const char b : v.bytes) {
      std::snprintf(two, sizeof two, "%02x", static_cast<unsigned>(static_cast<unsigned char>(b)));
      out += two;
    }
    return out;
  }
  const double d = c.physical == Physical::float32 ? std::bit_cast<float>(static_cast<std::uint32_t>(v.bits)) : std::bit_cast<double>(v.bits);
  if (c.physical == Physical::float32 || c.physical == Physical::float64) return std::isnan(d) ? nlohmann::ordered_json("NaN") : std::isinf(d) ? nlohmann::ordered_json(d > 0 ? "Infinity" : "-Infinity") : nlohmann::ordered_json(d);
  if (c.kind == Kind::natural) return std::to_string(c.physical == Physical::int32 ? v.bits & 0xFFFFFFFFu : v.bits);
  return std::to_string(static_cast<std::int64_t>(v.bits));
}

int failed(const Diagnostics& why) {
  std::fputs(render(why).c_str(), stderr);
  return 65;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 64;
  const auto bytes = read_file(argv[1]);
  if (!bytes) return failed(bytes.error());
  auto file = open(argv[1], *bytes);
  if (!file) return failed(file.error());
  for (std::size_t g = 0; g < file->footer.groups.size(); ++g) {
    std::vector<std::unique_ptr<Cursor>> cursors;
    for (std::size_t c = 0; c < file->footer.columns.size(); ++c) {
      cursors.push_back(std::make_unique<Cursor>(*file, g, c));
      if (!cursors.back()->next() && cursors.back()->broken()) return failed({cursors.back()->why()});
    }
    for (std::uint64_t r = 0; r < file->footer.groups[g].rows; ++r) {
      nlohmann::ordered_json row = nlohmann::ordered_json::object();
      for (const auto& c : cursors) {
        auto& list = row[c->column().name()] = nlohmann::ordered_json::array();
        do {
          if (c->has_value()) list.push_back(shown(c->column(), c->value()));
        } while (c->next() && c->repetition() != 0);
        if (c->broken()) return failed({c->why()});
      }
      std::puts(row.dump().c_str());
    }
  }
  return 0;
}
