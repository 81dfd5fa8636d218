import type { Body, BodyRow, Message } from './story.ts'

/** Reads a message as a stranger would: any JSON with members in it, also as an SNS notification. Its id is that of source and event. */
export function readBody(
  body: string,
  named: (email: unknown) => string | undefined,
): Pick<Message, 'json' | 'rows' | 'bad'> {
  const json = parse(body)
  const members = json?.data?.members ?? []
  const rows = new Map<string, BodyRow[]>()
  let bad = 0
  for (const row of members) {
    const person = named(row.email_address)
    if (person === undefined) bad++
    else rows.set(person, [...(rows.get(person) ?? []), row])
  }
  return { json, rows, bad }
}

function parse(body: string): Body | undefined {
  try {
    const json = JSON.parse(body)
    if (typeof json?.Message === 'string') return parse(json.Message)
    if (!Array.isArray(json?.data?.members)) return undefined
    return { ...json, id: `${json.source} ${json.id}` }
  } catch {
    return undefined
  }
}
