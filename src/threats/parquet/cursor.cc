#include "threats/parquet/cursor.h"

#include <zlib.h>

#include <algorithm>
#include <cstring>

#include "threats/parquet/codec.h"
#include "threats/parquet/thrift.h"

namespace duolex::threats::parquet {
namespace {

constexpr std::size_t most_header = 1 << 20;  // bytes; it may hold a least and a greatest value

}  // namespace

Result<File> open(const std::string& name, std::string_view bytes) {
  auto footer = read_footer(name, bytes);
  if (!footer) return tl::unexpected(footer.error());
  return File{name, bytes, std::move(*footer), {allowance_free + allowance_a_byte * bytes.size()}};
}

struct Cursor::Header {
  std::int64_t type = -1, plain = -1, packed = -1, values = -1, encoding = -1, definition_encoding = 3, repetition_encoding = 3;
  std::int64_t definition_bytes = 0, repetition_bytes = 0, nulls = 0, crc = 0;
  bool has_crc = false, is_packed = true, second = false;
};

Cursor::Cursor(File& file, std::size_t group, std::size_t column)
    : file_(file), column_(file.footer.columns[column]), chunk_(file.footer.groups[group].chunks[column]), next_page_(static_cast<std::size_t>(chunk_.begin)), left_(chunk_.values) {}

bool Cursor::refuse(const std::string& what, const std::string& hint) {
  held_ = at_ = 0;
  left_ = left_of_page_ = 0;
  failure_ = error_in(file_.name, "a page of the column '" + column_.name() + "' " + what + ", at byte " + std::to_string(page_at_), hint);
  return false;
}

bool Cursor::read_header(Header& h) {
  page_at_ = next_page_;
  if (chunk_.codec == Codec::lzo || chunk_.codec == Codec::brotli) return refuse("is packed with " + name_of(chunk_.codec) + ", which is not read", "write the file with Zstandard, gzip, Snappy, LZ4 or unpacked");
  Thrift t(file_.bytes, page_at_, std::min(file_.footer.begin, page_at_ + most_header));
  bool described = false;
  const auto data = [&](bool second) {
    described = true;
    h.second = second;
    t.structure([&](const Thrift::Field& f) {
      if (f.id == 1) return h.values = t.integer(f), true;
      if (!second) {
        if (f.id == 2) return h.encoding = t.integer(f), true;
        if (f.id == 3) return h.definition_encoding = t.integer(f), true;
        if (f.id == 4) return h.repetition_encoding = t.integer(f), true;
        return false;
      }
      if (f.id == 2) return h.nulls = t.integer(f), true;
      if (f.id == 4) return h.encoding = t.integer(f), true;
      if (f.id == 5) return h.definition_bytes = t.integer(f), true;
      if (f.id == 6) return h.repetition_bytes = t.integer(f), true;
      if (f.id == 7) return h.is_packed = t.boolean(f), true;
      return false;
    });
  };
  t.structure([&](const Thrift::Field& f) {
    const bool inner = f.type == Thrift::Type::structure;
    switch (f.id) {
      case 1: h.type = t.integer(f); return true;
      case 2: h.plain = t.integer(f); return true;
      case 3: h.packed = t.integer(f); return true;
      case 4: h.crc = t.integer(f); return h.has_crc = true;
      case 5: if (!inner || h.type != 0) return false; data(false); return true;
      case 8: if (!inner || h.type != 3) return false; data(true); return true;
      case 7:
        if (!inner || h.type != 2) return false;
        described = true;
        t.structure([&](const Thrift::Field& d) {
          if (d.id == 1) return h.values = t.integer(d), true;
          if (d.id == 2) return h.encoding = t.integer(d), true;
          return false;
        });
        return true;
      default: return false;
    }
  });
  if (!t.ok()) return refuse("has a broken header: " + t.wrong());
  if (h.type != 1 && !described) return refuse("is not described by its header");
  if (h.plain < 0 || h.packed < 0 || (h.type != 1 && h.values < 0)) return refuse("says not how large it is");
  if (static_cast<std::uint64_t>(h.packed) > file_.footer.begin - t.at()) return refuse("goes beyond the end of the data");
  if (static_cast<std::uint64_t>(h.plain) > most_page) return refuse("claims " + std::to_string(h.plain) + " bytes, more than is read");
  next_page_ = t.at();
  return true;
}

bool Cursor::unpacked(std::string_view in, std::size_t size, bool packed, std::string& holder, std::string_view& out) {
  if (!file_.allowance.take(size)) return refuse("unpacks to more than is read of a file of " + std::to_string(file_.bytes.size()) + " bytes");
  if (!packed || chunk_.codec == Codec::none) {
    if (in.size() != size) return refuse("holds " + std::to_string(in.size()) + " bytes and claims " + std::to_string(size));
    out = in;
    return true;
  }
  if (size == 0) {  // an empty page need not be packed at all
    out = {};
    return true;
  }
  holder.clear();
  auto plain = unpack(chunk_.codec, in, size);
  if (!plain) return refuse(plain.error().front().message, plain.error().front().hint);
  holder = std::move(*plain);
  out = holder;
  return true;
}

bool Cursor::read_dictionary(const Header& h, std::string_view body) {
  if (dictionary_read_) return refuse("is a second dictionary");
  dictionary_read_ = true;
  if (h.encoding != 0 && h.encoding != 2) return refuse("is a dictionary encoded in a way that is not read (" + name_of_encoding(h.encoding) + ")");
  std::string_view plain;
  if (!unpacked(body, static_cast<std::size_t>(h.plain), true, dictionary_bytes_, plain)) return false;
  const std::uint64_t least = column_.physical == Physical::bytes ? 4 : std::max<std::uint64_t>(column_.width, 1);
  const auto count = static_cast<std::uint64_t>(h.values);
  if (column_.physical == Physical::boolean || count > plain.size() / least || !file_.allowance.take(count * sizeof(Value))) return refuse("is a dictionary of " + std::to_string(count) + " values that it does not hold");
  std::string why;
  dictionary_.resize(static_cast<std::size_t>(count));
  const auto source = values_of(column_, 0, plain, dictionary_.size(), nullptr, file_.allowance, why);
  if (source == nullptr || !source->take(dictionary_.data(), dictionary_.size())) return refuse("is a dictionary of " + std::to_string(count) + " values that it does not hold");
  return true;
}

bool Cursor::levels(const Header& h, std::string_view& body, std::uint8_t most, std::int64_t encoding, Runs& runs, HighBits& high, bool& packed_high) {
  packed_high = false;
  if (most == 0) return true;
  const unsigned width = bits_for(most);
  if (encoding == static_cast<std::int64_t>(Encoding::bit_packed)) {
    const std::uint64_t size = (static_cast<std::uint64_t>(h.values) * width + 7) / 8;
    if (size > body.size()) return refuse("does not hold its levels");
    high = HighBits(body.substr(0, static_cast<std::size_t>(size)), width);
    body.remove_prefix(static_cast<std::size_t>(size));
    return packed_high = true;
  }
  if (encoding != static_cast<std::int64_t>(Encoding::rle)) return refuse("has levels encoded in a way that is not read (" + name_of_encoding(encoding) + ")");
  std::uint32_t size = 0;
  if (body.size() >= 4) std::memcpy(&size, body.data(), 4);
  if (body.size() < 4 || size > body.size() - 4) return refuse("does not hold its levels");
  runs = Runs(body.substr(4, size), width);
  body.remove_prefix(4 + std::size_t{size});
  return true;
}

bool Cursor::begin_data(const Header& h, std::string_view body) {
  if (static_cast<std::uint64_t>(h.values) > left_) return refuse("holds more values than are left of its column");
  std::string_view plain;
  if (h.second) {
    const std::uint64_t before = static_cast<std::uint64_t>(h.repetition_bytes) + static_cast<std::uint64_t>(h.definition_bytes);
    if (h.repetition_bytes < 0 || h.definition_bytes < 0 || before > body.size() || before > static_cast<std::uint64_t>(h.plain)) return refuse("does not hold its levels");
    const auto r = static_cast<std::size_t>(h.repetition_bytes), d = static_cast<std::size_t>(h.definition_bytes);
    if (h.nulls < 0 || h.nulls > h.values) return refuse("claims more absent values than values");
    repetition_runs_ = Runs(body.substr(0, r), bits_for(column_.most_repetition));
    definition_runs_ = Runs(body.substr(r, d), bits_for(column_.most_definition));
    high_repetitions_ = high_definitions_ = false;
    if (!unpacked(body.substr(r + d), static_cast<std::size_t>(h.plain) - r - d, h.is_packed, page_bytes_, plain)) return false;
  } else {
    if (!unpacked(body, static_cast<std::size_t>(h.plain), true, page_bytes_, plain)) return false;
    if (!levels(h, plain, column_.most_repetition, h.repetition_encoding, repetition_runs_, repetition_bits_, high_repetitions_)) return false;
    if (!levels(h, plain, column_.most_definition, h.definition_encoding, definition_runs_, definition_bits_, high_definitions_)) return false;
  }
  std::string why;
  source_ = values_of(column_, h.encoding, plain, static_cast<std::size_t>(h.values), dictionary_read_ ? &dictionary_ : nullptr, file_.allowance, why);
  if (source_ == nullptr) return refuse(why);
  left_of_page_ = static_cast<std::uint64_t>(h.values);
  return true;
}

// To the next page that holds entries.
bool Cursor::page() {
  while (left_of_page_ == 0) {
    Header h;
    if (!read_header(h)) return false;
    const std::string_view body = file_.bytes.substr(next_page_, static_cast<std::size_t>(h.packed));
    next_page_ += body.size();
    if (h.has_crc && static_cast<std::uint32_t>(::crc32(0, reinterpret_cast<const Bytef*>(body.data()), static_cast<uInt>(body.size()))) != static_cast<std::uint32_t>(h.crc))
      return refuse("is damaged: its bytes do not have the checksum that stands before them");
    if (h.type == 1) continue;
    if (h.type == 2) {
      if (!read_dictionary(h, body)) return false;
    } else if (h.type == 0 || h.type == 3) {
      if (!begin_data(h, body)) return false;
    } else {
      return refuse("is of a kind that does not exist (" + std::to_string(h.type) + ")");
    }
  }
  return true;
}

bool Cursor::fill() {
  if (failure_ || left_ == 0) return held_ = at_ = 0, false;
  if (left_of_page_ == 0 && !page()) return false;
  const auto n = static_cast<std::size_t>(std::min<std::uint64_t>({left_of_page_, left_, most_held}));
  if (column_.most_repetition > 0 && !(high_repetitions_ ? repetition_bits_.take(repetitions_.data(), n) : repetition_runs_.take(repetitions_.data(), n)))
    return refuse("does not hold its levels");
  if (column_.most_definition > 0 && !(high_definitions_ ? definition_bits_.take(definitions_.data(), n) : definition_runs_.take(definitions_.data(), n)))
    return refuse("does not hold its levels");
  std::size_t present = 0;
  for (std::size_t i = 0; i < n; ++i) {
    if (repetitions_[i] > column_.most_repetition || definitions_[i] > column_.most_definition) return refuse("has a level that its column cannot have");
    present += definitions_[i] == column_.most_definition ? 1 : 0;
  }
  if (!source_->take(values_.data(), present)) return refuse("does not hold the values it claims");
  // To where they belong, from behind.
  if (present < n)
    for (std::size_t i = n; i-- > 0;) values_[i] = definitions_[i] == column_.most_definition ? values_[--present] : Value{};
  left_ -= n;
  left_of_page_ -= n;
  held_ = n;
  at_ = 0;
  return true;
}

}  // namespace duolex::threats::parquet
