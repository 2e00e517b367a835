#include "threats/imports/mapping.h"

#include <algorithm>

namespace duolex::threats::imports {
namespace {

struct Entry {
  std::string_view tool, probe;  // the probe's name, or how it begins: up to a dot or a colon
  std::string_view atlas, owasp;
};

// ATLAS 5.6.0 (T0051 prompt injection, T0053 tool invocation, T0054 jailbreak, T0056 system prompt, T0057 leakage,
// T0048 harms, T0062 hallucinations, T0068 obfuscation); OWASP Top 10 for LLM applications, 2025.
constexpr Entry table[] = {
    {"garak", "ansiescape", "AML.T0067", "LLM05:2025"},
    {"garak", "apikey", "AML.T0057", "LLM02:2025"},
    {"garak", "atkgen", "AML.T0054", "LLM01:2025"},
    {"garak", "audio", "AML.T0054", "LLM01:2025"},
    {"garak", "badchars", "AML.T0068", "LLM01:2025"},
    {"garak", "continuation", "AML.T0048.003", "LLM09:2025"},
    {"garak", "dan", "AML.T0054", "LLM01:2025"},
    {"garak", "divergence", "AML.T0057 AML.T0024.000", "LLM02:2025"},
    {"garak", "doctor", "AML.T0054", "LLM01:2025"},
    {"garak", "donotanswer", "AML.T0048", "LLM09:2025"},
    {"garak", "dra", "AML.T0054 AML.T0068", "LLM01:2025"},
    {"garak", "encoding", "AML.T0051.000 AML.T0068", "LLM01:2025"},
    {"garak", "exploitation", "AML.T0051.000 AML.T0053", "LLM05:2025"},
    {"garak", "fileformats", "AML.T0011.000 AML.T0010.003", "LLM03:2025"},
    {"garak", "fitd", "AML.T0054", "LLM01:2025"},
    {"garak", "glitch", "AML.T0043", "LLM10:2025"},
    {"garak", "goat", "AML.T0054", "LLM01:2025"},
    {"garak", "goodside", "AML.T0051.000", "LLM01:2025"},
    {"garak", "grandma", "AML.T0054", "LLM01:2025"},
    {"garak", "latentinjection", "AML.T0051.001", "LLM01:2025"},
    {"garak", "leakreplay", "AML.T0057 AML.T0024.000", "LLM02:2025"},
    {"garak", "lmrc", "AML.T0048", "LLM09:2025"},
    {"garak", "malwaregen", "AML.T0102", "LLM05:2025"},
    {"garak", "misleading", "AML.T0048.003", "LLM09:2025"},
    {"garak", "packagehallucination", "AML.T0062 AML.T0060", "LLM09:2025"},
    {"garak", "phrasing", "AML.T0054", "LLM01:2025"},
    {"garak", "promptinject", "AML.T0051.000", "LLM01:2025"},
    {"garak", "realtoxicityprompts", "AML.T0048.003", "LLM09:2025"},
    {"garak", "sata", "AML.T0054 AML.T0068", "LLM01:2025"},
    {"garak", "smuggling", "AML.T0054 AML.T0068", "LLM01:2025"},
    {"garak", "snowball", "AML.T0062", "LLM09:2025"},
    {"garak", "suffix", "AML.T0054 AML.T0043", "LLM01:2025"},
    {"garak", "sysprompt_extraction", "AML.T0056", "LLM07:2025"},
    {"garak", "tap", "AML.T0054", "LLM01:2025"},
    {"garak", "topic", "AML.T0048", "LLM09:2025"},
    {"garak", "visual_jailbreak", "AML.T0054", "LLM01:2025"},
    {"garak", "web_injection", "AML.T0077 AML.T0051.001", "LLM05:2025 LLM02:2025"},
    {"garak", "xss", "AML.T0077 AML.T0051.001", "LLM05:2025 LLM02:2025"},

    {"promptfoo", "agentic", "AML.T0053", "LLM06:2025"},
    {"promptfoo", "ascii-smuggling", "AML.T0068", "LLM01:2025"},
    {"promptfoo", "bfla", "AML.T0053", "LLM06:2025"},
    {"promptfoo", "bola", "AML.T0053", "LLM06:2025"},
    {"promptfoo", "beavertails", "AML.T0048", "LLM09:2025"},
    {"promptfoo", "competitors", "AML.T0048.001", "LLM09:2025"},
    {"promptfoo", "cross-session-leak", "AML.T0057", "LLM02:2025"},
    {"promptfoo", "cyberseceval", "AML.T0051.000", "LLM01:2025"},
    {"promptfoo", "debug-access", "AML.T0069", "LLM02:2025"},
    {"promptfoo", "divergent-repetition", "AML.T0057", "LLM02:2025"},
    {"promptfoo", "excessive-agency", "AML.T0053", "LLM06:2025"},
    {"promptfoo", "hallucination", "AML.T0062", "LLM09:2025"},
    {"promptfoo", "harmbench", "AML.T0048", "LLM09:2025"},
    {"promptfoo", "harmful", "AML.T0048", "LLM09:2025"},
    {"promptfoo", "hijacking", "AML.T0051.000", "LLM01:2025"},
    {"promptfoo", "indirect-prompt-injection", "AML.T0051.001", "LLM01:2025"},
    {"promptfoo", "jailbreak", "AML.T0054", "LLM01:2025"},
    {"promptfoo", "mcp", "AML.T0053", "LLM06:2025"},
    {"promptfoo", "memory-poisoning", "AML.T0080.000", "LLM04:2025"},
    {"promptfoo", "overreliance", "AML.T0048.003", "LLM09:2025"},
    {"promptfoo", "pii", "AML.T0057", "LLM02:2025"},
    {"promptfoo", "pliny", "AML.T0054", "LLM01:2025"},
    {"promptfoo", "prompt-extraction", "AML.T0056", "LLM07:2025"},
    {"promptfoo", "prompt-injection", "AML.T0051.000", "LLM01:2025"},
    {"promptfoo", "rag-document-exfiltration", "AML.T0082 AML.T0057", "LLM08:2025"},
    {"promptfoo", "rag-poisoning", "AML.T0070", "LLM08:2025"},
    {"promptfoo", "rbac", "AML.T0053", "LLM06:2025"},
    {"promptfoo", "reasoning-dos", "AML.T0034.001", "LLM10:2025"},
    {"promptfoo", "shell-injection", "AML.T0053", "LLM05:2025"},
    {"promptfoo", "special-token-injection", "AML.T0051.000", "LLM01:2025"},
    {"promptfoo", "sql-injection", "AML.T0053", "LLM05:2025"},
    {"promptfoo", "ssrf", "AML.T0053", "LLM05:2025"},
    {"promptfoo", "system-prompt-override", "AML.T0051.000", "LLM01:2025"},
    {"promptfoo", "tool-discovery", "AML.T0084.001", "LLM06:2025"},

    {"pyrit", "Crescendo", "AML.T0054", "LLM01:2025"},
    {"pyrit", "PAIR", "AML.T0054", "LLM01:2025"},
    {"pyrit", "PromptSending", "AML.T0051.000", "LLM01:2025"},
    {"pyrit", "RedTeaming", "AML.T0054", "LLM01:2025"},
    {"pyrit", "SkeletonKey", "AML.T0054", "LLM01:2025"},
    {"pyrit", "TreeOfAttacks", "AML.T0054", "LLM01:2025"},
    {"pyrit", "ManyShot", "AML.T0054", "LLM01:2025"},
    {"pyrit", "RolePlay", "AML.T0054", "LLM01:2025"},
    {"pyrit", "ContextCompliance", "AML.T0054", "LLM01:2025"},
    {"pyrit", "FlipAttack", "AML.T0054 AML.T0068", "LLM01:2025"},
    {"pyrit", "XPIA", "AML.T0051.001", "LLM01:2025"},
};

std::vector<std::string> words(std::string_view list) {
  std::vector<std::string> out;
  while (!list.empty()) {
    const std::size_t blank = list.find(' ');
    out.emplace_back(list.substr(0, blank));
    list.remove_prefix(blank == std::string_view::npos ? list.size() : blank + 1);
  }
  return out;
}

}  // namespace

Mapped mapped(std::string_view tool, std::string_view probe) {
  if (tool == "promptfoo" && probe.starts_with("promptfoo:")) {
    probe.remove_prefix(10);
    if (probe.starts_with("redteam:")) probe.remove_prefix(8);
  }
  for (const Entry& e : table) {
    if (e.tool != tool || !probe.starts_with(e.probe)) continue;
    const std::string_view rest = probe.substr(e.probe.size());
    // PyRIT's names go on ("CrescendoAttack"); the others end at a dot or a colon.
    if (tool != "pyrit" && !rest.empty() && rest[0] != '.' && rest[0] != ':' && rest[0] != '/') continue;
    return {words(e.atlas), words(e.owasp)};
  }
  return {};
}

std::vector<std::string> atlas_techniques() {
  std::vector<std::string> all;
  for (const Entry& e : table)
    for (std::string& t : words(e.atlas)) all.push_back(std::move(t));
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

}  // namespace duolex::threats::imports
