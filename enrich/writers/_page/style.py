"""The style sheet of a page: system fonts, light and dark, print, phone to wide desk."""

from __future__ import annotations

STYLE = """
:root{color-scheme:light dark;--ink:#1c1e21;--soft:#5a6068;--line:#dcdfe3;--back:#fff;--panel:#f5f6f8;--link:#0b57a8;--mark:#9a2f00}
@media(prefers-color-scheme:dark){:root{--ink:#e4e6e9;--soft:#a2a9b2;--line:#383d44;--back:#16181b;--panel:#202327;--link:#8ab8f5;--mark:#ffab7d}}
*{box-sizing:border-box}
[hidden]{display:none!important}
html{background:var(--back);color:var(--ink);font:17px/1.45 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",Arial,sans-serif;-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0 auto;padding:1.5rem 1.25rem 4rem;max-width:62rem;overflow-wrap:anywhere}
a{color:var(--link);text-decoration-thickness:1px;text-underline-offset:.15em}
h3 a,h4 a,.links a{text-decoration:none}
.talk h3 a{color:var(--ink)}
.talk.off h3 a{text-decoration:line-through}
a:hover{text-decoration:underline}
:focus-visible,[type=date]:focus-within{outline:3px solid var(--link);outline-offset:2px;border-radius:2px}
h1{font-size:1.7rem;line-height:1.2;margin:0 0 .3rem;letter-spacing:-.01em}
h2{font-size:1.2rem;margin:2.2rem 0 .4rem}
h3{font-size:1.08rem;line-height:1.3;margin:0;font-weight:600}
h4{font-size:1rem;margin:0;font-weight:500;display:inline}
p,ul,blockquote{margin:.15rem 0}
ul{padding:0;list-style:none}
header p,.facts,.links,.when,.tick,.talks,footer,.hint{color:var(--soft);font-size:.88rem}
.news{color:var(--mark);font-size:.88rem}
.skip{position:absolute;left:-99rem}
.skip:focus{position:static}
nav{display:flex;flex-wrap:wrap;gap:.3rem 1.2rem;margin:1rem 0 0;border-bottom:1px solid var(--line)}
nav a{padding:.3rem 0;text-decoration:none}
nav a[aria-current]{color:var(--ink);font-weight:600;box-shadow:0 3px 0 var(--link)}
nav span{color:var(--soft);font-weight:400}
form{display:flex;flex-wrap:wrap;gap:.4rem .7rem;align-items:end;padding:.6rem 0;border-bottom:1px solid var(--line);background:var(--back);font-size:.88rem}
form label{color:var(--soft)}
form label.wide{flex:1 1 12rem}
form input:not([type=checkbox]),form select{display:block;width:100%;margin-top:.1rem}
input,select,button{font:inherit;color:inherit;accent-color:var(--link)}
form input:not([type=checkbox]),select,button{background:var(--panel);border:1px solid var(--soft);border-radius:4px;padding:.15rem .5rem;height:2rem}
form>label{max-width:100%}
select{max-width:11rem}
[type=date]{width:8.5rem!important}
button{cursor:pointer}
button:hover{border-color:var(--ink)}
.row{display:flex;flex-wrap:wrap;gap:.5rem;flex:1 1 100%;align-items:center}
output{color:var(--ink);margin-right:auto;font-weight:600}
.tick{white-space:nowrap;cursor:pointer}
.tick input{width:1rem;height:1rem;vertical-align:-.15rem;margin:0 .1rem 0 0}
html:not(.js) form{display:none}
.js h2{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
article{display:grid;grid-template-columns:8.5rem 1fr;gap:0 1.2rem;padding:.75rem 0;border-bottom:1px solid var(--line);content-visibility:auto;contain-intrinsic-size:auto 11rem}
article:target,li:target{background:var(--panel)}
.when{padding-top:.15rem}
a.when{text-decoration:none}
.when small{display:block;font-size:.8rem}
.papers{margin-top:.45rem}
.papers>li{padding:.3rem 0 .3rem .9rem;border-left:3px solid var(--line)}
.papers .tick{float:right;margin-left:1rem}
article>.tick{position:relative;z-index:1;grid-area:1/2;justify-self:end;align-self:start}
article>.when{grid-area:1/1}
article>div{grid-area:1/2}
.js h3{padding-right:4.5rem}
h1,h3,h4,.facts,.text,blockquote,.talks li{unicode-bidi:plaintext}
.facts b{color:var(--ink);font-weight:600}
.state{font-size:.75rem;font-weight:600;color:var(--mark);border:1px solid;border-radius:3px;padding:0 .3rem;white-space:nowrap}
blockquote{font-size:.9rem}
blockquote::before{content:open-quote}
blockquote::after{content:close-quote}
details{margin:.2rem 0}
details+details,details:has(+details){display:inline-block;vertical-align:top;margin-right:1rem}
details[open]{display:block!important}
summary{cursor:pointer;color:var(--soft);font-size:.88rem;width:fit-content}
.text{white-space:pre-line;margin:.3rem 0 .5rem;max-width:42rem}
pre{background:var(--panel);padding:.6rem;font-size:.8rem;overflow:auto;white-space:pre-wrap}
.talks li{padding-left:.9rem;text-indent:-.9rem}
.seen h3 a,.seen h4 a{color:var(--soft);font-weight:400}
svg{width:100%;height:auto;font-size:11px}
svg text{fill:var(--soft)}
svg line{stroke:var(--line)}
circle{r:4px;fill:var(--link);fill-opacity:.55;stroke:var(--link)}
.js section{scroll-margin-top:50rem}
table{border-collapse:collapse;width:100%;font-size:.88rem}
th,td{text-align:left;vertical-align:top;padding:.25rem .8rem .25rem 0;border-bottom:1px solid var(--line)}
td:nth-child(odd):not(:last-child){white-space:nowrap}
[popover]{color:var(--ink);background:var(--back);border:1px solid var(--soft);border-radius:6px;max-width:min(28rem,94vw);padding:1rem 1.4rem;box-shadow:0 4px 24px #0004}
dl{margin:0 0 .8rem;display:grid;grid-template-columns:auto 1fr;gap:.3rem 1rem}
dt{font-family:ui-monospace,monospace}
dd{margin:0}
footer{margin-top:2rem}
@media(min-width:48rem) and (min-height:40rem){form{position:sticky;top:0;z-index:1}article{scroll-margin-top:8rem}}
@media screen and (max-width:47.99rem){html{font-size:16px}body{padding:1rem 1rem 3rem}article{grid-template-columns:1fr}article>.tick{grid-area:1/1}article>div{grid-area:2/1}.js h3{padding:0}.when small{display:inline}svg{font-size:22px}form>label{flex:1 1 40%}form>label.wide{flex-basis:100%}select{max-width:none}[type=date]{width:100%!important}.row{gap:.4rem}[popovertarget]{display:none}}
@media print{html{font-size:9.5pt;line-height:1.3}:root{color-scheme:light;--ink:#000;--soft:#333;--back:#fff;--link:#000;--mark:#000;--line:#aaa}body{max-width:none;padding:0}form,nav,.tick,.skip,.screen,footer,summary,pre{display:none!important}a[href^="#"]{text-decoration:none}article{display:block;content-visibility:visible;padding:.4rem 0}.js h3{padding:0}.when{display:block}h3,h4,.when,.facts{break-after:avoid}.text{font-size:.95rem}.when small{display:inline}.text{max-width:none}details:has(.text)~.papers blockquote{display:none}details:has(pre){display:none}details::details-content{content-visibility:visible;display:block;block-size:auto}.links a[href^=http]::after{content:" <" attr(href) ">";color:#333}.js h2{position:static;width:auto;height:auto;clip-path:none}}
"""
