#include <gtest/gtest.h>
#include <zlib.h>

#include <cstring>

#include "threats/parquet/cursor.h"
#include "threats/parquet/deltas.h"
#include "threats/parquet/testing.h"
#include "threats/parquet/thrift.h"

namespace duolex::threats::parquet {
namespace {

using namespace testing;

template <class T>
std::string raw(std::initializer_list<T> values) {
  std::string out;
  for (const T v : values) out.append(reinterpret_cast<const char*>(&v), sizeof v);
  return out;
}

// The entries of the first column, "-" for an absent one, or why there are none.
std::string shown(const std::string& bytes) {
  auto file = open("f", bytes);
  if (!file) return file.error().front().message;
  std::string out;
  Cursor c(*file, 0, 0);
  while (c.next()) {
    out += out.empty() ? "" : " ";
    if (c.column().most_repetition > 0) out += std::to_string(c.repetition()) + ":";
    if (!c.has_value()) out += "-";
    else out += c.column().stores_bytes() ? std::string(c.value().bytes) : std::to_string(static_cast<std::int64_t>(c.value().bits));
  }
  return c.broken() ? c.why().message : out;
}

std::string one(TestColumn c, std::int64_t rows) {
  c.values = c.values == 0 ? rows : c.values;
  return shown(file_of({c}, rows));
}

TEST(Pages, Plain) {
  EXPECT_EQ(one({.physical = 1, .pages = page(3, 0, raw<std::int32_t>({1, -2, 3}))}, 3), "1 -2 3");
  EXPECT_EQ(one({.physical = 2, .pages = page(1, 0, raw<std::int64_t>({-5})) + page(1, 0, raw<std::int64_t>({6}))}, 2), "-5 6");
  EXPECT_EQ(one({.physical = 0, .pages = page(10, 0, "\x05\x02")}, 10), "1 0 1 0 0 0 0 0 0 1");
  EXPECT_EQ(one({.physical = 6, .pages = page(2, 0, little(1) + "a" + little(0))}, 2), "a ");
  EXPECT_EQ(one({.physical = 7, .length = 2, .pages = page(2, 0, "abcd")}, 2), "ab cd");
  EXPECT_EQ(one({.physical = 3, .pages = page(1, 0, "123456789012")}, 1), "123456789012");
}

TEST(Pages, AbsentValuesAndLists) {
  // Definition levels 1 0 1 as a packed group; then the second kind of page.
  EXPECT_EQ(one({.physical = 1, .repetition = 1, .pages = page(3, 0, little(2) + "\x03\x05" + raw<std::int32_t>({7, 8}))}, 3), "7 - 8");
  EXPECT_EQ(one({.physical = 1, .repetition = 1, .pages = page_of_second_kind(3, 0, "", "\x03\x05", raw<std::int32_t>({7, 8}), false)}, 3), "7 - 8");
  // Levels of the oldest kind: from the highest bit.
  std::string old = page(3, 0, "\xa0" + raw<std::int32_t>({7, 8}));
  const std::size_t at = old.find("\x15\x06\x15\x06");  // both encodings of levels: 3
  ASSERT_NE(at, std::string::npos);
  old[at + 1] = old[at + 3] = 8;
  EXPECT_EQ(one({.physical = 1, .repetition = 1, .pages = old}, 3), "7 - 8");
  // A repeated column: rows of two values, none, and one.
  EXPECT_EQ(one({.physical = 1, .repetition = 2, .values = 4, .pages = page(4, 0, little(2) + "\x03\x02" + little(2) + "\x03\x0b" + raw<std::int32_t>({1, 2, 3}))}, 3), "0:1 1:2 0:- 0:3");
}

TEST(Pages, Dictionaries) {
  const std::string words = little(2) + "no" + little(3) + "yes";
  EXPECT_EQ(one({.physical = 6, .pages = dictionary_page(2, words) + page(4, 8, "\x01\x08\x01"), .has_dictionary = true}, 4), "yes yes yes yes");
  EXPECT_EQ(one({.physical = 6, .pages = dictionary_page(2, words) + page(3, 2, "\x01\x03\x02"), .has_dictionary = true}, 3), "no yes no");
  EXPECT_NE(one({.physical = 6, .pages = dictionary_page(1, little(2) + "no") + page(1, 8, "\x01\x02\x01"), .has_dictionary = true}, 1).find("does not hold the values"), std::string::npos);
  EXPECT_NE(one({.physical = 6, .pages = page(1, 8, "\x01\x02\x01")}, 1).find("a dictionary that is not there, at byte 4"), std::string::npos);
  EXPECT_NE(one({.physical = 6, .pages = dictionary_page(900, words) + page(1, 8, "\x01\x02\x01"), .has_dictionary = true}, 1).find("it does not hold"), std::string::npos);
}

TEST(Pages, Differences) {
  // The format's own example: 7 5 3 1 2 3 4 5, in blocks of 128 of 4 parts; the least difference is -2.
  const std::string header = std::string("\x80\x01\x04\x08\x0e", 5) + std::string("\x03\x02\0\0\0", 5);
  // Differences above the least: 0 0 0 3 3 3 3, two bits each, 32 of them.
  const std::string packed = std::string("\xc0\x3f", 2) + std::string(6, '\0');
  EXPECT_EQ(one({.physical = 1, .pages = page(8, 5, header + packed)}, 8), "7 5 3 1 2 3 4 5");
  EXPECT_NE(one({.physical = 1, .pages = page(8, 5, header)}, 8).find("does not hold the values"), std::string::npos);
  EXPECT_NE(one({.physical = 4, .pages = page(8, 5, header + packed)}, 8).find("DELTA_BINARY_PACKED"), std::string::npos);
  // Lengths 1 and 2: blocks of 128 of 4 parts, two numbers, first 1, least difference 1, no bits.
  const std::string lengths = std::string("\x80\x01\x04\x02\x02\x02\0\0\0\0", 10), none_then_one = std::string("\x80\x01\x04\x02\0\x02\0\0\0\0", 10);
  EXPECT_EQ(one({.physical = 6, .pages = page(2, 6, lengths + "abc")}, 2), "a bc");
  EXPECT_EQ(one({.physical = 6, .pages = page(2, 7, none_then_one + lengths + "abc")}, 2), "a abc");
  EXPECT_NE(one({.physical = 6, .pages = page(2, 6, lengths + "ab")}, 2).find("lengths that its bytes do not hold"), std::string::npos);
}

TEST(Pages, BytesApartAndRunsOfBooleans) {
  EXPECT_EQ(one({.physical = 1, .pages = page(2, 9, std::string("\x01\x02\0\0\0\0\0\0", 8))}, 2), "1 2");
  EXPECT_EQ(one({.physical = 7, .length = 2, .pages = page(2, 9, "acbd")}, 2), "ab cd");
  EXPECT_EQ(one({.physical = 0, .pages = page(3, 3, little(2) + "\x06\x01")}, 3), "1 1 1");
}

TEST(Pages, Gzip) {
  const std::string plain = raw<std::int32_t>({4, 5, 6});
  std::string packed(200, '\0');
  z_stream z{};
  ASSERT_EQ(deflateInit2(&z, 9, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY), Z_OK);
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(plain.data()));
  z.avail_in = static_cast<uInt>(plain.size());
  z.next_out = reinterpret_cast<Bytef*>(packed.data());
  z.avail_out = static_cast<uInt>(packed.size());
  ASSERT_EQ(deflate(&z, Z_FINISH), Z_STREAM_END);
  packed.resize(packed.size() - z.avail_out);
  deflateEnd(&z);
  EXPECT_EQ(one({.physical = 1, .codec = 2, .pages = page(3, 0, packed, 12)}, 3), "4 5 6");
  EXPECT_NE(one({.physical = 1, .codec = 2, .pages = page(3, 0, packed, 13)}, 3).find("does not unpack (gzip) to the 13 bytes"), std::string::npos);
  EXPECT_NE(one({.physical = 1, .codec = 2, .pages = page(3, 0, packed, 100'000'000)}, 3).find("claims to unpack from"), std::string::npos);
  EXPECT_NE(one({.physical = 1, .codec = 4, .pages = page(3, 0, packed, 12)}, 3).find("is packed with Brotli, which is not read"), std::string::npos);
  EXPECT_NE(one({.physical = 1, .codec = 3, .pages = page(3, 0, packed, 12)}, 3).find("LZO"), std::string::npos);
}

// What the plug-in unpacks is held against other programs in tests/parquet; here, that it is there and refuses.
TEST(Pages, BlocksThatDoNotUnpack) {
  for (const auto& [codec, name] : {std::pair<int, const char*>{1, "Snappy"}, {5, "LZ4"}, {6, "Zstandard"}, {7, "LZ4 (raw)"}})
    EXPECT_NE(one({.physical = 1, .codec = codec, .pages = page(3, 0, "nonsense", 12)}, 3).find(std::string("does not unpack (") + name), std::string::npos) << name;
  // Snappy's literal of 12 bytes.
  EXPECT_EQ(one({.physical = 1, .codec = 1, .pages = page(3, 0, "\x0c\x2c" + raw<std::int32_t>({4, 5, 6}), 12)}, 3), "4 5 6");
}

TEST(Pages, AChecksumIsHeld) {
  const std::string body = raw<std::int32_t>({9});
  const auto crc = static_cast<std::int32_t>(::crc32(0, reinterpret_cast<const Bytef*>(body.data()), 4));
  for (const std::int32_t stated : {crc, crc + 1}) {
    const std::string page = Struct().i32(1, 0).i32(2, 4).i32(3, 4).i32(4, stated).in(5, Struct().i32(1, 1).i32(2, 0).i32(3, 3).i32(4, 3)).bytes() + body;
    const std::string said = one({.physical = 1, .pages = page}, 1);
    if (stated == crc) EXPECT_EQ(said, "9");
    else EXPECT_NE(said.find("is damaged"), std::string::npos) << said;
  }
}

TEST(Footer, RefusesWithThePlace) {
  const auto said = [](const std::string& bytes) { return shown(bytes); };
  EXPECT_NE(said("PAR1").find("too short"), std::string::npos);
  EXPECT_NE(said("PAREdddddddddddddPARE").find("encrypted"), std::string::npos);
  EXPECT_NE(said("PAR1dddd" + little(900) + "PAR1").find("claims a footer of 900 bytes, more than it has, at byte 8"), std::string::npos);
  EXPECT_NE(said("PAR1dddddddd" + little(4) + "PARX").find("does not end as a Parquet file does, at byte 16"), std::string::npos);
  EXPECT_NE(one({.physical = 9, .pages = page(1, 0, "abcd")}, 1).find("a type that does not exist (9)"), std::string::npos);
  EXPECT_NE(one({.physical = 1, .pages = page(1, 0, "abcd"), .moved = 100'000}, 1).find("lies outside the file"), std::string::npos);
  EXPECT_NE(one({.physical = 1, .values = 2, .pages = page(1, 0, "abcd")}, 1).find("2 values for 1 rows"), std::string::npos);
  EXPECT_NE(one({.physical = 1, .pages = page(2, 0, "abcdefgh")}, 1).find("more values than are left"), std::string::npos);
  EXPECT_NE(one({.physical = 1, .pages = page(1, 0, "abcdefgh")}, 2).find("broken header"), std::string::npos);
  // Ten thousand million rows in a hundred bytes.
  EXPECT_NE(one({.physical = 1, .pages = page(1, 0, "abcd")}, 10'000'000'000).find("claims more than 10000000000 values"), std::string::npos);
  // Each byte of the footer cut off, and each changed: refused or read, never worse.
  const std::string good = file_of({{.physical = 1, .values = 1, .pages = page(1, 0, "abcd")}}, 1);
  for (std::size_t i = 0; i < good.size(); ++i) {
    EXPECT_FALSE(open("f", good.substr(0, i)).has_value());
    for (const char other : {'\0', '\x7f', '\xff', '\x9c'}) {
      std::string changed = good;
      changed[i] = other;
      static_cast<void>(shown(changed));
    }
  }
}

TEST(Thrift, IsBounded) {
  const std::string deep(100'000, '\x1c');  // a structure in a structure in …
  Thrift t(deep, 0, deep.size());
  t.structure([](const Thrift::Field&) { return false; });
  EXPECT_NE(t.wrong().find("deep in each other"), std::string::npos) << t.wrong();
  const std::string lists(100'000, '\x19');
  Thrift l(lists, 0, lists.size());
  l.structure([](const Thrift::Field&) { return false; });
  EXPECT_FALSE(l.ok());
  const std::string many = std::string("\x19\xfc\xff\xff\xff\xff\x0f", 7);  // a list of four thousand million structures
  Thrift m(many, 0, many.size());
  m.structure([](const Thrift::Field&) { return false; });
  EXPECT_NE(m.wrong().find("cannot be at byte 1"), std::string::npos) << m.wrong();
}

// Texts that share their beginnings may unfold without end.
TEST(Deltas, AreAllowedSoMuch) {
  Allowance little_allowed{100};
  const std::string lengths = std::string("\x80\x01\x04\x02\xc8\x01\xc7\x01\0\0\0\0", 12);  // 100, then 0
  const std::string shared = std::string("\x80\x01\x04\x02\0\xc8\x01\0\0\0\0", 11);          // 0, then 100
  const DeltaTexts refused(shared + lengths + std::string(100, 'a'), 2, true, 0, little_allowed);
  EXPECT_TRUE(refused.too_large());
  Allowance enough{1000};
  DeltaTexts texts(shared + lengths + std::string(100, 'a'), 2, true, 0, enough);
  std::string_view a, b, none;
  ASSERT_TRUE(texts.ok() && texts.next(a) && texts.next(b));
  EXPECT_EQ(a, b);
  EXPECT_EQ(b.size(), 100u);
  EXPECT_FALSE(texts.next(none));
}

}  // namespace
}  // namespace duolex::threats::parquet
