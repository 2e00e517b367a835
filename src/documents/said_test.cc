#include <gtest/gtest.h>

#include "documents/said.h"
#include "documents/tongue.h"

namespace duolex::documents {
namespace {

TEST(Said, AMissingNameIsAFault) {
  EXPECT_EQ(fault_in(said("{who} declares {what}", {{"who", data("X")}, {"what", data("Y")}})), "");
  EXPECT_NE(fault_in(said("{who} declares {what}", {{"who", data("X")}})), "");
  EXPECT_NE(fault_in(said("{who} declares", {{"who", data("")}})), "") << "a blank is no value";
  EXPECT_NE(fault_in(said("It declares", {{"who", data("X")}})), "") << "a name that is not printed";
  EXPECT_NE(fault_in(said("{a}", {{"a", said("{b}")}})), "") << "in a part";
  EXPECT_NE(fault_in(listed({said("{b}")})), "") << "in a member";
  EXPECT_NE(fault_in(said("{who declares", {})), "");
  EXPECT_NE(fault_in(said("who} declares", {})), "");
  EXPECT_NE(fault_in(said("{}", {})), "");
  EXPECT_EQ(fault_in(said("a {{b}} c", {})), "");
}

TEST(Said, ANameThatStandsForNothingIsNeverPrinted) {
  EXPECT_DEATH((void)Tongue()(said("{who} declares")), "'who' stands for nothing");
}

TEST(Tongue, PrintsAndSaysWhatItLacks) {
  const Tongue de("de", {{"{n} of {whole}", "von {whole} sind es {n}"}, {"yes", "ja"}});
  const Said one = said("{n} of {whole}", {{"n", said("yes")}, {"whole", said("no")}});
  EXPECT_EQ(de(one), "von no sind es ja");
  EXPECT_EQ(Tongue()(one), "yes of no");
  std::vector<std::string> lacking;
  de.lacking(one, lacking);
  EXPECT_EQ(lacking, std::vector<std::string>{"no"});
  std::string marked;
  for (const Tongue::Piece& p : de.pieces(one)) marked += p.english ? "[" + p.text + "]" : p.text;
  EXPECT_EQ(marked, "von [no] sind es ja");
  EXPECT_EQ(de(said("{{x}} {a}", {{"a", data("{b}")}})), "{x} {b}") << "data are not a template";
  EXPECT_EQ(de(on_day(*parse_day("2027-03-01"))), "1. März 2027");
  EXPECT_EQ(de(cited({"CRA/art/12/3"})), "CRA Art. 12(3)");
}

TEST(Tongue, ACatalogueThatLosesANameIsRefused) {
  const rules::RuleBase none;
  EXPECT_TRUE(read_tongue("xx", "xx.yaml", "\"{a} and {b}\": \"{b} et {a}\"\n", none));
  for (const char* bad : {"\"{a} and {b}\": \"{b}\"\n", "\"{a}\": \"{a} {c}\"\n", "\"a\": \"{a\"\n", "\"a\": [b]\n", "- a\n"}) {
    const auto read = read_tongue("xx", "xx.yaml", bad, none);
    ASSERT_FALSE(read) << bad;
    EXPECT_NE(read.error()[0].span.line, 0u) << bad;
  }
  EXPECT_FALSE(read_tongue("xx", "xx.yaml", "\"a\": \"\"\n", none)->has("a")) << "an empty translation is none";
  EXPECT_FALSE(tongue_of("xx", none));
}

}  // namespace
}  // namespace duolex::documents
