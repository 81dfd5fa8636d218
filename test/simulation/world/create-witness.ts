import { describeError } from '../../../lib/observability/describe-error.ts'
import type { Observe } from '../../../lib/observability/observe.ts'
import type { Environment } from './create-environment.ts'
import type { World } from './world.ts'

/** Notes what a function tells the outside; what a dead process would say is never heard. */
export function createWitness({ note }: World, environment: Environment): Observe {
  const say = (...parts: unknown[]) => {
    if (environment.isAlive()) note({ what: 'said', text: JSON.stringify(parts) })
  }
  return {
    outcome: (line) => {
      if (environment.isAlive())
        note({ what: 'outcome', invocation: environment.invocation?.id ?? environment.name, line })
    },
    measure: () => {},
    note: say,
    failure: (message, error) => say(message, describeError(error)),
  }
}
