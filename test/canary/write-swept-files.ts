import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { breachEvent } from '../fixtures/breach-event.ts'
import { MALFORMED, MEMBER, PASSWORD, SHORT, STRANGER } from './planted.ts'

/** Writes event files, each under a path that is an e-mail address. Resolves to their paths by what is in them; one is missing. */
export async function writeSweptFiles(folder: string): Promise<Record<string, string>> {
  const members = [
    { email_address: MEMBER, password: PASSWORD },
    { email_address: ` ${MEMBER.toUpperCase()}`, [PASSWORD]: STRANGER },
    { email_address: MALFORMED, [STRANGER]: 1 },
    STRANGER,
  ]
  const texts = {
    not_json: SHORT,
    'an event': JSON.stringify(breachEvent({ [MEMBER]: PASSWORD, data: { members } })),
  }
  const fileOf = (name: string) => path.join(folder, name, MEMBER)
  for (const [name, text] of Object.entries(texts)) {
    await mkdir(path.dirname(fileOf(name)), { recursive: true })
    await writeFile(fileOf(name), text)
  }
  return Object.fromEntries([...Object.keys(texts), 'no file'].map((name) => [`{${name}}`, fileOf(name)]))
}
