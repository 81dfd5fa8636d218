import { ruleOf } from './rule-of.ts'
import type { Story } from './story.ts'

/**
 * At the end nobody of an accepted event has a password from before its fence, unless a letter says so, or Stytch knows better:
 * a suspended organization, a dry run.
 */
export function nobodyIsLost({ run, messages }: Story): string[] {
  const { world, deployment } = run
  const all = [...messages.values()]
  const lettered = new Set(
    all
      .filter(({ queue }) => queue === 'dead-letter')
      .flatMap(({ json, rows }) => [...rows.keys()].map((person) => `${json?.id} ${person}`)),
  )
  for (const entry of run.journal) {
    if (entry.what !== 'moved to the dead-letter queue by SQS') continue
    const moved = messages.get(entry.message)
    for (const person of moved?.rows.keys() ?? []) lettered.add(`${moved?.json?.id} ${person}`)
  }
  return all
    .filter(({ queue, json }) => queue === 'breach' && json && json.data.mode !== 'dry_run')
    .flatMap(({ json, rows, at }) => {
      if (!json || deployment.stage.mode === 'dry_run' || ruleOf(run, json)?.isDry) return []
      const fence = Math.min(Date.parse(json.data.exposed_at ?? json.time), at)
      return [...rows.keys()].flatMap((person) => {
        const password = world.stytch.password(Number(person.slice(1)))
        const isStolen = password?.state === 'usable' && password.setAt < fence
        return isStolen && !lettered.has(`${json.id} ${person}`)
          ? [`${person} of ${json.id} still has the stolen password`]
          : []
      })
    })
}
