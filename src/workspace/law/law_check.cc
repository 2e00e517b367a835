#include <chrono>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <ostream>

#include "consistency/load.h"
#include "consistency/witness_file.h"
#include "law/citations.h"
#include "law/words.h"
#include "text/json_out.h"
#include "workspace/law/law_commands.h"
#include "workspace/law/law_output.h"
#include "workspace/law/law_translations.h"

namespace duolex::workspace {
namespace {

using consistency::Check;
using consistency::Finding;

ExitCode refused(const Diagnostics& errors, std::ostream& err, ExitCode code = ExitCode::bad_input) {
  err << render(errors);
  return code;
}

std::string seconds(double s) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f s", s);
  return text;
}

std::string count(std::size_t n, const std::string& one, const std::string& many) {
  return std::to_string(n) + " " + (n == 1 ? one : many);
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& w : words) text += (text.empty() ? "" : ", ") + w;
  return text;
}

class Output {
 public:
  Output(const LawCheckRequest& request, const law::Law& law, WitnessFolder folder)
      : request_(request), law_(law), folder_(std::move(folder)) {}

  void citations(const Diagnostics& errors) {
    cited_ = law::citations(law_.base).size();
    unresolved_ = errors.size();
    for (const Diagnostic& e : errors) {
      Diagnostic d = e;
      d.span = placed(e.span, request_.law);
      failed_ += render(d);
      nlohmann::ordered_json f = {{"check", "citation"}, {"failure", true}, {"message", d.message}};
      if (!d.hint.empty()) f["hint"] = d.hint;
      f["place"] = to_json(d.span);
      findings_.push_back(std::move(f));
    }
  }

  Result<void> finding(const Finding& f) {
    Diagnostic d = diagnostic_at(law_, request_.law, f.span, f.message, f.failure ? Severity::error : Severity::note);
    for (const RelatedPlace& r : f.related) d.related.push_back(related_at(law_, request_.law, r));
    std::string& text = f.failure ? failed_ : noted_;
    text += render(d);
    nlohmann::ordered_json json = {{"check", name_of(f.check)}, {"failure", f.failure}, {"message", f.message}};
    json["place"] = to_json(d.span);
    if (!d.related.empty()) json["related"] = nlohmann::ordered_json::array();
    for (const RelatedPlace& r : d.related) json["related"].push_back({{"message", r.message}, {"place", to_json(r.span)}});
    if (f.witness) {
      text += "    shown on " + to_string(f.witness->as_of) + " by " + consistency::witness_line(law_.base, *f.witness) + "\n";
      json["witness"] = to_json(law_.base, *f.witness);
      const std::string number = std::to_string(findings_.size() + 1);
      const std::string name = std::string(number.size() < 2 ? "0" : "") + number + "-" + name_of(f.check);
      const std::string about = d.span.file + ":" + std::to_string(d.span.line) + ": " + f.message;
      const auto path = folder_.write(name, law_.base, *f.witness, about);
      if (!path) return tl::unexpected(path.error());
      if (*path) {
        text += "    product: " + **path + "\n";
        json["witness"]["file"] = **path;
      }
    }
    failures_ += f.failure;
    findings_.push_back(std::move(json));
    return {};
  }

  // What is not translated is no fault of the law: it is printed in English, and said so.
  void translations(Translations found) {
    for (const Translations::Missing& m : found.missing) {
      const std::string message = "not translated (" + joined(m.languages) + "): \"" + (m.text.text.size() > 80 ? m.text.text.substr(0, m.text.text.find(' ', 70)) + " …" : m.text.text) + "\"";
      const Diagnostic d = diagnostic_at(law_, request_.law, m.text.span, message, Severity::warning);
      noted_ += render(d);
      findings_.push_back({{"check", "translation"}, {"failure", false}, {"message", message}, {"languages", m.languages}, {"place", to_json(d.span)}});
    }
    translations_ = std::move(found);
  }

  void print(const consistency::Report& report, std::ostream& out) const {
    const bool is_clear = clear();
    if (request_.json) {
      nlohmann::ordered_json json = {{"law_sha256", law_.base.sha256}, {"clear", is_clear}};
      json["proven"] = {{"citations", cited_ - unresolved_},
                        {"rules", report.proven.rules},
                        {"clauses", report.proven.clauses},
                        {"facts", report.proven.facts},
                        {"invariants", report.proven.invariants},
                        {"ambiguities", report.proven.ambiguities}};
      json["translations"] = {{"languages", translations_.languages}, {"texts", translations_.texts}, {"missing", translations_.missing.size()}};
      json["findings"] = findings_;
      out << text::to_json_text(json, text::JsonLayout::pretty);
      return;
    }
    const rules::RuleBase& b = law_.base;
    const auto of = [](std::size_t proven, std::size_t all) {
      return proven == all ? std::to_string(all) : std::to_string(proven) + " of " + std::to_string(all);
    };
    // What failed stands last, next to the verdict.
    out << noted_ << failed_ << (noted_.empty() && failed_.empty() ? "" : "\n");
    out << "Held for every product on every day:\n"
        << "  " << of(cited_ - unresolved_, cited_) << " citations resolve in " << law_.provisions.size() << " provisions\n"
        << "  " << of(report.proven.rules, b.rules.size()) << " rules have one value each: no contradiction, no gap\n"
        << "  " << report.proven.clauses << " clauses, exceptions, guards, warnings, notes and duties each speak for some product\n"
        << "  " << of(report.proven.facts, b.facts.size()) << " facts matter to some conclusion, or are explanatory and do not\n"
        << "  " << of(report.proven.invariants, b.invariants.size()) << " invariants hold\n"
        << "  " << of(report.proven.ambiguities, b.ambiguities.size()) << " ambiguities are live somewhere and change what they touch\n";
    if (!translations_.languages.empty())
      out << "Texts that are shown, in " << joined(translations_.languages) << ": " << of(translations_.texts - translations_.missing.size(), translations_.texts) << " translated\n";
    out << (is_clear ? "The rule base is clear.\n"
                     : count(failures_ + unresolved_, "finding", "findings") + ": the rule base is not clear.\n");
  }

  [[nodiscard]] bool clear() const { return failures_ + unresolved_ == 0; }

 private:
  const LawCheckRequest& request_;
  const law::Law& law_;
  WitnessFolder folder_;
  std::string noted_, failed_;
  nlohmann::ordered_json findings_ = nlohmann::ordered_json::array();
  Translations translations_;
  std::size_t cited_ = 0, unresolved_ = 0, failures_ = 0;
};

}  // namespace

ExitCode law_check(const LawCheckRequest& request, std::ostream& out, std::ostream& err) {
  const auto law = law::load(request.law);
  if (!law) return refused(law.error(), err);
  if (request.law_text)
    if (const auto words = law::Words::read(*request.law_text, (*law)->provisions); !words) return refused(words.error(), err);
  auto folder = WitnessFolder::open(request.witness);
  if (!folder) return refused(folder.error(), err, ExitCode::cannot_write);
  const auto prover = consistency::load_prover();
  if (!prover) return refused(prover.error(), err, ExitCode::internal);

  const auto start = std::chrono::steady_clock::now();
  Output output(request, **law, std::move(*folder));
  output.citations(law::check_citations(**law));
  const consistency::Report report = (*prover)->check((*law)->base);
  for (const Finding& f : report.findings)
    if (const auto done = output.finding(f); !done) return refused(done.error(), err, ExitCode::cannot_write);
  auto translated = translations_of(**law, request.law);
  if (!translated) return refused(translated.error(), err);
  output.translations(std::move(*translated));
  output.print(report, out);
  out.flush();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  err << count(report.queries, "question", "questions") << " to the solver, " << seconds(took.count()) << "\n";
  if (!out) {
    err << "error: the answer cannot be written\n";
    return ExitCode::cannot_write;
  }
  return output.clear() ? ExitCode::clear : ExitCode::finding;
}

}  // namespace duolex::workspace
