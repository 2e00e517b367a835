// Chat templates are small programs in Jinja's language. An honest one loops over messages and joins texts; one that
// reaches for Python's insides runs code wherever the template engine is not fenced in.
#include <algorithm>
#include <string>

#include "threats/model_files/readers.h"

namespace duolex::threats::model_files {
namespace {

struct Sign {
  std::string_view text;
  Verdict verdict;
  std::string_view why;
};

// Looked for inside {{ … }} and {% … %} only, in lower case and without blanks.
constexpr Sign signs[] = {
    {"__class__", Verdict::executes_code, "reaches for a Python class"},
    {"__globals__", Verdict::executes_code, "reaches for Python's global names"},
    {"__builtins__", Verdict::executes_code, "reaches for Python's built-in functions"},
    {"__subclasses__", Verdict::executes_code, "walks through Python's classes"},
    {"__import__", Verdict::executes_code, "imports a Python module"},
    {"__mro__", Verdict::executes_code, "walks through Python's classes"},
    {"__base__", Verdict::executes_code, "walks through Python's classes"},
    {"__bases__", Verdict::executes_code, "walks through Python's classes"},
    {"__init__", Verdict::executes_code, "reaches for a Python function"},
    {"__getattribute__", Verdict::executes_code, "reaches for attributes by name"},
    {"__reduce", Verdict::executes_code, "reaches for Python's pickling"},
    {".mro(", Verdict::executes_code, "walks through Python's classes"},
    {"popen", Verdict::executes_code, "starts a process"},
    {"subprocess", Verdict::executes_code, "starts a process"},
    {"os.system", Verdict::executes_code, "starts a process"},
    {"eval(", Verdict::executes_code, "evaluates text as code"},
    {"exec(", Verdict::executes_code, "runs text as code"},
    {"|attr(", Verdict::suspicious, "reaches for attributes by name"},
    {"\\x5f", Verdict::suspicious, "hides underscores"},
    {"\\u005f", Verdict::suspicious, "hides underscores"},
    {"\\137", Verdict::suspicious, "hides underscores"},
    {"'_'*2", Verdict::suspicious, "hides underscores"},
    {"\"_\"*2", Verdict::suspicious, "hides underscores"},
    {"'_'~'_'", Verdict::suspicious, "hides underscores"},
    {"\"_\"~\"_\"", Verdict::suspicious, "hides underscores"},
    {"|format(", Verdict::suspicious, "builds text by format codes"},
    {"lipsum", Verdict::suspicious, "uses a function of the template engine that leads to Python's insides"},
    {"cycler", Verdict::suspicious, "uses a function of the template engine that leads to Python's insides"},
    {"joiner", Verdict::suspicious, "uses a function of the template engine that leads to Python's insides"},
    {"self._", Verdict::suspicious, "reaches for the template engine itself"},
    {"{%include", Verdict::suspicious, "includes a file"},
    {"{%import", Verdict::suspicious, "imports a file"},
    {"{%from", Verdict::suspicious, "imports a file"},
    {"{%extends", Verdict::suspicious, "extends a file"},
};

}  // namespace

void scan_template(Scan& scan, std::string_view text, std::size_t offset) {
  constexpr std::size_t most = std::size_t{4} << 20;
  if (text.size() > most) scan.not_checked("a chat template beyond its first 4 MiB");
  text = text.substr(0, most);
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t begin = std::min(text.find("{{", at), text.find("{%", at));
    if (begin == std::string_view::npos) return;
    const std::string_view closing = text[begin + 1] == '{' ? "}}" : "%}";
    const std::size_t found = text.find(closing, begin + 2);
    const std::size_t end = found == std::string_view::npos ? text.size() : found + 2;
    std::string plain;
    for (const char c : text.substr(begin, end - begin)) {
      if (c == ' ' || c == '\n' || c == '\t' || c == '\r' || (c == '-' && plain.size() == 2)) continue;
      plain += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    }
    for (const Sign& s : signs)
      if (plain.find(s.text) != std::string::npos) {
        scan.found(s.verdict, "the chat template " + std::string(s.why), offset + begin, std::string(text.substr(begin, std::min<std::size_t>(end - begin, 200))));
        break;
      }
    at = end;
  }
}

}  // namespace duolex::threats::model_files
