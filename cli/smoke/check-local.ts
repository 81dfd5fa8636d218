import { startLocalSystem } from '../../infra/local/start-local-system.ts'
import { stages } from '../../infra/stages.ts'
import { untilInterrupted } from '../start/until-interrupted.ts'
import { checkTarget } from './check-target.ts'
import type { SmokeOptions } from './parse-smoke-options.ts'
import { toLocalWay } from './to-local-way.ts'

/** Boots the system on this machine, checks it, and stops it, also on Ctrl-C. Resolves to the exit code. */
export function checkLocal(options: SmokeOptions, say: (text: string) => void): Promise<number> {
  const lines: string[] = []
  const booting = startLocalSystem({
    stageName: 'local',
    stage: stages.local,
    onLog: (line) => lines.push(line),
  })
  const stop = () =>
    booting.then(
      (system) => system.stop(),
      () => {},
    )
  return untilInterrupted(stop, () => {
    say('Synthesizing the stack and booting it on 127.0.0.1 ...')
    const open = async () => toLocalWay(await booting, lines)
    return checkTarget('the local system, beside a simulated Stytch', open, options, say)
  })
}
