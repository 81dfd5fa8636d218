import { type Fault, type FaultRule, FaultRuleSchema, type RequestFault } from './fault-rule.ts'

export type FaultList = {
  /** Throws when the rule is wrong. */
  add(rule: FaultRule): void
  clear(): void
  /** The rules that hit, in order, once for each hit. */
  hits(): readonly FaultRule[]
  /** What hits this request: at most one delay and at most one other fault, the oldest rule first. */
  pick(email: string): { latency: Fault<'latency'> | undefined; fault: RequestFault | undefined }
  /** Whether a new connection is to be reset. */
  hitsConnection(): boolean
}

/** Keeps the faults in force and counts their hits. `random` gives 0 to 1, 1 excluded. */
export function createFaultList(random: () => number): FaultList {
  let active: { rule: FaultRule; hitsLeft: number }[] = []
  const hits: FaultRule[] = []

  function take<Rule extends FaultRule>(matches: (rule: FaultRule) => rule is Rule): Rule | undefined {
    for (const entry of active) {
      const { rule } = entry
      if (!matches(rule)) continue
      if (rule.probability !== undefined && random() >= rule.probability) continue
      entry.hitsLeft -= 1
      active = active.filter(({ hitsLeft }) => hitsLeft > 0)
      hits.push(rule)
      return rule
    }
    return undefined
  }

  const concerns = (rule: FaultRule, email: string) =>
    !('email' in rule) || rule.email === undefined || rule.email.toLowerCase() === email

  return {
    add: (rule) => {
      const checked = FaultRuleSchema.parse(rule)
      active.push({ rule: checked, hitsLeft: checked.times ?? Number.POSITIVE_INFINITY })
    },
    clear: () => {
      active = []
    },
    hits: () => [...hits],
    pick: (email) => ({
      latency: take((rule): rule is Fault<'latency'> => rule.kind === 'latency' && concerns(rule, email)),
      fault: take(
        (rule): rule is RequestFault =>
          rule.kind !== 'latency' && rule.kind !== 'reset_on_connect' && concerns(rule, email),
      ),
    }),
    hitsConnection: () =>
      take((rule): rule is Fault<'reset_on_connect'> => rule.kind === 'reset_on_connect') !== undefined,
  }
}
