import type { Story } from './story.ts'

/** No request breaks a limit of SQS or DynamoDB, which would refuse it each time. */
export function awsTakesEverything({ run }: Story): string[] {
  return run.journal.flatMap((entry) =>
    entry.what === 'never taken by AWS' ? [`${entry.step}: ${entry.why}`] : [],
  )
}
