import type { LogEntry } from './log-watch.ts'

/** Counts the outcomes of people by event, from when it is accepted until it is finished. */
export function createTotals() {
  const totals = new Map<string, Map<string, number>>()
  const changed = new Set<string>()
  return {
    add(entry: LogEntry): void {
      const { message, outcome, event_id: id } = entry
      if (message !== 'member outcome' || outcome === undefined || outcome === 'deferred') return
      if (id === undefined) return
      const name = nameOf(entry)
      const counts = totals.get(id) ?? new Map()
      totals.set(id, counts.set(name, (counts.get(name) ?? 0) + 1))
      changed.add(id)
    },
    /** The events of which something was counted since the last call of this, and all that was counted of each, in words. Forgets those that are not open. */
    take(isOpen: (id: string) => boolean): [id: string, counts: string][] {
      const taken = [...changed]
      changed.clear()
      return taken.map((id) => {
        const counts = [...(totals.get(id) ?? [])]
        if (!isOpen(id)) totals.delete(id)
        return [id, counts.map(([name, count]) => inWords(count, name)).join(', ')]
      })
    },
  }
}

/** `2 reset`, `1 session ended`. */
export function inWords(count: number, name: string): string {
  return `${count} ${count === 1 ? name.replace(/^sessions /, 'session ') : name}`
}

/** `reset`, `skipped covered`, `sessions ended`. */
function nameOf({ service, outcome, code = '' }: LogEntry): string {
  const about = service === 'end-sessions' ? 'sessions ' : ''
  return `${about}${outcome?.replace('_', '-')} ${code}`.trimEnd()
}
