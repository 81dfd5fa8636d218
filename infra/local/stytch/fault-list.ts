import type { Endpoint } from './endpoint.ts'
import { endpointOf, type Fault, type FaultRule, FaultRuleSchema, type RequestFault } from './faults.ts'

/** Keeps the faults in force and counts their hits. `random` returns numbers from 0 up to but not including 1. */
export function createFaultList(random: () => number): FaultList {
  let byEmail = new Map<string | undefined, Entry[]>()
  let added = 0
  const hits: FaultRule[] = []

  function take<Rule extends FaultRule>(
    entries: readonly Entry[],
    matches: (rule: FaultRule) => rule is Rule,
  ): Rule | undefined {
    for (const entry of entries) {
      const { rule } = entry
      if (!matches(rule)) continue
      if (rule.probability !== undefined && random() >= rule.probability) continue
      entry.hitsLeft -= 1
      if (entry.hitsLeft === 0) forget(emailOf(rule))
      hits.push(rule)
      return rule
    }
    return undefined
  }

  function forget(email: string | undefined): void {
    const remaining = of(email).filter(({ hitsLeft }) => hitsLeft > 0)
    if (remaining.length > 0) byEmail.set(email, remaining)
    else byEmail.delete(email)
  }

  const of = (email: string | undefined) => byEmail.get(email) ?? []

  return {
    add: (rule) => {
      const checked = FaultRuleSchema.parse(rule)
      const entry = { rule: checked, order: added++, hitsLeft: checked.times ?? Number.POSITIVE_INFINITY }
      const email = emailOf(checked)
      byEmail.set(email, [...of(email), entry])
    },
    clear: () => {
      byEmail = new Map()
    },
    hits: () => [...hits],
    pick: (endpoint, emails) => {
      const entries = [undefined, ...emails]
        .flatMap(of)
        .filter(({ rule }) => [endpoint, 'any'].includes(endpointOf(rule)))
        .sort((a, b) => a.order - b.order)
      return {
        latency: take(entries, (rule): rule is Fault<'latency'> => rule.kind === 'latency'),
        fault: take(
          entries,
          (rule): rule is RequestFault => rule.kind !== 'latency' && rule.kind !== 'reset_on_connect',
        ),
      }
    },
    hitsConnection: () =>
      take(of(undefined), (rule): rule is Fault<'reset_on_connect'> => rule.kind === 'reset_on_connect') !==
      undefined,
  }
}

/** A rule in force. `order` is the number of rules added before it. */
type Entry = { rule: FaultRule; order: number; hitsLeft: number }

export type FaultList = {
  /** Throws when the rule is wrong. */
  add(rule: FaultRule): void
  clear(): void
  /** The rule of each hit so far, in order. */
  hits(): readonly FaultRule[]
  /** What hits this request about these e-mails (in lower case): at most one delay and one other fault. Older rules come first. */
  pick(
    endpoint: Endpoint,
    emails: readonly string[],
  ): { latency: Fault<'latency'> | undefined; fault: RequestFault | undefined }
  /** Whether a new connection is to be reset. */
  hitsConnection(): boolean
}

function emailOf(rule: FaultRule): string | undefined {
  return 'email' in rule ? rule.email?.toLowerCase() : undefined
}
