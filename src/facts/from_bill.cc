#include "facts/from_bill.h"

#include <algorithm>
#include <array>
#include <map>

namespace duolex::facts {
namespace {

enum class Sign { runs_models, reaches_a_network };

// Packages by the name they have in their ecosystem; "" stands for any. A name ends in '*' when what follows
// does not matter. Names alone decide, so that a bill without package URLs says something too.
struct Known {
  std::string_view type, name;
  Sign sign;
};

constexpr std::array known = {
    Known{"npm", "onnxruntime-*", Sign::runs_models}, Known{"npm", "@tensorflow/tfjs*", Sign::runs_models},
    Known{"npm", "@huggingface/transformers", Sign::runs_models}, Known{"npm", "@xenova/transformers", Sign::runs_models},
    Known{"npm", "node-llama-cpp", Sign::runs_models}, Known{"npm", "@tensorflow-models/*", Sign::runs_models},
    Known{"pypi", "torch", Sign::runs_models}, Known{"pypi", "tensorflow*", Sign::runs_models}, Known{"pypi", "keras", Sign::runs_models},
    Known{"pypi", "jax", Sign::runs_models}, Known{"pypi", "onnxruntime*", Sign::runs_models}, Known{"pypi", "transformers", Sign::runs_models},
    Known{"pypi", "scikit-learn", Sign::runs_models}, Known{"pypi", "xgboost", Sign::runs_models}, Known{"pypi", "lightgbm", Sign::runs_models},
    Known{"pypi", "tflite-runtime", Sign::runs_models}, Known{"pypi", "llama-cpp-python", Sign::runs_models}, Known{"pypi", "vllm", Sign::runs_models},
    Known{"pypi", "openvino", Sign::runs_models}, Known{"pypi", "sentence-transformers", Sign::runs_models},
    Known{"maven", "com.microsoft.onnxruntime/*", Sign::runs_models}, Known{"maven", "org.tensorflow/*", Sign::runs_models},
    Known{"maven", "ai.djl*", Sign::runs_models}, Known{"maven", "org.deeplearning4j/*", Sign::runs_models},
    Known{"nuget", "Microsoft.ML*", Sign::runs_models}, Known{"cargo", "ort", Sign::runs_models}, Known{"cargo", "tract-onnx", Sign::runs_models},
    Known{"cargo", "candle-core", Sign::runs_models}, Known{"cargo", "burn", Sign::runs_models}, Known{"", "onnxruntime", Sign::runs_models},
    Known{"", "libtorch", Sign::runs_models}, Known{"", "tensorflow-lite", Sign::runs_models}, Known{"", "ncnn", Sign::runs_models},
    Known{"", "openvino", Sign::runs_models}, Known{"", "llama.cpp", Sign::runs_models},
    Known{"npm", "express", Sign::reaches_a_network}, Known{"npm", "fastify", Sign::reaches_a_network}, Known{"npm", "koa", Sign::reaches_a_network},
    Known{"npm", "ws", Sign::reaches_a_network}, Known{"npm", "socket.io*", Sign::reaches_a_network}, Known{"npm", "axios", Sign::reaches_a_network},
    Known{"npm", "undici", Sign::reaches_a_network}, Known{"npm", "node-fetch", Sign::reaches_a_network}, Known{"npm", "mqtt", Sign::reaches_a_network},
    Known{"pypi", "requests", Sign::reaches_a_network}, Known{"pypi", "urllib3", Sign::reaches_a_network}, Known{"pypi", "aiohttp", Sign::reaches_a_network},
    Known{"pypi", "httpx", Sign::reaches_a_network}, Known{"pypi", "flask", Sign::reaches_a_network}, Known{"pypi", "django", Sign::reaches_a_network},
    Known{"pypi", "fastapi", Sign::reaches_a_network}, Known{"pypi", "grpcio", Sign::reaches_a_network}, Known{"pypi", "paho-mqtt", Sign::reaches_a_network},
    Known{"maven", "io.netty/*", Sign::reaches_a_network}, Known{"maven", "com.squareup.okhttp*", Sign::reaches_a_network},
    Known{"maven", "org.eclipse.jetty/*", Sign::reaches_a_network}, Known{"maven", "org.apache.httpcomponents*", Sign::reaches_a_network},
    Known{"maven", "io.undertow/*", Sign::reaches_a_network}, Known{"golang", "google.golang.org/grpc", Sign::reaches_a_network},
    Known{"golang", "golang.org/x/net", Sign::reaches_a_network}, Known{"cargo", "hyper", Sign::reaches_a_network},
    Known{"cargo", "reqwest", Sign::reaches_a_network}, Known{"composer", "guzzlehttp/guzzle", Sign::reaches_a_network},
    Known{"deb", "libcurl4*", Sign::reaches_a_network}, Known{"deb", "libmosquitto1", Sign::reaches_a_network}, Known{"", "curl", Sign::reaches_a_network},
    Known{"", "libcurl", Sign::reaches_a_network}, Known{"", "mosquitto", Sign::reaches_a_network}, Known{"", "lwip", Sign::reaches_a_network},
    Known{"", "nginx", Sign::reaches_a_network}};

bool fits(std::string_view pattern, std::string_view name) {
  return pattern.ends_with('*') ? name.starts_with(pattern.substr(0, pattern.size() - 1)) : name == pattern;
}

// The name that its ecosystem knows it by. Debian's namespace is the distribution, not part of the name.
std::string ecosystem_name(const sbom::Component& c) {
  if (!c.purl) return c.group.empty() ? c.name : c.group + "/" + c.name;
  return c.purl->type == "deb" || c.purl->type == "generic" || c.purl->type == "conan" ? c.purl->name : c.purl->full_name();
}

bool shows(const sbom::Component& c, Sign sign) {
  const std::string name = ecosystem_name(c);
  const std::string_view type = c.purl ? std::string_view(c.purl->type) : std::string_view();
  return std::any_of(known.begin(), known.end(), [&](const Known& k) { return k.sign == sign && (k.type.empty() || k.type == type) && fits(k.name, name); });
}

std::string folded(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if (c == ' ' || c == '_') c = '-';
  }
  return out;
}

// Tasks as the hubs of models name them.
bool generates(const sbom::ModelFacts& model) {
  constexpr std::array tasks = {"text-generation", "text-to-image", "image-to-image", "text-to-video", "text-to-speech",
                                "text-to-audio", "image-generation", "music-generation", "voice-cloning"};
  const std::string task = folded(model.task);
  return std::any_of(tasks.begin(), tasks.end(), [&](const char* name) { return task.find(name) != std::string::npos; });
}

bool is_about_people(const sbom::DataFacts& data) {
  if (!data.sensitive.empty()) return true;
  const std::string classification = folded(data.classification);
  return classification == "pii" || classification == "phi" || classification == "pifi" || classification.find("personal") != std::string::npos;
}

class Proposer {
 public:
  Proposer(const sbom::Sbom& bill, const rules::RuleBase& base) : bill_(bill), base_(base) {}

  std::vector<Proposal> run() {
    for (std::size_t i = 0; i < bill_.components.size(); ++i) one(i);
    std::vector<Proposal> out;
    for (auto& [fact, found] : found_) {
      // By another name: clang 14 does not capture a structured binding.
      if (std::none_of(base_.facts.begin(), base_.facts.end(), [&id = fact](const auto& f) { return f.id == id; })) continue;
      const auto& first = found.front();
      std::string because = "the bill of materials lists " + bill_.components[first.second].title() + ", " + first.first;
      if (found.size() > 1) because += ", and " + std::to_string(found.size() - 1) + " more";
      Proposal proposal{fact, "yes", std::move(because), {}};
      for (const auto& [what, component] : found) proposal.components.push_back(component);
      out.push_back(std::move(proposal));
    }
    return out;
  }

 private:
  void one(std::size_t i) {
    const sbom::Component& c = bill_.components[i];
    if (c.type == "machine-learning-model" || c.model) add("ai.is_ai_system", i, "a machine learning model");
    else if (shows(c, Sign::runs_models)) add("ai.is_ai_system", i, "which runs machine learning models");
    if (shows(c, Sign::reaches_a_network)) add("product.data_connection", i, "which speaks to a network");
    if (c.model && generates(*c.model)) add("ai.generates_synthetic_content", i, "a model whose task is " + c.model->task);
    if (c.model && folded(c.model->task).find("emotion") != std::string::npos) add("ai.emotion_or_biometric_categorisation", i, "a model whose task is " + c.model->task);
    if (c.data && is_about_people(*c.data)) add("gdpr.personal_data", i, "data that the bill calls sensitive or personal");
    // Operating systems are in Annex III of the CRA, class I. The product itself being one is another question.
    if (c.type == "operating-system" && i != bill_.subject) add("cra.integrates_listed_component", i, "an operating system");
  }

  void add(const char* fact, std::size_t component, std::string what) { found_[fact].emplace_back(std::move(what), component); }

  const sbom::Sbom& bill_;
  const rules::RuleBase& base_;
  std::map<std::string, std::vector<std::pair<std::string, std::size_t>>> found_;
};

}  // namespace

std::vector<Proposal> proposals(const sbom::Sbom& bill, const rules::RuleBase& base) { return Proposer(bill, base).run(); }

}  // namespace duolex::facts
