import { createHash } from 'node:crypto'
import { evidenceColumns, evidenceRows } from '../../profile/support/evidence/evidence-rows.ts'
import type { EvidencePart } from '../../profile/support/evidence/evidence-pack.ts'

const style = `body{font:14px/1.4 system-ui,sans-serif;margin:2rem;color:#111;background:#fff}
h1{font-size:1.3rem}dl{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1rem}dt{font-weight:600}dd{margin:0;overflow-wrap:anywhere}
table{border-collapse:collapse;width:100%;font-size:11px}th,td{border:1px solid #999;padding:.25rem;text-align:left;vertical-align:top;overflow-wrap:anywhere}
td.raw,td.hash{font-family:ui-monospace,monospace;font-size:9px}thead{display:table-header-group}tr{break-inside:avoid}
@page{size:landscape;margin:1.2cm}@media print{body{margin:0}}`

/** The page runs no script, loads nothing, and may not be framed. Its only style is the one of this file. */
export const evidencePolicy = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`

const entities: ReadonlyMap<string, string> = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ["'", '&#39;'],
])
const escaped = (text: string): string => text.replaceAll(/[&<>"']/g, (sign) => entities.get(sign) ?? '')

/** A part of the evidence as a page that prints on landscape paper. `next` is the path of the part behind it. */
export function evidencePage(part: EvidencePart, next: string | undefined): string {
  const about = {
    Request: part.requestId,
    Account: part.accountName,
    Action: part.action,
    Status: part.status,
    Collected: part.collectedAt,
    Entries: `${part.entries[0]?.sequence ?? 0} to ${part.entries.at(-1)?.sequence ?? 0} of ${part.total}`,
    'Hash before the first entry': part.previousHash,
    'Hash of the last entry of all parts': `${part.finalHash} (SHA-256)`,
  }
  const rows = evidenceRows(part).map(
    (row) =>
      `<tr>${evidenceColumns.map((column) => `<td class="${column}">${escaped(row[column])}</td>`).join('')}</tr>`,
  )
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Evidence about request ${escaped(part.requestId)}</title><style>${style}</style></head>
<body>
<h1>Evidence about request ${escaped(part.requestId)}</h1>
<dl>${Object.entries(about)
    .map(([name, value]) => `<dt>${name}</dt><dd>${escaped(value)}</dd>`)
    .join('')}</dl>
<table>
<thead><tr>${evidenceColumns.map((column) => `<th scope="col">${column}</th>`).join('')}</tr></thead>
<tbody>
${rows.join('\n')}
</tbody>
</table>
${next === undefined ? '' : `<p><a href="${escaped(next)}">Next part</a></p>`}
</body>
</html>
`
}
