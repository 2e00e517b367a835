// What a pickle calls, and whether that counts as code.
#include <algorithm>

#include "text/utf8.h"
#include "threats/model_files/allowed_globals.h"
#include "threats/model_files/pickle_machine.h"
#include "threats/model_files/pickle_text.h"

namespace duolex::threats::model_files {
namespace {

using Kind = PickleValue::Kind;
constexpr std::size_t most_findings = 200;

// Python 2's names for the modules that matter here, as its pickles have them.
std::string_view modern(std::string_view module) {
  if (module == "__builtin__") return "builtins";
  if (module == "copy_reg") return "copyreg";
  return module;
}

}  // namespace

bool PickleMachine::global(std::string_view module, std::string_view name, std::size_t offset) {
  // Python decodes both before it imports anything.
  if (text::find_bad_encoding(module) || text::find_bad_encoding(name)) return error("a name is no UTF-8");
  PickleValue first, second, v;
  first.kind = second.kind = Kind::text;
  first.text = module;
  second.text = name;
  v.kind = Kind::global;
  v.items = {values_.make(std::move(first)), values_.make(std::move(second))};
  const ValueId id = values_.make(std::move(v));
  op_at_ = offset;
  if (!values_.full() && !class_allowed(id) && rule_for(modern(module), name) == Rule::refused)
    report(id, false, "imports " + values_.name(id), values_.name(id));
  return push(id);
}

bool PickleMachine::stack_global() {
  ValueId name = 0, module = 0;
  if (!need(2) || !pop(name) || !pop(module)) return false;
  if (values_[module].kind == Kind::text && values_[name].kind == Kind::text)
    return global(values_[module].text, values_[name].text, op_at_);
  const bool known = values_[module].kind != Kind::object && values_[module].kind != Kind::persistent &&
                     values_[module].kind != Kind::extension && values_[name].kind != Kind::object &&
                     values_[name].kind != Kind::persistent && values_[name].kind != Kind::extension;
  if (known) return error("STACK_GLOBAL needs two texts");
  PickleValue v;
  v.kind = Kind::global;
  v.items = {module, name};
  const ValueId id = values_.make(std::move(v));
  report(id, false, "imports something whose name is worked out while loading", values_.name(id));
  return push(id);
}

bool PickleMachine::class_allowed(ValueId id) const {
  const PickleValue& v = values_[id];
  if (v.kind != Kind::global || v.items.size() != 2) return false;
  const PickleValue &module = values_[v.items[0]], &name = values_[v.items[1]];
  if (module.kind != Kind::text || name.kind != Kind::text) return false;
  if (options_.torch_script && (module.text == "__torch__" || module.text.starts_with("__torch__."))) return true;
  return rule_for(modern(module.text), name.text) == Rule::data;
}

// A function that is harmless only when called with what is known (such as one that unpickles its argument) must not
// be handed to something else that may call it.
bool PickleMachine::hands_over_function(ValueId arguments) const {
  const PickleValue& given = values_[arguments];
  if (given.kind != Kind::tuple) return false;
  return std::any_of(given.items.begin(), given.items.end(), [this](ValueId item) {
    const PickleValue& v = values_[item];
    return v.kind == Kind::global && !class_allowed(item);
  });
}

bool PickleMachine::allowed(ValueId callable, ValueId arguments) {
  if (hands_over_function(arguments)) return false;
  if (class_allowed(callable)) return true;
  const PickleValue& c = values_[callable];
  if (c.kind != Kind::global || c.items.size() != 2) return false;
  const PickleValue &module = values_[c.items[0]], &name = values_[c.items[1]], &given = values_[arguments];
  if (module.kind != Kind::text || name.kind != Kind::text || given.kind != Kind::tuple || given.items.empty()) return false;
  switch (rule_for(modern(module.text), name.text)) {
    case Rule::encoding:
      return !given.more && given.items.size() <= 2 && values_[given.items[0]].kind == Kind::text &&
             (given.items.size() == 1 || (values_[given.items[1]].kind == Kind::text && harmless_encoding(values_[given.items[1]].text)));
    case Rule::reconstruct:
      return class_allowed(given.items[0]) && (given.items.size() < 2 || values_[given.items[1]].kind != Kind::global || class_allowed(given.items[1]));
    case Rule::bytes_inside: {
      const PickleValue& inside = values_[given.items[0]];
      if (inside.kind != Kind::bytes && inside.kind != Kind::text) return false;
      run_.constants.push_back({inside.text, op_at_, true});
      return true;
    }
    case Rule::data:
    case Rule::refused: break;
  }
  return false;
}

void PickleMachine::report(ValueId about, bool called, const std::string& what, const std::string& call) {
  PickleFinding f;
  f.what = what;
  f.call = call;
  f.offset = op_at_;
  f.called = called;
  const PickleValue& v = values_[about];
  if (v.kind == Kind::global)
    for (const ValueId part : v.items) f.plausible = f.plausible && (values_[part].kind != Kind::text || is_dotted_name(values_[part].text));
  if (called)
    if (const auto import = imports_.find(about); import != imports_.end()) {
      // The call says more than the import before it.
      run_.findings[import->second] = std::move(f);
      imports_.erase(import);
      return;
    }
  if (run_.findings.size() >= most_findings) return;
  if (!called) imports_[about] = run_.findings.size();
  run_.findings.push_back(std::move(f));
}

bool PickleMachine::push_call(ValueId callable, ValueId arguments, const char* how) {
  const PickleValue& c = values_[callable];
  const bool may_be_called = c.kind == Kind::global || c.kind == Kind::object || c.kind == Kind::extension ||
                             c.kind == Kind::persistent || c.kind == Kind::buffer;
  if (!may_be_called) return error("calls " + values_.shown(callable).substr(0, 60) + ", which is no function");
  const bool ok = allowed(callable, arguments);
  if (!ok) {
    const std::string about = c.kind == Kind::global ? values_.name(callable)
                              : c.kind == Kind::object ? "what an earlier call returned"
                                                       : "something that the loading program provides";
    report(callable, true, std::string(how) + " " + about, values_.shown_call(callable, arguments));
  }
  PickleValue v;
  v.kind = Kind::object;
  v.allowed = ok;
  v.items = {callable, arguments};
  // _codecs.encode gives bytes, which may be used as such.
  if (ok && c.kind == Kind::global && c.items.size() == 2 && values_[c.items[1]].text == "encode") {
    v = {};
    v.kind = Kind::bytes;
    v.text = values_[values_[arguments].items[0]].text;
    std::string latin;
    for (std::size_t i = 0; i < v.text.size(); ++i) {
      const auto u = static_cast<unsigned char>(v.text[i]);
      if ((u == 0xC2 || u == 0xC3) && i + 1 < v.text.size()) {
        latin += static_cast<char>((u == 0xC3 ? 0x40 : 0) | static_cast<unsigned char>(v.text[++i]));
      } else {
        latin += v.text[i];
      }
    }
    v.text = values_.keep(std::move(latin));
    if (v.text.size() >= 8) run_.constants.push_back({v.text, op_at_, false});
  }
  return push(values_.make(std::move(v)));
}

bool PickleMachine::build() {
  ValueId state = 0;
  if (!need(2) || !pop(state)) return false;
  const ValueId instance = stack_.back();
  const PickleValue& v = values_[instance];
  if (v.kind == Kind::global) {
    report(instance, true, "changes attributes of " + values_.name(instance), values_.name(instance) + ".__dict__.update(" + values_.shown(state) + ")");
    return true;
  }
  if (v.kind == Kind::persistent || v.kind == Kind::extension || v.kind == Kind::buffer) {
    report(instance, true, "sets the state of something that the loading program provides", values_.shown(instance));
    return true;
  }
  if (v.kind != Kind::object || v.items.size() != 2) return true;
  const PickleValue& made_by = values_[v.items[0]];
  if (made_by.kind == Kind::global && made_by.items.size() == 2 && values_[made_by.items[0]].text == "joblib.numpy_pickle" &&
      values_[made_by.items[1]].text == "NumpyArrayWrapper")
    return joblib_array(instance, state);
  return true;
}

// joblib writes an array's bytes between the instructions, after the wrapper that describes it.
bool PickleMachine::joblib_array(ValueId, ValueId state) {
  const PickleValue& s = values_[state];
  const auto entry = [&](std::string_view key) -> const PickleValue* {
    if (s.kind != Kind::dict) return nullptr;
    for (std::size_t i = 0; i + 1 < s.items.size(); i += 2)
      if (values_[s.items[i]].kind == Kind::text && values_[s.items[i]].text == key) return &values_[s.items[i + 1]];
    return nullptr;
  };
  const PickleValue *shape = entry("shape"), *type = entry("dtype"), *aligned = entry("numpy_array_alignment_bytes");
  if (shape == nullptr || shape->kind != Kind::tuple || type == nullptr || type->kind != Kind::object || type->items.size() != 2)
    return error("an array of joblib does not say its shape and type");
  const PickleValue& arguments = values_[type->items[1]];
  const std::string_view code = arguments.items.empty() ? std::string_view{} : values_[arguments.items[0]].text;
  std::uint64_t size = 0, count = 1;
  const std::size_t digits = code.find_first_of("0123456789");
  if (digits == std::string_view::npos || digits == 0) return error("an array of joblib has an element type that is not known");
  for (const char c : code.substr(digits)) {
    if (c < '0' || c > '9' || size > 1'000'000'000) return error("an array of joblib has an element type that is not known");
    size = size * 10 + static_cast<std::uint64_t>(c - '0');
  }
  const char letter = code[digits - 1];
  if (letter == 'U') size *= 4;
  for (const ValueId dimension : shape->items) {
    const PickleValue& d = values_[dimension];
    if (d.kind != Kind::integer || d.more || d.number < 0 || !product(count, static_cast<std::uint64_t>(d.number), count))
      return error("an array of joblib has a shape that does not fit");
  }
  if (letter == 'O') {
    if (options_.depth == 0) return error("arrays of joblib are nested too deep");
    PickleOptions inner = options_;
    inner.depth = options_.depth - 1;
    inner.steps = options_.steps - std::min(options_.steps, run_.steps);
    PickleMachine machine(in_.bytes, inner);
    PickleRun run = machine.run(in_.at);
    run_.steps += run.steps;
    for (PickleFinding& f : run.findings)
      if (run_.findings.size() < most_findings) run_.findings.push_back(std::move(f));
    for (const PickleConstant& c : run.constants)
      if (c.bytes.data() >= in_.bytes.data() && c.bytes.data() < in_.bytes.data() + in_.bytes.size()) run_.constants.push_back(c);
    if (!run.stopped) return error("the objects of an array: " + run.error);
    in_.at = run.end;
    return true;
  }
  if (aligned != nullptr && aligned->kind == Kind::integer) {
    std::uint8_t padding = 0;
    std::string_view skipped;
    if (!in_.number(padding) || !in_.take(padding, skipped)) return error("ends inside an array");
  }
  std::uint64_t bytes = 0;
  std::string_view data;
  if (!product(count, size, bytes) || !in_.take(bytes, data)) return error("an array of joblib is larger than what is left of the file");
  return true;
}

}  // namespace duolex::threats::model_files
