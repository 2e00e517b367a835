#include "documents/style.h"

namespace duolex::documents {

const char* report_style() {
  return R"css(
:root{color-scheme:light;--ink:#1c2127;--soft:#545d68;--line:#d5dae1;--rule:#9aa4b1;--paper:#fff;--wash:#f5f7fa;--deep:#16365c;
--yes:#155c38;--yes-wash:#e9f4ee;--maybe:#6b4700;--maybe-wash:#fdf5e3;--no:#8c2626;--no-wash:#fbeeee;
--serif:"Source Serif 4","Iowan Old Style",Charter,"Palatino Linotype",Palatino,Georgia,"Liberation Serif","Noto Serif",serif;
--sans:"Source Sans 3","Segoe UI","Helvetica Neue",Arial,"Liberation Sans","Noto Sans",sans-serif;
--mono:"Source Code Pro",Consolas,Menlo,"Liberation Mono","Noto Sans Mono",monospace}
*,*::before,*::after{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%;scroll-behavior:auto}
body{margin:0;background:var(--paper);color:var(--ink);font:1rem/1.55 var(--sans);overflow-wrap:break-word}
h1,h2,h3{font-family:var(--serif);font-weight:600;color:var(--deep);line-height:1.25;text-wrap:balance}
h1{font-size:2.3rem;margin:.1rem 0 .5rem;letter-spacing:-.01em}
h2{font-size:1.5rem;margin:0 0 .9rem}
h3{font-size:1.12rem;margin:1.6rem 0 .5rem}
p{margin:.4rem 0 .8rem;max-width:44rem}
ul,ol{margin:.3rem 0 .8rem;padding-left:1.3rem}
a{color:var(--deep);text-underline-offset:.15em}
code{font:.82em/1.4 var(--mono);color:var(--soft);overflow-wrap:anywhere}
strong{font-weight:600}
:focus-visible{outline:3px solid #2b6cb0;outline-offset:2px}
.unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.skip{position:absolute;left:-100rem}.skip:focus{left:1rem;top:1rem;background:var(--paper);padding:.5rem 1rem;z-index:1}
header,.frame{max-width:76rem;margin:0 auto;padding:0 1.75rem}
header{padding-top:2.6rem;padding-bottom:1.3rem}
.over{font-size:.95rem;color:var(--soft);margin:0}
.lead{font-family:var(--serif);font-size:1.2rem;line-height:1.45;margin:0 0 1.2rem;max-width:48rem}
.frame{display:grid;grid-template-columns:13.5rem minmax(0,1fr);gap:3rem;border-top:1px solid var(--line);padding-bottom:4rem}
nav{position:sticky;top:0;align-self:start;padding-top:1.6rem;font-size:.93rem;max-height:100vh;overflow-y:auto}
nav .navhead{font-weight:600;margin:0 0 .4rem}
nav ol{list-style:none;margin:0;padding:0}
nav li{margin:0;border-left:2px solid var(--line)}
nav a{display:block;padding:.28rem .8rem;color:var(--soft);text-decoration:none}
nav a:hover,nav a:focus-visible{color:var(--deep);background:var(--wash)}
main>section{padding:2.1rem 0 .8rem}
main>section+section{border-top:1px solid var(--line);margin-top:1.4rem}
.terms{display:grid;grid-template-columns:repeat(auto-fit,minmax(11rem,1fr));gap:.7rem 1.8rem;margin:0}
.terms div{min-width:0}.terms .full{grid-column:1/-1;max-width:48rem}
.terms dt{font-size:.87rem;color:var(--soft);line-height:1.35}.terms dd{margin:.05rem 0 0}
.terms.wide{grid-template-columns:1fr}
.cites{font-size:.8rem;color:var(--soft);font-weight:400;line-height:1.4;margin-left:.15em}
.cite{white-space:nowrap}.verdict .cite{display:inline-block;max-width:100%;white-space:normal}
.soft{color:var(--soft);font-weight:400}p.soft,td .soft{font-size:.9rem}
.verdict .route{font-family:var(--serif);font-size:1.6rem;line-height:1.35;color:var(--ink);margin:0 0 1.5rem;max-width:46rem;text-wrap:pretty}
.acts{display:grid;grid-template-columns:repeat(3,minmax(0,1fr));gap:1.2rem}
.acts>div{background:var(--wash);border-top:3px solid var(--deep);padding:.9rem 1.1rem 1.1rem}
.acts.two{grid-template-columns:repeat(2,minmax(0,1fr))}
.acts h2,.acts h3{margin:0 0 .7rem}
.acts .terms{grid-template-columns:1fr}.acts dd{font-weight:600}.acts dd .cites{display:block;margin:.1rem 0 0}
.reasons{padding-left:1.1rem;margin:.1rem 0;max-width:52rem}.reasons li{margin:.18rem 0}
.reasons .reasons{list-style:"– ";font-size:.95em}
td>.reasons{list-style:none;padding-left:0}td>.reasons>li+li{margin-top:.5rem}td .reasons .reasons{padding-left:1rem;color:var(--soft)}
.warning{border-left:4px solid var(--maybe);background:var(--maybe-wash);padding:.6rem .9rem;max-width:52rem}
table{border-collapse:collapse;width:100%;margin:.4rem 0 1.2rem;font-size:.95rem;line-height:1.45;position:relative}
th,td{text-align:left;vertical-align:top;padding:.55rem .9rem .55rem 0;border-bottom:1px solid var(--line)}
th:last-child,td:last-child{padding-right:0}
thead th,thead td{font-size:.87rem;color:var(--soft);font-weight:600;border-bottom:2px solid var(--rule);vertical-align:bottom}
tbody th{font-weight:600}tbody th.plain{font-weight:400}
tr.group th{font-family:var(--serif);font-size:1.05rem;color:var(--deep);padding-top:1.3rem;border-bottom:1px solid var(--rule)}
th.name{width:36%}th.state{width:8.5rem}th.value{width:28%}th.who{width:9rem}th.day{width:9.5rem}
tr.taken th,tr.taken td{background:var(--yes-wash);box-shadow:inset 0 1px 0 var(--line)}tr.taken th{box-shadow:inset 4px 0 0 var(--yes);padding-left:.9rem}
.tag{display:inline-block;font-size:.82rem;font-weight:600;line-height:1.5;padding:0 .5rem;border:1px solid currentColor;border-radius:2px;white-space:nowrap;background:var(--paper)}
.taken>.tag,.tag.taken{color:var(--yes)}.tag.open{color:var(--deep)}.tag.closed{color:var(--soft);border-color:var(--line)}
.tag.undecided,.tag.contested{color:var(--maybe);background:var(--maybe-wash)}.tag.gap{color:var(--no);background:var(--no-wash)}
.contested-reading{margin:1rem 0 1.8rem}
table.readings{table-layout:fixed}table.readings td,table.readings thead th{border-left:1px solid var(--line);padding-left:.9rem}
table.readings thead td,table.readings tbody th{border-left:0;width:24%}table.readings thead td{padding-left:0}
table.readings thead th{font:600 1.02rem/1.3 var(--serif);color:var(--ink)}table.readings .default{box-shadow:inset 0 3px 0 var(--deep)}
table.readings tbody tr:first-child td{font-family:var(--serif)}
.timeline{list-style:none;padding:0;margin:1.2rem 0}
.timeline>li{position:relative;padding:0 0 1.1rem 1.7rem;border-left:2px solid var(--line);margin-left:.45rem}
.timeline>li:last-child{border-left-color:transparent;padding-bottom:0}
.timeline>li::before{content:"";position:absolute;left:-.44rem;top:.36rem;width:.75rem;height:.75rem;border-radius:50%;background:var(--paper);border:2px solid var(--deep)}
.timeline>li.now::before{background:var(--deep)}
.timeline h3{margin:0 0 .2rem}.timeline ul{margin:0;padding-left:1.1rem}.timeline li li{margin:.12rem 0}
.before{color:var(--soft)}
.questions>li{margin:0 0 1.3rem;padding-left:.4rem}.questions p{margin:.1rem 0 .25rem}.questions li::marker{font-family:var(--serif);color:var(--deep)}
.count{font:400 .9rem var(--sans);color:var(--soft)}
.noteref{font-size:.85rem;white-space:nowrap}.notes{font-size:.92rem;max-width:52rem}.notes li{margin:.35rem 0}
.hash{word-break:break-all}
details.proof{border-bottom:1px solid var(--line)}details.proof>summary{padding:.6rem 0}details.proof>h3{font-size:1rem;margin:.6rem 0 .3rem 1.2rem}
summary{cursor:pointer}
.tree{font-size:.94rem}.tree,.tree ul{list-style:none;margin:.15rem 0;padding-left:1.1rem}.tree ul{border-left:1px solid var(--line);margin-left:.35rem}
.tree li{margin:.22rem 0}.tree>li{margin:.6rem 0}
main.change{max-width:66rem}.change h2{margin-top:1.6rem}.change .acts h2{font-size:1.15rem}table.signals{table-layout:fixed}.signals thead th:nth-child(1){width:32%}.signals thead th:nth-child(2),.signals thead th:nth-child(3){width:8.2rem}.signals .tag{white-space:normal}
.detail{font:.76rem/1.4 var(--mono);color:var(--soft)}
.test{margin:0 0 2.2rem}.test h3 code{font-size:1em;color:inherit}.test h4{font-size:.95rem;margin:.9rem 0 .2rem}
.key{font-family:var(--serif);font-size:1.15rem;line-height:1.45}
.curve{display:block;width:100%;max-width:36rem;height:auto;font-size:11px;fill:var(--ink);margin:.6rem 0 1rem}
.curve .grid{stroke:var(--line)}.curve .band{fill:var(--deep);fill-opacity:.13}.curve .line{fill:none;stroke:var(--deep);stroke-width:2}
.curve circle{fill:var(--deep)}.curve .proven{stroke:var(--yes);stroke-width:2.5;fill:none}
.pictures{display:grid;grid-template-columns:repeat(auto-fill,minmax(13rem,1fr));gap:1rem;margin:.6rem 0 1rem}
figure{margin:0}figure img{display:block;width:100%;max-width:16rem;image-rendering:pixelated;border:1px solid var(--line);margin:0 0 3px}figcaption{font-size:.85rem;color:var(--soft)}
main.document{padding:1.6rem 2rem 3rem;max-width:52rem;margin:0 auto}.document h1{font-size:1.9rem}.lead{font-size:1.15rem}
.item{margin:1.1rem 0;break-inside:avoid}.item h3{margin:.2rem 0}.basis{margin:.1rem 0;font-size:.85rem;color:var(--soft)}.gap{color:#8a3b12}
.document caption{text-align:left;font-weight:600;padding:.5rem 0 .1rem;caption-side:top}.document th,.document td{overflow-wrap:anywhere;min-width:4.6rem}
.missing{border-left:3px solid #b4531f;padding-left:.8rem}.watermark{border:2px solid #b4531f;color:#8a3b12;padding:.5rem .8rem;font-weight:700}
@media print{.draft::before{content:"DRAFT / ENTWURF";position:fixed;top:42%;left:8%;font:700 62pt sans-serif;color:#b4531f22;transform:rotate(-30deg)}}
main.matrix{padding:1.6rem 2rem 3rem;max-width:84rem;margin:0 auto}.matrix h1{font-size:1.9rem}.matrix table{width:100%}
.matrix td ul{margin:0;padding-left:1.1rem}.aside{font-weight:400;color:var(--soft);font-size:.9rem}.day{white-space:nowrap}
@media (max-width:64rem){.frame{display:block}nav{position:static;max-height:none;padding:1.2rem 0 .4rem}
nav ol{columns:2 14rem;column-gap:1.5rem}.acts,.acts.two{grid-template-columns:1fr}.acts .terms{grid-template-columns:repeat(auto-fit,minmax(13rem,1fr))}}
@media (max-width:40rem){header,.frame{padding-left:1.1rem;padding-right:1.1rem}h1{font-size:1.75rem}.verdict .route{font-size:1.3rem}.cite{white-space:normal}
table:not(.readings) thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
table:not(.readings),table:not(.readings) tbody,table:not(.readings) tr,table:not(.readings) th,table:not(.readings) td{display:block;width:auto}
table:not(.readings) tr{padding:.55rem 0;border-bottom:1px solid var(--line)}table:not(.readings) tr.taken{background:var(--yes-wash);padding-left:.9rem;box-shadow:inset 4px 0 0 var(--yes)}
table:not(.readings) th,table:not(.readings) td{border:0;padding:.12rem 0}tr.taken th,tr.taken td{background:none;box-shadow:none}tr.taken th{padding-left:0}
table:not(.readings) td[data-label]::before{content:attr(data-label) ": ";color:var(--soft);font-size:.85rem}
tr.group{border:0}table.readings{font-size:.88rem}table.readings td,table.readings thead th{padding-left:.5rem}th,td{padding-right:.5rem}.tree,.tree ul{padding-left:.7rem}}
@media print{@page{size:A4;margin:17mm 16mm 18mm}@page{@bottom-right{content:counter(page) " / " counter(pages);font:8pt sans-serif;color:#545d68}}
html{font-size:9.6pt}body{line-height:1.45}header,.frame{max-width:none;padding:0}header{padding-bottom:.8rem}.frame{display:block}nav,.skip{display:none}
main>section{padding:1.2rem 0 .3rem}main>section+section{margin-top:.8rem}
h1{font-size:2rem}h2,h3,summary{break-after:avoid}h3+ul,h3+p,h3+table{break-before:avoid}
.acts{grid-template-columns:repeat(3,minmax(0,1fr));gap:.8rem}.acts.two{grid-template-columns:repeat(2,minmax(0,1fr))}.acts .terms{grid-template-columns:1fr}
tr,figure,.curve,.timeline>li,.questions>li,.reading,.acts>div{break-inside:avoid}table.routes tr{break-inside:auto}thead{display:table-header-group}
tr.group{break-after:avoid}p{orphans:3;widows:3}a{color:inherit;text-decoration:none}
.acts>div,.warning,.tag,tr.taken th,tr.taken td{-webkit-print-color-adjust:exact;print-color-adjust:exact}
.detail{font-size:.72rem}}
)css";
}

const char* paper_style() {
  return R"css(
@page{size:A4;margin:18mm 17mm 20mm;@bottom-right{content:counter(page) " / " counter(pages);font:8pt "DejaVu Sans";color:#545d68}}
body{margin:0;font-family:"DejaVu Sans";font-size:9pt;line-height:1.42;color:#1c2127;overflow-wrap:break-word}
h1,h2,h3{font-family:"DejaVu Serif";font-weight:bold;color:#16365c;line-height:1.25;break-after:avoid}
h1{font-size:18pt;margin:0 0 6pt}h2{font-size:13.5pt;margin:16pt 0 6pt}h3{font-size:10.5pt;margin:0 0 2pt}
p{margin:0 0 5pt;orphans:2;widows:2}.lead{font-family:"DejaVu Serif";font-size:11pt}
.aside,.basis{color:#545d68;font-size:8pt}.basis{break-after:avoid}code{font-family:"DejaVu Sans Mono";font-size:7.4pt}
.gap{color:#8a3b12}.item{margin:0 0 9pt;padding-top:5pt;border-top:.5pt solid #d5dae1}.missing{border-left:2pt solid #b4531f;padding-left:6pt}
.watermark{border:1.2pt solid #b4531f;color:#8a3b12;padding:4pt 6pt;font-weight:bold;margin-bottom:10pt}
table{border-collapse:collapse;table-layout:fixed;width:100%;margin:2pt 0 6pt;font-size:8pt;line-height:1.35}.caption{font-weight:bold;margin:3pt 0 1pt;break-after:avoid}
th,td{text-align:left;vertical-align:top;padding:2.5pt 6pt 2.5pt 0;border-bottom:.5pt solid #d5dae1}th.plain{font-weight:normal}
thead{display:table-header-group}thead th{color:#545d68;border-bottom:1pt solid #9aa4b1}tr{break-inside:avoid}
footer{margin-top:12pt;border-top:.5pt solid #9aa4b1;padding-top:4pt}
)css";
}

}  // namespace duolex::documents
