#include "evidence/note.h"

#include <gtest/gtest.h>

#include "evidence/encoding.h"

namespace duolex::evidence {
namespace {

const SigningKey key = SigningKey::from_seed(std::string(32, '\x07'));
const NoteVerifier verifier{"ledger.example/a", key.public_key()};

TEST(Note, SignedAndHeld) {
  const std::string text = checkpoint_text({"ledger.example/a", 42, sha256("x")});
  const auto note = parse_note(sign_note(text, verifier.name, key));
  ASSERT_TRUE(note);
  EXPECT_EQ(note->text, text);
  EXPECT_TRUE(signed_by(*note, verifier));
  const auto checkpoint = parse_checkpoint(note->text);
  ASSERT_TRUE(checkpoint);
  EXPECT_EQ(checkpoint->size, 42u);
  EXPECT_EQ(checkpoint->root, sha256("x"));
}

TEST(Note, EveryChangedByteIsSeen) {
  const std::string good = sign_note(checkpoint_text({"o", 7, sha256("x")}), verifier.name, key);
  for (std::size_t i = 0; i < good.size(); ++i) {
    for (const unsigned bit : {1U, 2U, 32U}) {
      std::string bad = good;
      bad[i] = static_cast<char>(static_cast<unsigned char>(bad[i]) ^ bit);
      const auto note = parse_note(bad);
      EXPECT_FALSE(note && signed_by(*note, verifier)) << i;
    }
  }
}

TEST(Note, AnotherKeyOfTheSameNameIsNotIt) {
  const SigningKey other = SigningKey::from_seed(std::string(32, '\x08'));
  const auto note = parse_note(sign_note("a\n1\n" + to_base64(bytes_of(sha256("x"))) + "\n", verifier.name, other));
  ASSERT_TRUE(note);
  EXPECT_FALSE(signed_by(*note, verifier));
}

TEST(Note, AKeyAsText) {
  const auto read = NoteVerifier::parse(verifier.text());
  ASSERT_TRUE(read);
  EXPECT_EQ(read->key.raw(), key.public_key().raw());
  std::string wrong = verifier.text();
  wrong[0] = 'm';  // the id no longer fits the name
  EXPECT_FALSE(NoteVerifier::parse(wrong));
  for (const char* text : {"", "a", "a+b", "a+00000000+", "a b+00000000+AA=="}) EXPECT_FALSE(NoteVerifier::parse(text)) << text;
}

TEST(Note, FormsThatAreNone) {
  for (const std::string& text : std::vector<std::string>{"", "a\n", "a\n\n", "a\n\n- x AAAAAAAA\n", "a\n\n\xe2\x80\x94 x AAAA\n", "a\r\n\n\xe2\x80\x94 x AAAAAAAA\n", "a\n\n\xe2\x80\x94 x AAAAAAAA"}) {
    EXPECT_FALSE(parse_note(text)) << text;
  }
  for (const std::string& text : std::vector<std::string>{"", "o\n1\n", "o\n01\n" + to_base64(std::string(32, 'a')) + "\n", "o\n-1\n" + to_base64(std::string(32, 'a')) + "\n",
                                 "o\n1\nAAAA\n", "\n1\n" + to_base64(std::string(32, 'a')) + "\n", "o\n99999999999999999999\n" + to_base64(std::string(32, 'a')) + "\n"}) {
    EXPECT_FALSE(parse_checkpoint(text)) << text;
  }
}

TEST(Encoding, Base64IsStrict) {
  for (const char* text : {"", "AA==", "AAA=", "AAAA", "+/+/"}) {
    const auto bytes = from_base64(text);
    ASSERT_TRUE(bytes) << text;
    EXPECT_EQ(to_base64(*bytes), text);
  }
  for (const char* text : {"A", "AA", "AA=A", "AB==", "AAB=", "A===", "====", "AA==AAAA", "-_-_", "AAAA "}) EXPECT_FALSE(from_base64(text)) << text;
  EXPECT_TRUE(from_base64_url("-_-_"));
  EXPECT_FALSE(from_base64_url("+/+/"));
}

TEST(SigningKey, PemThereAndBack) {
  const auto read = SigningKey::from_pem("k.pem", key.to_pem());
  ASSERT_TRUE(read);
  EXPECT_EQ(read->public_key().raw(), key.public_key().raw());
  EXPECT_FALSE(SigningKey::from_pem("k.pem", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"));
}

}  // namespace
}  // namespace duolex::evidence
