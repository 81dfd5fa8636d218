const DARK = `:root{color-scheme:dark;--back:#14181c;--text:#e4e7ea;--soft:#a3acb5;--line:#39424b;--done:#6ba6d8;--quiet:#8b98a5;--warn:#e39b55;--pale:#1c2228}`

/** The style sheet of the page of a report: for the screen, light and dark, wide and narrow, and for paper. */
export const STYLE = `
:root{color-scheme:light;--back:#fff;--text:#1c2126;--soft:#5a646e;--line:#d5dade;--done:#2a6496;--quiet:#93a1ae;--warn:#b4560a;--pale:#f5f7f8}
@media screen and (prefers-color-scheme:dark){${DARK}}
*{box-sizing:border-box}
body{margin:0;background:var(--back);color:var(--text);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,Helvetica,Arial,sans-serif}
main{max-width:1080px;margin:0 auto;padding:32px 24px 64px}
h1{font-size:26px;line-height:1.25;margin:0 0 4px;font-weight:600}
h2{font-size:18px;margin:40px 0 10px;font-weight:600}
h1,.facts td,p code{overflow-wrap:anywhere}
time{white-space:nowrap}
p{margin:0 0 10px;max-width:78ch}
.soft,caption,dt,figcaption{color:var(--soft)}
.notice{border:1px solid var(--warn);border-left-width:6px;padding:10px 14px;margin:0 0 24px;max-width:none}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:12px;margin:24px 0}
.tiles div{border-top:3px solid var(--line);padding:8px 0}
.tiles div.done{border-color:var(--done)}
.tiles div.warn{border-color:var(--warn)}
.tiles dd{order:-1;margin:0;font-size:30px;line-height:1.2;font-variant-numeric:tabular-nums}
.tiles div{display:flex;flex-direction:column}
figure{margin:24px 0 0;max-width:680px;break-inside:avoid}
svg{display:block;width:100%;height:auto}
.bar{width:120px;height:14px;margin:4px 0;background:var(--pale);fill:var(--quiet)}
.bar.reset,.bar.ended{fill:var(--done)}
.bar.dead_lettered,.bar.open{fill:var(--warn)}
figure text{font-size:13px;font-family:inherit}
.wide{overflow-x:auto}
.wide td{min-width:120px}
.wide td.number{min-width:0}
caption{max-width:calc(100vw - 40px)}
.facts{margin:0 0 20px}
table{border-collapse:collapse;width:100%}
caption{text-align:left;padding:0 0 6px}
th,td{text-align:left;vertical-align:top;padding:5px 12px 5px 0;border-bottom:1px solid var(--line)}
th{font-weight:600}
thead th{border-bottom:2px solid var(--line)}
tbody th{font-weight:400;color:var(--soft)}
td.number,th.number{text-align:right;font-variant-numeric:tabular-nums}
.facts th{width:220px}
code{font:13px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
summary{cursor:pointer;color:var(--soft)}
li{margin:0 0 6px;max-width:78ch}
@media (max-width:600px){main{padding:20px 14px 48px}h1{font-size:21px}.facts th{width:120px}.tiles{grid-template-columns:1fr 1fr}.wide td{min-width:84px}.wide code{overflow-wrap:anywhere}.wide td:has(code){min-width:120px}th,td{padding-right:8px}figure text{font-size:16px}.wide:has(.bar) :is(th,td):nth-child(4){display:none}}
@media print{body{font-size:9.5pt}main{max-width:none;padding:0}h2{break-after:avoid}tr{break-inside:avoid}th,td{padding:2px 8px 2px 0}h2{margin-top:24px}thead{display:table-header-group}figure{max-width:600px}.tiles{grid-template-columns:repeat(5,1fr)}.wide{overflow:visible}.wide td{min-width:0}.wide table{font-size:8pt}.wide code{font-size:inherit}}
`
