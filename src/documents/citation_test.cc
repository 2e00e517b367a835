#include "documents/citation.h"

#include <gtest/gtest.h>

#include "documents/tongue.h"

namespace duolex::documents {
namespace {

TEST(Citation, ArticlesAsLawyersWriteThem) {
  EXPECT_EQ(citation("CRA/art/12/3"), "CRA Art. 12(3)");
  EXPECT_EQ(citation("CRA/art/2"), "CRA Art. 2");
  EXPECT_EQ(citation("CRA/art/32/2/a"), "CRA Art. 32(2)(a)");
  EXPECT_EQ(citation("AIA/art/113/c/i"), "AI Act Art. 113(c)(i)");
  EXPECT_EQ(citation("AIA/art/75/1e"), "AI Act Art. 75(1e)");
}

TEST(Citation, PassagesWithoutANumber) {
  EXPECT_EQ(citation("AIA/art/43/3/#2"), "AI Act Art. 43(3), third subparagraph");
  EXPECT_EQ(citation("AIA/art/113/#2"), "AI Act Art. 113, second paragraph");
  EXPECT_EQ(citation("AIA/anx/III/1/a/#1"), "AI Act Annex III point 1(a), passage 1");
  EXPECT_EQ(citation("AIA/art/43/1/a~2"), "AI Act Art. 43(1)(a) (list 2)");
  EXPECT_EQ(citation("CRA/art/1/1/#9"), "CRA Art. 1(1), passage 9");
}

TEST(Citation, AnnexesAndRecitals) {
  EXPECT_EQ(citation("CRA/rec/51"), "CRA recital 51");
  EXPECT_EQ(citation("AIA/anx/VI"), "AI Act Annex VI");
  EXPECT_EQ(citation("AIA/anx/I/SectionA"), "AI Act Annex I Section A");
  EXPECT_EQ(citation("AIA/anx/I/SectionA/1"), "AI Act Annex I Section A point 1");
  EXPECT_EQ(citation("CRA/anx/I/PartI/2/a"), "CRA Annex I Part I point 2(a)");
  EXPECT_EQ(citation("CRA/anx/III/ClassII"), "CRA Annex III Class II");
}

TEST(Citation, OtherTexts) {
  EXPECT_EQ(citation("AIA2024/art/43/1"), "AI Act (2024) Art. 43(1)");
  EXPECT_EQ(citation("CRA2392/anx/I"), "Reg. (EU) 2025/2392 Annex I");
  EXPECT_EQ(citation("GDPR/art/35/1"), "GDPR Art. 35(1)");
}

TEST(Citation, InAnotherLanguage) {
  const Tongue german("de", {{"AI Act", "KI-Verordnung"}, {"Annex {number}", "Anhang {number}"}, {"Part {number}", "Teil {number}"},
                             {"point {number}", "Nummer {number}"}, {"subparagraph {number}", "Unterabsatz {number}"},
                             {"paragraph {number}", "Absatz {number}"}, {"recital {number}", "Erwägungsgrund {number}"},
                             {"list {number}", "Liste {number}"}, {"Reg. (EU) {number}", "VO (EU) {number}"}});
  EXPECT_EQ(citation("CRA/art/12/3", german), "CRA Art. 12(3)");
  EXPECT_EQ(citation("AIA/art/43/3/#2", german), "KI-Verordnung Art. 43(3), Unterabsatz 3");
  EXPECT_EQ(citation("AIA/art/113/#2", german), "KI-Verordnung Art. 113, Absatz 2");
  EXPECT_EQ(citation("AIA/art/43/1/a~2", german), "KI-Verordnung Art. 43(1)(a) (Liste 2)");
  EXPECT_EQ(citation("CRA/anx/I/PartI/2/a", german), "CRA Anhang I Teil I Nummer 2(a)");
  EXPECT_EQ(citation("CRA2392/anx/I", german), "VO (EU) 2025/2392 Anhang I");
  EXPECT_EQ(citation("CRA/rec/51", german), "CRA Erwägungsgrund 51");
  EXPECT_EQ(citation("CRA/xyz/1", german), "CRA/xyz/1");
}

TEST(Citation, AnIdOfAnotherFormStaysAsItIs) {
  for (const char* id : {"", "CRA", "CRA/", "CRA/art", "CRA/art/", "CRA/xyz/1", "XYZ/art/1", "CRA/art/1//2", "2022/30/EU"})
    EXPECT_EQ(citation(id), id);
}

}  // namespace
}  // namespace duolex::documents
