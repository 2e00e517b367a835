// What stands on the stack of a pickle while it is interpreted: values as far as they are known, and what would have
// been called to make them.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace duolex::threats::model_files {

using ValueId = std::uint32_t;

struct PickleValue {
  enum class Kind : std::uint8_t {
    none, boolean, integer, real, text, bytes, tuple, list, dict, set,
    global,      // items: module and name, both text
    extension,   // number: the code in copyreg's registry
    persistent,  // items: the id that the loading program resolves
    object,      // items: what was called, its arguments
    buffer       // handed over out of band
  };
  Kind kind = Kind::none;
  bool more = false;       // items beyond the first were left out
  bool allowed = true;     // object: made by a constructor of the allow-list
  std::int64_t number = 0; // boolean, integer, extension
  std::string_view text;   // text, bytes; integers too long for `number`, as written
  std::vector<ValueId> items;
};

class PickleValues {
 public:
  static constexpr std::size_t most = 2'000'000;
  static constexpr std::size_t most_items = 64;  // kept of a list, dict or set

  // Values that need no place of their own.
  static constexpr ValueId none = 0, yes = 1, no = 2, a_real = 3, some_integer = 4, a_buffer = 5;

  PickleValues() { clear(); }
  void clear();
  // When full, answers `none` and remembers it.
  ValueId make(PickleValue value);
  ValueId integer(std::int64_t number);
  // Keeps a text that is not part of the input.
  std::string_view keep(std::string text);
  // Appends to a list, dict or set, keeping the first items.
  void append(ValueId to, ValueId item);

  [[nodiscard]] const PickleValue& operator[](ValueId id) const { return values_[id]; }
  [[nodiscard]] PickleValue& operator[](ValueId id) { return values_[id]; }
  [[nodiscard]] bool full() const { return full_; }

  // As Python would write it, shortened: os.system('ls'), collections.OrderedDict().
  [[nodiscard]] std::string shown(ValueId id) const;
  [[nodiscard]] std::string shown_call(ValueId callable, ValueId arguments) const;
  // "module.name" of a global, else what it is.
  [[nodiscard]] std::string name(ValueId id) const;

 private:
  void write(ValueId id, unsigned depth, std::string& out) const;
  void write_items(const std::vector<ValueId>& items, bool more, unsigned depth, std::string& out) const;

  std::vector<PickleValue> values_;
  std::deque<std::string> kept_;
  std::size_t kept_bytes_ = 0;
  bool full_ = false;
};

}  // namespace duolex::threats::model_files
