import type { LogEntry } from './log-watch.ts'

/** Counts the outcomes of people by event: running totals, whatever was delivered again. */
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
    /** The events of which something was counted since the last call of this, and all that was counted of each, in words. */
    take(): [id: string, counts: string][] {
      const taken = [...changed]
      changed.clear()
      return taken.map((id) => {
        const counts = [...(totals.get(id) ?? [])]
        return [id, counts.map(([name, count]) => `${count} ${name}`).join(', ')]
      })
    },
  }
}

/** `reset`, `skipped covered`, `sessions ended`. */
function nameOf({ service, outcome, code = '' }: LogEntry): string {
  const about = service === 'end-sessions' ? 'sessions ' : ''
  return `${about}${outcome?.replace('_', '-')} ${code}`.trimEnd()
}
