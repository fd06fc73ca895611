// How the page looks, in light and dark.

export const STYLE = `
:root{color-scheme:light dark;--bg:#fff;--fg:#1d1c1d;--dim:#616061;--line:#ddd;--box:#f6f6f6;--link:#1264a3;--good:#1a7f37;--warn:#9a6700;--bad:#c4314b}
@media (prefers-color-scheme:dark){:root{--bg:#1a1d21;--fg:#e8e8e8;--dim:#a5a6a8;--line:#444;--box:#26292e;--link:#5aa9e6;--good:#3fb950;--warn:#d29922;--bad:#f97386}}
body{margin:0 auto;padding:24px;max-width:760px;background:var(--bg);color:var(--fg);font:15px/1.46 -apple-system,"Segoe UI",Roboto,Helvetica,Arial,sans-serif;overflow-wrap:anywhere}
h1{font-size:20px}h2{font-size:18px;margin:4px 0}
a{color:var(--link);text-decoration:none}
p{margin:0 0 4px}ul,ol{margin:4px 0;padding-left:22px}hr{border:0;border-top:1px solid var(--line);margin:10px 0}
pre,code{font:12.5px/1.5 ui-monospace,Menlo,Consolas,monospace;background:var(--box);border:1px solid var(--line);border-radius:4px}
code{padding:1px 4px}pre{padding:8px 10px;margin:4px 0;white-space:pre-wrap}
blockquote{margin:4px 0;padding-left:10px;border-left:3px solid var(--line)}
article{margin:28px 0}article>header{margin-bottom:8px}
.message{border:1px solid var(--line);border-radius:8px;padding:14px 16px}
.small,summary{font-size:12.5px;color:var(--dim)}summary{cursor:pointer;margin:6px 0}
.note{color:var(--warn)}.who{margin-bottom:2px}
.tag{font-size:10px;font-weight:700;color:var(--dim);background:var(--box);border-radius:3px;padding:1px 4px}
.block{margin:6px 0}.text.pre{white-space:pre-wrap}.title{font-weight:700}
.mention{color:var(--link);background:var(--box);border-radius:3px;padding:0 2px}
.fields{display:grid;grid-template-columns:1fr 1fr;gap:8px 16px;margin:6px 0}.wide{grid-column:1/-1}
.button{display:inline-block;border:1px solid var(--line);border-radius:4px;padding:4px 12px;margin:2px 6px 2px 0;font-weight:600;font-size:14px}
.danger{color:var(--bad)}
.stripe{border-left:4px solid var(--line);padding:6px 12px;margin:6px 0;background:var(--box);border-radius:4px}
.stripe pre,.stripe code{background:var(--bg)}
.card section{border-top:1px solid var(--line);padding:6px 0}
.bubble{background:var(--box);border-radius:12px;padding:8px 12px;white-space:pre-wrap}.bubble pre{margin:4px 0}
.ac-pushButton{border:1px solid var(--line);border-radius:4px;padding:4px 12px;font-weight:600;font-size:14px;color:var(--link)}
.ac-textBlock .text>:first-child{margin-top:0}.ac-textBlock .text>:last-child{margin-bottom:0}
.unfolds>summary{list-style:none;margin:0}.unfolds[open]{flex:0 0 100%}
.message.teams{padding:2px}.inline div,.inline p{display:inline}
.ac-actionSet{flex-wrap:wrap;gap:6px 0}.rich{white-space:pre-wrap}
.ac-factset td{vertical-align:top}
`;
