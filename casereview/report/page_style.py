"""The look of a report page: light and dark, narrow screens, and paper."""

from __future__ import annotations

from casereview.report.svg import STYLE as DRAWINGS

# Contrast of every pair of text and ground is 4.5 or more (WCAG 2.2, 1.4.3).
STYLE = (
    """
:root{color-scheme:light dark;--ink:#1b1b1b;--paper:#fff;--soft:#4c5761;--line:#c3cad1;
--panel:#f3f5f7;--grey:#56616b;--blue:#005eb8;--orange:#a83709;--purple:#6b3fa0;--notice:#fff4d6;
--edge:#8a6100}
@media screen and (prefers-color-scheme:dark){:root{--ink:#f2f4f5;--paper:#1b1d1f;--soft:#b3bcc4;
--line:#4a5158;--panel:#25282b;--grey:#b3bcc4;--blue:#6cb4ff;--orange:#ff9b57;--purple:#c3a5ef;
--notice:#3a3011;--edge:#e0b84a}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,Arial,sans-serif}
main,header,footer{max-width:56rem;margin:0 auto;padding:0 1rem}
header{padding-top:1.5rem}
h1,h3,caption{overflow-wrap:anywhere}
h1{font-size:1.8rem;line-height:1.2;margin:0 0 .5rem}
h2{font-size:1.35rem;margin:2.5rem 0 .5rem;border-top:2px solid var(--line);padding-top:1rem}
h3{font-size:1.1rem;margin:1.5rem 0 .25rem}
p{margin:.5rem 0;max-width:46rem}
a{color:var(--blue)}
.notice{border-left:6px solid var(--edge);background:var(--notice);padding:.6rem 1rem;
font-weight:600;max-width:none}
.soft{color:var(--soft)}
dl{margin:.5rem 0;display:grid;grid-template-columns:max-content 1fr;gap:.1rem 1rem}
dt{font-weight:600}
dd{margin:0;overflow-wrap:anywhere}
ul{padding-left:1.2rem;max-width:46rem}
nav ul{columns:2;list-style:none;padding:0;max-width:none}
.wide{overflow-x:auto;margin:.75rem 0}
table{border-collapse:collapse;width:100%;font-size:.92rem;font-variant-numeric:tabular-nums}
caption{text-align:left;font-weight:600;padding:.25rem 0}
th,td{padding:.3rem .5rem;border-bottom:1px solid var(--line);text-align:right;vertical-align:top}
thead th{border-bottom:2px solid var(--grey);vertical-align:bottom;background:var(--panel)}
.w{text-align:left}
tbody th{font-weight:400;text-align:left}
figure{margin:.75rem 0}
figure .wide{margin:0}
figure svg{display:block;width:100%;height:auto;min-width:40rem;max-width:45rem}
figcaption{font-weight:600}
.icon{display:inline-block;width:1.1rem;font-weight:700}
.improvement .icon{color:var(--blue)}.concern .icon{color:var(--orange)}
.special .icon{color:var(--purple)}.none .icon,.few .icon,.hidden .icon{color:var(--grey)}
details{margin:.5rem 0}
summary{cursor:pointer;color:var(--blue)}
.missing{border:1px dashed var(--grey);padding:.5rem 1rem}
footer{padding-bottom:3rem}
:focus-visible{outline:3px solid var(--blue);outline-offset:2px}
@media (max-width:40rem){dl{grid-template-columns:1fr}dd{margin-bottom:.4rem}nav ul{columns:1}}
@page{size:A4;margin:15mm}
@media print{body{font-size:10.5pt}main,header,footer{max-width:none;padding:0}
nav,figure details{display:none}
details::details-content{content-visibility:visible;display:block}
h2,h3,caption,figcaption{break-after:avoid}h2{margin-top:1.2rem}
figure,tr,dt,dd,.missing{break-inside:avoid}thead{display:table-header-group}
.wide{overflow:visible}figure svg{min-width:0;max-width:100%}table{font-size:8.5pt}
th,td{padding:.15rem .3rem}a{color:inherit;text-decoration:none}
*{-webkit-print-color-adjust:exact;print-color-adjust:exact}}
"""
    + DRAWINGS
)
