import type { MappingState } from '../../../infra/local/lambda/event-source-mapping.ts'

/** A mapping in this state. `changes`: what was asked of it. `isQuick`: a change is done at once; otherwise the test says when, by `current`. */
export function createMapping(state: MappingState, { isQuick = false } = {}) {
  const changes: string[] = []
  const mapping = {
    ...{ current: state, changes, stop: async () => {} },
    state: () => mapping.current,
    async pause() {
      changes.push('pause')
      mapping.current = isQuick ? 'Disabled' : 'Disabling'
    },
    async resume() {
      changes.push('resume')
      mapping.current = isQuick ? 'Enabled' : 'Enabling'
    },
  }
  return mapping
}
