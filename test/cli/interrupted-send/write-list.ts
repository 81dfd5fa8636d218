import { writeFile } from 'node:fs/promises'
import { castRow } from '../../../cli/start/scenario.ts'
import { MemberSchema } from '../../../lib/contract/breach-event.ts'
import { normalizeEmail } from '../../../lib/contract/person.ts'

/** Writes the cast of a made breach as CSV, malformed rows too. Resolves to the people in the good ones. */
export async function writeList(file: string, rows: number): Promise<Set<string>> {
  const lines = ['email_address,member_id,password']
  const people = new Set<string>()
  for (let index = 0; index < rows; index++) {
    const written = castRow(index).written as { email_address: string; member_id?: string }
    lines.push(`${written.email_address},${written.member_id ?? ''},hunter2`)
    const member = MemberSchema.safeParse(written)
    if (member.success) people.add(normalizeEmail(member.data.email_address))
  }
  await writeFile(file, lines.join('\n'))
  return people
}
