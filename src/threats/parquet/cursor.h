// A column of a group of rows, entry by entry, page after page: never more than one page of it is unpacked.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "threats/parquet/levels.h"
#include "threats/parquet/values.h"

namespace duolex::threats::parquet {

struct File {
  std::string name;
  std::string_view bytes;
  Footer footer;
  Allowance allowance;   // of bytes, for all pages of the file together
};
// The file whose bytes these are; they must outlive it.
[[nodiscard]] Result<File> open(const std::string& name, std::string_view bytes);

inline constexpr std::uint64_t most_page = std::uint64_t{128} << 20;      // bytes of a page, unpacked
inline constexpr std::uint64_t allowance_free = std::uint64_t{96} << 20;  // bytes of all pages together,
inline constexpr std::uint64_t allowance_a_byte = 64;                     // and for each byte of the file

class Cursor {
 public:
  Cursor(File& file, std::size_t group, std::size_t column);

  // To the next entry. False at the end and where the file is broken.
  [[nodiscard]] bool next() {
    if (++at_ < held_) return true;
    return fill();
  }
  [[nodiscard]] bool ended() const { return held_ == 0 && left_ == 0; }  // next() found no more
  [[nodiscard]] bool broken() const { return failure_.has_value(); }
  [[nodiscard]] Diagnostic why() const { return *failure_; }

  // Of the entry: 0 where a new row begins; the most where there is a value.
  [[nodiscard]] std::uint8_t repetition() const { return static_cast<std::uint8_t>(repetitions_[at_]); }
  [[nodiscard]] std::uint8_t definition() const { return static_cast<std::uint8_t>(definitions_[at_]); }
  [[nodiscard]] bool has_value() const { return definitions_[at_] == column_.most_definition; }
  [[nodiscard]] const Value& value() const { return values_[at_]; }
  [[nodiscard]] const Column& column() const { return column_; }
  // A dictionary gives a text that is meant many times once.
  [[nodiscard]] std::size_t dictionary_size() const { return dictionary_.size(); }

 private:
  static constexpr std::size_t most_held = 128;
  struct Header;
  [[nodiscard]] bool fill();
  [[nodiscard]] bool page();
  [[nodiscard]] bool read_header(Header& header);
  [[nodiscard]] bool read_dictionary(const Header& header, std::string_view body);
  [[nodiscard]] bool begin_data(const Header& header, std::string_view body);
  [[nodiscard]] bool levels(const Header& header, std::string_view& body, std::uint8_t most, std::int64_t encoding, Runs& runs, HighBits& high, bool& packed_high);
  [[nodiscard]] bool unpacked(std::string_view in, std::size_t size, bool packed, std::string& holder, std::string_view& out);
  bool refuse(const std::string& what, const std::string& hint = "");

  File& file_;
  const Column& column_;
  const Chunk& chunk_;
  std::size_t next_page_, page_at_ = 0;
  std::uint64_t left_, left_of_page_ = 0;  // entries
  bool dictionary_read_ = false;
  std::string page_bytes_, dictionary_bytes_;
  Dictionary dictionary_;
  Runs repetition_runs_, definition_runs_;
  HighBits repetition_bits_, definition_bits_;
  bool high_repetitions_ = false, high_definitions_ = false;
  std::unique_ptr<Values> source_;
  std::size_t at_ = 0, held_ = 0;
  std::array<std::uint32_t, most_held> repetitions_{}, definitions_{};
  std::array<Value, most_held> values_{};
  std::optional<Diagnostic> failure_;
};

}  // namespace duolex::threats::parquet
