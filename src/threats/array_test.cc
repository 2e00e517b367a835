#include "threats/array.h"

#include <gtest/gtest.h>

namespace duolex::threats {
namespace {

std::string npy(const std::string& header, const std::string& data) {
  std::string bytes("\x93NUMPY\x01\x00", 8);
  bytes += static_cast<char>(header.size() & 0xff);
  bytes += static_cast<char>(header.size() >> 8);
  return bytes + header + data;
}

std::string refusal(const std::string& bytes) {
  const auto a = read_npy("x.npy", bytes);
  return a ? "" : a.error().front().message;
}

TEST(Array, ReadsWhatNumpyWrites) {
  const auto a = read_npy("x.npy", npy("{'descr': '<i2', 'fortran_order': False, 'shape': (2, 2), }     \n", std::string("\1\0\xff\xff\0\1\7\0", 8)));
  ASSERT_TRUE(a) << render(a.error());
  EXPECT_EQ(a->shape, (std::vector<std::size_t>{2, 2}));
  EXPECT_EQ(as_f32(*a), (std::vector<float>{1, -1, 256, 7}));
  EXPECT_EQ(*as_i64("x.npy", *a), (std::vector<std::int64_t>{1, -1, 256, 7}));
}

TEST(Array, ReadsAScalarAndAnEmptyArray) {
  EXPECT_EQ(read_npy("x", npy("{'descr': '|u1', 'fortran_order': False, 'shape': (), }", "\5"))->count(), 1u);
  EXPECT_EQ(read_npy("x", npy("{'descr': '<f8', 'fortran_order': False, 'shape': (0, 3), }", ""))->count(), 0u);
}

TEST(Array, WrittenIsReadBack) {
  const Array a = array_of({3, 1}, std::vector<float>{0.5f, -1, 3e-40f});
  const std::string bytes = to_npy(a);
  EXPECT_EQ((bytes.size() - a.bytes.size()) % 64, 0u);
  const auto b = read_npy("x", bytes);
  ASSERT_TRUE(b) << render(b.error());
  EXPECT_EQ(b->bytes, a.bytes);
  EXPECT_EQ(b->shape, a.shape);
  const auto labels = read_npy("y", to_npy(array_of({2}, std::vector<std::int64_t>{7, -3})));
  ASSERT_TRUE(labels);
  EXPECT_EQ(*as_i64("y", *labels), (std::vector<std::int64_t>{7, -3}));
}

TEST(Array, RefusesWithTheReason) {
  EXPECT_NE(refusal("").find("no NPY file"), std::string::npos);
  EXPECT_NE(refusal(npy("{'descr': '|O8', 'fortran_order': False, 'shape': (1,), }", "12345678")).find("objects"), std::string::npos);
  EXPECT_NE(refusal(npy("{'descr': '<f4', 'fortran_order': True, 'shape': (1,), }", "1234")).find("Fortran"), std::string::npos);
  EXPECT_NE(refusal(npy("{'descr': '>f4', 'fortran_order': False, 'shape': (1,), }", "1234")).find("big-endian"), std::string::npos);
  EXPECT_NE(refusal(npy("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }", "1234")).find("structured"), std::string::npos);
  EXPECT_NE(refusal(npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }", "1234")).find("needs 8 bytes"), std::string::npos);
  EXPECT_NE(refusal(npy("{'descr': '<f4', 'fortran_order': False, 'shape': (0,), }", "1234")).find("the file has 4"), std::string::npos);
  EXPECT_NE(refusal(npy("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999, 99999999999999), }", "1234")).find("larger than any"),
            std::string::npos);
  EXPECT_NE(refusal(npy("{'descr': '<f4', 'shape': (1,), }", "1234")).find("lacks"), std::string::npos);
  EXPECT_NE(refusal(npy("{'descr': '<f4', 'descr': '<f8', }", "1234")).find("unexpected key"), std::string::npos);
  EXPECT_NE(refusal(std::string("\x93NUMPY\x02\x00\xff\xff\xff\x7f{", 13)).find("64 KiB"), std::string::npos);
}

TEST(Array, AFractionIsNoLabel) {
  const auto labels = as_i64("y.npy", array_of({2}, std::vector<float>{1, 1.5f}));
  ASSERT_FALSE(labels);
  EXPECT_NE(labels.error().front().message.find("element 1"), std::string::npos);
}

}  // namespace
}  // namespace duolex::threats
