// The machine that a pickle is a program for, run symbolically: protocols 0 to 5, stack, marks, memo, frames,
// persistent ids, the extension registry. Nothing is imported and nothing is called; what would be is reported.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "threats/model_files/bytes.h"
#include "threats/model_files/pickle_values.h"
#include "threats/model_files/report.h"

namespace duolex::threats::model_files {

struct PickleFinding {
  Verdict verdict = Verdict::executes_code;
  std::string what, call;
  std::size_t offset = 0;
  bool called = false;     // not only imported
  bool plausible = true;   // the names are such as Python has
};

// A text or bytes value that may hold more than it says.
struct PickleConstant {
  std::string_view bytes;
  std::size_t offset = 0;
  bool loaded = false;  // handed to a constructor that unpickles it
};

struct PickleRun {
  std::size_t begin = 0, end = 0;  // bytes; end: after STOP, or where it broke off
  bool stopped = false;            // reached STOP
  std::string error;               // why not
  std::size_t steps = 0;
  int protocol = 0;
  std::vector<PickleFinding> findings;
  std::vector<PickleConstant> constants;
  std::optional<std::string> integer;  // the result, when it is an integer: decimal
};

struct PickleOptions {
  bool torch_script = false;  // names below __torch__ belong to the file itself
  unsigned depth = 4;         // pickles that stand inside this one, as joblib writes them
  std::size_t steps = 30'000'000;
};

class PickleMachine {
 public:
  PickleMachine(std::string_view bytes, const PickleOptions& options) : in_{bytes}, options_(options) {}
  [[nodiscard]] PickleRun run(std::size_t at);

 private:
  bool step(unsigned char op);
  bool error(const std::string& what);

  bool push(ValueId id);
  bool pop(ValueId& id);
  bool need(std::size_t count);
  bool pop_mark(std::size_t& from);
  [[nodiscard]] std::size_t fence() const { return marks_.empty() ? 0 : marks_.back(); }
  ValueId tuple_from(std::size_t from);

  bool push_text(PickleValue::Kind kind, std::string_view text);
  bool counted(PickleValue::Kind kind, unsigned width, bool is_signed);
  bool long_integer(unsigned width);
  bool text_line(unsigned char op);
  bool number_line(std::string_view line, bool is_long);
  bool global(std::string_view module, std::string_view name, std::size_t offset);
  bool stack_global();
  bool put(std::uint64_t index);
  bool get(std::uint64_t index);
  bool add_items(bool pairs);
  bool collect(unsigned char op);

  bool push_call(ValueId callable, ValueId arguments, const char* how);
  void report(ValueId about, bool called, const std::string& what, const std::string& call);
  bool build();
  bool joblib_array(ValueId wrapper, ValueId state);
  [[nodiscard]] bool class_allowed(ValueId id) const;
  [[nodiscard]] bool hands_over_function(ValueId arguments) const;
  [[nodiscard]] bool allowed(ValueId callable, ValueId arguments);

  Cursor in_;
  PickleOptions options_;
  PickleRun run_;
  std::size_t op_at_ = 0;
  PickleValues values_;
  std::vector<ValueId> stack_;
  std::vector<std::size_t> marks_;
  std::vector<ValueId> memo_;                             // by index, while they come in order
  std::unordered_map<std::uint64_t, ValueId> far_memo_;   // the others
  std::unordered_map<ValueId, std::size_t> imports_;      // findings about an import, by value
};

}  // namespace duolex::threats::model_files
