#include <gtest/gtest.h>

#include "threats/model_files/allowed_globals.h"
#include "threats/model_files/testing.h"

namespace duolex::threats::model_files::testing {
namespace {

Verdict verdict(const std::string& bytes) { return look("model.pkl", bytes).verdict; }

TEST(Pickle, EveryWayToCall) {
  const std::string expected = "os.system('id')";
  const std::string ways[] = {
      attack(),
      Pickle().global("os", "system").raw("(S'id'\n").op('t').reduce().stop(),             // protocol 0
      Pickle().raw("(S'id'\nios\nsystem\n").stop(),                                         // INST
      Pickle().op('(').global("os", "system").text("id").op('o').stop(),                    // OBJ
      Pickle().proto(2).global("os", "system").text("id").tuple1().op(0x81).stop(),         // NEWOBJ
      Pickle().proto(4).global("os", "system").text("id").tuple1().op('}').op(0x92).stop(), // NEWOBJ_EX
      Pickle().raw("S'\\x6fs'\nS'sys\\164em'\n").op(0x93).raw("S'id'\n").tuple1().reduce().stop(),
      Pickle().raw("V\\u006fs\nVsystem\n").op(0x93).raw("Vid\n").tuple1().reduce().stop(),
      Pickle().text("os").raw("p7\n0").text("system").raw("q\x08").op('0').raw("g7\nh\x08").op(0x93).text("id").tuple1().reduce().stop(),
      Pickle().text("system").memoize().op('0').text("os").op('2').op('0').raw(std::string("h\0", 2)).op(0x93).text("id").tuple1().reduce().stop(),
      Pickle().op('(').op('(').op('0').op('1').global("os", "system").text("id").tuple1().reduce().stop(),
  };
  for (const std::string& way : ways) {
    const FileReport report = look("model.pkl", way);
    EXPECT_EQ(report.verdict, Verdict::executes_code);
    EXPECT_NE(first_call(report).find(expected), std::string::npos) << first_call(report);
  }
}

TEST(Pickle, NamesThePlace) {
  const FileReport report = look("model.pkl", attack());
  ASSERT_EQ(report.reasons.size(), 1u);
  EXPECT_EQ(report.reasons[0].what, "calls os.system");
  EXPECT_EQ(report.reasons[0].offset, 2u + 4 + 8 + 1 + 4 + 1);
  EXPECT_EQ(report.kind, "pickle");
}

TEST(Pickle, ConstructorsOfTheListAreData) {
  EXPECT_EQ(verdict(harmless()), Verdict::no_code_found);
  EXPECT_EQ(verdict(Pickle().proto(2).global("_codecs", "encode").text("abc").text("latin1").tuple2().reduce().stop()), Verdict::no_code_found);
  EXPECT_EQ(verdict(Pickle().raw("ccopy_reg\n_reconstructor\n(c__builtin__\nset\nc__builtin__\nobject\nNtR.").bytes), Verdict::no_code_found);
  EXPECT_EQ(verdict(Pickle().proto(2).global("torch", "FloatStorage").op('Q').stop()), Verdict::no_code_found);
  // The same names, used otherwise.
  EXPECT_EQ(verdict(Pickle().proto(2).global("_codecs", "encode").text("abc").text("rot13").tuple2().reduce().stop()), Verdict::executes_code);
  EXPECT_EQ(verdict(Pickle().raw("ccopy_reg\n_reconstructor\n(csubprocess\nPopen\nc__builtin__\nobject\nNtR.").bytes), Verdict::executes_code);
  EXPECT_EQ(verdict(Pickle().proto(4).stack_global("collections", "OrderedDict.fromkeys").op(')').reduce().stop()), Verdict::executes_code);
  EXPECT_EQ(rule_for("torch", "FloatStorag"), Rule::refused);
  EXPECT_EQ(rule_for("torch", "FloatStorage DoubleStorage"), Rule::refused);
  EXPECT_EQ(rule_for("numpy", "dtype"), Rule::data);
}

TEST(Pickle, WhatIsNotOnTheList) {
  EXPECT_EQ(verdict(Pickle().proto(4).stack_global("antigravity", "x").stop()), Verdict::executes_code);  // importing runs
  EXPECT_EQ(verdict(Pickle().raw("\x82\x05.").bytes), Verdict::executes_code);                             // extension registry
  EXPECT_EQ(verdict(Pickle().proto(2).global("collections", "OrderedDict").op(')').reduce().op(')').reduce().stop()), Verdict::executes_code);
  // State put on a module's own class, as a way to change what the next import gives.
  EXPECT_EQ(verdict(Pickle().proto(2).global("torch", "Tensor").op('}').text("a").number(1).op('s').op('b').stop()), Verdict::executes_code);
  // A name that is worked out while loading.
  EXPECT_EQ(verdict(Pickle().proto(4).stack_global("collections", "OrderedDict").op(')').reduce().text("x").op(0x93).stop()), Verdict::executes_code);
  // A function that unpickles, handed to one that calls what it is given.
  EXPECT_EQ(verdict(Pickle().proto(2).global("torch._tensor", "_rebuild_from_type_v2").op('(').global("torch.storage", "_load_from_bytes")
                        .global("torch", "Tensor").binary("x").tuple1().op('}').op('t').reduce().stop()),
            Verdict::executes_code);
}

TEST(Pickle, BreaksOffAfterItRan) {
  const std::string whole = attack();
  FileReport report = look("model.pkl", whole.substr(0, whole.size() - 1));
  EXPECT_EQ(report.verdict, Verdict::executes_code);
  ASSERT_EQ(report.not_checked.size(), 1u);
  EXPECT_NE(report.not_checked[0].find("ends without STOP"), std::string::npos);
  EXPECT_EQ(verdict(whole.substr(0, whole.size() - 1) + "h\x63" + "rest"), Verdict::executes_code);
  // Before the call there is only the import, and before that nothing.
  EXPECT_EQ(verdict(whole.substr(0, whole.size() - 2)), Verdict::executes_code);
  EXPECT_EQ(verdict(whole.substr(0, 6)), Verdict::unreadable);
  EXPECT_EQ(verdict(Pickle().raw("KB").op(')').reduce().stop()), Verdict::unreadable);  // calls a number
}

TEST(Pickle, SeveralInOneFile) {
  EXPECT_EQ(verdict(harmless() + attack()), Verdict::executes_code);
  EXPECT_EQ(verdict(harmless() + harmless()), Verdict::no_code_found);
  EXPECT_EQ(look("model.pkl", harmless() + std::string(100, '\x01') + attack()).verdict, Verdict::suspicious);  // hidden behind
}

TEST(Pickle, PayloadsInTexts) {
  const auto carries = [](const std::string& text) { return look("model.pkl", Pickle().proto(4).long_text(text).stop()); };
  EXPECT_EQ(carries("an ordinary text of some length, nothing else").verdict, Verdict::no_code_found);
  EXPECT_EQ(carries("abcdefghijklmnopqrstuvwxyz0123456789").verdict, Verdict::no_code_found);
  EXPECT_EQ(carries("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08").verdict, Verdict::no_code_found);
  for (const std::string& text : {attack(), base64(attack()), zlib(attack()), base64(zlib(attack())), base64(gzip(base64(attack())))}) {
    const FileReport report = carries(text);
    EXPECT_EQ(report.verdict, Verdict::suspicious);
    EXPECT_NE(first_call(report).find("os.system('id')"), std::string::npos);
  }
  const std::string code = std::string("\xe3\x01\0\0\0\0\0\0\0\0\0\0\0\x01\0\0\0\x02\0\0\0\x43\0\0\0s\x08\0\0\0", 30) + std::string(40, 'd');
  EXPECT_EQ(carries(base64(code)).verdict, Verdict::suspicious);
  EXPECT_EQ(carries(base64(zlib(code))).verdict, Verdict::suspicious);
}

TEST(Pickle, LoadedBytesAreLookedAt) {
  const auto loads = [](const std::string& inner) {
    return look("model.pkl", Pickle().proto(2).global("torch.storage", "_load_from_bytes").binary(inner).tuple1().reduce().stop());
  };
  EXPECT_EQ(loads(harmless()).verdict, Verdict::no_code_found);
  EXPECT_EQ(loads(attack()).verdict, Verdict::executes_code);
}


TEST(Pickle, LegacyTorch) {
  const std::string keys = Pickle().proto(2).op(']').text("0").op('a').stop();
  const std::string head = std::string("\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.", 15) + std::string("\x80\x02M\xe9\x03.", 6) + "\x80\x02}.";
  const std::string weights = little(std::uint64_t{4}) + std::string(16, 'c');
  FileReport report = look("model.pt", head + harmless() + keys + weights);
  EXPECT_EQ(report.kind, "PyTorch (legacy)");
  EXPECT_EQ(report.verdict, Verdict::no_code_found);
  EXPECT_EQ(look("model.pt", head + attack() + keys + weights).verdict, Verdict::executes_code);
  EXPECT_EQ(look("model.pt", head + harmless() + attack() + weights).verdict, Verdict::executes_code);
}

std::string joblib_array(const std::string& type, int count, const std::string& data) {
  Pickle p;
  p.proto(4).stack_global("joblib.numpy_pickle", "NumpyArrayWrapper").op(')').op(0x81).op('}').op('(');
  p.text("shape").number(count).tuple1();
  p.text("dtype").stack_global("numpy", "dtype").text(type).op(0x89).op(0x88).op(0x87).reduce();
  p.text("numpy_array_alignment_bytes").number(16).op('u').op('b');
  return p.raw(std::string("\x02\xff\xff", 3)).raw(data).stop();
}

TEST(Pickle, ArraysOfJoblib) {
  EXPECT_EQ(verdict(joblib_array("f8", 2, std::string(16, '\xc0'))), Verdict::no_code_found);
  EXPECT_EQ(verdict(joblib_array("f8", 3, std::string(16, '\xc0'))), Verdict::unreadable);
  Pickle objects;
  objects.proto(4).stack_global("joblib.numpy_pickle", "NumpyArrayWrapper").op(')').op(0x81).op('}').op('(');
  objects.text("shape").number(1).tuple1().text("dtype").stack_global("numpy", "dtype").text("O8").tuple1().reduce().op('u').op('b');
  EXPECT_EQ(verdict(Pickle(objects).raw(attack()).stop()), Verdict::executes_code);
  EXPECT_EQ(verdict(Pickle(objects).raw(harmless()).stop()), Verdict::no_code_found);
}

TEST(Pickle, WordsAreNoPickle) {
  EXPECT_EQ(look("vocabulary.txt", "cat\ndog\nelephant\n").verdict, Verdict::no_code_found);
  EXPECT_EQ(look("notes", "os\nsystem\n").kind, "text");
  EXPECT_EQ(look("hidden.txt", "cos\nsystem\n(S'id'\ntR.").verdict, Verdict::executes_code);
}

TEST(Pickle, RefusesWithThePlace) {
  const auto refused = [](const std::string& bytes) {
    const FileReport report = look("model.pkl", bytes);
    EXPECT_EQ(report.verdict, Verdict::unreadable);
    return report.reasons.empty() ? "" : report.reasons[0].what + " @" + std::to_string(report.reasons[0].offset);
  };
  EXPECT_EQ(refused("\x80\x04\x8d" + little(std::uint64_t{1} << 62) + "x"), "is no pickle: claims 4611686018427387904 bytes where 1 are left @2");
  EXPECT_EQ(refused("\x80\x09."), "is no pickle: is of protocol 9; 0 to 5 exist @0");
  EXPECT_EQ(refused(std::string("\x80\x02N\x85\xff", 5)), "is no pickle: 0xff is no instruction of a pickle @4");
  EXPECT_EQ(refused("\x80\x02t."), "is no pickle: there is no mark @2");
  EXPECT_EQ(refused("\x80\x02h\x07."), "is no pickle: asks the memo for entry 7, which was never stored @2");
  EXPECT_EQ(refused("\x80\x02T\xff\xff\xff\xff."), "is no pickle: a length is negative @2");
  EXPECT_EQ(refused("\x80\x04" + std::string(1'000'002, '(')), "is no pickle: sets more than 1000000 marks @1000002");
}

}  // namespace
}  // namespace duolex::threats::model_files::testing
