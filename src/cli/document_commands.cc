#include <CLI/CLI.hpp>
#include <algorithm>

#include "cli/options.h"
#include "cli/terminal.h"
#include "workspace/joint_file/catalogue.h"
#include "workspace/joint_file/docs.h"

namespace duolex::cli {
namespace {

template <class Request>
struct Given {
  Request request;
  std::vector<std::string> formats;
  AsOf as_of;
};

template <class Request>
void add_common(CLI::App& command, Given<Request>& given, const char* default_out) {
  command.add_option("DOSSIER", given.request.dossier, "A dossier's folder")->required();
  command.add_option("--out", given.request.out, std::string("The folder to write (default: DOSSIER/") + default_out + ")");
  command.add_option("--language,--lang", given.request.languages, "en, de, fr, or one with a catalogue in the dossier (may be repeated; default: those of the dossier)");
  command.add_option("--index", given.request.index, "An index of advisories ('duolex advisories build'), for the known vulnerabilities");
  given.as_of.add(command);
  command.add_option("--format", given.formats, "text (default) or json: what is printed; pdf, docx: the documents as PDF/A-3b, as files for word processors, too (may be repeated)")
      ->check(CLI::IsMember({"text", "json", "pdf", "docx"}));
  add_law(command, given.request.law);
}

template <class Request>
void take(Given<Request>& given, const char* default_out) {
  const auto asked = [&](const char* format) { return std::find(given.formats.begin(), given.formats.end(), format) != given.formats.end(); };
  given.request.json = asked("json");
  given.request.papers.pdf = asked("pdf");
  given.request.papers.docx = asked("docx");
  given.request.as_of = given.as_of.day();
  given.request.style = standard_output_style();
  if (given.request.out.empty()) given.request.out = given.request.dossier / default_out;
}

}  // namespace

void add_documents(Program& program) {
  const auto docs = std::make_shared<Given<workspace::DocsRequest>>();
  CLI::App* command = program.app.add_subcommand("docs", "The joint documents: technical file, instructions, declaration, registration data");
  add_common(*command, *docs, "documents");
  command->callback([&program, docs] {
    docs->request.default_out = docs->request.out.empty();  // a declaration is signed and kept; these are made again
    take(*docs, "documents");
    program.chosen = [&program, docs] { return workspace::docs(docs->request, program.out, program.err); };
  });

  struct Words {
    workspace::CatalogueRequest request;
    AsOf as_of;
  };
  const auto words = std::make_shared<Words>();
  command = program.app.add_subcommand("catalogue", "What the documents must have in a further language, as a file to fill in");
  command->add_option("DOSSIER", words->request.dossier, "A dossier's folder")->required();
  command->add_option("--language,--lang", words->request.language, "The language, by its code: pl")->required()->check([](const std::string& code) {
    const bool good = code.size() >= 2 && code.size() <= 8 && code.find_first_not_of("abcdefghijklmnopqrstuvwxyz-") == std::string::npos;
    return good ? std::string() : "'" + code + "' is no code of a language";
  });
  command->add_option("--out", words->request.out, "The file to write (default: DOSSIER/LANGUAGE.yaml)");
  words->as_of.add(*command);
  add_law(*command, words->request.law);
  command->callback([&program, words] {
    words->request.as_of = words->as_of.day();
    if (words->request.out.empty()) words->request.out = words->request.dossier / (words->request.language + ".yaml");
    program.chosen = [&program, words] { return workspace::catalogue(words->request, program.out, program.err); };
  });

  const auto declare = std::make_shared<Given<workspace::DeclareRequest>>();
  command = program.app.add_subcommand("declare", "The EU declaration of conformity; refused while something stands against it");
  add_common(*command, *declare, "declaration");
  command->add_flag("--draft", declare->request.draft, "Write a marked draft although something stands against it");
  workspace::Signing& signing = declare->request.signing;
  CLI::Option* key = command->add_option("--key", signing.key, "Sign with this PKCS#12 file, or this key of a token (pkcs11:token=…;object=…): CMS with CAdES attributes, detached");
  command->add_option("--pkcs11-module", signing.module, "The library of the token")->needs(key);
  command->add_option("--password-file", signing.password_file, "A file whose first line is the password of the key, or the PIN of the token")->needs(key);
  command->add_option("--signatures", signing.signatures, "A folder with NAME.p7s over each file, made elsewhere: checked and taken in")->excludes(key);
  command->callback([&program, declare] {
    take(*declare, "declaration");
    program.chosen = [&program, declare] { return workspace::declare(declare->request, program.out, program.err); };
  });
}

}  // namespace duolex::cli
