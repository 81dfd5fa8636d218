import { SendMessageCommand } from '@aws-sdk/client-sqs'
import type { LocalSystem } from '../../../infra/local/local-system.ts'
import type { AwsChaos } from './create-aws-chaos.ts'
import type { Killer } from './create-killer.ts'
import type { PasswordChoices } from './create-password-choices.ts'
import type { Step } from './plan-chaos.ts'
import { STYTCH_FAULTS } from './stytch-faults.ts'

/** Of the calls that a fault can hit: otherwise all calls fail, and the functions give up calling for a while. */
const HIT_SHARE = 0.4

export type Perform = {
  perform(step: Step): void
  /** Ends every fault, and resolves when all events are on the breach queue. */
  calm(): Promise<void>
  /** How often the key of Stytch was rotated. */
  rotations(): number
}

/** Returns what does the steps of a plan to the running system. `bodies`: what a step that delivers sends. */
export function createPerform(
  system: Pick<LocalSystem, 'sqs' | 'queues' | 'stytch' | 'credentials' | 'putStytchSecret'>,
  bodies: readonly string[],
  { killer, aws, passwords }: { killer: Killer; aws: AwsChaos; passwords: PasswordChoices },
): Perform {
  const { stytch, sqs, queues } = system
  const sends: Promise<unknown>[] = []
  let rotations = 0

  function rotateKey(): void {
    const secret = `secret-test-rotated-${++rotations}`
    stytch.rotateSecret(secret)
    system.putStytchSecret({ ...system.credentials, secret })
  }

  function addStytchFault(name: string, times: number): void {
    const rule = STYTCH_FAULTS[name]
    if (!rule) throw new Error(`there is no fault ${name}`)
    stytch.fault({ ...rule, times, probability: HIT_SHARE })
  }

  return {
    perform(step) {
      if (step.kind === 'deliver') {
        const command = new SendMessageCommand({
          QueueUrl: queues.breach.url,
          MessageBody: bodies[step.event],
        })
        const sent = sqs.send(command)
        // Seen to in calm(), which never comes when the run is interrupted.
        sent.catch(() => {})
        sends.push(sent)
      } else if (step.kind === 'kill') killer.arm(step)
      else if (step.kind === 'aws') aws.arm(step.fault, step.times)
      else if (step.kind === 'stytch') addStytchFault(step.fault, step.times)
      else if (step.kind === 'rotate key') rotateKey()
      else passwords.choose(step.share)
    },
    async calm() {
      killer.disarm()
      aws.disarm()
      stytch.clearFaults()
      await Promise.all(sends)
    },
    rotations: () => rotations,
  }
}
