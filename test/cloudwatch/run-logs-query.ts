type Line = Record<string, unknown>
type Row = Record<string, string | number>

/**
 * Runs a CloudWatch Logs Insights query over JSON log lines, as far as our queries use the language, and throws on
 * anything else: SOURCE, filter with = and in and or, stats count, min and max by fields, sort, limit.
 */
export function runLogsQuery(query: string, lines: readonly string[]): Row[] {
  const commands = query.split('|').map((command) => command.trim())
  let found: Line[] = lines.map((line) => JSON.parse(line))
  let rows: Row[] = []
  for (const command of commands) {
    const [verb = '', rest = ''] = splitOnce(command, ' ')
    if (verb === 'SOURCE') continue
    if (verb === 'filter') found = found.filter(toCondition(rest))
    else if (verb === 'stats') rows = aggregate(found, rest)
    else if (verb === 'sort') rows = sortBy(rows, rest)
    else if (verb === 'limit') rows = rows.slice(0, Number(rest))
    else throw new Error(`${verb} is not known here`)
  }
  return rows
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator)
  return at === -1 ? [text, ''] : [text.slice(0, at), text.slice(at + separator.length)]
}

function toCondition(text: string): (line: Line) => boolean {
  const anyOf = text.split(' or ').map((part) => {
    const [, field = '', operator, value = ''] = /^(\w+) (=|in) (".*"|\[.*\])$/.exec(part) ?? []
    if (!operator) throw new Error(`${part} is not known here`)
    const accepted = [JSON.parse(value)].flat()
    return (line: Line) => accepted.includes(line[field])
  })
  return (line) => anyOf.some((holds) => holds(line))
}

function aggregate(lines: readonly Line[], text: string): Row[] {
  const [what, by] = splitOnce(text, ' by ')
  const fields = by.split(', ')
  const columns = what.split(', ').map((part) => {
    const [, fn = '', field = '', name = ''] = /^(count|min|max)\(([@\w*]+)\) as (\w+)$/.exec(part) ?? []
    if (!fn) throw new Error(`${part} is not known here`)
    return { fn, field: field === '@timestamp' ? 'timestamp' : field, name }
  })
  const groups = Map.groupBy(lines, (line) => JSON.stringify(fields.map((field) => line[field] ?? '')))
  return [...groups].map(([key, group]) => {
    const row: Row = Object.fromEntries(fields.map((field, index) => [field, JSON.parse(key)[index]]))
    for (const { fn, field, name } of columns) {
      const sorted = group.map((line) => String(line[field])).toSorted()
      row[name] = fn === 'count' ? group.length : ((fn === 'min' ? sorted[0] : sorted.at(-1)) ?? '')
    }
    return row
  })
}

function sortBy(rows: readonly Row[], text: string): Row[] {
  const [, field = '', direction] = /^(\w+) (asc|desc)$/.exec(text) ?? []
  if (!direction) throw new Error(`sort ${text} is not known here`)
  const sign = direction === 'asc' ? 1 : -1
  return rows.toSorted((a, b) => sign * (Number(a[field]) - Number(b[field])))
}
